/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two verifiers of one signature.  The checks that go before make them agree
 * on every document, so here each is told something that only it looks at.
 */
#include "unit.h"

#include "base/base64.h"
#include "base/limits.h"
#include "../lib/saml_vector.h"
#include "sys/xmlsig.h"

static const struct xml_limits limits = {
	.bytes = SAML_XML_MAX, .nodes = SAML_NODES_MAX,
	.depth = SAML_DEPTH_MAX, .attributes = SAML_ATTRIBUTES_MAX,
	.namespaces = SAML_NAMESPACES_MAX,
};

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

/* good.xml's signature as its verifier would describe it, but for the
 * reference and one bit of the digest. */
static enum err
verify(const char *uri, uint8_t flip, struct buf *out)
{
	AUTO(buf) struct buf xml = BUF_INIT(SAML_XML_MAX);
	AUTO(buf) struct buf value = BUF_INIT(RSA_N_MAX);
	AUTO(buf) struct buf digest = BUF_INIT(SHA256_SIZE);
	AUTO(crypto_key) struct crypto_key *key = NULL;
	AUTO(xml_doc) struct xml_doc *doc = NULL;
	struct idp_keys keys = { .count = 0 };
	struct xmlsig sig = {
		.suite = xmlsig_suite(XMLSIG_RSA_SHA256),
		.uri = uri, .prefixes = "",
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
		cmocka_unit_test(both_agree_on_a_good_signature),
		cmocka_unit_test(b21_what_only_xmlsec_refuses_is_refused),
		cmocka_unit_test(b21_what_only_the_other_refuses_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
