/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The least that a validator of id_tokens can do with OpenSSL's EVP and
 * jansson (bench.h): header and payload decoded and read, the key by its kid,
 * the signature, and six claims.  It is kind to whoever forges.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define KEYS_MAX 16
#define SKEW 60

static struct {
	EVP_MD_CTX *begun;
	char kid[128];
} key[KEYS_MAX];
static size_t key_count;
static EVP_MD_CTX *work;
static signed char value[256];

static void
init_alphabet(void)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";

	memset(value, -1, sizeof(value));
	for (int i = 0; i < 64; i++)
		value[(unsigned char)alphabet[i]] = (signed char)i;
}

/* The length, or 0. */
static size_t
decode(const char *text, size_t len, unsigned char *out)
{
	size_t n = 0;
	unsigned int bits = 0;
	unsigned int have = 0;

	for (size_t i = 0; i < len; i++) {
		int v = value[(unsigned char)text[i]];

		if (v < 0)
			return 0;
		bits = bits << 6 | (unsigned int)v;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		out[n++] = (unsigned char)(bits >> have);
	}
	return n;
}

static json_t *
decode_json(const char *text, size_t len, unsigned char *room)
{
	size_t n = decode(text, len, room);

	return json_loadb((const char *)room, n, JSON_REJECT_DUPLICATES,
	    NULL);
}

static bool
is(json_t *object, const char *name, const char *wanted)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL && strcmp(text, wanted) == 0;
}

static bool
check_claims(json_t *claims)
{
	time_t now = time(NULL);
	json_t *exp = json_object_get(claims, "exp");
	json_t *nbf = json_object_get(claims, "nbf");

	return is(claims, "iss", bench_setting("BENCH_ISS")) &&
	    is(claims, "aud", bench_setting("BENCH_AUD")) &&
	    is(claims, "nonce", bench_setting("BENCH_NONCE")) &&
	    json_is_integer(exp) && json_is_integer(nbf) &&
	    now < json_integer_value(exp) + SKEW &&
	    now > json_integer_value(nbf) - SKEW &&
	    json_object_get(claims, "preferred_username") != NULL;
}

static bool
verify(json_t *header, const char *text, size_t len,
    const unsigned char *signature, size_t signature_len)
{
	if (!is(header, "alg", "RS256"))
		return false;
	for (size_t i = 0; i < key_count; i++)
		if (is(header, "kid", key[i].kid))
			return EVP_MD_CTX_copy_ex(work, key[i].begun) == 1 &&
			    EVP_DigestVerify(work, signature, signature_len,
			    (const unsigned char *)text, len) == 1;
	return false;
}

static bool
validate(const char *text, size_t len)
{
	static unsigned char room[16384];
	static unsigned char signature[16384];
	const char *first = memchr(text, '.', len);
	const char *second = first == NULL ? NULL : strchr(first + 1, '.');
	size_t signature_len;
	json_t *header;
	json_t *claims = NULL;
	bool good;

	if (second == NULL || len > sizeof(room))
		return false;
	signature_len = decode(second + 1, len - (size_t)(second + 1 - text),
	    signature);
	header = decode_json(text, (size_t)(first - text), room);
	good = verify(header, text, (size_t)(second - text), signature,
	    signature_len);
	if (good)
		claims = decode_json(first + 1, (size_t)(second - first - 1),
		    room);
	good = good && check_claims(claims);
	json_decref(claims);
	json_decref(header);
	return good;
}

static BIGNUM *
decode_number(json_t *entry, const char *name)
{
	const char *text = json_string_value(json_object_get(entry, name));
	unsigned char number[2048];
	size_t len = text == NULL || strlen(text) > sizeof(number) ? 0 :
	    decode(text, strlen(text), number);

	return BN_bin2bn(number, (int)len, NULL);
}

static void
add_key(json_t *entry)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	BIGNUM *n = decode_number(entry, "n");
	BIGNUM *e = decode_number(entry, "e");
	OSSL_PARAM *params;
	EVP_PKEY *pkey = NULL;

	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n);
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
	params = OSSL_PARAM_BLD_to_param(builder);
	key[key_count].begun = EVP_MD_CTX_new();
	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1 ||
	    EVP_DigestVerifyInit(key[key_count].begun, NULL, EVP_sha256(),
	    NULL, pkey) != 1)
		exit(2);
	(void)snprintf(key[key_count++].kid, sizeof(key[0].kid), "%s",
	    json_string_value(json_object_get(entry, "kid")));
	EVP_PKEY_free(pkey);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	BN_free(n);
	BN_free(e);
}

int
main(int argc, char **argv)
{
	json_t *set = json_load_file(bench_setting("BENCH_JWKS"), 0, NULL);
	json_t *entry;
	size_t i;
	int status;

	init_alphabet();
	work = EVP_MD_CTX_new();
	json_array_foreach(json_object_get(set, "keys"), i, entry)
		if (is(entry, "kty", "RSA") && key_count < KEYS_MAX)
			add_key(entry);
	json_decref(set);
	status = bench_main(argc, argv, validate);
	for (i = 0; i < key_count; i++)
		EVP_MD_CTX_free(key[i].begun);
	EVP_MD_CTX_free(work);
	return status;
}
