/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every way in which something of ours can fail, in one table.
 *
 * A code is at the same time a function's result and the *reason* that is
 * written to the log, sent over the wire and asserted by tests.  The reason's
 * name is stable; the text says what is wrong in words for an administrator.
 * Rows (A1, B12, D5, J14, P5 ...) name the clause of the catalogue of checks
 * that the code enforces.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define ERR_TABLE(X) \
	/*  code		name			row	text */ \
	X(OK,			"ok",			"",	"success") \
	/* anything */ \
	X(INTERNAL,		"internal",		"",	"internal error") \
	X(NOMEM,		"no-memory",		"",	"out of memory") \
	X(IO,			"io",			"",	"input/output error") \
	X(TIMEOUT,		"timeout",		"",	"no answer in time") \
	X(TOO_LONG,		"too-long",		"",	"longer than the limit") \
	X(SYNTAX,		"syntax",		"",	"malformed") \
	X(NOT_FOUND,		"not-found",		"",	"not found") \
	X(EXISTS,		"exists",		"",	"exists already") \
	X(UNSAFE_FILE,		"unsafe-file",		"I9",	"file has an unsafe owner or mode") \
	X(USAGE,		"usage",		"",	"wrong usage") \
	X(NOT_ROOT,		"not-root",		"",	"must be run as root") \
	/* configuration */ \
	X(CONF_SYNTAX,		"conf-syntax",		"",	"configuration: syntax error") \
	X(CONF_UNKNOWN,		"conf-unknown",		"",	"configuration: unknown section or key") \
	X(CONF_DUPLICATE,	"conf-duplicate",	"",	"configuration: key is set twice") \
	X(CONF_VALUE,		"conf-value",		"",	"configuration: bad value") \
	X(CONF_MISSING,		"conf-missing",		"",	"configuration: a required key is missing") \
	/* wire and processes */ \
	X(WIRE_SYNTAX,		"wire-syntax",		"",	"malformed message") \
	X(WIRE_VERSION,		"wire-version",		"",	"module and helper are of different versions") \
	X(WIRE_CLOSED,		"wire-closed",		"",	"the other side went away") \
	X(WIRE_UNEXPECTED,	"wire-unexpected",	"",	"message out of turn") \
	X(SPAWN,		"spawn",		"",	"program cannot be started") \
	X(WORKER,		"worker-failed",	"",	"worker ended without an answer") \
	X(SERVICE_USER,		"no-service-user",	"",	"the service account _8x8sso is missing") \
	/* NSS cache */ \
	X(CACHE_MISSING,	"cache-missing",	"",	"no user cache (run 8x8sso sync)") \
	X(CACHE_DAMAGED,	"cache-damaged",	"",	"user cache is damaged (run 8x8sso sync)") \
	X(CACHE_VERSION,	"cache-version",	"",	"user cache is of another version (run 8x8sso sync)") \
	/* the conversation */ \
	X(ANSWER_EMPTY,		"answer-empty",		"",	"empty answer") \
	X(ANSWER_TOO_LONG,	"answer-too-long",	"A1",	"answer is longer than any SAML response") \
	X(ANSWER_FAILED,	"answer-failed",	"",	"the application's conversation failed") \
	X(ANSWER_TIMEOUT,	"answer-timeout",	"",	"nobody answered the prompt") \
	/* hand-over */ \
	X(NOT_PENDING,		"not-pending",		"D5",	"no login waits for a response") \
	X(CODE_WRONG,		"code-wrong",		"D5",	"not a code for this login, used before, or too old") \
	X(CODE_LIMIT,		"code-limit",		"",	"too many wrong codes for this user from there") \
	X(DELIVER_LIMIT,	"deliver-limit",	"",	"too many responses were delivered in vain") \
	/* SAML: transport and parsing */ \
	X(SAML_TOO_LONG,	"saml-too-long",	"A1",	"response is too long") \
	X(SAML_BASE64,		"saml-base64",		"A2",	"response is not canonical base64") \
	X(SAML_BYTES,		"saml-bytes",		"A3",	"response has control bytes") \
	X(SAML_TRAILING,	"saml-trailing",	"A4",	"content after the document") \
	X(SAML_DTD,		"saml-dtd",		"A5",	"document type or entity declaration") \
	X(SAML_ENTITY,		"saml-entity",		"A6",	"entity reference") \
	X(SAML_DEFAULTS,	"saml-defaults",	"A7",	"attribute from a document type") \
	X(SAML_ENCODING,	"saml-encoding",	"A8",	"not plain UTF-8 XML 1.0") \
	X(SAML_XML,		"saml-xml",		"A9",	"XML is not well formed, or the parser warned") \
	X(SAML_NAMESPACE,	"saml-namespace",	"A10",	"foreign namespace") \
	X(SAML_COMMENT,		"saml-comment",		"A11",	"comment") \
	X(SAML_PI,		"saml-pi",		"A12",	"processing instruction") \
	X(SAML_CDATA,		"saml-cdata",		"A13",	"CDATA section") \
	X(SAML_TEXT,		"saml-text",		"A14",	"text where none belongs, or not one plain text") \
	X(SAML_VALUE,		"saml-value",		"A15",	"identifier is not in its exact form") \
	X(SAML_LIMITS,		"saml-limits",		"A1",	"too deep, too many nodes or attributes") \
	X(SAML_GRAMMAR,		"saml-grammar",		"B1",	"element where the grammar has none") \
	X(SAML_ASSERTIONS,	"saml-assertions",	"B2",	"not exactly one assertion") \
	X(SAML_SIG_PLACE,	"saml-signature-place",	"B3",	"signature is not where it belongs") \
	X(SAML_SIG_MISSING,	"saml-signature-missing", "B4",	"assertion is not signed") \
	X(SAML_RESPONSE_UNSIGNED, "saml-response-unsigned", "B4", "response is not signed, and must be") \
	X(SAML_SIG_DOUBLE,	"saml-signature-double", "B5",	"more than one signature or SignedInfo") \
	X(SAML_SIG_VALUE,	"saml-signature-value",	"B6",	"digest or signature value is malformed") \
	X(SAML_DIGEST_PLACE,	"saml-digest-place",	"B7",	"digest value is not where it belongs") \
	X(SAML_REFERENCES,	"saml-references",	"B8",	"not exactly one reference") \
	X(SAML_ID_DUPLICATE,	"saml-id-duplicate",	"B9",	"an ID occurs twice, or is an xml:id") \
	X(SAML_ATTRIBUTE,	"saml-attribute",	"B10",	"XML attribute outside the grammar") \
	X(SAML_REFERENCE_URI,	"saml-reference-uri",	"B11",	"reference is not to the signed element") \
	X(SAML_REFERENCE_POINTER, "saml-reference-pointer", "B12", "reference is an XPointer") \
	X(SAML_REFERENCE_EMPTY,	"saml-reference-empty",	"B13",	"reference is empty or absent") \
	X(SAML_REFERENCE_EXTERNAL, "saml-reference-external", "B14", "reference is external") \
	X(SAML_TRANSFORMS,	"saml-transforms",	"B15",	"transforms are not the two allowed ones") \
	X(SAML_REFERENCE_VOID,	"saml-reference-void",	"B16",	"reference is to no element") \
	X(SAML_DIGEST_VOID,	"saml-digest-void",	"B16",	"nothing was digested") \
	X(SAML_OBJECT,		"saml-object",		"B17",	"object or manifest in a signature") \
	X(SAML_PARKED,		"saml-parked",		"B18",	"content hidden in a signature") \
	X(SAML_C14N,		"saml-c14n",		"B19",	"canonicalisation is not exclusive C14N") \
	X(SAML_SIG_INVALID,	"saml-signature-invalid", "B21", "signature does not verify") \
	X(SAML_DIFFERENTIAL,	"saml-differential",	"B21",	"two verifiers disagree") \
	/* SAML: keys and algorithms */ \
	X(SAML_KEY_UNKNOWN,	"saml-key-unknown",	"C1",	"signed with a key that is not the identity provider's") \
	X(SAML_KEYINFO,		"saml-keyinfo",		"C1",	"KeyInfo is not exactly one certificate") \
	X(SAML_HMAC,		"saml-hmac",		"C2",	"signed with a shared secret") \
	X(SAML_ALGORITHM,	"saml-algorithm",	"C4",	"algorithm is not allowed") \
	X(IDP_KEY_WEAK,		"idp-key-weak",		"C4",	"key is not RSA of 2048 to 8192 bits") \
	X(IDP_NO_KEYS,		"idp-no-keys",		"C6",	"no key of the identity provider is known (run 8x8sso sync)") \
	X(IDP_KEYS_CHANGED,	"idp-keys-changed",	"C6",	"the metadata has none of the known keys (if that is right: 8x8sso idp accept)") \
	X(IDP_STALE,		"idp-stale",		"C7",	"the identity provider's keys are too old (8x8sso idp show says why)") \
	X(IDP_METADATA,		"idp-metadata",		"C7",	"metadata cannot be used") \
	X(IDP_CERTIFICATE,	"idp-certificate",	"C7",	"certificate cannot be used") \
	/* SAML: meaning */ \
	X(SAML_ISSUER,		"saml-issuer",		"D1",	"issued by somebody else") \
	X(SAML_TENANT,		"saml-tenant",		"D2",	"issued for another tenant") \
	X(SAML_AUDIENCE,	"saml-audience",	"D3",	"meant for another audience") \
	X(SAML_RECIPIENT,	"saml-recipient",	"D4",	"sent to another recipient") \
	X(SAML_DESTINATION,	"saml-destination",	"D4",	"sent to another destination") \
	X(SAML_IN_RESPONSE_TO,	"saml-in-response-to",	"D5",	"not an answer to this login's request") \
	X(SAML_UNSOLICITED,	"saml-unsolicited",	"D5",	"unsolicited, and that is not allowed") \
	X(SAML_CONFIRMATION,	"saml-confirmation",	"D6",	"subject confirmation is not bearer, or incomplete") \
	X(SAML_NOT_YET,		"saml-not-yet-valid",	"D7",	"not valid yet") \
	X(SAML_EXPIRED,		"saml-expired",		"D7",	"expired") \
	X(SAML_STALE,		"saml-stale",		"D7",	"issued too long ago") \
	X(SAML_WINDOW,		"saml-window",		"D7",	"time window is impossible") \
	X(SAML_TIME,		"saml-time",		"D8",	"time is malformed") \
	X(CLOCK,		"clock",		"D8",	"this host's clock is wrong") \
	X(SAML_AUTHN_OLD,	"saml-authn-old",	"D9",	"the person signed in before this login") \
	X(SAML_AUTHN_FUTURE,	"saml-authn-future",	"D9",	"the person has yet to sign in") \
	X(SAML_AUTHN,		"saml-authn",		"D9",	"not exactly one complete authentication statement") \
	X(SAML_SESSION_ENDED,	"saml-session-ended",	"D9",	"the session has ended") \
	X(SAML_MFA,		"saml-mfa",		"D10",	"multi-factor authentication is required") \
	X(REPLAY,		"replay",		"D11",	"used before") \
	X(REPLAY_STORE,		"replay-store",		"D11",	"replay table cannot be written") \
	X(SAML_CONDITION,	"saml-condition",	"D12",	"conditions are missing, or one is unknown") \
	X(SAML_STATUS,		"saml-status",		"D13",	"the identity provider reports a failure") \
	X(SAML_VERSION,		"saml-version",		"D14",	"not SAML 2.0, or a malformed ID") \
	X(SAML_NAME_ID,		"saml-name-id",		"D15",	"NameID is not acceptable") \
	X(SAML_CLAIM_DUPLICATE,	"saml-claim-duplicate",	"D16",	"a claim occurs twice or has several values") \
	X(SAML_CLAIM_MISSING,	"saml-claim-missing",	"D16",	"a required claim is missing") \
	X(SAML_ENCRYPTED,	"saml-encrypted",	"D17",	"encrypted assertions are not supported") \
	X(SAML_ENCRYPTED_PART,	"saml-encrypted-part",	"D18",	"encrypted NameIDs and attributes are not supported") \
	/* id_token and key set */ \
	X(JWT_NONE,		"jwt-none",		"J1",	"token is not signed") \
	X(JWT_SIGNATURE,	"jwt-signature",	"J1",	"token's signature does not verify") \
	X(JWT_HMAC,		"jwt-hmac",		"J2",	"token is signed with a shared secret") \
	X(JWT_ALGORITHM,	"jwt-algorithm",	"J3",	"token's algorithm is not RS256") \
	X(JWT_HEADER,		"jwt-header",		"J4",	"token's header has a member that is not allowed") \
	X(JWT_KID,		"jwt-kid",		"J5",	"token's key id is missing or malformed") \
	X(JWT_CRIT,		"jwt-crit",		"J6",	"token demands an extension") \
	X(JWT_TYPE,		"jwt-type",		"J7",	"not an id_token") \
	X(JWT_LIMITS,		"jwt-limits",		"J9",	"token is too deep, or has too many members or too long strings") \
	X(JWT_BASE64,		"jwt-base64",		"J10",	"token is not canonical base64url") \
	X(JWT_TOO_LONG,		"jwt-too-long",		"J11",	"token is too long") \
	X(JWT_SEGMENTS,		"jwt-segments",		"J12",	"token has not exactly three parts") \
	X(JWT_ISSUER,		"jwt-issuer",		"J14",	"token is issued by somebody else") \
	X(JWT_KEY_ISSUER,	"jwt-key-issuer",	"J15",	"token's key is not for its issuer") \
	X(JWT_TENANT,		"jwt-tenant",		"J16",	"token is issued for another tenant") \
	X(JWT_AUDIENCE,		"jwt-audience",		"J17",	"token is meant for another audience") \
	X(JWT_TIME,		"jwt-time",		"J18",	"a time of the token is missing or malformed") \
	X(JWT_EXPIRED,		"jwt-expired",		"J18",	"token has expired") \
	X(JWT_NOT_YET,		"jwt-not-yet-valid",	"J18",	"token is not valid yet") \
	X(JWT_STALE,		"jwt-stale",		"J18",	"token was issued before this login, or for too long") \
	X(JWT_NONCE,		"jwt-nonce",		"J19",	"token has not the nonce of this login") \
	X(JWT_SUBJECT,		"jwt-subject",		"J20",	"token does not say whose it is") \
	X(JWT_VERSION,		"jwt-version",		"J20",	"token is not of version 2.0") \
	X(JWT_ACRS,		"jwt-acrs",		"J22",	"token lacks the authentication context that is required") \
	X(JWT_AUTH_OLD,		"jwt-auth-old",		"J22",	"the person signed in too long ago") \
	X(JWT_HASH,		"jwt-hash",		"J23",	"token does not belong to its access token") \
	X(JWT_GROUPS,		"jwt-groups",		"J24",	"token lacks a group that is required, or does not list them") \
	X(JWT_KEY_UNKNOWN,	"jwt-key-unknown",	"J27",	"token is signed with a key that is not the provider's") \
	X(JWKS,			"jwks",			"J13",	"key set cannot be used") \
	X(JWKS_STALE,		"jwks-stale",		"J28",	"the provider's token keys are too old, and no new ones can be had") \
	X(JWKS_LIMITS,		"jwks-limits",		"J29",	"key set is too long") \
	X(OIDC_HOST,		"oidc-host",		"J26",	"an address is on a host that is not allowed") \
	X(OIDC_DISCOVERY,	"oidc-discovery",	"J26",	"discovery document cannot be used") \
	X(OIDC_MISSING,		"oidc-missing",		"",	"the provider's endpoints are not known (run 8x8sso sync)") \
	/* the device flow */ \
	X(DEVICE_KEY_FIRST,	"device-key-first",	"V1",	"a key has to come first, and none did") \
	X(DEVICE_LIMIT,		"device-limit",		"V1",	"too many sign-ins by code") \
	X(DEVICE_CONFIRM,	"device-confirm",	"V1",	"confirmation code is missing or wrong") \
	X(DEVICE_PLACE,		"device-place",		"V1",	"signed in from an address that is not allowed") \
	X(DEVICE_LOST,		"device-lost",		"V3",	"the code was used or is not known: somebody else may have it") \
	X(DEVICE_TIME,		"device-time",		"V4",	"nobody signed in within the time of this login") \
	X(DEVICE_PROMPT,	"device-prompt",	"V5",	"the provider's code or address is not one to show") \
	X(DEVICE_TENANT,	"device-tenant",	"V6",	"the provider does not know this tenant, or not there") \
	X(DEVICE_RESPONSE,	"device-response",	"V7",	"the provider's answer is not one of the device flow") \
	X(DEVICE_BUSY,		"device-busy",		"V8",	"the provider cannot be reached or is overloaded") \
	X(DEVICE_EXPIRED,	"device-expired",	"",	"the code has expired") \
	X(DEVICE_DECLINED,	"device-declined",	"",	"the sign-in was declined in the browser") \
	X(DEVICE_CLIENT,	"device-client",	"",	"the application is unknown or not set up for sign-in by code") \
	X(DEVICE_BLOCKED,	"device-blocked",	"",	"Conditional Access blocks sign-in by code") \
	X(DEVICE_MFA,		"device-mfa",		"",	"the provider demands another factor first") \
	X(DEVICE_UNASSIGNED,	"device-unassigned",	"",	"the person is not assigned to the application") \
	X(DEVICE_DISABLED,	"device-disabled",	"",	"the person's account is disabled, locked or unknown there") \
	X(DEVICE_REFUSED,	"device-refused",	"",	"the provider refuses") \
	/* the account */ \
	X(LINK_MISMATCH,	"link-mismatch",	"I1",	"signed in as somebody else") \
	X(LINK_PIN,		"link-pin",		"I3",	"name belongs to another identity since its first login") \
	X(LINK_GUEST,		"link-guest",		"J16",	"guests are not accepted") \
	X(USER_UNKNOWN,		"user-unknown",		"",	"not provisioned") \
	X(JIT_DOMAIN,		"jit-domain",		"P11",	"not provisioned, and not of a domain in [users] jit_domains") \
	X(JIT_LIMIT,		"jit-limit",		"P11",	"not provisioned, and [users] jit_max people were created already") \
	X(JIT_PUBLISH,		"jit-publish",		"P11",	"a new account could not be published (8x8sso publish says why)") \
	X(USER_INACTIVE,	"user-inactive",	"P12",	"deactivated at the provider") \
	X(USER_VANISHED,	"user-vanished",	"P12",	"no longer in the provider's list") \
	X(USER_SITE,		"user-site",		"P12",	"not of a site in [access] sites") \
	X(USER_NOT_ALLOWED,	"user-not-allowed",	"P12",	"not allowed on this host by [access] allow") \
	X(DIRECTORY_STALE,	"directory-stale",	"P12",	"the user list is older than [access] max_age") \
	X(STORE,		"store",		"",	"state database cannot be used") \
	X(STORE_MISSING,	"store-missing",	"",	"no state database (run 8x8sso sync)") \
	X(STORE_VERSION,	"store-version",	"",	"state database is of another version") \
	/* provisioning */ \
	X(HTTP,			"http",			"",	"HTTP request failed") \
	X(HTTP_TLS,		"http-tls",		"J25",	"TLS connection is not trustworthy") \
	X(HTTP_STATUS,		"http-status",		"P4",	"server answered with an error") \
	X(HTTP_AUTH,		"http-auth",		"P4",	"server refused the token") \
	X(HTTP_REDIRECT,	"http-redirect",	"J25",	"server redirects, which is not followed") \
	X(JSON,			"json",			"J8",	"malformed JSON") \
	X(SCIM,			"scim",			"P3",	"not a SCIM list response") \
	X(SCIM_PARTIAL,		"scim-partial",		"P1",	"listing is incomplete") \
	X(SCIM_LIMITS,		"scim-limits",		"P1",	"listing exceeds a limit") \
	X(SCIM_EMPTY,		"scim-empty",		"P5",	"listing is empty (if that is right: 8x8sso sync --accept-loss)") \
	X(SCIM_LOSS,		"scim-loss",		"P5",	"listing would take too many people away (if that is right: 8x8sso sync --accept-loss)") \
	X(SCIM_EXPIRED,		"scim-expired",		"P1",	"the server has forgotten where the listing was") \
	X(SYNC_RUNNING,		"sync-running",		"",	"another sync is running") \
	X(NAME_GRAMMAR,		"name-grammar",		"I4",	"name cannot be a login name") \
	X(NAME_TAKEN,		"name-taken",		"I4",	"another provisioned user or group has this name") \
	X(NAME_HOME,		"name-home",		"I4",	"a former user of this name has left a home directory (8x8sso user adopt)") \
	X(NAME_LINKED,		"name-linked",		"",	"signs in as a local account, by [users] link_local") \
	X(NAME_LOCAL,		"name-local",		"I5",	"the name is a local account's or group's, or reserved") \
	X(ID_RANGE,		"id-range",		"P8",	"id is outside the range") \
	X(ID_MISSING,		"id-missing",		"P8",	"the server gives no id, and [users] uid_attribute or [groups] gid_attribute wants one") \
	X(ID_TAKEN,		"id-taken",		"P8",	"id belongs to somebody else") \
	X(ID_EXHAUSTED,		"id-exhausted",		"P8",	"no free id left")

#define ERR_ENUM(code, name, row, text) ERR_##code,
enum err { ERR_TABLE(ERR_ENUM) ERR_COUNT };
#undef ERR_ENUM

#define MUST_USE __attribute__((warn_unused_result))

/* The stable name ("saml-audience"); "internal" for a number without one. */
const char *err_name(enum err code);

/* The row of the catalogue ("D3"); "" for a code that belongs to none. */
const char *err_row(enum err code);

/* One clause for an administrator, without a full stop. */
const char *err_text(enum err code);

/* The code with this name, or ERR_INTERNAL (never ERR_OK by accident: only
 * the exact string "ok" gives ERR_OK). */
enum err err_from_name(const char *name);

#endif
