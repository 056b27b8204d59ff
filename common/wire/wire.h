/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The protocol between our processes.  This file is its specification.
 *
 * Two processes hold the ends of one stream socket.  Each sends frames:
 *
 *	offset	size
 *	0	1	version: WIRE_VERSION
 *	1	1	type: one of WIRE_MESSAGES
 *	2	2	zero
 *	4	4	length of the payload, at most WIRE_PAYLOAD_MAX
 *	8	length	payload
 *
 * All integers are big-endian.  The payload is the message's fields in the
 * order of the table, each as a 4-byte length and that many bytes:
 *
 *	U64	8 bytes, big-endian
 *	TEXT	UTF-8 and a final NUL, no other NUL; "" (1 byte) means absent
 *	BYTES	anything; length 0 means absent
 *
 * A frame with another version, an unknown type, a wrong length, a missing or
 * surplus byte, or a field that breaks its kind or maximum is an error, and
 * an error ends the exchange: nothing is skipped and nothing is repeated.
 * A reader knows which types may come next; any other is an error too.
 *
 * module -> helper, one exchange per PAM call:
 *
 *	BEGIN		then any number of
 *	   <- PROMPT	   -> ANSWER
 *	   <- INFO		(no reply)
 *	   <- WAIT		(no reply)
 *	   <- PUBLISH		(no reply; RESULT comes next)
 *	<- RESULT	and both sides close.
 *
 * `8x8sso deliver` -> helper, the same exchange with WIRE_DELIVER: one PROMPT
 * asks for the Response, and CODE comes before a RESULT that grants.
 *
 * helper -> 8x8sso-saml, one exchange per Response:
 *
 *	SAML_KEY (1..SAML_KEYS_MAX), SAML_PENDING (0..SAML_PENDING_MAX),
 *	SAML_CHECK
 *	<- CLAIM (0..), ACCEPT	or	<- REFUSE
 *
 * helper -> 8x8sso-device, one exchange per device code:
 *
 *	DEVICE_START
 *	<- DEVICE_CODE, then, while the person is away, any number of
 *	   <- DEVICE_PENDING	(no reply)
 *	   and, when there is a token,
 *	   <- DEVICE_KID	-> JWK (0..JWKS_KEYS_MAX), END
 *	<- CLAIM (0..), ACCEPT	or, at any time,	<- REFUSE
 *
 * command -> 8x8sso-fetch:
 *
 *	FETCH_USERS	<- USER (0..), GROUP (0..), each with its MEMBER (0..),
 *			with PROGRESS between, LISTED, END	or	<- REFUSE
 *	FETCH_IDP	<- IDP, IDP_KEY (1..), END	or	<- REFUSE
 *	FETCH_OIDC	<- OIDC, JWK (1..), END		or	<- REFUSE
 *			(also of the helper, for new keys)
 *
 * Every U64 that is a time is seconds since 1970; 0 means absent.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#define WIRE_VERSION 1
#define WIRE_HEADER_SIZE 8
#define WIRE_NONCE_SIZE 16
#define WIRE_FIELDS_MAX 20

/*
 * Messages: number, name, fields.  A field is KIND(message, name, maximum
 * number of bytes of content); the maximum of TEXT does not count the NUL.
 */
#define WIRE_BEGIN_FIELDS(U64, TEXT, BYTES) \
	U64(BEGIN, OPERATION)		/* enum wire_operation */ \
	BYTES(BEGIN, NONCE, 16)		/* echoed in RESULT */ \
	TEXT(BEGIN, USER, 256)		/* PAM_USER */ \
	TEXT(BEGIN, SERVICE, 128)	/* PAM_SERVICE */ \
	TEXT(BEGIN, RHOST, 256)		/* PAM_RHOST */ \
	TEXT(BEGIN, TTY, 256)		/* PAM_TTY */ \
	U64(BEGIN, COLUMNS)		/* of a terminal that shows text at */ \
	U64(BEGIN, ROWS)		/* once and in UTF-8; 0: not known */ \
	U64(BEGIN, KEY_FIRST)		/* 1: sshd took a key before this */ \
	U64(BEGIN, ALARM)		/* seconds until the application ends \
					 * itself; 0: it has not said so */

