/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/xmlsig.h"

#include <string.h>

#include <libxml/c14n.h>
#include <libxml/tree.h>
#include <libxml/valid.h>
#include <libxml/xmlIO.h>

#include <openssl/crypto.h>

#include <xmlsec/xmlsec.h>
#include <xmlsec/errors.h>
#include <xmlsec/io.h>
#include <xmlsec/keyinfo.h>
#include <xmlsec/keys.h>
#include <xmlsec/keysdata.h>
#include <xmlsec/membuf.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/openssl/app.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>

#include "base/limits.h"

#define DEFINE_XML_AUTO(name, type, release) \
	static inline void \
	name##_auto(type **p) \
	{ \
		if (*p != NULL) \
			release(*p); \
	} \
	struct auto_needs_semicolon

static void
output_release(xmlOutputBuffer *out)
{
	(void)xmlOutputBufferClose(out);
}

DEFINE_XML_AUTO(dsig, xmlSecDSigCtx, xmlSecDSigCtxDestroy);
DEFINE_XML_AUTO(key, xmlSecKey, xmlSecKeyDestroy);
DEFINE_XML_AUTO(output, xmlOutputBuffer, output_release);

static xmlNode *
node_of(const struct xml_node *node)
{
	/* xmlsec and C14N take what they only read without const. */
	return (xmlNode *)(uintptr_t)node;
}

/* -- once per process ---------------------------------------------------- */

/* The default writes to standard error. */
static void
say_nothing(const char *file, int line, const char *func,
    const char *object, const char *subject, int reason, const char *msg)
{
	(void)file;
	(void)line;
	(void)func;
	(void)object;
	(void)subject;
	(void)reason;
	(void)msg;
}

/* What is initialised here is never shut down, not even at the end: that
 * would tear libxml2 and OpenSSL out of the rest of the process, and takes a
 * process that lives for one check a good part of its time. */
static bool
start_libraries(void)
{
	if (xmlSecCheckVersionExact() != 1 ||
	    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) != 1 ||
	    xmlSecInit() != 0 ||
	    xmlSecOpenSSLAppInit(NULL) != 0 || xmlSecOpenSSLInit() != 0)
		return false;
	/* These come last because xmlsec has just set its own.  No reference
	 * is ever read from a file or the network. */
	xmlSecErrorsSetCallback(say_nothing);
	xmlSecIOCleanupCallbacks();
	xml_forbid_entities();
	return true;
}

enum err
xmlsig_init(struct diag *diag)
{
	static bool ready;
	enum err r = xml_init(diag);

	if (r != ERR_OK || ready)
		return r;
	if (!start_libraries())
		return fail(diag, ERR_INTERNAL, "xmlsec cannot be used, or "
		    "is not version %s", XMLSEC_VERSION);
	ready = true;
	return ERR_OK;
}

/* -- algorithms ---------------------------------------------------------- */

#ifdef TEST_ADMITS_SHA1
/* By this a test tells the one program that may have it from all others. */
extern const char test_admits_sha1[];
__attribute__((visibility("default"), used))
const char test_admits_sha1[] = "test build: admits rsa-sha1";
#endif

static const struct xmlsig_suite suites[] = {
	{ XMLSIG_RSA_SHA256, XMLSIG_SHA256, SHA256_SIZE,
	    xmlSecOpenSSLTransformRsaSha256GetKlass,
	    xmlSecOpenSSLTransformSha256GetKlass,
	    crypto_sha256, crypto_rs256_verify },
#ifdef TEST_ADMITS_SHA1
	{ "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
	    "http://www.w3.org/2000/09/xmldsig#sha1", SHA1_SIZE,
	    xmlSecOpenSSLTransformRsaSha1GetKlass,
	    xmlSecOpenSSLTransformSha1GetKlass,
	    crypto_test_sha1, crypto_test_rs1_verify },
#endif
};

const struct xmlsig_suite *
xmlsig_suite(const char *signature)
{
	for (size_t i = 0; i < ARRAY_LEN(suites); i++)
		if (strcmp(suites[i].signature, signature) == 0)
			return &suites[i];
	return NULL;
}

/* -- the way of xmlsec --------------------------------------------------- */

static xmlSecKey *
make_key(const struct crypto_key *key)
{
	AUTO(key) xmlSecKey *made = xmlSecKeyCreate();
	EVP_PKEY *evp = crypto_key_evp(key);
	xmlSecKeyData *data;

	if (made == NULL || evp == NULL) {
		EVP_PKEY_free(evp);
		return NULL;
	}
	data = xmlSecOpenSSLEvpKeyAdopt(evp);
	if (data == NULL) {
		EVP_PKEY_free(evp);
		return NULL;
	}
	if (xmlSecKeySetValue(made, data) != 0) {
		xmlSecKeyDataDestroy(data);
		return NULL;
	}
	return TAKE(made);
}

/* Nothing but the two transforms, the two algorithms, a reference into this
 * document, and no key but the one that is set. */
