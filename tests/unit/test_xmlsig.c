/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two verifiers of one signature.  The checks that go before make them agree
 * on every document, so here each is told something that only it looks at,
 * or is made to say something that it did not find.
 */
#include "unit.h"

#include <libxml/c14n.h>
#include <libxml/valid.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/keys.h>
#include <xmlsec/keysdata.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/openssl/crypto.h>

#include "base/base64.h"
#include "base/limits.h"
#include "../lib/saml_vector.h"
#include "sys/xmlsig.h"

static const struct xml_limits limits = {
	.bytes = SAML_XML_MAX, .nodes = SAML_NODES_MAX,
	.depth = SAML_DEPTH_MAX, .attributes = SAML_ATTRIBUTES_MAX,
	.namespaces = SAML_NAMESPACES_MAX,
};

/* -- libraries that lie -------------------------------------------------- */

static struct {
	int (*verify)(xmlSecDSigCtx *ctx);	/* after xmlsec's own */
	void (*digested)(xmlSecBuffer *bytes);
	bool no_digested;
	bool no_canonical;		/* of the signed element */
	bool no_id;
	bool last_id;			/* whatever is looked for */
	bool other_version;
	bool takes_no_key;
} lie;

static xmlAttr *last_id;

int __real_xmlSecCheckVersionExt(int major, int minor, int subminor,
    xmlSecCheckVersionMode mode);
int __wrap_xmlSecCheckVersionExt(int major, int minor, int subminor,
    xmlSecCheckVersionMode mode);
int __real_xmlSecKeySetValue(xmlSecKey *key, xmlSecKeyData *value);
int __wrap_xmlSecKeySetValue(xmlSecKey *key, xmlSecKeyData *value);
int __real_xmlSecDSigCtxVerify(xmlSecDSigCtx *ctx, xmlNode *node);
int __wrap_xmlSecDSigCtxVerify(xmlSecDSigCtx *ctx, xmlNode *node);
xmlSecBuffer *__real_xmlSecDSigReferenceCtxGetPreDigestBuffer(
    xmlSecDSigReferenceCtx *ref);
xmlSecBuffer *__wrap_xmlSecDSigReferenceCtxGetPreDigestBuffer(
    xmlSecDSigReferenceCtx *ref);
int __real_xmlC14NExecute(xmlDoc *doc, xmlC14NIsVisibleCallback is_visible,
    void *data, int mode, xmlChar **prefixes, int comments,
    xmlOutputBuffer *out);
int __wrap_xmlC14NExecute(xmlDoc *doc, xmlC14NIsVisibleCallback is_visible,
    void *data, int mode, xmlChar **prefixes, int comments,
    xmlOutputBuffer *out);
xmlID *__real_xmlAddID(xmlValidCtxt *ctxt, xmlDoc *doc, const xmlChar *id,
    xmlAttr *attr);
xmlID *__wrap_xmlAddID(xmlValidCtxt *ctxt, xmlDoc *doc, const xmlChar *id,
    xmlAttr *attr);
xmlAttr *__real_xmlGetID(xmlDoc *doc, const xmlChar *id);
xmlAttr *__wrap_xmlGetID(xmlDoc *doc, const xmlChar *id);

int
__wrap_xmlSecCheckVersionExt(int major, int minor, int subminor,
    xmlSecCheckVersionMode mode)
{
	return lie.other_version ? 0 :
	    __real_xmlSecCheckVersionExt(major, minor, subminor, mode);
}

int
__wrap_xmlSecKeySetValue(xmlSecKey *key, xmlSecKeyData *value)
{
	return lie.takes_no_key ? -1 : __real_xmlSecKeySetValue(key, value);
}

/* What xmlsec would do if the document asked for it. */
static void
assert_restricted(xmlSecDSigCtx *ctx)
{
	xmlSecKeyInfoCtx *info = &ctx->keyInfoReadCtx;

	assert_int_equal(ctx->flags, XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS |
	    XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES |
	    XMLSEC_DSIG_FLAGS_USE_VISA3D_HACK);
	assert_int_equal(ctx->enabledReferenceUris,
	    xmlSecTransformUriTypeSameDocument);
	assert_int_equal(info->retrievalMethodCtx.enabledUris,
	    xmlSecTransformUriTypeNone);
	assert_int_equal(xmlSecPtrListGetSize(&info->enabledKeyData), 1);
	assert_ptr_equal(xmlSecPtrListGetItem(&info->enabledKeyData, 0),
	    xmlSecKeyDataNameId);
	assert_int_equal(xmlSecPtrListGetSize(
	    ctx->enabledReferenceTransforms), 3);
	assert_int_equal(xmlSecPtrListGetSize(
	    &ctx->transformCtx.enabledTransforms), 2);
	assert_non_null(ctx->signKey);
	assert_null(info->keysMngr);
}

