/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/jws.h"

#include <string.h>

#include "base/base64.h"
#include "base/parse.h"
#include "sys/crypto.h"
#include "sys/json.h"

/* A token that is being taken apart. */
struct opening {
	const char *token;
	size_t len;
	const char *dot[2];
	struct buf header;	/* decoded */
	const char *alg;	/* of jws.header */
	struct jws jws;
};

static void
opening_clear(struct opening *o)
{
	jws_clear(&o->jws);
	buf_clear(&o->header);
}

DEFINE_AUTO(opening, struct opening, opening_clear);

void
jws_clear(struct jws *jws)
{
	json_free(&jws->header);
	buf_clear(&jws->payload);
	buf_clear(&jws->signature);
	jws->input = NULL;
	jws->input_len = 0;
	jws->kid = NULL;
}

/* -- the form -------------------------------------------------------------- */

static enum err
check_length(struct opening *o, struct diag *diag)
{
	if (o->len > JWT_MAX)
		return fail(diag, ERR_JWT_TOO_LONG, "%zu bytes", o->len);
	return ERR_OK;
}

/* JWE in compact serialisation has five parts; the serialisations as JSON
 * begin with a brace. */
static enum err
split(struct opening *o, struct diag *diag)
{
	const char *end = o->token + o->len;
	const char *p = o->token;
	size_t dots = 0;

	if (o->len > 0 && *p == '{')
		return fail(diag, ERR_JWT_TYPE, "JSON serialisation");
	while (p != end) {
		p = memchr(p, '.', (size_t)(end - p));
		if (p == NULL)
			break;
		if (dots < ARRAY_LEN(o->dot))
			o->dot[dots] = p;
		dots++;
		p++;
	}
	if (dots == 4)
		return fail(diag, ERR_JWT_TYPE, "encrypted");
	if (dots != ARRAY_LEN(o->dot))
		return fail(diag, ERR_JWT_SEGMENTS, "%zu parts", dots + 1);
	o->jws.input = o->token;
	o->jws.input_len = (size_t)(o->dot[1] - o->token);
	return ERR_OK;
}

/* Whatever is no dot goes through here, so this is the check of the token's
 * character set, too. */
static enum err
decode(const char *from, const char *end, struct buf *out, struct diag *diag)
{
	enum err r = base64url_decode(out, from, (size_t)(end - from));

	if (r == ERR_SYNTAX)
		return fail(diag, ERR_JWT_BASE64, "part of %zu bytes",
		    (size_t)(end - from));
	if (r == ERR_NOMEM)
		return fail(diag, r, "token");
	return r;
}

static enum err
decode_payload(struct opening *o, struct diag *diag)
{
	return decode(o->dot[0] + 1, o->dot[1], &o->jws.payload, diag);
}

/* Longer than that of any key: not one to compare. */
static enum err
decode_signature(struct opening *o, struct diag *diag)
{
	enum err r = decode(o->dot[1] + 1, o->token + o->len,
	    &o->jws.signature, diag);

	if (r == ERR_TOO_LONG)
		return fail(diag, ERR_JWT_SIGNATURE, "more than %d bytes",
		    JWS_SIGNATURE_MAX);
	return r;
}

static enum err
decode_header(struct opening *o, struct diag *diag)
{
	enum err r = decode(o->token, o->dot[0], &o->header, diag);

	if (r == ERR_TOO_LONG)
		return fail(diag, ERR_JWT_TOO_LONG,
		    "header of more than %u bytes", JWT_HEADER_MAX);
	return r;
}

/* -- the header ------------------------------------------------------------ */

static enum err
parse_header(struct opening *o, struct diag *diag)
{
	static const struct json_limits limits = {
		JWT_DEPTH_MAX, JWT_MEMBERS_MAX, JWT_STRING_MAX,
	};
	enum err r = json_parse(o->header.data, o->header.len,
	    &o->jws.header, diag);

	if (r != ERR_OK)
		return r;
	if (json_kind_of(o->jws.header) != JSON_KIND_OBJECT)
		return fail(diag, ERR_JSON, "header is no object");
	if (!json_is_within(o->jws.header, &limits))
		return fail(diag, ERR_JWT_LIMITS, "header");
	return ERR_OK;
}

static enum err
check_extensions(struct opening *o, struct diag *diag)
{
	if (json_member(o->jws.header, "crit") != NULL)
		return fail(diag, ERR_JWT_CRIT, "crit");
	return ERR_OK;
}

/* All that an id_token's header may have, every one a string.  What offers a
 * key (jwk, jku, x5u, x5c) or changes the payload (zip, enc, b64, cty) is none
 * of it. */