static bool
restrict_context(xmlSecDSigCtx *ctx, const struct xmlsig_suite *suite)
{
	xmlSecKeyInfoCtx *keys = &ctx->keyInfoReadCtx;

	/* The "hack" is to look an ID up where xmlsec would otherwise write it
	 * into an XPointer and evaluate that (B11, B12). */
	ctx->flags = XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS |
	    XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES |
	    XMLSEC_DSIG_FLAGS_USE_VISA3D_HACK;
	ctx->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
	keys->retrievalMethodCtx.enabledUris = xmlSecTransformUriTypeNone;
	return xmlSecDSigCtxEnableReferenceTransform(ctx,
	    xmlSecTransformEnvelopedId) == 0 &&
	    xmlSecDSigCtxEnableReferenceTransform(ctx,
	    xmlSecTransformExclC14NId) == 0 &&
	    xmlSecDSigCtxEnableReferenceTransform(ctx,
	    suite->digest_transform()) == 0 &&
	    xmlSecDSigCtxEnableSignatureTransform(ctx,
	    xmlSecTransformExclC14NId) == 0 &&
	    xmlSecDSigCtxEnableSignatureTransform(ctx,
	    suite->signature_transform()) == 0 &&
	    xmlSecPtrListAdd(&keys->enabledKeyData,
	    (void *)(uintptr_t)xmlSecKeyDataNameId) == 0;
}

/* enveloped, exc-c14n and the digest once each in this order, and between them
 * only what xmlsec itself adds: the look-up of the ID and memory buffers. */
static bool
chain_is_ours(const xmlSecTransformCtx *chain,
    const struct xmlsig_suite *suite)
{
	const xmlSecTransformId wanted[] = {
		xmlSecTransformEnvelopedId,
		xmlSecTransformExclC14NId,
		suite->digest_transform(),
	};
	size_t found = 0;

	for (const xmlSecTransform *t = chain->first; t != NULL; t = t->next)
		if (found < ARRAY_LEN(wanted) && t->id == wanted[found])
			found++;
		else if (t->id != xmlSecTransformVisa3DHackId &&
		    t->id != xmlSecTransformMemBufId)
			return false;
	return found == ARRAY_LEN(wanted);
}

/* The one reference of a context that succeeded in every respect. */
static xmlSecDSigReferenceCtx *
sole_reference(xmlSecDSigCtx *ctx, const struct xmlsig *sig)
{
	xmlSecDSigReferenceCtx *ref;

	if (ctx->status != xmlSecDSigStatusSucceeded ||
	    xmlSecPtrListGetSize(&ctx->signedInfoReferences) != 1 ||
	    xmlSecPtrListGetSize(&ctx->manifestReferences) != 0)
		return NULL;
	ref = xmlSecPtrListGetItem(&ctx->signedInfoReferences, 0);
	if (ref == NULL || ref->status != xmlSecDSigStatusSucceeded ||
	    ref->uri == NULL || strcmp((const char *)ref->uri, sig->uri) != 0 ||
	    !chain_is_ours(&ref->transformCtx, sig->suite))
		return NULL;
	return ref;
}

static enum err
copy_digested(xmlSecDSigReferenceCtx *ref, struct buf *out)
{
	xmlSecBuffer *bytes = xmlSecDSigReferenceCtxGetPreDigestBuffer(ref);

	if (bytes == NULL || xmlSecBufferGetSize(bytes) == 0)
		return ERR_SAML_DIGEST_VOID;
	return buf_put(out, xmlSecBufferGetData(bytes),
	    xmlSecBufferGetSize(bytes));
}

/* xmlSecDSigCtxVerify() is 0 for an invalid signature too: the status of
 * context and reference is what counts. */
static enum err
verify_with_xmlsec(const struct xmlsig *sig, const struct crypto_key *key,
    struct buf *out)
{
	AUTO(dsig) xmlSecDSigCtx *ctx = xmlSecDSigCtxCreate(NULL);
	xmlSecDSigReferenceCtx *ref;
	xmlSecKey *ours = make_key(key);

	if (ctx == NULL || ours == NULL || !restrict_context(ctx, sig->suite)) {
		if (ours != NULL)
			xmlSecKeyDestroy(ours);
		return ERR_INTERNAL;
	}
	ctx->signKey = ours;
	if (xmlSecDSigCtxVerify(ctx, node_of(sig->signature)) != 0 ||
	    ctx->signKey != ours)
		return ERR_SAML_SIG_INVALID;
	ref = sole_reference(ctx, sig);
	if (ref == NULL)
		return ERR_SAML_SIG_INVALID;
	return copy_digested(ref, out);
}

/* -- the way of libxml2 and OpenSSL -------------------------------------- */

/* An element, without one of its children. */
struct covered {
	const xmlNode *top;
	const xmlNode *without;		/* NULL: everything */
	const xmlNode *last;		/* the last element that was covered */
};

