/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two verifiers of one signature.  The checks that go before make them agree
 * on every document, so here each is told something that only it looks at.
 */
#include "unit.h"

#include <xmlsec/buffer.h>
#include <xmlsec/keys.h>
#include <xmlsec/xmldsig.h>

#include "base/base64.h"
#include "base/limits.h"
#include "../lib/saml_vector.h"
#include "sys/xmlsig.h"

static const struct xml_limits limits = {
	.bytes = SAML_XML_MAX, .nodes = SAML_NODES_MAX,
	.depth = SAML_DEPTH_MAX, .attributes = SAML_ATTRIBUTES_MAX,
	.namespaces = SAML_NAMESPACES_MAX,
};

/* What xmlsec is made to do. */
static struct {
	bool other_version;
	bool takes_no_key;
	bool digests_nothing;
	const char *digests;	/* NULL: what it does */
} xmlsec;

int __real_xmlSecCheckVersionExt(int major, int minor, int subminor,
    xmlSecCheckVersionMode mode);
int __wrap_xmlSecCheckVersionExt(int major, int minor, int subminor,
    xmlSecCheckVersionMode mode);
int __real_xmlSecKeySetValue(xmlSecKey *key, xmlSecKeyData *value);
int __wrap_xmlSecKeySetValue(xmlSecKey *key, xmlSecKeyData *value);
xmlSecBuffer *__real_xmlSecDSigReferenceCtxGetPreDigestBuffer(
    xmlSecDSigReferenceCtx *ctx);
xmlSecBuffer *__wrap_xmlSecDSigReferenceCtxGetPreDigestBuffer(
    xmlSecDSigReferenceCtx *ctx);

int
__wrap_xmlSecCheckVersionExt(int major, int minor, int subminor,
    xmlSecCheckVersionMode mode)
{
	return xmlsec.other_version ? 0 :
	    __real_xmlSecCheckVersionExt(major, minor, subminor, mode);
}

int
__wrap_xmlSecKeySetValue(xmlSecKey *key, xmlSecKeyData *value)
{
	return xmlsec.takes_no_key ? -1 :
	    __real_xmlSecKeySetValue(key, value);
}

xmlSecBuffer *
__wrap_xmlSecDSigReferenceCtxGetPreDigestBuffer(xmlSecDSigReferenceCtx *ctx)
{
	xmlSecBuffer *buffer =
	    __real_xmlSecDSigReferenceCtxGetPreDigestBuffer(ctx);

	if (xmlsec.digests != NULL)
		assert_int_equal(xmlSecBufferSetData(buffer,
		    (const xmlSecByte *)xmlsec.digests,
		    (xmlSecSize)strlen(xmlsec.digests)), 0);
	return xmlsec.digests_nothing ? NULL : buffer;
}

static struct xml_node *
child(const struct xml_node *node, const char *name)
{
	struct xml_node *n = xml_first(node);

	while (n != NULL && strcmp(xml_name(n), name) != 0)
		n = xml_next(n);
	assert_non_null(n);
	return n;
}

static void
decode(const struct xml_node *leaf, struct buf *out)
{
	const char *text = xml_text(leaf);

	assert_err(base64_decode(out, text, strlen(text), true), ERR_OK);
}

/* good.xml's signature as its verifier would describe it, but for these. */
static enum err
verify_with(const char *uri, const char *prefixes, uint8_t flip,
    struct buf *out)
{
	AUTO(buf) struct buf xml = BUF_INIT(SAML_XML_MAX);
	AUTO(buf) struct buf value = BUF_INIT(RSA_N_MAX);
	AUTO(buf) struct buf digest = BUF_INIT(SHA256_SIZE);
	AUTO(crypto_key) struct crypto_key *key = NULL;
	AUTO(xml_doc) struct xml_doc *doc = NULL;
	struct idp_keys keys = { .count = 0 };
	struct xmlsig sig = {
		.suite = xmlsig_suite(XMLSIG_RSA_SHA256),
		.uri = uri, .prefixes = prefixes,
	};
	struct xml_node *assertion;

	assert_true(vector_key("idp", &keys));
	assert_err(crypto_key_new(keys.key[0].n, keys.key[0].n_len,
	    keys.key[0].e, keys.key[0].e_len, &key, NULL), ERR_OK);
	assert_true(vector_load("good.xml", &xml));
	assert_err(xml_parse(xml.data, xml.len, &limits, &doc, NULL), ERR_OK);
	assertion = child(xml_doc_root(doc), "Assertion");
	assert_err(xmlsig_register_id(assertion, NULL), ERR_OK);
	sig.signature = child(assertion, "Signature");
	sig.signed_info = child(sig.signature, "SignedInfo");
	decode(child(sig.signature, "SignatureValue"), &value);
	sig.value = value.data;
	sig.value_len = value.len;
	decode(child(child(sig.signed_info, "Reference"), "DigestValue"),
	    &digest);
	assert_int_equal(digest.len, sizeof(sig.digest));
	memcpy(sig.digest, digest.data, sizeof(sig.digest));
	sig.digest[0] ^= flip;
	return xmlsig_verify(&sig, key, out, NULL);
}