static enum err
check_members(struct opening *o, struct diag *diag)
{
	static const char *const names[] = {
		"alg", "kid", "typ", "x5t", "nonce", NULL,
	};
	static const enum err reasons[] = {
		ERR_JWT_ALGORITHM, ERR_JWT_KID, ERR_JWT_TYPE, ERR_JWT_HEADER,
		ERR_JWT_HEADER,
	};
	const char *other = json_other_member(o->jws.header, names);

	if (other != NULL)
		return fail(diag, ERR_JWT_HEADER, "member \"%.64s\"", other);
	for (size_t i = 0; names[i] != NULL; i++) {
		struct json *value = json_member(o->jws.header, names[i]);

		if (value != NULL && json_string_of(value) == NULL)
			return fail(diag, reasons[i], "%s is no string",
			    names[i]);
	}
	o->alg = json_string_of(json_member(o->jws.header, "alg"));
	o->jws.kid = json_string_of(json_member(o->jws.header, "kid"));
	return ERR_OK;
}

static enum err
check_signed(struct opening *o, struct diag *diag)
{
	if (o->alg != NULL && parse_equal_nocase(o->alg, "none"))
		return fail(diag, ERR_JWT_NONE, "alg %s", o->alg);
	if (o->jws.signature.len == 0)
		return fail(diag, ERR_JWT_NONE, "empty signature");
	return ERR_OK;
}

static enum err
check_shared_secret(struct opening *o, struct diag *diag)
{
	const char *alg = o->alg == NULL ? "" : o->alg;

	if ((*alg == 'H' || *alg == 'h') && (alg[1] == 'S' || alg[1] == 's'))
		return fail(diag, ERR_JWT_HMAC, "alg %.16s", alg);
	return ERR_OK;
}

static enum err
check_algorithm(struct opening *o, struct diag *diag)
{
	if (o->alg == NULL || strcmp(o->alg, "RS256") != 0)
		return fail(diag, ERR_JWT_ALGORITHM, "alg %.16s",
		    o->alg == NULL ? "is missing" : o->alg);
	return ERR_OK;
}

static enum err
check_type(struct opening *o, struct diag *diag)
{
	const char *typ = json_string_of(json_member(o->jws.header, "typ"));

	if (typ != NULL && strcmp(typ, "JWT") != 0)
		return fail(diag, ERR_JWT_TYPE, "typ %.64s", typ);
	return ERR_OK;
}

/* -- the verdict ----------------------------------------------------------- */

/* In this order; the first that fails is the reason. */
static enum err (*const steps[])(struct opening *o, struct diag *diag) = {
	check_length,		/* J11 */
	split,			/* J7 J12 */
	decode_header,		/* J10 J11 */
	decode_payload,		/* J10 */
	decode_signature,	/* J10 */
	parse_header,		/* J8 J9 */
	check_extensions,	/* J6 */
	check_members,		/* J4 */
	check_signed,		/* J1 */
	check_shared_secret,	/* J2 */
	check_algorithm,	/* J3 */
	check_type,		/* J7 */
};

enum err
jws_open(const char *token, size_t len, struct jws *ret, struct diag *diag)
{
	static const struct jws empty = JWS_INIT;
	AUTO(opening) struct opening o = {
		.token = token, .len = len,
		.header = BUF_INIT(JWT_HEADER_MAX), .jws = JWS_INIT,
	};

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		enum err r = steps[i](&o, diag);

		if (r != ERR_OK)
			return r;
	}
	*ret = o.jws;
	o.jws = empty;
	return ERR_OK;
}

enum err
jws_verify(const struct jws *jws, const struct jwk *key,
    struct crypto_keyring *ring, struct diag *diag)
{
	AUTO(crypto_keyring) struct crypto_keyring own = { { NULL } };
	const struct crypto_numbers numbers = {
		key->n, key->n_len, key->e, key->e_len,
	};
	const struct crypto_key *made = NULL;
	enum err r = crypto_keyring_get(ring != NULL ? ring : &own, &numbers,
	    &made, diag);

	if (r != ERR_OK)
		return r;
	if (jws->signature.len != crypto_key_size(made))
		return fail(diag, ERR_JWT_SIGNATURE, "%zu bytes, not %zu",
		    jws->signature.len, crypto_key_size(made));
	if (!crypto_rs256_verify(made, jws->input, jws->input_len,
	    jws->signature.data, jws->signature.len))
		return fail(diag, ERR_JWT_SIGNATURE, "key %s", key->kid);
	return ERR_OK;
}
