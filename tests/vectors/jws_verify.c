/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jws-verify: the verifier of id_tokens behind a command line, for samples of
 * one's own.  Its one line is that of saml-verify (verdict_line.h).
 *
 * Without --claims it is only asked who signed: jws_open(), the key, and
 * jws_verify().  With --claims it is jwt_verify(), as the device worker calls
 * it.  With --rsa-sha256 it is the RSA below both.
 *
 * The set of keys may be a single key, as others write their samples.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/arguments.h"
#include "../lib/verdict_line.h"
#include "auth/jwt.h"
#include "base/parse.h"
#include "sys/crypto.h"

#define USAGE \
	"--jwks FILE [--claims --issuer S --audience S --tenant GUID\n" \
	"\t--now 2022-02-23T17:50:00Z|SECONDS [--begun TIME]\n" \
	"\t[--skew SECONDS] [--lifetime SECONDS] [--nonce S]\n" \
	"\t[--access-token S] [--guests] [--acrs S]\n" \
	"\t[--auth-max-age SECONDS] [--group GUID]...] TOKENFILE\n" \
	"   or: jws-verify --rsa-sha256 N_HEX E_HEX MSG_HEX SIG_HEX\n"

#define SKEW 30
#define LIFETIME_MAX (24 * 3600 + JWT_BACKDATED)
#define SECONDS_MAX 4102444800u		/* 2100-01-01: longer is a mistake */
#define HEX_MAX (1024u * 1024)
#define KEY_RENAMED "the-only-key"

enum option {
	JWKS, CLAIMS, ISSUER, AUDIENCE, TENANT, NOW, SKEW_SECONDS, BEGUN,
	LIFETIME, NONCE, ACCESS_TOKEN, GUESTS, ACRS, AUTH_MAX_AGE, GROUP,
	RSA_SHA256, OPTION_COUNT
};

static const struct argument_option table[OPTION_COUNT] = {
	[JWKS] = { "--jwks", true, 1 },
	[CLAIMS] = { "--claims", false, 1 },
	[ISSUER] = { "--issuer", true, 1 },
	[AUDIENCE] = { "--audience", true, 1 },
	[TENANT] = { "--tenant", true, 1 },
	[NOW] = { "--now", true, 1 },
	[SKEW_SECONDS] = { "--skew", true, 1 },
	[BEGUN] = { "--begun", true, 1 },
	[LIFETIME] = { "--lifetime", true, 1 },
	[NONCE] = { "--nonce", true, 1 },
	[ACCESS_TOKEN] = { "--access-token", true, 1 },
	[GUESTS] = { "--guests", false, 1 },
	[ACRS] = { "--acrs", true, 1 },
	[AUTH_MAX_AGE] = { "--auth-max-age", true, 1 },
	[GROUP] = { "--group", true, ARGUMENTS_TIMES_MAX },
	[RSA_SHA256] = { "--rsa-sha256", false, 1 },
};

DEFINE_AUTO(json_t, json_t *, json_decrefp);

/* -- the command line ---------------------------------------------------- */

/* Which of the three questions it is, and nothing for another of them. */
static enum err
check_given(const struct arguments *args, struct diag *diag)
{
	static const enum option needed[] = { ISSUER, AUDIENCE, TENANT, NOW };
	bool rsa = arguments_has(args, RSA_SHA256);
	bool claims = arguments_has(args, CLAIMS);

	if (rsa && args->operands != ARGUMENTS_OPERANDS_MAX)
		return fail(diag, ERR_USAGE, "not four numbers");
	if (!rsa && args->operands != 1)
		return fail(diag, ERR_USAGE, "not one TOKENFILE");
	if (arguments_has(args, JWKS) == rsa)
		return fail(diag, ERR_USAGE,
		    "either --jwks or --rsa-sha256 has to be given");
	if (claims && rsa)
		return fail(diag, ERR_USAGE, "RSA knows of no claims");
	for (unsigned int i = ISSUER; i <= GROUP; i++)
		if (!claims && arguments_has(args, i))
			return fail(diag, ERR_USAGE, "%s needs --claims",
			    table[i].name);
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (claims && !arguments_has(args, needed[i]))
			return fail(diag, ERR_USAGE, "%s has to be given",
			    table[needed[i]].name);
	return ERR_OK;
}

