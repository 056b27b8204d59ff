/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decision 7: two independent verifiers look at every signature, and each of
 * them alone can refuse.  Here one is made to lie, under the whole verifier.
 */
#include "unit.h"

#include <xmlsec/xmlsec.h>
#include <xmlsec/xmldsig.h>

#include "auth/saml_response.h"
#include "base/base64.h"
#include "../lib/saml_vector.h"
#include "sys/crypto.h"

enum answer { THE_TRUTH, YES, NO, BROKEN };

static enum answer xmlsec;
static enum answer openssl;
static unsigned int xmlsec_calls;
static unsigned int openssl_calls;
static struct idp_keys keys;

int __real_xmlSecDSigCtxVerify(xmlSecDSigCtx *ctx, xmlNode *node);
int __wrap_xmlSecDSigCtxVerify(xmlSecDSigCtx *ctx, xmlNode *node);
bool __real_crypto_rs256_verify(const struct crypto_key *key,
	const void *data, size_t len, const uint8_t *value, size_t value_len);
bool __wrap_crypto_rs256_verify(const struct crypto_key *key,
	const void *data, size_t len, const uint8_t *value, size_t value_len);

int
__wrap_xmlSecDSigCtxVerify(xmlSecDSigCtx *ctx, xmlNode *node)
{
	int r = __real_xmlSecDSigCtxVerify(ctx, node);

	xmlsec_calls++;
	if (xmlsec == YES)
		ctx->status = xmlSecDSigStatusSucceeded;
	else if (xmlsec == NO)
		ctx->status = xmlSecDSigStatusInvalid;
	return xmlsec == BROKEN ? -1 : r;
}

bool
__wrap_crypto_rs256_verify(const struct crypto_key *key, const void *data,
    size_t len, const uint8_t *value, size_t value_len)
{
	bool valid = __real_crypto_rs256_verify(key, data, len, value,
	    value_len);

	openssl_calls++;
	return openssl == THE_TRUTH ? valid : openssl == YES;
}

static int
setup(void **state)
{
	(void)state;
	return vector_key("idp", &keys) ? 0 : -1;
}

static enum err
verdict(const char *file, enum answer one, enum answer other)
{
	AUTO(buf) struct buf xml = BUF_INIT(SAML_XML_MAX);
	AUTO(buf) struct buf text = BUF_INIT(SAML_BASE64_MAX);
	AUTO(claims) struct claims *claims = NULL;
	struct saml_check check = vector_check(&keys);
	enum err r;

	xmlsec = one;
	openssl = other;
	assert_true(vector_load(file, &xml));
	assert_err(base64_encode(&text, xml.data, xml.len), ERR_OK);
	check.response = text.data;
	check.response_len = text.len;
	r = saml_response_verify(&check, &claims, NULL);
	assert_true((r == ERR_OK) == (claims != NULL));
	return r;
}

static void
b21_both_are_asked_about_every_signature(void **state)
{
	(void)state;
	xmlsec_calls = openssl_calls = 0;
	assert_err(verdict("good-both.xml", THE_TRUTH, THE_TRUTH), ERR_OK);
	assert_int_equal(xmlsec_calls, 2);
	assert_int_equal(openssl_calls, 2);
}

static void
b21_xmlsec_alone_can_refuse(void **state)
{
	(void)state;
	assert_err(verdict("good.xml", NO, THE_TRUTH), ERR_SAML_DIFFERENTIAL);
	assert_err(verdict("good.xml", BROKEN, THE_TRUTH),
	    ERR_SAML_DIFFERENTIAL);
	assert_err(verdict("b21-signature-wrong.xml", THE_TRUTH, YES),
	    ERR_SAML_DIFFERENTIAL);
}

static void
b21_openssl_alone_can_refuse(void **state)
{
	(void)state;
	assert_err(verdict("good.xml", THE_TRUTH, NO), ERR_SAML_DIFFERENTIAL);
	assert_err(verdict("b21-signature-wrong.xml", YES, THE_TRUTH),
	    ERR_SAML_DIFFERENTIAL);
	assert_err(verdict("b21-content-changed.xml", YES, YES),
	    ERR_SAML_SIG_INVALID);
}

static void
b21_what_both_refuse_is_no_alarm(void **state)
{
	(void)state;
	assert_err(verdict("good.xml", NO, NO), ERR_SAML_SIG_INVALID);
	assert_err(verdict("b21-signature-wrong.xml", THE_TRUTH, THE_TRUTH),
	    ERR_SAML_SIG_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(b21_both_are_asked_about_every_signature),
		cmocka_unit_test(b21_xmlsec_alone_can_refuse),
		cmocka_unit_test(b21_openssl_alone_can_refuse),
		cmocka_unit_test(b21_what_both_refuse_is_no_alarm),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
