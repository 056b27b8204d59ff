/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/crypto.h"

#include <string.h>
#include <time.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

struct crypto_key {
	EVP_PKEY *evp;
	EVP_MD_CTX *begun;	/* RS256 with this key, to be copied; NULL
				 * outside of a keyring */
	uint8_t n[RSA_N_MAX];
	size_t n_len;
	uint8_t e[RSA_E_MAX];
	size_t e_len;
};

#define DEFINE_OSSL_AUTO(name, type, release) \
	static inline void name##_auto(type **p) { release(*p); } \
	struct auto_needs_semicolon

DEFINE_OSSL_AUTO(bn, BIGNUM, BN_free);
DEFINE_OSSL_AUTO(bio, BIO, BIO_free_all);
DEFINE_OSSL_AUTO(pkey_ctx, EVP_PKEY_CTX, EVP_PKEY_CTX_free);
DEFINE_OSSL_AUTO(md_ctx, EVP_MD_CTX, EVP_MD_CTX_free);
DEFINE_OSSL_AUTO(builder, OSSL_PARAM_BLD, OSSL_PARAM_BLD_free);
DEFINE_OSSL_AUTO(params, OSSL_PARAM, OSSL_PARAM_free);
DEFINE_OSSL_AUTO(x509, X509, X509_free);

static enum err
failed(struct diag *diag, const char *what)
{
	ERR_clear_error();
	return fail(diag, ERR_INTERNAL, "OpenSSL: %s", what);
}

enum err
crypto_sha256(const void *data, size_t len, uint8_t ret[static SHA256_SIZE])
{
	unsigned int size = 0;

	if (EVP_Digest(data, len, ret, &size, EVP_sha256(), NULL) != 1 ||
	    size != SHA256_SIZE)
		return ERR_INTERNAL;
	return ERR_OK;
}

/* -- keys ---------------------------------------------------------------- */

static enum err
check_rsa(const BIGNUM *n, const BIGNUM *e, struct diag *diag)
{
	int bits = BN_num_bits(n);

	if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX || !BN_is_odd(n))
		return fail(diag, ERR_IDP_KEY_WEAK, "RSA modulus of %d bits",
		    bits);
	if (BN_num_bytes(e) > RSA_E_MAX || !BN_is_odd(e) ||
	    BN_get_word(e) < RSA_E_MIN)
		return fail(diag, ERR_IDP_KEY_WEAK, "RSA exponent");
	return ERR_OK;
}

static enum err
make_evp(const BIGNUM *n, const BIGNUM *e, EVP_PKEY **ret, struct diag *diag)
{
	AUTO(builder) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	AUTO(pkey_ctx) EVP_PKEY_CTX *ctx =
	    EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	AUTO(params) OSSL_PARAM *params = NULL;

	if (builder == NULL || ctx == NULL ||
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) != 1)
		return failed(diag, "key parameters");
	params = OSSL_PARAM_BLD_to_param(builder);
	if (params == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, ret, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return failed(diag, "public key");
	return ERR_OK;
}

enum err
crypto_key_new(const uint8_t *n, size_t n_len, const uint8_t *e,
    size_t e_len, struct crypto_key **ret, struct diag *diag)
{
	AUTO(bn) BIGNUM *modulus = NULL;
	AUTO(bn) BIGNUM *exponent = NULL;
	AUTO(crypto_key) struct crypto_key *key = NULL;
	enum err r;

	if (n_len == 0 || n_len > RSA_N_MAX || n[0] == 0 || e_len == 0 ||
	    e_len > RSA_E_MAX || e[0] == 0)
		return fail(diag, ERR_IDP_KEY_WEAK, "RSA numbers of %zu and "
		    "%zu bytes", n_len, e_len);
	modulus = BN_bin2bn(n, (int)n_len, NULL);
	exponent = BN_bin2bn(e, (int)e_len, NULL);
	if (modulus == NULL || exponent == NULL)
		return failed(diag, "big number");
	r = check_rsa(modulus, exponent, diag);
	if (r != ERR_OK)
		return r;
	key = calloc(1, sizeof(*key));
	if (key == NULL)
		return fail(diag, ERR_NOMEM, "key");
	r = make_evp(modulus, exponent, &key->evp, diag);
	if (r != ERR_OK)
		return r;
	memcpy(key->n, n, n_len);
	key->n_len = n_len;
	memcpy(key->e, e, e_len);
	key->e_len = e_len;
	*ret = TAKE(key);
	return ERR_OK;
}