#define WIRE_PROMPT_FIELDS(U64, TEXT, BYTES) \
	U64(PROMPT, ECHO)		/* 1: what is typed may be seen */ \
	TEXT(PROMPT, WORDS, 65536)

#define WIRE_INFO_FIELDS(U64, TEXT, BYTES) \
	U64(INFO, ERROR)		/* 1: PAM_ERROR_MSG */ \
	TEXT(INFO, WORDS, 16384)

#define WIRE_WAIT_FIELDS(U64, TEXT, BYTES) \
	U64(WAIT, SECONDS)		/* until the next message, or less */

/* The helper wrote a new account down: before it grants, the module, which is
 * root, has `8x8sso publish` tell the host. */
#define WIRE_PUBLISH_FIELDS(U64, TEXT, BYTES) \
	TEXT(PUBLISH, USER, 256)	/* PAM_USER */

#define WIRE_ANSWER_FIELDS(U64, TEXT, BYTES) \
	U64(ANSWER, STATUS)		/* enum wire_answer */ \
	BYTES(ANSWER, WORDS, 131072)	/* secret; no NUL */

#define WIRE_RESULT_FIELDS(U64, TEXT, BYTES) \
	BYTES(RESULT, NONCE, 16)	/* of BEGIN */ \
	U64(RESULT, OPERATION)		/* of BEGIN */ \
	TEXT(RESULT, USER, 256)		/* the account that may log in */ \
	U64(RESULT, VERDICT)		/* enum wire_verdict */ \
	TEXT(RESULT, REASON, 64)	/* err_name(); "ok" if granted */ \
	U64(RESULT, SESSION_END)	/* the session may last until then */

#define WIRE_CODE_FIELDS(U64, TEXT, BYTES) \
	TEXT(CODE, WORDS, 32)		/* the hand-over code; secret */ \
	TEXT(CODE, USER, 256)		/* whom it lets in */ \
	TEXT(CODE, SERVICE, 128)	/* of the login that waits for it; */ \
	TEXT(CODE, RHOST, 256)		/* "": none does, any of this user */ \
	U64(CODE, EXPIRES)

#define WIRE_SAML_KEY_FIELDS(U64, TEXT, BYTES) \
	BYTES(SAML_KEY, N, 1024)	/* RSA modulus, big-endian */ \
	BYTES(SAML_KEY, E, 8)		/* RSA exponent, big-endian */ \
	BYTES(SAML_KEY, CERT_SHA256, 32) /* of the certificate's DER */

#define WIRE_SAML_PENDING_FIELDS(U64, TEXT, BYTES) \
	TEXT(SAML_PENDING, ID, 128)	/* a request that may be answered */ \
	U64(SAML_PENDING, TIME)		/* when it was made */

#define WIRE_SAML_CHECK_FIELDS(U64, TEXT, BYTES) \
	BYTES(SAML_CHECK, RESPONSE, 131072) /* base64; secret */ \
	TEXT(SAML_CHECK, ISSUER, 1024) \
	TEXT(SAML_CHECK, AUDIENCE, 1024) \
	TEXT(SAML_CHECK, RECIPIENT, 1024) \
	TEXT(SAML_CHECK, TENANT, 64)	/* "": not Entra */ \
	U64(SAML_CHECK, NOW) \
	U64(SAML_CHECK, SKEW)		/* seconds, and so the next two */ \
	U64(SAML_CHECK, MAX_AGE) \
	U64(SAML_CHECK, UNSOLICITED_MAX_AGE) \
	U64(SAML_CHECK, FLAGS)		/* enum wire_saml_flags */

#define WIRE_CLAIM_FIELDS(U64, TEXT, BYTES) \
	TEXT(CLAIM, NAME, 1024)		/* one message per value */ \
	TEXT(CLAIM, VALUE, 8192)