/* A time is written out, or in seconds since 1970. */
static enum err
read_time(const struct arguments *args, enum option option, int64_t *ret,
    struct diag *diag)
{
	if (strchr(arguments_get(args, option), 'T') != NULL)
		return arguments_time(args, option, ret, diag);
	return arguments_seconds(args, option, SECONDS_MAX, ret, diag);
}

static enum err
read_check(const struct arguments *args, struct jwt_check *ret,
    struct diag *diag)
{
	enum err r = read_time(args, NOW, &ret->now, diag);

	ret->issuer = arguments_get(args, ISSUER);
	ret->audience = arguments_get(args, AUDIENCE);
	ret->tenant = arguments_get(args, TENANT);
	ret->nonce = arguments_get(args, NONCE);
	ret->access_token = arguments_get(args, ACCESS_TOKEN);
	ret->require_acrs = arguments_get(args, ACRS);
	ret->guests = arguments_has(args, GUESTS);
	ret->groups = args->value[GROUP];
	ret->group_count = args->count[GROUP];
	ret->skew = SKEW;
	ret->lifetime_max = LIFETIME_MAX;
	if (r == ERR_OK)
		r = arguments_seconds(args, SKEW_SECONDS, SECONDS_MAX,
		    &ret->skew, diag);
	if (r == ERR_OK)
		r = read_time(args, BEGUN, &ret->begun, diag);
	if (r == ERR_OK)
		r = arguments_seconds(args, LIFETIME, SECONDS_MAX,
		    &ret->lifetime_max, diag);
	if (r == ERR_OK)
		r = arguments_seconds(args, AUTH_MAX_AGE, SECONDS_MAX,
		    &ret->auth_max_age, diag);
	return r;
}

/* -- keys ---------------------------------------------------------------- */

/* What this program makes of a file of keys. */
struct key_file {
	struct buf text;		/* for jwks_parse() */
	char *renamed;			/* kid of the only key as the file
					 * has it; NULL: not renamed */
	bool nameless;			/* it has none */
};

static void
key_file_clear(struct key_file *file)
{
	buf_clear(&file->text);
	free(file->renamed);
}
DEFINE_AUTO(key_file, struct key_file, key_file_clear);

/* NULL when it is no JSON that the product would read. */
static json_t *
load_set(const struct buf *text, bool *ret_single)
{
	json_t *root = json_loadb(buf_str(text), text->len,
	    JSON_REJECT_DUPLICATES, NULL);

	*ret_single = json_object_get(root, "kty") != NULL &&
	    json_object_get(root, "keys") == NULL;
	return *ret_single ? json_pack("{s:[o]}", "keys", root) : root;
}

/*
 * The product asks of every key and token that they have a kid of letters,
 * digits and four marks (catalogue J5).  Examples need not: RFC 7515, A.2 has
 * none, and RFC 7520, 4.1 has one with an '@'.  To ask about their signatures
 * all the same, this program gives the only key of a set such a name, and
 * finds it for the kid that the file has.
 */
static enum err
rename_only_key(json_t *set, struct key_file *ret, struct diag *diag)
{
	json_t *keys = json_object_get(set, "keys");
	json_t *key = json_array_get(keys, 0);
	json_t *kid = json_object_get(key, "kid");
	const char *text = json_string_value(kid);

	if (json_array_size(keys) != 1 || !json_is_object(key) ||
	    (kid != NULL && text == NULL) ||
	    (text != NULL && jwks_is_kid(text)))
		return ERR_OK;
	ret->nameless = kid == NULL;
	ret->renamed = strdup(text == NULL ? "" : text);
	if (ret->renamed == NULL || json_object_set_new(key, "kid",
	    json_string(KEY_RENAMED)) != 0)
		return fail(diag, ERR_NOMEM, "key");
	return ERR_OK;
}