int
__wrap_xmlSecDSigCtxVerify(xmlSecDSigCtx *ctx, xmlNode *node)
{
	int r;

	assert_restricted(ctx);
	r = __real_xmlSecDSigCtxVerify(ctx, node);
	return lie.verify == NULL ? r : lie.verify(ctx);
}

xmlSecBuffer *
__wrap_xmlSecDSigReferenceCtxGetPreDigestBuffer(xmlSecDSigReferenceCtx *ref)
{
	xmlSecBuffer *bytes =
	    __real_xmlSecDSigReferenceCtxGetPreDigestBuffer(ref);

	if (lie.digested != NULL)
		lie.digested(bytes);
	return lie.no_digested ? NULL : bytes;
}

int
__wrap_xmlC14NExecute(xmlDoc *doc, xmlC14NIsVisibleCallback is_visible,
    void *data, int mode, xmlChar **prefixes, int comments,
    xmlOutputBuffer *out)
{
	bool nothing = lie.no_canonical;

	lie.no_canonical = false;
	return nothing ? 0 : __real_xmlC14NExecute(doc, is_visible, data,
	    mode, prefixes, comments, out);
}

xmlID *
__wrap_xmlAddID(xmlValidCtxt *ctxt, xmlDoc *doc, const xmlChar *id,
    xmlAttr *attr)
{
	last_id = attr;
	return __real_xmlAddID(ctxt, doc, id, attr);
}

xmlAttr *
__wrap_xmlGetID(xmlDoc *doc, const xmlChar *id)
{
	if (lie.last_id)
		return last_id;
	return lie.no_id ? NULL : __real_xmlGetID(doc, id);
}

static int
begin(void **state)
{
	(void)state;
	memset(&lie, 0, sizeof(lie));
	return 0;
}

/* -- one signature ------------------------------------------------------- */

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

/* What differs from what the verifier of file would ask. */
struct trial {
	const char *file;
	const char *uri;
	const char *prefixes;
	uint8_t flip_digest;
	uint8_t flip_value;
	bool digest_of_nothing;
};

#define TRIAL { "good.xml", "#" VECTOR_ASSERTION, "", 0, 0, false }

static void
read_digest(const struct trial *trial, struct xmlsig *sig)
{
	AUTO(buf) struct buf digest = BUF_INIT(SHA256_SIZE);

	decode(child(child(sig->signed_info, "Reference"), "DigestValue"),
	    &digest);
	assert_int_equal(digest.len, sizeof(sig->digest));
	memcpy(sig->digest, digest.data, sizeof(sig->digest));
	sig->digest[0] ^= trial->flip_digest;
	if (trial->digest_of_nothing)
		assert_err(crypto_sha256("", 0, sig->digest), ERR_OK);
}

static enum err
verify(struct trial trial, struct buf *out)
{
	AUTO(buf) struct buf xml = BUF_INIT(SAML_XML_MAX);
	AUTO(buf) struct buf value = BUF_INIT(RSA_N_MAX);
	AUTO(crypto_key) struct crypto_key *key = NULL;
	AUTO(xml_doc) struct xml_doc *doc = NULL;
	struct idp_keys keys = { .count = 0 };
	struct xmlsig sig = {
		.suite = xmlsig_suite(XMLSIG_RSA_SHA256),
		.uri = trial.uri, .prefixes = trial.prefixes,
	};
	struct xml_node *assertion;

	assert_true(vector_key("idp", &keys));
	assert_err(crypto_key_new(keys.key[0].n, keys.key[0].n_len,
	    keys.key[0].e, keys.key[0].e_len, &key, NULL), ERR_OK);
	assert_true(vector_load(trial.file, &xml));
	assert_err(xml_parse(xml.data, xml.len, &limits, &doc, NULL), ERR_OK);
	assertion = child(xml_doc_root(doc), "Assertion");
	assert_err(xmlsig_register_id(assertion, NULL), ERR_OK);
	sig.signature = child(assertion, "Signature");
	sig.signed_info = child(sig.signature, "SignedInfo");
	decode(child(sig.signature, "SignatureValue"), &value);
	value.data[0] ^= trial.flip_value;
	sig.value = value.data;
	sig.value_len = value.len;
	read_digest(&trial, &sig);
	return xmlsig_verify(&sig, key, out, NULL);
}