#define WIRE_ACCEPT_FIELDS(U64, TEXT, BYTES) \
	TEXT(ACCEPT, ISSUER, 1024) \
	TEXT(ACCEPT, ASSERTION_ID, 256) \
	TEXT(ACCEPT, NAME_ID, 1024) \
	TEXT(ACCEPT, NAME_ID_FORMAT, 256) \
	TEXT(ACCEPT, IN_RESPONSE_TO, 256) /* "": unsolicited */ \
	U64(ACCEPT, NOT_ON_OR_AFTER)  /* replay entry lives until then */ \
	U64(ACCEPT, AUTHN_INSTANT) \
	U64(ACCEPT, SESSION_NOT_ON_OR_AFTER)

#define WIRE_DEVICE_START_FIELDS(U64, TEXT, BYTES) \
	TEXT(DEVICE_START, DEVICE_ENDPOINT, 2048) \
	TEXT(DEVICE_START, TOKEN_ENDPOINT, 2048) \
	TEXT(DEVICE_START, CLIENT_ID, 256) /* also the token's audience */ \
	TEXT(DEVICE_START, CA_FILE, 1024) \
	TEXT(DEVICE_START, PROXY, 1024) \
	TEXT(DEVICE_START, URIS, 8192)	/* that may be shown; one per line */ \
	U64(DEVICE_START, SECONDS)	/* for the whole flow */ \
	TEXT(DEVICE_START, ISSUER, 1024) \
	TEXT(DEVICE_START, TENANT, 64) \
	U64(DEVICE_START, SKEW)		/* seconds */ \
	TEXT(DEVICE_START, ACRS, 256)	/* "": none is required */ \
	U64(DEVICE_START, AUTH_MAX_AGE)	/* seconds; 0: any */ \
	TEXT(DEVICE_START, GROUPS, 8192) /* one of them is required; one per \
					  * line; "": none is */ \
	U64(DEVICE_START, FLAGS)	/* enum wire_device_flags */

#define WIRE_DEVICE_CODE_FIELDS(U64, TEXT, BYTES) \
	TEXT(DEVICE_CODE, USER_CODE, 16) \
	TEXT(DEVICE_CODE, URI, 1024)	/* one of URIS */ \
	U64(DEVICE_CODE, EXPIRES_IN)	/* seconds */ \
	U64(DEVICE_CODE, INTERVAL)	/* seconds */

#define WIRE_DEVICE_PENDING_FIELDS(U64, TEXT, BYTES) \
	U64(DEVICE_PENDING, SECONDS)	/* until the next poll */

#define WIRE_DEVICE_KID_FIELDS(U64, TEXT, BYTES) \
	TEXT(DEVICE_KID, KID, 128)	/* of the token that has come */

#define WIRE_JWK_FIELDS(U64, TEXT, BYTES) \
	TEXT(JWK, KID, 128) \
	BYTES(JWK, N, 1024)		/* RSA modulus, big-endian */ \
	BYTES(JWK, E, 8)		/* RSA exponent, big-endian */ \
	TEXT(JWK, ISSUER, 1024)		/* whom it signs for; "": not said */

#define WIRE_REFUSE_FIELDS(U64, TEXT, BYTES) \
	TEXT(REFUSE, REASON, 64)	/* err_name() */ \
	TEXT(REFUSE, DETAIL, 511)	/* for the log; never a secret */

#define WIRE_FETCH_USERS_FIELDS(U64, TEXT, BYTES) \
	TEXT(FETCH_USERS, URL, 2048)	/* Tenant URL; "": descriptor 3 */ \
	BYTES(FETCH_USERS, TOKEN, 8192)	/* secret */ \
	TEXT(FETCH_USERS, CA_FILE, 1024) \
	TEXT(FETCH_USERS, PROXY, 1024) \
	U64(FETCH_USERS, PAGE_SIZE)	/* resources per page */ \
	U64(FETCH_USERS, MAX_USERS)	/* more is an error */ \
	U64(FETCH_USERS, TIMEOUT)	/* seconds for the whole listing */ \
	U64(FETCH_USERS, FIRST_PAGE_ONLY) /* 1: connection test */ \
	U64(FETCH_USERS, GROUPS)	/* 1: /Groups too, if there is one */ \
	TEXT(FETCH_USERS, UID_ATTRIBUTE, 256) /* RFC 7644 path, or absent */ \
	TEXT(FETCH_USERS, GID_ATTRIBUTE, 256) \
	TEXT(FETCH_USERS, ETAGS, 131072) /* LISTED's, of the sync before */