void
crypto_key_free(struct crypto_key **key)
{
	if (*key != NULL) {
		EVP_MD_CTX_free((*key)->begun);
		EVP_PKEY_free((*key)->evp);
	}
	free(*key);
	*key = NULL;
}

static bool
is_made_of(const struct crypto_key *key, const struct crypto_numbers *numbers)
{
	return key->n_len == numbers->n_len && key->e_len == numbers->e_len &&
	    memcmp(key->n, numbers->n, key->n_len) == 0 &&
	    memcmp(key->e, numbers->e, key->e_len) == 0;
}

void
crypto_keyring_clear(struct crypto_keyring *ring)
{
	for (size_t i = 0; i < CRYPTO_KEYRING_MAX; i++)
		crypto_key_free(&ring->key[i]);
}

static bool
begin_verify(EVP_MD_CTX *md, const EVP_MD *hash, EVP_PKEY *evp)
{
	EVP_PKEY_CTX *ctx = NULL;	/* md's */

	return EVP_DigestVerifyInit(md, &ctx, hash, NULL, evp) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
}

/* To begin is a tenth of a verification, to copy what was begun is not. */
static enum err
make_kept_key(const struct crypto_numbers *numbers, struct crypto_key **ret,
    struct diag *diag)
{
	AUTO(crypto_key) struct crypto_key *key = NULL;
	enum err r = crypto_key_new(numbers->n, numbers->n_len, numbers->e,
	    numbers->e_len, &key, diag);

	if (r != ERR_OK)
		return r;
	key->begun = EVP_MD_CTX_new();
	if (key->begun == NULL ||
	    !begin_verify(key->begun, EVP_sha256(), key->evp))
		return failed(diag, "verification");
	*ret = TAKE(key);
	return ERR_OK;
}

enum err
crypto_keyring_get(struct crypto_keyring *ring,
    const struct crypto_numbers *numbers, const struct crypto_key **ret,
    struct diag *diag)
{
	struct crypto_key *key = NULL;
	size_t i = 0;
	enum err r;

	while (i < CRYPTO_KEYRING_MAX && ring->key[i] != NULL &&
	    !is_made_of(ring->key[i], numbers))
		i++;
	if (i == CRYPTO_KEYRING_MAX || ring->key[i] == NULL) {
		r = make_kept_key(numbers, &key, diag);
		if (r != ERR_OK)
			return r;
		i -= i == CRYPTO_KEYRING_MAX;
		crypto_key_free(&ring->key[i]);
		ring->key[i] = key;
	}
	*ret = ring->key[i];
	return ERR_OK;
}

size_t
crypto_key_size(const struct crypto_key *key)
{
	return key->n_len;
}

struct evp_pkey_st *
crypto_key_evp(const struct crypto_key *key)
{
	return EVP_PKEY_up_ref(key->evp) == 1 ? key->evp : NULL;
}

/* With hash NULL it is RS256. */
static bool
rsa_verify(const struct crypto_key *key, const EVP_MD *hash,
    const void *data, size_t len, const uint8_t *signature,
    size_t signature_len)
{
	AUTO(md_ctx) EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool valid;

	if (md == NULL || signature_len != crypto_key_size(key))
		return false;
	if (hash == NULL && key->begun != NULL)
		valid = EVP_MD_CTX_copy_ex(md, key->begun) == 1;
	else
		valid = begin_verify(md, hash == NULL ? EVP_sha256() : hash,
		    key->evp);
	valid = valid &&
	    EVP_DigestVerify(md, signature, signature_len, data, len) == 1;
	ERR_clear_error();
	return valid;
}

bool
crypto_rs256_verify(const struct crypto_key *key, const void *data,
    size_t len, const uint8_t *signature, size_t signature_len)
{
	return rsa_verify(key, NULL, data, len, signature, signature_len);
}

