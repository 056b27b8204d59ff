/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/jwt.h"

#include <string.h>

#include "auth/claims_fill.h"
#include "auth/jwt_verifier.h"
#include "base/parse.h"
#include "sys/crypto.h"
#include "sys/json.h"

#define TENANT_HOLE "{tenantid}"
#define GUID_LEN 36

/* -- the proof ------------------------------------------------------------- */

/* An empty expectation would be met by an empty value. */
static enum err
check_expectations(struct jwt_verifier *v, struct diag *diag)
{
	const struct jwt_check *check = v->check;

	if (check->now < check->clock_floor)
		return fail(diag, ERR_CLOCK, "it says %lld",
		    (long long)check->now);
	if (*check->issuer == '\0' || *check->audience == '\0' ||
	    *check->tenant == '\0')
		return fail(diag, ERR_CONF_MISSING,
		    "issuer, client_id or tenant");
	return ERR_OK;
}

static enum err
open_token(struct jwt_verifier *v, struct diag *diag)
{
	return jws_open(v->check->token, v->check->token_len, &v->jws, diag);
}

static enum err
check_kid(struct jwt_verifier *v, struct diag *diag)
{
	const char *kid = v->jws.kid;

	if (kid == NULL || !jwks_is_kid(kid))
		return fail(diag, ERR_JWT_KID, "key id %.128s",
		    kid == NULL ? "is missing" : kid);
	return ERR_OK;
}

static enum err
find_key(struct jwt_verifier *v, struct diag *diag)
{
	v->key = jwks_find(v->check->keys, v->jws.kid);
	if (v->key == NULL)
		return fail(diag, ERR_JWT_KEY_UNKNOWN, "key id %s",
		    v->jws.kid);
	return ERR_OK;
}

/* Is the template, with this tenant in it, the issuer? */
static bool
makes_issuer(const char *template, const char *tenant, const char *issuer)
{
	const char *hole = strstr(template, TENANT_HOLE);
	size_t before = hole == NULL ? 0 : (size_t)(hole - template);
	char guid[GUID_LEN + 1] = "";

	if (hole == NULL)
		return strcmp(template, issuer) == 0;
	if (strncmp(template, issuer, before) != 0 ||
	    strlen(issuer + before) < GUID_LEN)
		return false;
	memcpy(guid, issuer + before, GUID_LEN);
	return parse_equal_nocase(guid, tenant) &&
	    strcmp(issuer + before + GUID_LEN,
	    hole + sizeof(TENANT_HOLE) - 1) == 0;
}

/* A key that says for whom it signs does not sign for others: Microsoft has
 * keys for all tenants and keys for one. */
static enum err
check_key_issuer(struct jwt_verifier *v, struct diag *diag)
{
	const char *issuer = v->key->issuer;

	if (*issuer != '\0' && !makes_issuer(issuer, v->check->tenant,
	    v->check->issuer))
		return fail(diag, ERR_JWT_KEY_ISSUER, "key %s is of %.256s",
		    v->key->kid, issuer);
	return ERR_OK;
}

static enum err
verify_signature(struct jwt_verifier *v, struct diag *diag)
{
	return jws_verify(&v->jws, v->key, v->check->ring, diag);
}

static enum err
parse_payload(struct jwt_verifier *v, struct diag *diag)
{
	static const struct json_limits limits = {
		JWT_DEPTH_MAX, JWT_MEMBERS_MAX, JWT_STRING_MAX,
	};
	enum err r = json_parse(v->jws.payload.data, v->jws.payload.len,
	    &v->payload, diag);

	if (r != ERR_OK)
		return r;
	if (json_kind_of(v->payload) != JSON_KIND_OBJECT)
		return fail(diag, ERR_JSON, "payload is no object");
	if (!json_is_within(v->payload, &limits))
		return fail(diag, ERR_JWT_LIMITS, "payload");
	return ERR_OK;
}

/* -- the claims ------------------------------------------------------------ */