static void
assert_trial(struct trial trial, enum err want)
{
	AUTO(buf) struct buf out = BUF_INIT(SAML_XML_MAX);

	assert_err(verify(trial, &out), want);
	assert_int_equal(out.len != 0, want == ERR_OK);
}

/* First of all: what was once found good is not tried again. */
static void
another_version_of_xmlsec_is_not_used(void **state)
{
	AUTO(xml_doc) struct xml_doc *doc = NULL;
	AUTO(buf) struct buf out = BUF_INIT(SAML_XML_MAX);
	const struct xmlsig sig = { .uri = "" };

	(void)state;
	lie.other_version = true;
	assert_err(xmlsig_init(NULL), ERR_INTERNAL);
	assert_err(xml_parse("<a ID='b'/>", 11, &limits, &doc, NULL), ERR_OK);
	assert_err(xmlsig_register_id(xml_doc_root(doc), NULL), ERR_INTERNAL);
	assert_err(xmlsig_verify(&sig, NULL, &out, NULL), ERR_INTERNAL);
	lie.other_version = false;
	assert_err(xmlsig_init(NULL), ERR_OK);
}

static void
b21_both_agree_on_a_good_signature(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(SAML_XML_MAX);
	struct trial trial = TRIAL;

	(void)state;
	assert_err(verify(trial, &out), ERR_OK);
}

static void
b16_digested_bytes_are_those_of_the_element(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(SAML_XML_MAX);
	struct trial trial = TRIAL;

	(void)state;
	assert_err(verify(trial, &out), ERR_OK);
	assert_memory_equal(out.data, "<Assertion ", 11);
	assert_memory_equal(out.data + out.len - 12, "</Assertion>", 12);
	assert_null(strstr(buf_str(&out), "Signature"));
}

static void
b21_what_both_refuse_is_refused(void **state)
{
	struct trial trial = TRIAL;

	(void)state;
	trial.file = "b21-content-changed.xml";
	assert_trial(trial, ERR_SAML_SIG_INVALID);
}

static void
b21_what_only_xmlsec_refuses_is_refused(void **state)
{
	struct trial trial = TRIAL;

	(void)state;
	trial.uri = "#_another";
	assert_trial(trial, ERR_SAML_DIFFERENTIAL);
}

static void
b21_what_only_the_other_refuses_is_refused(void **state)
{
	struct trial digest = TRIAL;
	struct trial value = TRIAL;

	(void)state;
	digest.flip_digest = 1;
	assert_trial(digest, ERR_SAML_DIFFERENTIAL);
	value.flip_value = 1;
	assert_trial(value, ERR_SAML_DIFFERENTIAL);
}

static void
c1_xmlsec_without_our_key_verifies_nothing(void **state)
{
	struct trial trial = TRIAL;

	(void)state;
	lie.takes_no_key = true;
	assert_trial(trial, ERR_SAML_DIFFERENTIAL);
}

/* -- what xmlsec says is not enough -------------------------------------- */

static xmlSecDSigReferenceCtx *
reference_of(xmlSecDSigCtx *ctx)
{
	return xmlSecPtrListGetItem(&ctx->signedInfoReferences, 0);
}

static int
is_error(xmlSecDSigCtx *ctx)
{
	(void)ctx;
	return -1;
}

/* Neither of its values: no truth either. */
static int
is_positive(xmlSecDSigCtx *ctx)
{
	(void)ctx;
	return 1;
}

static int
is_invalid(xmlSecDSigCtx *ctx)
{
	ctx->status = xmlSecDSigStatusInvalid;
	return 0;
}

static int
has_invalid_reference(xmlSecDSigCtx *ctx)
{
	reference_of(ctx)->status = xmlSecDSigStatusInvalid;
	return 0;
}

static int
has_no_reference(xmlSecDSigCtx *ctx)
{
	xmlSecPtrListEmpty(&ctx->signedInfoReferences);
	return 0;
}

static int
has_second_reference(xmlSecDSigCtx *ctx)
{
	return xmlSecPtrListAdd(&ctx->signedInfoReferences,
	    xmlSecDSigReferenceCtxCreate(ctx,
	    xmlSecDSigReferenceOriginSignedInfo));
}

