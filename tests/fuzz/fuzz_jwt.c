/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes to decision about an id_token.  The input is tried as a token, and as
 * what a provider might sign: a payload, or a header and a payload with a
 * newline between them.  The second is signed with the test key, so that the
 * checks behind the signature are reached.
 *
 * As a token, accept implies known: whatever is accepted is byte by byte a
 * token of tests/vectors/jose.  As a payload, what is accepted says what the
 * checks promise, as other code reads it.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "auth/jwt.h"
#include "base/base64.h"
#include "base/parse.h"
#include "fuzz.h"
#include "sys/crypto.h"

#define TENANT "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
#define ISSUER "https://login.microsoftonline.com/" TENANT "/v2.0"
#define CLIENT "6731de76-14a6-49ae-97bc-6eba6914391e"
#define HEADER "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"test-key-1\"}"
#define NOW 1795176000		/* 2026-11-20T12:00:00Z */
#define SKEW 30
#define KNOWN_MAX 512
#define FILE_MAX (64u * 1024)

static struct jwks keys;
static struct crypto_keyring ring;
static EVP_PKEY *test_key;
static struct buf known[KNOWN_MAX];
static size_t known_count;

/* What the fuzzer asks; the token is not set. */
static struct jwt_check
question(size_t number)
{
	static const char *const groups[] = {
		"2a1d5c8e-1f5b-4c53-8a4e-0a8f6a9d7b11",
	};
	struct jwt_check check = {
		.keys = &keys, .ring = &ring, .issuer = ISSUER,
		.audience = CLIENT, .tenant = TENANT, .nonce = "",
		.access_token = "", .now = NOW, .skew = SKEW,
		.require_acrs = "", .groups = groups,
	};

	if (number == 0) {
		check.guests = true;
		return check;
	}
	check.lifetime_max = 24 * 3600 + JWT_BACKDATED;
	check.begun = NOW - 60;
	check.access_token = "access";
	check.require_acrs = "c2";
	check.auth_max_age = 600;
	check.group_count = 1;
	return check;
}

#define QUESTIONS 2

/* -- a payload ----------------------------------------------------------- */

static bool
says(json_t *object, const char *name, const char *wanted)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL && strcmp(text, wanted) == 0;
}

static void
demand_payload(const char *payload, size_t len)
{
	json_t *root = json_loadb(payload, len, JSON_REJECT_DUPLICATES, NULL);
	json_t *aud = json_object_get(root, "aud");
	json_t *exp = json_object_get(root, "exp");

	demand(json_is_object(root) && says(root, "iss", ISSUER) &&
	    says(root, "ver", "2.0"));
	demand(json_string_length(json_object_get(root, "sub")) > 0);
	demand(json_is_string(aud) ? says(root, "aud", CLIENT) :
	    json_array_size(aud) == 1);
	demand(json_is_integer(exp) && json_integer_value(exp) > NOW - SKEW);
	demand(json_object_get(root, "scp") == NULL &&
	    json_object_get(root, "nonce") == NULL);
	json_decref(root);
}

static void
demand_claims(const struct claims *claims)
{
	const struct claims_fixed *fixed = claims_fixed(claims);
	const char *tenant = claims_get(claims, CLAIM_TENANT);
	const char *object = claims_get(claims, CLAIM_OBJECT);
	const char *name;
	const char *value;

	demand(tenant != NULL && parse_equal_nocase(tenant, TENANT));
	demand(object != NULL && parse_is_guid(object, strlen(object)));
	demand(strcmp(fixed->issuer, ISSUER) == 0);
	demand(*fixed->assertion_id != '\0' && *fixed->name_id != '\0');
	demand(fixed->not_on_or_after > NOW);
	for (size_t i = 0; claims_at(claims, i, &name, &value); i++)
		demand(parse_is_utf8(value, strlen(value)));
}

static void
put_url(struct buf *out, const void *data, size_t len)
{
	size_t start = out->len;

	demand(base64_encode(out, data, len) == ERR_OK);
	while (out->len > start && out->data[out->len - 1] == '=')
		out->len--;
	for (size_t i = start; i < out->len; i++)
		if (out->data[i] == '+' || out->data[i] == '/')
			out->data[i] = out->data[i] == '+' ? '-' : '_';
}

static void
sign(struct buf *token)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t signature[RSA_N_MAX];
	size_t len = sizeof(signature);

	demand(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, test_key) == 1);
	demand(EVP_DigestSign(md, signature, &len, token->data,
	    token->len) == 1);
	EVP_MD_CTX_free(md);
	demand(buf_putc(token, '.') == ERR_OK);
	put_url(token, signature, len);
}