/* C0, DEL and, as UTF-8 writes them, C1: no name has one, and a terminal may
 * obey it. */
static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)text[0];
		unsigned char next = (unsigned char)text[1];

		if (c < 0x20 || c == 0x7f || (c == 0xc2 && next < 0xa0))
			return true;
	}
	return false;
}

static enum err
add(struct jwt_verifier *v, const char *name, const char *value,
    struct diag *diag)
{
	enum err r = claims_add(v->claims, name, value);

	if (r == ERR_TOO_LONG)
		return fail(diag, ERR_JWT_LIMITS, "claim %s", name);
	if (r != ERR_OK)
		return fail(diag, r, "claims");
	return ERR_OK;
}

/* A name by which somebody may be known: it is one plain text, or a reason to
 * refuse. */
static enum err
add_name(struct jwt_verifier *v, const char *name, struct diag *diag)
{
	struct json *value = json_member(v->payload, name);
	const char *text = json_string_of(value);

	if (value == NULL)
		return ERR_OK;
	if (text == NULL || has_control(text))
		return fail(diag, ERR_JWT_SUBJECT, "%s is no plain text",
		    name);
	return add(v, name, text, diag);
}

/* What is only shown or compared. */
static enum err
add_text(struct jwt_verifier *v, const char *name, struct diag *diag)
{
	const char *text = json_string_of(json_member(v->payload, name));

	return text == NULL || has_control(text) ? ERR_OK :
	    add(v, name, text, diag);
}

static enum err
add_provider(struct jwt_verifier *v, struct diag *diag)
{
	const char *idp = json_string_of(json_member(v->payload, "idp"));

	if (idp == NULL)
		return ERR_OK;
	if (has_control(idp))
		return fail(diag, ERR_LINK_GUEST, "idp is no plain text");
	return add(v, CLAIM_PROVIDER, idp, diag);
}

static enum err
add_context(struct jwt_verifier *v, const char *text, struct diag *diag)
{
	if (has_control(text))
		return fail(diag, ERR_JWT_ACRS, "acrs is no plain text");
	return add(v, "acrs", text, diag);
}

/* One text or several, as jwt_check_context() saw. */
static enum err
add_contexts(struct jwt_verifier *v, struct diag *diag)
{
	struct json *acrs = json_member(v->payload, "acrs");
	const char *text = json_string_of(acrs);
	enum err r = text == NULL ? ERR_OK : add_context(v, text, diag);

	for (size_t i = 0; i < json_count(acrs) && r == ERR_OK; i++)
		r = add_context(v, json_string_of(json_item(acrs, i)), diag);
	return r;
}

static enum err
read_claims(struct jwt_verifier *v, struct diag *diag)
{
	static const char *const names[] = {
		"preferred_username", "upn", "email",
	};
	static const char *const texts[] = {
		"name", "given_name", "family_name", "ipaddr",
	};
	enum err r;

	v->claims = claims_new();
	if (v->claims == NULL)
		return fail(diag, ERR_NOMEM, "claims");
	r = add(v, CLAIM_TENANT, v->tid, diag);
	if (r == ERR_OK)
		r = add(v, CLAIM_OBJECT, v->oid, diag);
	if (r == ERR_OK)
		r = add_provider(v, diag);
	for (size_t i = 0; i < ARRAY_LEN(names) && r == ERR_OK; i++)
		r = add_name(v, names[i], diag);
	for (size_t i = 0; i < ARRAY_LEN(texts) && r == ERR_OK; i++)
		r = add_text(v, texts[i], diag);
	if (r == ERR_OK)
		r = add_contexts(v, diag);
	return r;
}

#define DIGEST "sha256:"
#define TOKEN_ID_SIZE (sizeof(DIGEST) + 2 * SHA256_SIZE)

/* What a token without uti is known by: a token has one spelling only, so one
 * that is other bytes is another token. */
