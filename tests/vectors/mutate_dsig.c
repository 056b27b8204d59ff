/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The signature itself: what it refers to, how, and with whose key.  Where
 * the sample's key is at hand everything is also tried under a signature that
 * is valid for what it says.
 */
#include "mutate.h"

#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>

#include "base/base64.h"

#define DSIG "http://www.w3.org/2000/09/xmldsig#"
#define C14N "http://www.w3.org/2001/10/xml-exc-c14n#"

static struct span
before(size_t at)
{
	return (struct span){ at, at };
}

/* As it is, and signed again by the identity provider. */
static void
splice_both(struct engine *e, struct span span, const char *text, size_t len)
{
	const struct signer *own = &e->sample->own;

	engine_splice(e, span, text, len);
	if (own->key == NULL || !engine_due(e))
		return;
	engine_cut(e, span, text, len);
	e->what = "signed again";
	engine_try_signed(e, own, span.from, EXPECT_KIND);
}

static void
puts_both(struct engine *e, struct span span, const char *text)
{
	splice_both(e, span, text, strlen(text));
}

/* -- references ---------------------------------------------------------- */

/* %: the ID that it has to be. */
static const char *const uris[] = {
	"", "#", "%", "#%#", "#% ", " #%", "#%\n", "##%", "?#%", "./#%",
	"#_0c8f2e1d-7b6a-4f5e-9d3c-2b1a09f8e7d6", "#other", "#%x", "#x%",
	"#xpointer(/)", "#xpointer(//*)", "#xpointer(id('%'))",
	"#xpointer(id(&quot;%&quot;))", "#xpointer(//*[@ID='%'])",
	"#%') | id('x", "#%')/..[1] | id('x", "#x') | id('%", "#% x", "#x %",
	"#% %", "#element(/1)", "#element(%)", "#xmlns(x=urn:x)xpointer(/)",
	"file:///etc/passwd", "file:///dev/zero", "/etc/passwd",
	"http://127.0.0.1:9/", "https://example.com/#%", "ftp://127.0.0.1:9/",
	"data:,x", "cid:x", "urn:x", "#%25", "#&#x5f;", "%00",
};

static void
add_uri(struct buf *b, const char *uri, const struct doc *d, struct span id)
{
	for (; *uri != '\0'; uri++)
		if (*uri == '%' && uri[1] != '2' && uri[1] != '0')
			add_span(b, d, id);
		else
			add(b, uri, 1);
}

/* Of the Signature that the element is in. */
static size_t
signed_by(const struct doc *d, size_t element)
{
	while (!doc_is(d, element, "Signature"))
		element = d->element[element].parent;
	return d->element[element].parent;
}

void
reference_uris(struct engine *e)
{
	const struct doc *d = &e->sample->doc;
	size_t i = DOC_NONE;

	for (;;) {
		const struct doc_attr *uri;
		struct span own;
		size_t parent;

		i = doc_find(d, i, "Reference");
		if (i == DOC_NONE)
			return;
		uri = doc_attr(d, i, "URI");
		parent = signed_by(d, i);
		own = doc_attr(d, parent, "ID")->value;
		for (size_t k = 0; k < ARRAY_LEN(uris); k++) {
			AUTO(buf) struct buf b = BUF_INIT(4096);

			add_uri(&b, uris[k], d, own);
			puts_both(e, uri->value, buf_str(&b));
		}
		/* The other one's ID. */
		own = doc_attr(d, parent == 0 ? e->sample->assertion : 0,
		    "ID")->value;
		splice_both(e, (struct span){ uri->value.from + 1,
		    uri->value.to }, d->s + own.from, own.to - own.from);
		puts_both(e, uri->all, "");
		puts_both(e, before(uri->all.to), " Type=\"" DSIG "Object\"");
		puts_both(e, before(uri->all.to), " Type=\"" DSIG
		    "Manifest\"");
		puts_both(e, before(uri->all.to), " Id=\"x\"");
		puts_both(e, before(uri->all.to), " URI=\"\"");
	}
}

/* -- algorithms ---------------------------------------------------------- */

void
algorithms(struct engine *e)
{
	static const char *const list[] = {
		"", "urn:x", DSIG "rsa-sha1", DSIG "hmac-sha1", DSIG "sha1",
		DSIG "dsa-sha1", DSIG "enveloped-signature", DSIG "base64",
		C14N, C14N "WithComments",
		"http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
		"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
		"http://www.w3.org/2006/12/xml-c14n11",
		"http://www.w3.org/TR/1999/REC-xpath-19991116",
		"http://www.w3.org/2002/06/xmldsig-filter2",
		"http://www.w3.org/TR/1999/REC-xslt-19991116",
		"http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
		"http://www.w3.org/2001/04/xmldsig-more#md5",
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha224",
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
		"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
		"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
		"http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
		"http://www.w3.org/2001/04/xmlenc#sha256",
		"http://www.w3.org/2001/04/xmlenc#sha512",
		"http://www.w3.org/2002/07/decrypt#XML",
	};
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->attrs; i++) {
		const struct doc_attr *attr = &d->attr[i];

		if (!doc_span_is(d, attr->name, "Algorithm"))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(list); k++)
			if (!doc_span_is(d, attr->value, list[k]))
				puts_both(e, attr->value, list[k]);
		puts_both(e, attr->all, "");
		puts_both(e, before(attr->value.to), " ");
		puts_both(e, before(attr->value.from), " ");
	}
}

