/* SPDX-License-Identifier: BSD-2-Clause */
#include "jwt_case.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/base64.h"

static EVP_PKEY *case_key[CASE_KEYS];

int
case_setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASE_KEYS; i++) {
		case_key[i] = EVP_RSA_gen(2048);
		if (case_key[i] == NULL)
			return -1;
	}
	return 0;
}

int
case_teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASE_KEYS; i++)
		EVP_PKEY_free(case_key[i]);
	return 0;
}

void
put_base64url(struct buf *out, const void *data, size_t len)
{
	AUTO(buf) struct buf text = BUF_INIT(1024u * 1024);

	assert_err(base64_encode(&text, data, len), ERR_OK);
	for (size_t i = 0; i < text.len && text.data[i] != '='; i++) {
		char c = (char)text.data[i];

		c = c == '+' ? '-' : c == '/' ? '_' : c;
		assert_err(buf_putc(out, c), ERR_OK);
	}
}

void
put_modulus(struct buf *out, size_t key)
{
	BIGNUM *n = NULL;
	uint8_t bytes[256];

	assert_int_equal(EVP_PKEY_get_bn_param(case_key[key],
	    OSSL_PKEY_PARAM_RSA_N, &n), 1);
	assert_int_equal(BN_bn2bin(n, bytes), sizeof(bytes));
	BN_free(n);
	assert_err(buf_put(out, bytes, sizeof(bytes)), ERR_OK);
}

void
put_jwk(struct buf *out, size_t key, const char *kid, const char *more)
{
	AUTO(buf) struct buf n = BUF_INIT(256);

	put_modulus(&n, key);
	assert_err(buf_printf(out, "{\"kty\":\"RSA\",\"kid\":\"%s\",\"n\":\"",
	    kid), ERR_OK);
	put_base64url(out, n.data, n.len);
	assert_err(buf_printf(out, "\",\"e\":\"AQAB\"%s}", more), ERR_OK);
}

/* -- signatures ------------------------------------------------------------ */

static size_t
sign(const struct buf *input, size_t key, const char *alg, uint8_t *signature)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx = NULL;
	size_t len = 256;
	const EVP_MD *hash = strcmp(alg, "RS512") == 0 ? EVP_sha512() :
	    EVP_sha256();

	assert_int_equal(EVP_DigestSignInit(md, &ctx, hash, NULL,
	    case_key[key]), 1);
	if (strcmp(alg, "PS256") == 0)
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx,
		    RSA_PKCS1_PSS_PADDING), 1);
	assert_int_equal(EVP_DigestSign(md, signature, &len, input->data,
	    input->len), 1);
	EVP_MD_CTX_free(md);
	return len;
}

void
put_signed(struct buf *out, const char *header, const char *payload,
    size_t key, const char *alg)
{
	AUTO(buf) struct buf input = BUF_INIT(64u * 1024);
	uint8_t signature[256];
	size_t len;

	put_base64url(&input, header, strlen(header));
	assert_err(buf_putc(&input, '.'), ERR_OK);
	put_base64url(&input, payload, strlen(payload));
	len = sign(&input, key, alg, signature);
	assert_err(buf_puts(out, buf_str(&input)), ERR_OK);
	assert_err(buf_putc(out, '.'), ERR_OK);
	put_base64url(out, signature, len);
}

void
make_jwk(struct jwk *jwk, size_t key, const char *issuer)
{
	AUTO(buf) struct buf n = BUF_INIT(256);

	memset(jwk, 0, sizeof(*jwk));
	put_modulus(&n, key);
	memcpy(jwk->n, n.data, n.len);
	jwk->n_len = n.len;
	memcpy(jwk->e, "\1\0\1", 3);
	jwk->e_len = 3;
	(void)snprintf(jwk->kid, sizeof(jwk->kid), "kid-%zu", key);
	(void)snprintf(jwk->issuer, sizeof(jwk->issuer), "%s", issuer);
}

/* -- cases ----------------------------------------------------------------- */

static const struct case_member usual_header[] = {
	{ "typ", "\"JWT\"" },
	{ "alg", "\"RS256\"" },
	{ "kid", "\"kid-0\"" },
};