#define WIRE_USER_FIELDS(U64, TEXT, BYTES) \
	TEXT(USER, ID, 1024) \
	TEXT(USER, EXTERNAL_ID, 1024) \
	TEXT(USER, USER_NAME, 1024) \
	U64(USER, ACTIVE)		/* 0 or 1 */ \
	TEXT(USER, GIVEN_NAME, 1024) \
	TEXT(USER, FAMILY_NAME, 1024) \
	TEXT(USER, TITLE, 1024) \
	TEXT(USER, DEPARTMENT, 1024) \
	TEXT(USER, SITE, 1024) \
	TEXT(USER, CREATED, 64)		/* meta.created as it came */ \
	TEXT(USER, NUMBER, 32)		/* UID_ATTRIBUTE's value as text */

#define WIRE_GROUP_FIELDS(U64, TEXT, BYTES) \
	TEXT(GROUP, ID, 1024) \
	TEXT(GROUP, DISPLAY_NAME, 1024) \
	TEXT(GROUP, NUMBER, 32)		/* GID_ATTRIBUTE's value as text */

#define WIRE_MEMBER_FIELDS(U64, TEXT, BYTES) \
	TEXT(MEMBER, ID, 1024)		/* of a user or a group */

#define WIRE_LISTED_FIELDS(U64, TEXT, BYTES) \
	U64(LISTED, UNCHANGED)		/* 1: all is as ETAGS said, and no \
					 * USER or GROUP was sent */ \
	U64(LISTED, HAS_GROUPS)		/* 0: the server has no /Groups */ \
	TEXT(LISTED, ETAGS, 131072)	/* for the next time; or absent */ \
	U64(LISTED, IGNORED)		/* values that were wrong and not \
					 * needed */ \
	TEXT(LISTED, REMARK, 511)	/* the first of them, or absent */

#define WIRE_PROGRESS_FIELDS(U64, TEXT, BYTES) \
	U64(PROGRESS, DONE) \
	U64(PROGRESS, TOTAL)

#define WIRE_END_FIELDS(U64, TEXT, BYTES) \
	U64(END, COUNT)			/* records sent */ \
	U64(END, TOTAL)			/* totalResults of the server */

#define WIRE_FETCH_IDP_FIELDS(U64, TEXT, BYTES) \
	BYTES(FETCH_IDP, CERTIFICATE, 65536) /* PEM or DER, or absent */ \
	BYTES(FETCH_IDP, METADATA, 131072)   /* SAML metadata, or absent */ \
	TEXT(FETCH_IDP, URL, 2048)	/* of SAML metadata, or absent */ \
	TEXT(FETCH_IDP, CA_FILE, 1024) \
	TEXT(FETCH_IDP, PROXY, 1024) \
	TEXT(FETCH_IDP, ISSUER, 1024)	/* entityID that it must have */ \
	U64(FETCH_IDP, NOW)

#define WIRE_IDP_FIELDS(U64, TEXT, BYTES) \
	TEXT(IDP, ENTITY_ID, 1024) \
	TEXT(IDP, LOGIN_URL, 2048)	/* HTTP-Redirect; "": unknown */ \
	TEXT(IDP, LOGOUT_URL, 2048) \
	U64(IDP, VALID_UNTIL)		/* 0: for ever */ \
	U64(IDP, KEYS_WEAK)		/* how many were left out */

#define WIRE_IDP_KEY_FIELDS(U64, TEXT, BYTES) \
	BYTES(IDP_KEY, N, 1024) \
	BYTES(IDP_KEY, E, 8) \
	BYTES(IDP_KEY, CERT_SHA256, 32) \
	TEXT(IDP_KEY, SUBJECT, 512) \
	U64(IDP_KEY, NOT_BEFORE) \
	U64(IDP_KEY, NOT_AFTER)