/* -- something more in it ------------------------------------------------ */

static void
extra_at(struct engine *e, size_t at, size_t sig)
{
	static const char *const strangers[] = {
		"<Object xmlns=\"" DSIG "\"/>",
		"<Manifest xmlns=\"" DSIG "\"><Reference URI=\"\"/></Manifest>",
		"<SignatureProperties xmlns=\"" DSIG "\"/>",
		"<HMACOutputLength xmlns=\"" DSIG "\">0</HMACOutputLength>",
		"<XPath xmlns=\"" DSIG "\">not(//*)</XPath>",
		"<InclusiveNamespaces xmlns=\"" C14N "\" PrefixList=\"\"/>",
		"<InclusiveNamespaces xmlns=\"" C14N
		    "\" PrefixList=\"#default\"/>",
		"<InclusiveNamespaces xmlns=\"" C14N
		    "\" PrefixList=\"a b c d e f g h i\"/>",
		"<Transform xmlns=\"" DSIG "\" Algorithm=\"" C14N "\"/>",
		"<KeyInfo xmlns=\"" DSIG "\"/>",
		"<DigestValue xmlns=\"" DSIG "\"></DigestValue>",
		"<SignatureValue xmlns=\"" DSIG "\">AAAA</SignatureValue>",
		"<SignedInfo xmlns=\"" DSIG "\"/>",
		"<Signature xmlns=\"" DSIG "\"/>",
		"x",
	};
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < ARRAY_LEN(strangers); i++)
		puts_both(e, before(at), strangers[i]);
	/* And each of its own elements once more. */
	for (size_t i = sig; i < d->elements && doc_within(d, i, sig); i++)
		splice_both(e, before(at), d->s + doc_whole(d, i).from,
		    doc_whole(d, i).to - doc_whole(d, i).from);
}

void
dsig_extras(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t sig = doc_find(d, DOC_NONE, "Signature"); sig != DOC_NONE;
	    sig = doc_find(d, sig, "Signature"))
		for (size_t i = sig; i < d->elements && doc_within(d, i, sig);
		    i++) {
			extra_at(e, d->element[i].open.from, sig);
			if (!d->element[i].empty)
				extra_at(e, d->element[i].close.from, sig);
			else
				continue;
			if (i == sig)
				extra_at(e, d->element[i].close.to, sig);
		}
}

/* -- keys ---------------------------------------------------------------- */

/* @: the attacker's certificate, $: the sample's, !: the attacker's modulus;
 * an empty one: no KeyInfo at all. */
static const char *const contents[] = {
	"<X509Data><X509Certificate>@</X509Certificate></X509Data>",
	"<X509Data><X509Certificate>$</X509Certificate></X509Data>",
	"<X509Data><X509Certificate>$</X509Certificate><X509Certificate>@"
	    "</X509Certificate></X509Data>",
	"<X509Data><X509Certificate>@</X509Certificate><X509Certificate>$"
	    "</X509Certificate></X509Data>",
	"<X509Data><X509Certificate>$</X509Certificate></X509Data>"
	    "<X509Data><X509Certificate>@</X509Certificate></X509Data>",
	"<X509Data><X509Certificate>$@</X509Certificate></X509Data>",
	"<X509Data><X509Certificate></X509Certificate></X509Data>",
	"<X509Data><X509Certificate>AAAA</X509Certificate></X509Data>",
	"<X509Data/>", " ",
	"<KeyValue><RSAKeyValue><Modulus>!</Modulus><Exponent>AQAB</Exponent>"
	    "</RSAKeyValue></KeyValue>",
	"<KeyValue><RSAKeyValue><Modulus>!</Modulus><Exponent>AQAB</Exponent>"
	    "</RSAKeyValue></KeyValue><X509Data><X509Certificate>$"
	    "</X509Certificate></X509Data>",
	"<X509Data><X509Certificate>$</X509Certificate></X509Data><KeyValue>"
	    "<RSAKeyValue><Modulus>!</Modulus><Exponent>AQAB</Exponent>"
	    "</RSAKeyValue></KeyValue>",
	"<RetrievalMethod URI=\"#x\" Type=\"" DSIG "X509Data\"/>",
	"<RetrievalMethod URI=\"file:///etc/passwd\"/>",
	"<RetrievalMethod URI=\"http://127.0.0.1:9/\" Type=\"" DSIG
	    "rawX509Certificate\"/>",
	"<X509Data><X509IssuerSerial><X509IssuerName>CN=x</X509IssuerName>"
	    "<X509SerialNumber>1</X509SerialNumber></X509IssuerSerial>"
	    "</X509Data>",
	"<X509Data><X509SKI>AAAA</X509SKI></X509Data>",
	"<X509Data><X509SubjectName>CN=Microsoft Azure Federated SSO "
	    "Certificate</X509SubjectName></X509Data>",
	"<X509Data><X509CRL>AAAA</X509CRL></X509Data>",
	"<KeyName>idp</KeyName>", "<MgmtData>x</MgmtData>",
	"<PGPData/>", "<SPKIData/>",
	"<KeyInfoReference xmlns=\"http://www.w3.org/2009/xmldsig11#\" "
	    "URI=\"#x\"/>",
	"<EncryptedKey xmlns=\"http://www.w3.org/2001/04/xmlenc#\"/>",
};