static int
has_manifest(xmlSecDSigCtx *ctx)
{
	return xmlSecPtrListAdd(&ctx->manifestReferences,
	    xmlSecDSigReferenceCtxCreate(ctx,
	    xmlSecDSigReferenceOriginManifest));
}

static int
has_another_uri(xmlSecDSigCtx *ctx)
{
	xmlSecDSigReferenceCtx *ref = reference_of(ctx);

	xmlFree(ref->uri);
	ref->uri = xmlStrdup(BAD_CAST "#_another");
	return 0;
}

static int
has_no_uri(xmlSecDSigCtx *ctx)
{
	xmlSecDSigReferenceCtx *ref = reference_of(ctx);

	xmlFree(ref->uri);
	ref->uri = NULL;
	return 0;
}

static int
has_another_key(xmlSecDSigCtx *ctx)
{
	xmlSecKey *other = xmlSecKeyDuplicate(ctx->signKey);

	xmlSecKeyDestroy(ctx->signKey);
	ctx->signKey = other;
	return 0;
}

static int
has_fourth_transform(xmlSecDSigCtx *ctx)
{
	xmlSecTransformCtx *chain = &reference_of(ctx)->transformCtx;
	xmlSecTransform *t = xmlSecTransformCreate(
	    xmlSecTransformRemoveXmlTagsC14NId);

	assert_non_null(t);
	t->prev = chain->last;
	chain->last->next = t;
	chain->last = t;
	return 0;
}

static int
has_not(xmlSecDSigCtx *ctx, xmlSecTransformId id)
{
	xmlSecTransform *t = reference_of(ctx)->transformCtx.first;

	while (t->id != id)
		t = t->next;
	xmlSecTransformRemove(t);
	xmlSecTransformDestroy(t);
	return 0;
}

static int
has_no_canonicalisation(xmlSecDSigCtx *ctx)
{
	return has_not(ctx, xmlSecTransformExclC14NId);
}

static int
has_no_digest(xmlSecDSigCtx *ctx)
{
	return has_not(ctx, xmlSecOpenSSLTransformSha256Id);
}

static void
b21_success_is_success_in_every_respect(void **state)
{
	static int (*const lies[])(xmlSecDSigCtx *) = {
		is_error, is_positive, is_invalid, has_invalid_reference,
		has_no_reference, has_second_reference, has_manifest,
		has_another_uri, has_no_uri, has_another_key,
		has_fourth_transform, has_no_canonicalisation, has_no_digest,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		struct trial trial = TRIAL;

		lie.verify = lies[i];
		assert_trial(trial, ERR_SAML_DIFFERENTIAL);
	}
}

static void
one_byte_less(xmlSecBuffer *bytes)
{
	assert_int_equal(xmlSecBufferRemoveTail(bytes, 1), 0);
}

static void
one_bit_flipped(xmlSecBuffer *bytes)
{
	xmlSecBufferGetData(bytes)[0] ^= 1;
}

static void
another_text(xmlSecBuffer *bytes)
{
	static const xmlSecByte text[] = "<Assertion/>";

	assert_int_equal(xmlSecBufferSetData(bytes, text, sizeof(text) - 1),
	    0);
}

static void
no_bytes(xmlSecBuffer *bytes)
{
	xmlSecBufferEmpty(bytes);
}

static void
b21_two_canonical_forms_are_refused(void **state)
{
	struct trial trial = TRIAL;

	(void)state;
	lie.digested = one_byte_less;
	assert_trial(trial, ERR_SAML_DIFFERENTIAL);
	lie.digested = one_bit_flipped;
	assert_trial(trial, ERR_SAML_DIFFERENTIAL);
	lie.digested = another_text;
	assert_trial(trial, ERR_SAML_DIFFERENTIAL);
}

/* At last both see nothing, and the digest is that of nothing. */
static void
b16_nothing_that_was_digested_is_refused(void **state)
{
	struct trial trial = TRIAL;

	(void)state;
	lie.no_digested = true;
	assert_trial(trial, ERR_SAML_DIFFERENTIAL);
	lie.no_digested = false;
	lie.digested = no_bytes;
	assert_trial(trial, ERR_SAML_DIFFERENTIAL);
	trial.digest_of_nothing = true;
	lie.no_canonical = true;
	assert_trial(trial, ERR_SAML_DIFFERENTIAL);
	lie.no_digested = true;
	lie.no_canonical = true;
	assert_trial(trial, ERR_SAML_DIFFERENTIAL);
}

/* -- prefixes ------------------------------------------------------------ */