/* C14N asks about an element and then about what is in it. */
static int
is_covered(void *data, xmlNode *node, xmlNode *parent)
{
	struct covered *covered = data;
	const xmlNode *element = node->type == XML_ELEMENT_NODE ? node :
	    parent;

	if (element == covered->last)
		return 1;
	for (const xmlNode *n = element; n != NULL &&
	    n != covered->without; n = n->parent)
		if (n == covered->top) {
			covered->last = element;
			return 1;
		}
	return 0;
}

/* Splits text at spaces, changing it, into a list that ends with NULL. */
static bool
split_prefixes(char *text, xmlChar *list[static XMLSIG_PREFIXES_MAX + 1])
{
	size_t count = 0;

	for (;;) {
		text += strspn(text, " ");
		if (*text == '\0')
			break;
		if (count == XMLSIG_PREFIXES_MAX)
			return false;
		list[count++] = (xmlChar *)text;
		text += strcspn(text, " ");
		if (*text != '\0')
			*text++ = '\0';
	}
	list[count] = NULL;
	return true;
}

static enum err
canonicalise(struct covered *covered, const char *prefixes, struct buf *out)
{
	AUTO(output) xmlOutputBuffer *output = xmlAllocOutputBuffer(NULL);
	AUTO_FREE char *copy = strdup(prefixes);
	xmlChar *list[XMLSIG_PREFIXES_MAX + 1];

	if (output == NULL || copy == NULL)
		return ERR_NOMEM;
	if (!split_prefixes(copy, list))
		return ERR_INTERNAL;
	if (xmlC14NExecute(covered->top->doc, is_covered, covered,
	    XML_C14N_EXCLUSIVE_1_0, list, 0, output) < 0)
		return ERR_SAML_SIG_INVALID;
	(void)xmlOutputBufferFlush(output);
	return buf_put(out, xmlOutputBufferGetContent(output),
	    xmlOutputBufferGetSize(output));
}

static enum err
verify_with_openssl(const struct xmlsig *sig, const struct crypto_key *key,
    struct buf *out)
{
	AUTO(buf) struct buf info = BUF_INIT(SAML_XML_MAX);
	const xmlNode *signature = node_of(sig->signature);
	struct covered what = { signature->parent, signature, NULL };
	struct covered how = { node_of(sig->signed_info), NULL, NULL };
	uint8_t digest[SHA256_SIZE];
	enum err r = canonicalise(&what, sig->prefixes, out);

	if (r != ERR_OK)
		return r;
	r = sig->suite->hash(out->data, out->len, digest);
	if (r != ERR_OK)
		return r;
	if (memcmp(digest, sig->digest, sig->suite->digest_size) != 0)
		return ERR_SAML_SIG_INVALID;
	r = canonicalise(&how, "", &info);
	if (r != ERR_OK)
		return r;
	if (!sig->suite->verify(key, info.data, info.len, sig->value,
	    sig->value_len))
		return ERR_SAML_SIG_INVALID;
	return ERR_OK;
}

/* -- both ---------------------------------------------------------------- */

enum err
xmlsig_register_id(struct xml_node *node, struct diag *diag)
{
	xmlNode *n = node_of(node);
	xmlAttr *attr = xmlHasNsProp(n, (const xmlChar *)"ID", NULL);
	const char *id = xml_get(node, "ID");
	enum err r = xmlsig_init(diag);

	if (r != ERR_OK)
		return r;
	/* xmlAddID() gives NULL for NULL. */
	if (xmlAddID(NULL, n->doc, (const xmlChar *)id, attr) == NULL ||
	    xmlGetID(n->doc, (const xmlChar *)id) != attr)
		return fail(diag, ERR_SAML_ID_DUPLICATE, "ID of <%s>",
		    xml_name(node));
	return ERR_OK;
}

enum err
xmlsig_verify(const struct xmlsig *sig, const struct crypto_key *key,
    struct buf *out, struct diag *diag)
{
	AUTO(buf) struct buf first = BUF_INIT(SAML_XML_MAX);
	AUTO(buf) struct buf second = BUF_INIT(SAML_XML_MAX);
	enum err one, other;
	enum err r = xmlsig_init(diag);

	if (r != ERR_OK)
		return r;
	one = verify_with_xmlsec(sig, key, &first);
	other = verify_with_openssl(sig, key, &second);
	if ((one == ERR_OK) != (other == ERR_OK))
		return fail(diag, ERR_SAML_DIFFERENTIAL, "xmlsec says %s, "
		    "libxml2 and OpenSSL say %s", err_name(one),
		    err_name(other));
	if (one != ERR_OK)
		return fail(diag, one, "signature of %s", sig->uri);
	if (first.len != second.len ||
	    memcmp(first.data, second.data, first.len) != 0)
		return fail(diag, ERR_SAML_DIFFERENTIAL,
		    "two canonical forms of %s", sig->uri);
	r = buf_put(out, first.data, first.len);
	if (r != ERR_OK)
		return fail(diag, r, "signed bytes");
	return ERR_OK;
}