static void
add_modulus(struct buf *b, const struct signer *signer)
{
	unsigned char n[1024];
	BIGNUM *bn = NULL;
	int len = 0;

	if (EVP_PKEY_get_bn_param(signer->key, OSSL_PKEY_PARAM_RSA_N, &bn) ==
	    1 && BN_num_bytes(bn) <= (int)sizeof(n))
		len = BN_bn2bin(bn, n);
	BN_free(bn);
	if (base64_encode(b, n, (size_t)len) != ERR_OK)
		abort();
}

static void
add_key_info(struct engine *e, const char *content, struct buf *b)
{
	size_t cert = doc_find(&e->sample->doc, DOC_NONE, "X509Certificate");

	adds(b, "<KeyInfo xmlns=\"" DSIG "\">");
	for (; *content != '\0'; content++)
		if (*content == '@')
			adds(b, e->attacker.certificate);
		else if (*content == '$' && cert != DOC_NONE)
			add_span(b, &e->sample->doc,
			    doc_inner(&e->sample->doc, cert));
		else if (*content == '!')
			add_modulus(b, &e->attacker);
		else
			add(b, content, 1);
	adds(b, "</KeyInfo>");
}

/* xml with this KeyInfo (NULL: none) in every Signature, in e->xml. */
static void
set_key_infos(struct engine *e, const struct buf *xml, const char *content)
{
	struct doc *d = &e->doc;
	size_t at = 0;

	buf_reset(&e->xml);
	if (!doc_parse(d, (const char *)xml->data, xml->len))
		abort();
	for (size_t sig = doc_find(d, DOC_NONE, "Signature"); sig != DOC_NONE;
	    sig = doc_find(d, sig, "Signature")) {
		size_t old = doc_child(d, sig, DOC_NONE, "KeyInfo");
		size_t value = doc_child(d, sig, DOC_NONE, "SignatureValue");
		struct span place = before(d->element[value].close.to);

		if (old != DOC_NONE)
			place = doc_whole(d, old);
		add(&e->xml, d->s + at, place.from - at);
		if (content != NULL)
			add_key_info(e, content, &e->xml);
		at = place.to;
	}
	add(&e->xml, d->s + at, d->len - at);
}

static bool
is_genuine(const char *content)
{
	return content == contents[1];
}

/* With the genuine signature, which is valid whatever KeyInfo says. */
void
key_infos(struct engine *e)
{
	for (size_t i = 0; i < ARRAY_LEN(contents); i++) {
		if (is_genuine(contents[i]) || !engine_due(e))
			continue;
		set_key_infos(e, &e->sample->xml, contents[i]);
		e->what = contents[i];
		engine_try(e, 0, EXPECT_KIND);
	}
}

void
key_infos_dropped(struct engine *e)
{
	if (!engine_due(e))
		return;
	set_key_infos(e, &e->sample->xml, NULL);
	engine_try(e, 0, EXPECT_KIND);
}

/* Over what the identity provider said, and over what it did not. */
void
attacker_signs(struct engine *e)
{
	const struct doc *d = &e->sample->doc;
	struct span place = doc_whole(d, e->sample->assertion);
	AUTO(buf) struct buf id = BUF_INIT(256);
	AUTO(buf) struct buf forged = BUF_INIT(MUTANT_MAX);

	add_span(&id, d, doc_attr(d, e->sample->assertion, "ID")->value);
	add(&forged, d->s, place.from);
	forge(e, buf_str(&id), true, &forged);
	add(&forged, d->s + place.to, d->len - place.to);
	for (size_t i = 0; i <= ARRAY_LEN(contents); i++)
		for (unsigned int evil = 0; evil < 2; evil++) {
			const char *content = i == ARRAY_LEN(contents) ? NULL :
			    contents[i];

			if (!engine_due(e))
				continue;
			set_key_infos(e, evil != 0 ? &forged :
			    &e->sample->xml, content);
			e->what = content;
			engine_try_signed(e, &e->attacker, place.from,
			    EXPECT_KIND);
		}
}