static void
b19_list_of_prefixes_has_an_end(void **state)
{
	struct trial trial = TRIAL;

	(void)state;
	/* None of them is declared there: they change nothing. */
	trial.prefixes = "a b c d e f g h";
	assert_trial(trial, ERR_OK);
	trial.prefixes = "a b c d e f g h i";
	assert_trial(trial, ERR_SAML_DIFFERENTIAL);
}

/* -- references ---------------------------------------------------------- */

/* What check_uri() and check_transforms() refuse before, xmlsec would not
 * do either. */
static void
b14_nothing_is_read_from_outside(void **state)
{
	xmlSecTransformCtx *ctx;
	char uri[4096];
	const char *top = getenv("top_srcdir");

	(void)state;
	assert_err(xmlsig_init(NULL), ERR_OK);
	(void)snprintf(uri, sizeof(uri), "%s/LICENSE",
	    top == NULL ? "." : top);
	assert_int_equal(access(uri, R_OK), 0);
	ctx = xmlSecTransformCtxCreate();
	assert_non_null(ctx);
	assert_true(xmlSecTransformCtxUriExecute(ctx, BAD_CAST uri) < 0);
	xmlSecTransformCtxDestroy(ctx);
}

static void
b15_other_transforms_are_not_executed(void **state)
{
	static const char *const files[] = {
		"b15-inclusive.xml", "b15-with-comments.xml",
		"b15-xpath.xml", "b15-xslt.xml", "b15-base64.xml",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		AUTO(buf) struct buf out = BUF_INIT(SAML_XML_MAX);
		struct trial trial = TRIAL;

		trial.file = files[i];
		assert_true(verify(trial, &out) != ERR_OK);
		assert_int_equal(out.len, 0);
	}
}

static void
b8_second_reference_is_refused_here_too(void **state)
{
	struct trial trial = TRIAL;

	(void)state;
	trial.file = "b8-two-references.xml";
	assert_trial(trial, ERR_SAML_DIFFERENTIAL);
}

/* -- IDs ----------------------------------------------------------------- */

static enum err
register_ids(const char *text, const char *const names[])
{
	AUTO(xml_doc) struct xml_doc *doc = NULL;
	enum err r = xml_parse(text, strlen(text), &limits, &doc, NULL);

	assert_err(r, ERR_OK);
	for (; *names != NULL && r == ERR_OK; names++)
		r = xmlsig_register_id(child(xml_doc_root(doc), *names),
		    NULL);
	return r;
}

static void
b9_id_that_is_not_one_is_refused(void **state)
{
	static const char *const both[] = { "b", "c", NULL };
	static const char *const one[] = { "b", NULL };

	(void)state;
	assert_err(register_ids("<a><b ID='x'/><c ID='y'/></a>", both),
	    ERR_OK);
	assert_err(register_ids("<a><b ID='x'/><c ID='x'/></a>", both),
	    ERR_SAML_ID_DUPLICATE);
	assert_err(register_ids("<a><b Id='x'/></a>", one),
	    ERR_SAML_ID_DUPLICATE);
	assert_err(register_ids("<a xmlns:n='urn:n'><b n:ID='x'/></a>", one),
	    ERR_SAML_ID_DUPLICATE);
	lie.last_id = true;
	assert_err(register_ids("<a><b ID='x'/><c ID='x'/></a>", both),
	    ERR_SAML_ID_DUPLICATE);
	begin(NULL);
	lie.no_id = true;
	assert_err(register_ids("<a><b ID='x'/></a>", one),
	    ERR_SAML_ID_DUPLICATE);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(another_version_of_xmlsec_is_not_used),
		TEST(b21_both_agree_on_a_good_signature),
		TEST(b16_digested_bytes_are_those_of_the_element),
		TEST(b21_what_both_refuse_is_refused),
		TEST(b21_what_only_xmlsec_refuses_is_refused),
		TEST(b21_what_only_the_other_refuses_is_refused),
		TEST(c1_xmlsec_without_our_key_verifies_nothing),
		TEST(b21_success_is_success_in_every_respect),
		TEST(b21_two_canonical_forms_are_refused),
		TEST(b16_nothing_that_was_digested_is_refused),
		TEST(b19_list_of_prefixes_has_an_end),
		TEST(b14_nothing_is_read_from_outside),
		TEST(b15_other_transforms_are_not_executed),
		TEST(b8_second_reference_is_refused_here_too),
		TEST(b9_id_that_is_not_one_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