/* What this program need not change reaches the product as it came. */
static enum err
read_keys(const char *path, bool rename, struct key_file *ret,
    struct diag *diag)
{
	AUTO(json_t) json_t *set = NULL;
	AUTO_FREE char *text = NULL;
	bool single = false;
	enum err r = arguments_read_file(path, ERR_JWKS_LIMITS, &ret->text,
	    diag);

	if (r == ERR_OK)
		set = load_set(&ret->text, &single);
	if (r == ERR_OK && rename)
		r = rename_only_key(set, ret, diag);
	if (r != ERR_OK || (!single && ret->renamed == NULL))
		return r;
	text = json_dumps(set, JSON_COMPACT);
	if (text == NULL)
		return fail(diag, ERR_NOMEM, "keys");
	buf_reset(&ret->text);
	return buf_put(&ret->text, text, strlen(text));
}

static const struct jwk *
find_key(const struct jwks *keys, const struct key_file *file,
    const char *kid)
{
	if (kid == NULL)
		return keys->count == 1 ? &keys->key[0] : NULL;
	if (file->renamed == NULL)
		return jwks_find(keys, kid);
	return !file->nameless && strcmp(kid, file->renamed) == 0 ?
	    jwks_find(keys, KEY_RENAMED) : NULL;
}

/* -- tokens -------------------------------------------------------------- */

/* A newline at the end is the file's, and no other byte. */
static enum err
read_token(const char *path, struct buf *ret, struct diag *diag)
{
	enum err r = arguments_read_file(path, ERR_JWT_TOO_LONG, ret, diag);

	if (r == ERR_OK && ret->len > 0 && ret->data[ret->len - 1] == '\n')
		ret->len--;
	return r;
}

/* The token is looked at before the keys: what an algorithm of others is
 * refused for is not that the set has no key of ours. */
static enum err
decide_signature(const struct arguments *args, const struct buf *token,
    struct jwks *keys, struct diag *diag)
{
	AUTO(jws) struct jws jws = JWS_INIT;
	AUTO(key_file) struct key_file file = { .text = BUF_INIT(JWKS_MAX) };
	const struct jwk *key;
	enum err r = read_keys(arguments_get(args, JWKS), true, &file, diag);

	if (r != ERR_OK)
		return r;
	r = jws_open(buf_str(token), token->len, &jws, diag);
	if (r == ERR_OK)
		r = jwks_parse(file.text.data, file.text.len, keys, diag);
	if (r != ERR_OK)
		return r;
	key = find_key(keys, &file, jws.kid);
	if (key == NULL)
		return fail(diag, ERR_JWT_KEY_UNKNOWN, "kid %s",
		    jws.kid == NULL ? "missing" : jws.kid);
	return jws_verify(&jws, key, NULL, diag);
}

static enum err
decide_claims(const struct arguments *args, const struct buf *token,
    struct jwks *keys, struct claims **ret, struct diag *diag)
{
	AUTO(key_file) struct key_file file = { .text = BUF_INIT(JWKS_MAX) };
	struct jwt_check check = {
		.token = buf_str(token), .token_len = token->len,
		.keys = keys,
	};
	enum err r = read_check(args, &check, diag);

	if (r == ERR_OK)
		r = read_keys(arguments_get(args, JWKS), false, &file, diag);
	if (r == ERR_OK)
		r = jwks_parse(file.text.data, file.text.len, keys, diag);
	if (r != ERR_OK)
		return r;
	return jwt_verify(&check, ret, diag);
}

