/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signing: RSA-SHA256 over our own canonical form.
 */
#include "mutate.h"

#include <stdio.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/base64.h"

static bool
replace(struct buf *xml, struct span span, const void *data, size_t len)
{
	AUTO(buf) struct buf out = BUF_INIT(MUTANT_MAX);
	AUTO(buf) struct buf value = BUF_INIT(MUTANT_MAX);

	if (base64_encode(&value, data, len) != ERR_OK)
		return false;
	add(&out, xml->data, span.from);
	add(&out, value.data, value.len);
	add(&out, xml->data + span.to, xml->len - span.to);
	buf_reset(xml);
	add(xml, out.data, out.len);
	return true;
}

static bool
reparse(struct doc *d, const struct buf *xml)
{
	return doc_parse(d, (const char *)xml->data, xml->len);
}

/* The n-th Signature that is a child of Response or Assertion and has a
 * SignedInfo with a Reference; DOC_NONE behind the last. */
static size_t
signature_number(const struct doc *d, size_t n)
{
	size_t i = DOC_NONE;

	for (;;) {
		size_t parent;
		size_t info;

		i = doc_find(d, i, "Signature");
		if (i == DOC_NONE)
			return i;
		parent = d->element[i].parent;
		info = doc_child(d, i, DOC_NONE, "SignedInfo");
		if (parent == DOC_NONE || info == DOC_NONE ||
		    doc_child(d, i, DOC_NONE, "SignatureValue") == DOC_NONE ||
		    (!doc_is(d, parent, "Response") &&
		    !doc_is(d, parent, "Assertion")))
			continue;
		if (n-- == 0)
			return i;
	}
}

/* Of the element that holds it, less itself. */
static bool
digest(struct doc *d, size_t sig, unsigned char ret[static 32])
{
	AUTO(buf) struct buf bytes = BUF_INIT(MUTANT_MAX);
	char prefixes[256] = "";
	size_t list = doc_find(d, sig, "InclusiveNamespaces");
	const struct doc_attr *attr = list == DOC_NONE ||
	    !doc_within(d, list, sig) ? NULL : doc_attr(d, list, "PrefixList");

	if (attr != NULL)
		(void)snprintf(prefixes, sizeof(prefixes), "%.*s",
		    (int)(attr->value.to - attr->value.from),
		    d->s + attr->value.from);
	return doc_canonical(d, d->element[sig].parent, sig, prefixes,
	    &bytes) && EVP_Digest(bytes.data, bytes.len, ret, NULL,
	    EVP_sha256(), NULL) == 1;
}

static bool
sign_bytes(const struct signer *signer, const struct buf *bytes,
    unsigned char *ret, size_t *ret_len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(),
	    NULL, signer->key) == 1 && EVP_DigestSign(ctx, ret, ret_len,
	    bytes->data, bytes->len) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

static size_t
digest_value(const struct doc *d, size_t sig)
{
	size_t value = doc_find(d, sig, "DigestValue");

	return value != DOC_NONE && doc_within(d, value, sig) ? value :
	    DOC_NONE;
}

static bool
sign_one(struct doc *d, struct buf *xml, size_t n,
    const struct signer *signer)
{
	AUTO(buf) struct buf info = BUF_INIT(MUTANT_MAX);
	unsigned char hash[32];
	unsigned char value[1024];
	size_t len = sizeof(value);
	size_t sig = signature_number(d, n);
	size_t place = digest_value(d, sig);

	if (place != DOC_NONE && (!digest(d, sig, hash) ||
	    !replace(xml, doc_inner(d, place), hash, sizeof(hash)) ||
	    !reparse(d, xml)))
		return false;
	if (!doc_canonical(d, doc_child(d, sig, DOC_NONE, "SignedInfo"),
	    DOC_NONE, "", &info) || !sign_bytes(signer, &info, value, &len))
		return false;
	place = doc_child(d, sig, DOC_NONE, "SignatureValue");
	return replace(xml, doc_inner(d, place), value, len) &&
	    reparse(d, xml);
}

bool
sign_again(struct doc *d, struct buf *xml, const struct signer *signer)
{
	size_t count = 0;

	if (!reparse(d, xml))
		return false;
	while (signature_number(d, count) != DOC_NONE)
		count++;
	if (count == 0)
		return false;
	while (count > 0)
		if (!sign_one(d, xml, --count, signer))
			return false;
	return true;
}

bool
sign_understands(struct doc *d, const struct buf *xml)
{
	size_t count = 0;

	if (!reparse(d, xml))
		return false;
	for (;; count++) {
		AUTO(buf) struct buf text = BUF_INIT(MUTANT_MAX);
		AUTO(buf) struct buf value = BUF_INIT(64);
		unsigned char hash[32];
		size_t sig = signature_number(d, count);

		if (sig == DOC_NONE)
			return count != 0;
		if (!digest(d, sig, hash) ||
		    !doc_content(d, digest_value(d, sig), &text) ||
		    base64_decode(&value, buf_str(&text), text.len, true) !=
		    ERR_OK || value.len != sizeof(hash) ||
		    memcmp(value.data, hash, sizeof(hash)) != 0)
			return false;
	}
}

bool
signer_load(const char *path, struct signer *ret)
{
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return false;
	ret->key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	(void)fclose(f);
	return ret->key != NULL;
}

static bool
make_certificate(X509 *cert, EVP_PKEY *key)
{
	X509_NAME *name = X509_get_subject_name(cert);
	static const unsigned char subject[] =
	    "Microsoft Azure Federated SSO Certificate";

	return X509_set_version(cert, X509_VERSION_3) == 1 &&
	    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) == 1 &&
	    X509_gmtime_adj(X509_getm_notBefore(cert), -86400) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(cert), 86400) != NULL &&
	    X509_set_pubkey(cert, key) == 1 &&
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, subject, -1,
	    -1, 0) == 1 && X509_set_issuer_name(cert, name) == 1 &&
	    X509_sign(cert, key, EVP_sha256()) != 0;
}

bool
signer_make(struct signer *ret)
{
	AUTO(buf) struct buf text = BUF_INIT(MUTANT_MAX);
	X509 *cert = X509_new();
	unsigned char *der = NULL;
	int len = -1;

	ret->key = EVP_RSA_gen(2048);
	if (cert != NULL && ret->key != NULL &&
	    make_certificate(cert, ret->key))
		len = i2d_X509(cert, &der);
	if (len > 0 && base64_encode(&text, der, (size_t)len) == ERR_OK)
		ret->certificate = strdup(buf_str(&text));
	OPENSSL_free(der);
	X509_free(cert);
	return ret->certificate != NULL;
}

void
signer_clear(struct signer *signer)
{
	EVP_PKEY_free(signer->key);
	free(signer->certificate);
	*signer = (struct signer){ NULL, NULL };
}