static void
decide_signed(const char *header, size_t header_len, const char *payload,
    size_t payload_len)
{
	AUTO(buf) struct buf token = BUF_INIT(4 * FILE_MAX);

	put_url(&token, header, header_len);
	demand(buf_putc(&token, '.') == ERR_OK);
	put_url(&token, payload, payload_len);
	sign(&token);
	for (size_t i = 0; i < QUESTIONS; i++) {
		AUTO(claims) struct claims *claims = NULL;
		struct jwt_check check = question(i);
		struct diag diag = DIAG_INIT;
		enum err r;

		check.token = buf_str(&token);
		check.token_len = token.len;
		r = jwt_verify(&check, &claims, &diag);
		demand((r == ERR_OK) == (claims != NULL));
		demand(r == ERR_OK || diag.code == r);
		demand(r != ERR_INTERNAL && r != ERR_JWT_BASE64 &&
		    r != ERR_JWT_SEGMENTS);
		if (r != ERR_OK)
			continue;
		demand_claims(claims);
		demand_payload(payload, payload_len);
	}
}

/* -- a token ------------------------------------------------------------- */

static bool
is_known(const uint8_t *token, size_t len)
{
	for (size_t i = 0; i < known_count; i++)
		if (known[i].len == len &&
		    memcmp(known[i].data, token, len) == 0)
			return true;
	return false;
}

/* Whoever signed it: one of the two keys, or nobody. */
static bool
is_signed(const uint8_t *token, size_t len)
{
	AUTO(jws) struct jws jws = JWS_INIT;
	struct diag diag = DIAG_INIT;
	enum err r = jws_open((const char *)token, len, &jws, &diag);
	bool good = false;

	demand(r != ERR_INTERNAL && (r == ERR_OK || diag.code == r));
	for (size_t i = 0; r == ERR_OK && i < keys.count; i++)
		good = good || jws_verify(&jws, &keys.key[i], &ring,
		    NULL) == ERR_OK;
	return good;
}

static void
decide_token(const uint8_t *token, size_t len)
{
	char kid[KID_MAX_LEN + 1];

	demand(!is_signed(token, len) || is_known(token, len));
	if (jwt_kid((const char *)token, len, kid, NULL) == ERR_OK)
		demand(jwks_is_kid(kid));
	for (size_t i = 0; i < QUESTIONS; i++) {
		AUTO(claims) struct claims *claims = NULL;
		struct jwt_check check = question(i);
		struct diag diag = DIAG_INIT;
		enum err r;

		check.token = (const char *)token;
		check.token_len = len;
		r = jwt_verify(&check, &claims, &diag);
		demand(r != ERR_INTERNAL);
		demand((r == ERR_OK) == (claims != NULL));
		demand(r == ERR_OK || diag.code == r);
		demand(r != ERR_OK || is_known(token, len));
	}
}

/* -- what is known ------------------------------------------------------- */

static FILE *
open_vector(const char *folder, const char *name)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/tests/vectors/%s/%s",
	    top == NULL ? "." : top, folder, name);
	f = fopen(path, "rb");
	demand(f != NULL);
	return f;
}

static void
load(const char *name, struct buf *out)
{
	static char content[FILE_MAX];
	FILE *f = open_vector("jose", name);
	size_t len = fread(content, 1, sizeof(content), f);

	(void)fclose(f);
	demand(len < sizeof(content) && buf_put(out, content, len) == ERR_OK);
}

/* Every token there is that one of the keys has signed. */
static void
learn_token(const char *name)
{
	struct buf *token = &known[known_count];

	demand(known_count < KNOWN_MAX);
	*token = (struct buf)BUF_INIT(FILE_MAX);
	load(name, token);
	while (token->len > 0 && token->data[token->len - 1] == '\n')
		token->len--;
	if (is_signed((const uint8_t *)buf_str(token), token->len))
		known_count++;
	else
		buf_clear(token);
}

static void
learn(void)
{
	const char *top = getenv("top_srcdir");
	AUTO(buf) struct buf set = BUF_INIT(FILE_MAX);
	char path[4096];
	FILE *f = open_vector("saml", "idp-key.pem");
	const struct dirent *entry;
	DIR *dir;

	test_key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	demand(test_key != NULL);
	(void)fclose(f);
	load("keys.json", &set);
	demand(jwks_parse(set.data, set.len, &keys, NULL) == ERR_OK);
	(void)snprintf(path, sizeof(path), "%s/tests/vectors/jose",
	    top == NULL ? "." : top);
	dir = opendir(path);
	demand(dir != NULL);
	for (entry = readdir(dir); entry != NULL; entry = readdir(dir))
		if (strstr(entry->d_name, ".jwt") != NULL)
			learn_token(entry->d_name);
	(void)closedir(dir);
	demand(known_count > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line = size == 0 ? NULL : memchr(data, '\n', size);
	size_t header = line == NULL ? 0 : (size_t)(line - data);

	if (known_count == 0)
		learn();
	decide_token(data, size);
	if (size == 0 || size > JWT_MAX)
		return 0;
	decide_signed(HEADER, sizeof(HEADER) - 1, (const char *)data, size);
	if (header != 0)
		decide_signed((const char *)data, header,
		    (const char *)line + 1, size - header - 1);
	return 0;
}