static enum err
verify(const char *uri, uint8_t flip, struct buf *out)
{
	return verify_with(uri, "", flip, out);
}

static void
assert_refused(enum err reason)
{
	AUTO(buf) struct buf out = BUF_INIT(SAML_XML_MAX);

	assert_err(verify("#" VECTOR_ASSERTION, 0, &out), reason);
	assert_int_equal(out.len, 0);
}

/* First of all: what was once found good is not tried again. */
static void
another_version_of_xmlsec_is_not_used(void **state)
{
	AUTO(xml_doc) struct xml_doc *doc = NULL;
	AUTO(buf) struct buf out = BUF_INIT(SAML_XML_MAX);
	const struct xmlsig sig = { .uri = "" };

	(void)state;
	xmlsec.other_version = true;
	assert_err(xmlsig_init(NULL), ERR_INTERNAL);
	assert_err(xml_parse("<a ID='b'/>", 11, &limits, &doc, NULL), ERR_OK);
	assert_err(xmlsig_register_id(xml_doc_root(doc), NULL), ERR_INTERNAL);
	assert_err(xmlsig_verify(&sig, NULL, &out, NULL), ERR_INTERNAL);
	xmlsec.other_version = false;
	assert_err(xmlsig_init(NULL), ERR_OK);
}

static void
xmlsec_without_our_key_verifies_nothing(void **state)
{
	(void)state;
	xmlsec.takes_no_key = true;
	assert_refused(ERR_SAML_DIFFERENTIAL);
	xmlsec.takes_no_key = false;
}

static void
b16_signature_of_nothing_is_refused(void **state)
{
	(void)state;
	xmlsec.digests_nothing = true;
	assert_refused(ERR_SAML_DIFFERENTIAL);
	xmlsec.digests_nothing = false;
	xmlsec.digests = "";
	assert_refused(ERR_SAML_DIFFERENTIAL);
	xmlsec.digests = NULL;
}

static void
b21_two_canonical_forms_are_refused(void **state)
{
	(void)state;
	xmlsec.digests = "<Assertion/>";
	assert_refused(ERR_SAML_DIFFERENTIAL);
	xmlsec.digests = NULL;
}

static void
b19_list_of_prefixes_has_an_end(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(SAML_XML_MAX);
	AUTO(buf) struct buf none = BUF_INIT(SAML_XML_MAX);

	(void)state;
	/* None of them is declared there: they change nothing. */
	assert_err(verify_with("#" VECTOR_ASSERTION, "a b c d e f g h", 0,
	    &out), ERR_OK);
	assert_err(verify_with("#" VECTOR_ASSERTION, "a b c d e f g h i", 0,
	    &none), ERR_SAML_DIFFERENTIAL);
	assert_int_equal(none.len, 0);
}

static void
both_agree_on_a_good_signature(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(SAML_XML_MAX);

	(void)state;
	assert_err(verify("#" VECTOR_ASSERTION, 0, &out), ERR_OK);
	assert_memory_equal(out.data, "<Assertion ", 11);
}

static void
b21_what_only_xmlsec_refuses_is_refused(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(SAML_XML_MAX);

	(void)state;
	assert_err(verify("#_another", 0, &out), ERR_SAML_DIFFERENTIAL);
	assert_int_equal(out.len, 0);
}

static void
b21_what_only_the_other_refuses_is_refused(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(SAML_XML_MAX);

	(void)state;
	assert_err(verify("#" VECTOR_ASSERTION, 1, &out),
	    ERR_SAML_DIFFERENTIAL);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_version_of_xmlsec_is_not_used),
		cmocka_unit_test(both_agree_on_a_good_signature),
		cmocka_unit_test(xmlsec_without_our_key_verifies_nothing),
		cmocka_unit_test(b16_signature_of_nothing_is_refused),
		cmocka_unit_test(b21_two_canonical_forms_are_refused),
		cmocka_unit_test(b19_list_of_prefixes_has_an_end),
		cmocka_unit_test(b21_what_only_xmlsec_refuses_is_refused),
		cmocka_unit_test(b21_what_only_the_other_refuses_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