#define WIRE_FETCH_OIDC_FIELDS(U64, TEXT, BYTES) \
	TEXT(FETCH_OIDC, URL, 2048)	/* discovery document, or absent */ \
	TEXT(FETCH_OIDC, JWKS_URI, 2048) /* key set, if that is absent */ \
	TEXT(FETCH_OIDC, ISSUER, 1024)	/* that the document must have */ \
	TEXT(FETCH_OIDC, HOSTS, 8192)	/* where endpoints may be, besides \
					 * the issuer's; one per line */ \
	TEXT(FETCH_OIDC, CA_FILE, 1024) \
	TEXT(FETCH_OIDC, PROXY, 1024)

#define WIRE_OIDC_FIELDS(U64, TEXT, BYTES) \
	TEXT(OIDC, DEVICE_ENDPOINT, 2048) /* all "" without a document */ \
	TEXT(OIDC, TOKEN_ENDPOINT, 2048) \
	TEXT(OIDC, JWKS_URI, 2048) \
	U64(OIDC, KEYS_LEFT_OUT)	/* of another kind, or weak */

#define WIRE_MESSAGES(X) \
	X(1, BEGIN) X(2, PROMPT) X(3, INFO) X(4, ANSWER) X(5, RESULT) \
	X(6, CODE) X(7, WAIT) X(8, PUBLISH) \
	X(16, SAML_KEY) X(17, SAML_CHECK) X(18, CLAIM) X(19, ACCEPT) \
	X(20, REFUSE) X(21, SAML_PENDING) \
	X(24, DEVICE_START) X(25, DEVICE_CODE) X(26, DEVICE_PENDING) \
	X(27, DEVICE_KID) X(28, JWK) \
	X(32, FETCH_USERS) X(33, USER) X(34, PROGRESS) X(35, END) \
	X(36, FETCH_IDP) X(37, IDP) X(38, IDP_KEY) \
	X(39, FETCH_OIDC) X(40, OIDC) \
	X(41, GROUP) X(42, MEMBER) X(43, LISTED)

#define WIRE_TYPE(number, name) WIRE_##name = (number),
enum wire_type { WIRE_MESSAGES(WIRE_TYPE) };
#undef WIRE_TYPE

/* The fields' places: enum { BEGIN_OPERATION, BEGIN_NONCE, ... } */
#define WIRE_PLACE_U64(message, name) message##_##name,
#define WIRE_PLACE(message, name, max) message##_##name,
#define WIRE_PLACES(number, message) \
	enum { WIRE_##message##_FIELDS(WIRE_PLACE_U64, WIRE_PLACE, \
	    WIRE_PLACE) message##_FIELD_COUNT };
WIRE_MESSAGES(WIRE_PLACES)
#undef WIRE_PLACES
#undef WIRE_PLACE
#undef WIRE_PLACE_U64

enum wire_operation {
	WIRE_AUTHENTICATE = 1,	/* who is it? */
	WIRE_ACCOUNT = 2,	/* may they be here? */
	WIRE_DELIVER = 3,	/* whose Response is this? (root only) */
};

enum wire_answer {
	WIRE_ANSWERED = 1,
	WIRE_ANSWER_TOO_LONG = 2,	/* WORDS is empty */
	WIRE_ANSWER_FAILED = 3,		/* conversation error, or no answer */
};

/* No zero: a verdict that was never set must not mean anything. */
enum wire_verdict {
	WIRE_GRANTED = 0x47,
	WIRE_DENIED = 0x44,
	WIRE_UNAVAILABLE = 0x55,	/* denied: something is missing */
};

enum wire_saml_flags {
	WIRE_SAML_UNSOLICITED = 1,	/* an unsolicited Response is allowed */
	WIRE_SAML_FORCE_AUTHN = 2,	/* AuthnInstant after request */
	WIRE_SAML_REQUIRE_MFA = 4,
	WIRE_SAML_RESPONSE_SIGNED = 8,	/* the Response must be signed too */
};

enum wire_device_flags {
	WIRE_DEVICE_GUESTS = 1,		/* guests of the tenant are welcome */
};

#endif