/* ENTRA-SCIM-8X8.md 3.4: iat and nbf are set back by five minutes. */
static const struct case_member usual_payload[] = {
	{ "aud", "\"" CASE_AUDIENCE "\"" },
	{ "iss", "\"" CASE_ISSUER "\"" },
	{ "iat", "1795175700" },
	{ "nbf", "1795175700" },
	{ "exp", "1795179600" },
	{ "aio", "\"AXQAi/8TAAAA\"" },
	{ "name", "\"B. Simon\"" },
	{ "oid", "\"" CASE_OBJECT "\"" },
	{ "preferred_username", "\"b.simon@contoso.example\"" },
	{ "rh", "\"0.AXEA\"" },
	{ "sub", "\"AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ\"" },
	{ "tid", "\"" CASE_TENANT "\"" },
	{ "uti", "\"fqiBqXLPj0eQa82S-IYFAA\"" },
	{ "ver", "\"2.0\"" },
};

static const struct jwt_check usual_check = {
	.issuer = CASE_ISSUER,
	.audience = CASE_AUDIENCE,
	.tenant = CASE_TENANT,
	.nonce = "",
	.access_token = "",
	.now = CASE_NOW,
	.clock_floor = CASE_NOW - 86400,
	.begun = CASE_NOW - 60,
	.skew = 60,
	.lifetime_max = 86400,
	.require_acrs = "",
};

void
case_init(struct jwt_case *c)
{
	static struct jwks keys;

	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < ARRAY_LEN(usual_header); i++)
		case_add(&c->header, usual_header[i].name,
		    usual_header[i].value);
	for (size_t i = 0; i < ARRAY_LEN(usual_payload); i++)
		case_add(&c->payload, usual_payload[i].name,
		    usual_payload[i].value);
	make_jwk(&keys.key[0], 0, "");
	keys.count = 1;
	c->keys = &keys;
	c->check = usual_check;
	c->check.keys = &keys;
}

void
case_add(struct case_members *members, const char *name, const char *value)
{
	assert_true(members->count < ARRAY_LEN(members->at));
	members->at[members->count].name = name;
	members->at[members->count].value = value;
	members->count++;
}

void
case_set(struct case_members *members, const char *name, const char *value)
{
	size_t i = 0;

	while (i < members->count && strcmp(members->at[i].name, name) != 0)
		i++;
	if (i == members->count)
		case_add(members, name, value);
	members->at[i].value = value;
}

static void
put_members(struct buf *out, const struct case_members *members)
{
	char before = '{';

	for (size_t i = 0; i < members->count; i++) {
		if (members->at[i].value == NULL)
			continue;
		assert_err(buf_printf(out, "%c\"%s\":%s", before,
		    members->at[i].name, members->at[i].value), ERR_OK);
		before = ',';
	}
	assert_err(buf_puts(out, before == '{' ? "{}" : "}"), ERR_OK);
}

void
case_write(const struct jwt_case *c, struct buf *out)
{
	AUTO(buf) struct buf header = TOKEN_BUF;
	AUTO(buf) struct buf payload = TOKEN_BUF;

	put_members(&header, &c->header);
	put_members(&payload, &c->payload);
	put_signed(out, buf_str(&header), buf_str(&payload), c->key, "RS256");
}

enum err
case_verify_text(const struct jwt_case *c, const char *token, size_t len,
    struct claims **ret)
{
	struct jwt_check check = c->check;
	struct diag diag = DIAG_INIT;
	enum err r;

	*ret = NULL;
	check.token = token;
	check.token_len = len;
	r = jwt_verify(&check, ret, &diag);
	assert_int_equal(r == ERR_OK, *ret != NULL);
	assert_int_equal(r == ERR_OK, diag.text[0] == '\0');
	return r;
}

enum err
case_verify(const struct jwt_case *c, struct claims **ret)
{
	AUTO(buf) struct buf token = TOKEN_BUF;

	case_write(c, &token);
	return case_verify_text(c, buf_str(&token), token.len, ret);
}

enum err
case_reason(const struct jwt_case *c)
{
	AUTO(claims) struct claims *claims = NULL;

	return case_verify(c, &claims);
}

enum err
claim_reason(const char *name, const char *value)
{
	struct jwt_case c;

	case_init(&c);
	case_set(&c.payload, name, value);
	return case_reason(&c);
}

const char *
case_number(int64_t value)
{
	static char text[4][32];
	static size_t next;

	next = (next + 1) % ARRAY_LEN(text);
	(void)snprintf(text[next], sizeof(text[next]), "%lld",
	    (long long)value);
	return text[next];
}
