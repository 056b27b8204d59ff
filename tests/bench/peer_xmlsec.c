/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The least that can be done with xmlsec, as a yardstick: one parse, one
 * verification with a key that is set beforehand, and some of the checks.
 * Not an example to follow: SECURITY.md's catalogue is what it leaves out.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/valid.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <xmlsec/xmlsec.h>
#include <xmlsec/errors.h>
#include <xmlsec/keys.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmltree.h>
#include <xmlsec/openssl/app.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>

#define SAML "urn:oasis:names:tc:SAML:2.0:assertion"
#define DSIG "http://www.w3.org/2000/09/xmldsig#"

static xmlSecKey *key;

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

static xmlNode *
child(xmlNode *node, const char *name, const char *ns)
{
	return node == NULL ? NULL : xmlSecFindChild(node,
	    (const xmlChar *)name, (const xmlChar *)ns);
}

/* Whether an attribute has this value. */
static bool
says(xmlNode *node, const char *name, const char *value)
{
	xmlChar *text = node == NULL ? NULL :
	    xmlGetNoNsProp(node, (const xmlChar *)name);
	bool equal = text != NULL && strcmp((const char *)text, value) == 0;

	xmlFree(text);
	return equal;
}

static bool
contains(xmlNode *node, const char *value)
{
	xmlChar *text = node == NULL ? NULL : xmlNodeGetContent(node);
	bool equal = text != NULL && strcmp((const char *)text, value) == 0;

	xmlFree(text);
	return equal;
}

static bool
verify(xmlNode *signature)
{
	xmlSecDSigCtx *ctx = xmlSecDSigCtxCreate(NULL);
	bool valid;

	if (ctx == NULL)
		return false;
	ctx->signKey = key;
	ctx->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
	valid = xmlSecDSigCtxVerify(ctx, signature) == 0 &&
	    ctx->status == xmlSecDSigStatusSucceeded;
	ctx->signKey = NULL;
	xmlSecDSigCtxDestroy(ctx);
	return valid;
}

/* Reads all values, as somebody would who wants to know the groups. */
static size_t
read_values(xmlNode *statement)
{
	size_t values = 0;

	for (xmlNode *a = statement == NULL ? NULL : statement->children;
	    a != NULL; a = a->next)
		for (xmlNode *v = a->children; v != NULL; v = v->next) {
			xmlChar *text = xmlNodeGetContent(v);

			values += text != NULL;
			xmlFree(text);
		}
	return values;
}

static bool
check(xmlNode *assertion)
{
	xmlNode *conditions = child(assertion, "Conditions", SAML);
	xmlNode *subject = child(assertion, "Subject", SAML);
	xmlNode *data = child(child(subject, "SubjectConfirmation", SAML),
	    "SubjectConfirmationData", SAML);

	return contains(child(assertion, "Issuer", SAML),
	    bench_setting("BENCH_IDP")) &&
	    contains(child(child(conditions, "AudienceRestriction", SAML),
	    "Audience", SAML), bench_setting("BENCH_SP")) &&
	    says(data, "Recipient", bench_setting("BENCH_ACS")) &&
	    says(data, "InResponseTo", bench_setting("BENCH_REQUEST_ID")) &&
	    read_values(child(assertion, "AttributeStatement", SAML)) > 5;
}

static bool
validate_xml(xmlDoc *doc)
{
	xmlNode *assertion = child(xmlDocGetRootElement(doc), "Assertion",
	    SAML);
	xmlAttr *id = assertion == NULL ? NULL :
	    xmlHasProp(assertion, (const xmlChar *)"ID");
	xmlNode *signature = child(assertion, "Signature", DSIG);

	if (id == NULL || id->children == NULL || signature == NULL)
		return false;
	(void)xmlAddID(NULL, doc, id->children->content, id);
	return verify(signature) && check(assertion);
}

static bool
validate(const char *text, size_t len)
{
	unsigned char *xml = malloc(len);
	int xml_len = xml == NULL ? -1 : EVP_DecodeBlock(xml,
	    (const unsigned char *)text, (int)len);
	xmlDoc *doc = NULL;
	bool valid;

	/* It counts the padding. */
	while (xml_len > 0 && xml[xml_len - 1] == '\0')
		xml_len--;
	if (xml_len > 0)
		doc = xmlReadMemory((const char *)xml, xml_len, NULL, NULL,
		    XML_PARSE_NONET);
	valid = doc != NULL && validate_xml(doc);
	xmlFreeDoc(doc);
	free(xml);
	return valid;
}

/* The bare public key: a certificate would be decoded again for each use. */
static bool
load_key(const char *path)
{
	FILE *f = fopen(path, "r");
	X509 *cert = f == NULL ? NULL : PEM_read_X509(f, NULL, NULL, NULL);
	xmlSecKeyData *data = cert == NULL ? NULL :
	    xmlSecOpenSSLEvpKeyAdopt(X509_get_pubkey(cert));

	if (f != NULL)
		(void)fclose(f);
	X509_free(cert);
	key = xmlSecKeyCreate();
	return data != NULL && key != NULL &&
	    xmlSecKeySetValue(key, data) == 0;
}

int
main(int argc, char **argv)
{
	int status;

	xmlInitParser();
	if (xmlSecInit() != 0 || xmlSecOpenSSLAppInit(NULL) != 0 ||
	    xmlSecOpenSSLInit() != 0 ||
	    !load_key(bench_setting("BENCH_CERT"))) {
		(void)fprintf(stderr, "xmlsec: cannot start\n");
		return 2;
	}
	xmlSecErrorsSetCallback(say_nothing);
	status = bench_main(argc, argv, validate);
	xmlSecKeyDestroy(key);
	return status;
}