static enum err
decide_token(const struct arguments *args, struct claims **ret,
    struct diag *diag)
{
	static struct jwks keys;
	AUTO(buf) struct buf token = BUF_INIT(JWT_MAX + 1);
	enum err r = read_token(args->operand[0], &token, diag);

	if (r != ERR_OK)
		return r;
	if (arguments_has(args, CLAIMS))
		return decide_claims(args, &token, &keys, ret, diag);
	return decide_signature(args, &token, &keys, diag);
}

/* -- RSA ----------------------------------------------------------------- */

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strchr(digits, c >= 'A' && c <= 'F' ? c + 0x20 : c);

	return c == '\0' || at == NULL ? -1 : (int)(at - digits);
}

static enum err
read_hex(const char *text, struct buf *out, struct diag *diag)
{
	for (; *text != '\0'; text += 2) {
		int high = hex_digit(text[0]);
		int low = high < 0 ? -1 : hex_digit(text[1]);
		uint8_t byte = (uint8_t)(high * 16 + low);

		if (low < 0)
			return fail(diag, ERR_USAGE,
			    "not pairs of hexadecimal digits");
		if (buf_put(out, &byte, 1) != ERR_OK)
			return fail(diag, ERR_USAGE, "too many digits");
	}
	return ERR_OK;
}

/* Samples write a modulus as a signed number, with a zero before it. */
static void
strip_zeros(const struct buf *number, const uint8_t **ret, size_t *ret_len)
{
	*ret = number->data;
	*ret_len = number->len;
	while (*ret_len > 0 && **ret == 0) {
		++*ret;
		--*ret_len;
	}
}

static enum err
decide_rsa(const struct arguments *args, struct diag *diag)
{
	AUTO(buf) struct buf n = BUF_INIT(HEX_MAX);
	AUTO(buf) struct buf e = BUF_INIT(HEX_MAX);
	AUTO(buf) struct buf message = BUF_INIT(HEX_MAX);
	AUTO(buf) struct buf signature = BUF_INIT(HEX_MAX);
	struct buf *number[] = { &n, &e, &message, &signature };
	AUTO(crypto_key) struct crypto_key *key = NULL;
	struct crypto_numbers numbers;
	enum err r = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(number) && r == ERR_OK; i++)
		r = read_hex(args->operand[i], number[i], diag);
	if (r != ERR_OK)
		return r;
	strip_zeros(&n, &numbers.n, &numbers.n_len);
	strip_zeros(&e, &numbers.e, &numbers.e_len);
	r = crypto_key_new(numbers.n, numbers.n_len, numbers.e, numbers.e_len,
	    &key, diag);
	if (r != ERR_OK)
		return r;
	if (!crypto_rs256_verify(key, buf_str(&message), message.len,
	    (const uint8_t *)buf_str(&signature), signature.len))
		return fail(diag, ERR_JWT_SIGNATURE, "%zu bytes of signature",
		    signature.len);
	return ERR_OK;
}

/* -- the question -------------------------------------------------------- */

static enum err
decide(char **argv, struct claims **ret, struct diag *diag)
{
	struct arguments args = {
		.table = table, .options = OPTION_COUNT,
		.operands_max = ARGUMENTS_OPERANDS_MAX,
	};
	enum err r = arguments_take(&args, argv, diag);

	if (r == ERR_OK)
		r = check_given(&args, diag);
	if (r != ERR_OK)
		return r;
	if (arguments_has(&args, RSA_SHA256))
		return decide_rsa(&args, diag);
	return decide_token(&args, ret, diag);
}

int
main(int argc, char **argv)
{
	AUTO(claims) struct claims *claims = NULL;
	struct diag diag = DIAG_INIT;
	enum err r = argc == 0 ? fail(&diag, ERR_USAGE, "no arguments") :
	    decide(argv, &claims, &diag);

	if (r == ERR_USAGE)
		return verdict_usage(argv, "jws-verify", USAGE, &diag);
	return verdict_print(r, claims, &diag);
}