#ifdef TEST_ADMITS_SHA1
enum err
crypto_test_sha1(const void *data, size_t len, uint8_t *ret)
{
	return EVP_Digest(data, len, ret, NULL, EVP_sha1(), NULL) == 1 ?
	    ERR_OK : ERR_INTERNAL;
}

bool
crypto_test_rs1_verify(const struct crypto_key *key, const void *data,
    size_t len, const uint8_t *signature, size_t signature_len)
{
	return rsa_verify(key, EVP_sha1(), data, len, signature,
	    signature_len);
}
#endif

/* -- certificates -------------------------------------------------------- */

/* What the certificate says, whether the key can be made of it or not: one of
 * another kind is weak, one that cannot be made is a failure. */
static bool
says_rsa(const X509 *x509)
{
	ASN1_OBJECT *kind = NULL;

	return X509_PUBKEY_get0_param(&kind, NULL, NULL, NULL,
	    X509_get_X509_PUBKEY(x509)) == 1 &&
	    OBJ_obj2nid(kind) == NID_rsaEncryption;
}

static enum err
read_rsa(const X509 *x509, struct crypto_certificate *cert, struct diag *diag)
{
	const EVP_PKEY *key = X509_get0_pubkey(x509);
	AUTO(bn) BIGNUM *n = NULL;
	AUTO(bn) BIGNUM *e = NULL;
	enum err r;

	if (!says_rsa(x509))
		return fail(diag, ERR_IDP_KEY_WEAK, "key is not RSA");
	if (key == NULL ||
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) != 1 ||
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) != 1)
		return fail(diag, ERR_IDP_CERTIFICATE, "key cannot be read");
	r = check_rsa(n, e, diag);
	if (r != ERR_OK)
		return r;
	cert->n_len = (size_t)BN_bn2bin(n, cert->n);
	cert->e_len = (size_t)BN_bn2bin(e, cert->e);
	return ERR_OK;
}

static bool
read_time(const ASN1_TIME *time, int64_t *ret)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	*ret = timegm(&tm);
	return true;
}

static bool
read_subject(const X509 *x509, char *text, size_t size)
{
	AUTO(bio) BIO *bio = BIO_new(BIO_s_mem());
	int len;

	if (bio == NULL || X509_NAME_print_ex(bio, X509_get_subject_name(x509),
	    0, XN_FLAG_ONELINE) < 0)
		return false;
	len = BIO_read(bio, text, (int)size - 1);
	text[len < 0 ? 0 : len] = '\0';
	return true;
}

static enum err
read_certificate(const X509 *x509, struct crypto_certificate *cert,
    struct diag *diag)
{
	enum err r = read_rsa(x509, cert, diag);

	if (r != ERR_OK)
		return r;
	if (!read_time(X509_get0_notBefore(x509), &cert->not_before) ||
	    !read_time(X509_get0_notAfter(x509), &cert->not_after))
		return fail(diag, ERR_IDP_CERTIFICATE, "validity dates");
	if (!read_subject(x509, cert->subject, sizeof(cert->subject)))
		return fail(diag, ERR_IDP_CERTIFICATE, "subject");
	return ERR_OK;
}

enum err
crypto_certificate_parse(const uint8_t *der, size_t len,
    struct crypto_certificate *ret, struct diag *diag)
{
	struct crypto_certificate cert = { .n_len = 0 };
	const uint8_t *end = der;
	AUTO(x509) X509 *x509 = NULL;
	enum err r;

	if (len > INT32_MAX)
		return fail(diag, ERR_IDP_CERTIFICATE, "too long");
	x509 = d2i_X509(NULL, &end, (long)len);
	if (x509 == NULL || end != der + len) {
		ERR_clear_error();
		return fail(diag, ERR_IDP_CERTIFICATE,
		    "not exactly one X.509 certificate");
	}
	r = read_certificate(x509, &cert, diag);
	ERR_clear_error();
	if (r != ERR_OK)
		return r;
	if (crypto_sha256(der, len, cert.sha256) != ERR_OK)
		return failed(diag, "SHA-256");
	*ret = cert;
	return ERR_OK;
}