static enum err
digest_token(const struct jwt_check *check, char id[static TOKEN_ID_SIZE],
    struct diag *diag)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t hash[SHA256_SIZE];
	char *p = id + sizeof(DIGEST) - 1;

	if (crypto_sha256(check->token, check->token_len, hash) != ERR_OK)
		return fail(diag, ERR_INTERNAL, "SHA-256");
	memcpy(id, DIGEST, sizeof(DIGEST) - 1);
	for (size_t i = 0; i < sizeof(hash); i++) {
		*p++ = digits[hash[i] >> 4];
		*p++ = digits[hash[i] & 15];
	}
	*p = '\0';
	return ERR_OK;
}

static enum err
finish(struct jwt_verifier *v, struct diag *diag)
{
	struct json *uti = json_member(v->payload, "uti");
	char digest[TOKEN_ID_SIZE];
	struct claims_fixed fixed = {
		.issuer = v->check->issuer,
		.assertion_id = json_string_of(uti),
		.name_id = v->sub,
		.not_on_or_after = v->exp + v->check->skew,
		.authn_instant = v->auth_time,
	};

	if (uti != NULL && (fixed.assertion_id == NULL ||
	    *fixed.assertion_id == '\0' || has_control(fixed.assertion_id)))
		return fail(diag, ERR_JWT_SUBJECT, "uti is no plain text");
	if (has_control(v->sub))
		return fail(diag, ERR_JWT_SUBJECT, "sub is no plain text");
	if (uti == NULL) {
		enum err r = digest_token(v->check, digest, diag);

		if (r != ERR_OK)
			return r;
		fixed.assertion_id = digest;
	}
	if (claims_set_fixed(v->claims, &fixed) != ERR_OK)
		return fail(diag, ERR_NOMEM, "claims");
	return ERR_OK;
}

/* -- the verdict ----------------------------------------------------------- */

/* In this order; the first that fails is the reason.  Nothing of the payload
 * is looked at before its signature. */
static enum err (*const steps[])(struct jwt_verifier *v, struct diag *diag) = {
	check_expectations,
	open_token,		/* J1-J4 J6-J12 */
	check_kid,		/* J5 */
	find_key,		/* J27 */
	check_key_issuer,	/* J15 */
	verify_signature,	/* J1 */
	parse_payload,		/* J8 J9 */
	jwt_check_kind,		/* J7 */
	jwt_check_issuer,	/* J14 */
	jwt_check_tenant,	/* J16 */
	jwt_check_guest,	/* J16 */
	jwt_check_audience,	/* J17 */
	jwt_check_times,	/* J18 */
	jwt_check_age,		/* J18 */
	jwt_check_nonce,	/* J19 */
	jwt_check_subject,	/* J20 */
	jwt_check_version,	/* J20 */
	jwt_check_context,	/* J22 */
	jwt_check_auth_time,	/* J22 */
	jwt_check_hashes,	/* J23 */
	jwt_check_groups,	/* J24 */
	read_claims,		/* J20 */
	finish,			/* J21 */
};

static void
verifier_clear(struct jwt_verifier *v)
{
	claims_free(&v->claims);
	json_free(&v->payload);
	jws_clear(&v->jws);
}

DEFINE_AUTO(verifier, struct jwt_verifier, verifier_clear);

enum err
jwt_verify(const struct jwt_check *check, struct claims **ret,
    struct diag *diag)
{
	AUTO(verifier) struct jwt_verifier v = {
		.check = check, .jws = JWS_INIT,
	};

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		enum err r = steps[i](&v, diag);

		if (r != ERR_OK)
			return r;
	}
	*ret = TAKE(v.claims);
	return ERR_OK;
}

enum err
jwt_kid(const char *token, size_t len, char *kid, struct diag *diag)
{
	AUTO(verifier) struct jwt_verifier v = { .jws = JWS_INIT };
	enum err r = jws_open(token, len, &v.jws, diag);

	if (r == ERR_OK)
		r = check_kid(&v, diag);
	if (r != ERR_OK)
		return r;
	memcpy(kid, v.jws.kid, strlen(v.jws.kid) + 1);
	return ERR_OK;
}
