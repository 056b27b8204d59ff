/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "auth/saml_metadata.h"
#include "base/base64.h"
#include "base/limits.h"
#include "../lib/saml_vector.h"

#define NOW (VECTOR_ISSUED + 20)
#define LOGIN "https://login.microsoftonline.com/" VECTOR_TENANT "/saml2"


/* A file in which the first occurrence of old has become new. */
static void
load_changed(const char *name, const char *old, const char *new,
    struct buf *out)
{
	AUTO(buf) struct buf file = BUF_INIT(1024u * 1024);
	const char *text;
	const char *at;

	assert_true(vector_load(name, &file));
	text = buf_str(&file);
	at = strstr(text, old);
	assert_non_null(at);
	assert_err(buf_put(out, text, (size_t)(at - text)), ERR_OK);
	assert_err(buf_puts(out, new), ERR_OK);
	assert_err(buf_puts(out, at + strlen(old)), ERR_OK);
}

static enum err
parse_changed(const char *name, const char *old, const char *new,
    struct saml_idp *ret)
{
	AUTO(buf) struct buf text = BUF_INIT(1024u * 1024);
	struct diag diag = DIAG_INIT;
	enum err r;

	load_changed(name, old, new, &text);
	r = saml_metadata_parse(text.data, text.len, VECTOR_ISSUER, NOW, ret,
	    &diag);
	if (r != ERR_OK)
		assert_err(diag.code, r);
	return r;
}

static void
assert_unusable(const char *name, const char *old, const char *new,
    enum err want)
{
	struct saml_idp idp = { .login_url = "untouched" };

	assert_err(parse_changed(name, old, new, &idp), want);
	assert_string_equal(idp.login_url, "untouched");
}

static void
entra_document_gives_its_keys_and_addresses(void **state)
{
	struct saml_idp idp;
	struct idp_keys keys = { .count = 0 };

	(void)state;
	assert_true(vector_key("idp", &keys));
	assert_true(vector_key("other", &keys));
	assert_err(parse_changed("metadata-entra.xml", "x", "x", &idp),
	    ERR_OK);
	assert_string_equal(idp.entity_id, VECTOR_ISSUER);
	assert_string_equal(idp.login_url, LOGIN);
	assert_string_equal(idp.logout_url, LOGIN);
	assert_int_equal(idp.keys.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_memory_equal(idp.keys.key[i].cert_sha256,
		    keys.key[i].cert_sha256, 32);
		assert_int_equal(idp.keys.key[i].n_len, 256);
		assert_memory_equal(idp.keys.key[i].n, keys.key[i].n, 256);
	}
}

static void
simplesamlphp_document_gives_its_key(void **state)
{
	struct saml_idp idp;

	(void)state;
	assert_err(parse_changed("metadata-simplesamlphp.xml", "x", "x", &idp),
	    ERR_OK);
	assert_string_equal(idp.login_url,
	    "https://idp.example.com/SSOService.php");
	assert_string_equal(idp.logout_url, "");
	assert_int_equal(idp.keys.count, 1);
}

/* One key of a RoleDescriptor must not be taken for the provider's. */
static void
c7_keys_are_only_those_of_the_idp_role(void **state)
{
	(void)state;
	assert_unusable("metadata-entra.xml", "<IDPSSODescriptor",
	    "</EntityDescriptor><IDPSSODescriptor", ERR_SAML_TRAILING);
	assert_unusable("metadata-simplesamlphp.xml", "use=\"signing\"",
	    "use=\"encryption\"", ERR_IDP_METADATA);
}

static void
c8_key_without_use_is_a_signing_key(void **state)
{
	struct saml_idp idp;

	(void)state;
	assert_err(parse_changed("metadata-simplesamlphp.xml",
	    " use=\"signing\"", "", &idp), ERR_OK);
	assert_int_equal(idp.keys.count, 1);
	assert_unusable("metadata-simplesamlphp.xml", "use=\"signing\"",
	    "use=\"both\"", ERR_IDP_METADATA);
}

static void
c7_other_entity_is_refused(void **state)
{
	(void)state;
	assert_unusable("metadata-entra.xml", VECTOR_ISSUER,
	    "https://sts.windows.net/{tenantid}/", ERR_IDP_METADATA);
	assert_unusable("metadata-entra.xml", "entityID=", "entityId=",
	    ERR_IDP_METADATA);
}

static void
c7_expired_metadata_is_refused(void **state)
{
	(void)state;
	assert_unusable("metadata-simplesamlphp.xml", "2026-11-27T12:00:00Z",
	    "2026-11-20T12:00:20Z", ERR_IDP_METADATA);
	assert_unusable("metadata-simplesamlphp.xml", "2026-11-27T12:00:00Z",
	    "soon", ERR_IDP_METADATA);
	assert_unusable("metadata-simplesamlphp.xml",
	    "<md:IDPSSODescriptor ",
	    "<md:IDPSSODescriptor validUntil=\"2026-01-01T00:00:00Z\" ",
	    ERR_IDP_METADATA);
}

static void
c7_second_or_foreign_role_is_refused(void **state)
{
	static const char role[] = "<md:IDPSSODescriptor ";
	static const char again[] = "<md:IDPSSODescriptor "
	    "protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol"
	    "\"/><md:IDPSSODescriptor ";

	(void)state;
	assert_unusable("metadata-simplesamlphp.xml", role, again,
	    ERR_IDP_METADATA);
	assert_unusable("metadata-simplesamlphp.xml",
	    "protocolSupportEnumeration=\"",
	    "protocolSupportEnumeration=\"x", ERR_IDP_METADATA);
}

static void
c7_entities_descriptor_is_refused(void **state)
{
	static const char text[] = "<EntitiesDescriptor xmlns=\"urn:oasis:"
	    "names:tc:SAML:2.0:metadata\"/>";
	struct saml_idp idp;

	(void)state;
	assert_err(saml_metadata_parse(text, sizeof(text) - 1, VECTOR_ISSUER,
	    NOW, &idp, NULL), ERR_IDP_METADATA);
}

static void
hardened_parser_reads_metadata_too(void **state)
{
	(void)state;
	assert_unusable("metadata-simplesamlphp.xml", "<md:Organization>",
	    "<!-- --><md:Organization>", ERR_SAML_COMMENT);
	assert_unusable("metadata-simplesamlphp.xml", "<md:EntityDescriptor",
	    "<!DOCTYPE x><md:EntityDescriptor", ERR_SAML_DTD);
	assert_unusable("metadata-simplesamlphp.xml", "</md:EntityDescriptor>",
	    "", ERR_SAML_XML);
}

static void
damaged_certificate_is_refused(void **state)
{
	(void)state;
	assert_unusable("metadata-simplesamlphp.xml", "<ds:X509Certificate>",
	    "<ds:X509Certificate>%", ERR_IDP_CERTIFICATE);
	assert_unusable("metadata-simplesamlphp.xml", "<ds:X509Certificate>",
	    "<ds:X509Certificate>AAAA", ERR_IDP_CERTIFICATE);
	assert_unusable("metadata-simplesamlphp.xml", "<ds:X509Certificate>",
	    "<ds:X509Certificate/><ds:X509Certificate>", ERR_IDP_METADATA);
}

static void
address_that_is_not_http_is_refused(void **state)
{
	(void)state;
	assert_unusable("metadata-simplesamlphp.xml",
	    "https://idp.example.com/", "javascript:alert(1)//",
	    ERR_IDP_METADATA);
	assert_unusable("metadata-simplesamlphp.xml",
	    "https://idp.example.com/", "https://idp.example.com/ /",
	    ERR_IDP_METADATA);
}

/* -- certificates -------------------------------------------------------- */

static enum err
parse_certificate(const char *before, const char *after, const char *name,
    struct idp_key *key)
{
	AUTO(buf) struct buf text = BUF_INIT(1024u * 1024);

	assert_err(buf_puts(&text, before), ERR_OK);
	assert_true(vector_load(name, &text));
	assert_err(buf_puts(&text, after), ERR_OK);
	return saml_certificate_parse(text.data, text.len, key, NULL);
}

static void
portal_certificate_is_read(void **state)
{
	struct idp_key key;

	(void)state;
	assert_err(parse_certificate("", "", "idp-cert.pem", &key), ERR_OK);
	assert_int_equal(key.n_len, 256);
	assert_int_equal(key.e_len, 3);
	assert_memory_equal(key.e, "\x01\x00\x01", 3);
	assert_string_equal(key.subject, "CN = Microsoft Azure Federated SSO "
	    "Certificate (TEST KEY)");
	assert_int_equal(key.not_before, 1767225600);
	assert_int_equal(key.not_after, 1861920000);
	assert_err(parse_certificate("\r\n", "\r\n\r\n", "idp-cert.pem", &key),
	    ERR_OK);
}

/* PEM with CRLF, DER, and base64 alone are the same certificate. */
static void
other_forms_of_the_certificate_are_read(void **state)
{
	AUTO(buf) struct buf pem = BUF_INIT(1024u * 1024);
	AUTO(buf) struct buf crlf = BUF_INIT(1024u * 1024);
	AUTO(buf) struct buf der = BUF_INIT(1024u * 1024);
	struct idp_key key, other;
	const char *body;
	size_t len;

	(void)state;
	assert_true(vector_load("idp-cert.pem", &pem));
	assert_err(saml_certificate_parse(pem.data, pem.len, &key, NULL),
	    ERR_OK);
	for (size_t i = 0; i < pem.len; i++)
		assert_err(pem.data[i] == '\n' ? buf_puts(&crlf, "\r\n") :
		    buf_putc(&crlf, (char)pem.data[i]), ERR_OK);
	assert_err(saml_certificate_parse(crlf.data, crlf.len, &other, NULL),
	    ERR_OK);
	assert_memory_equal(&key, &other, sizeof(key));
	body = strchr(buf_str(&pem), '\n') + 1;
	len = (size_t)(strstr(body, "-----END") - body);
	assert_err(saml_certificate_parse(body, len, &other, NULL), ERR_OK);
	assert_memory_equal(&key, &other, sizeof(key));
	assert_err(base64_decode(&der, body, len, true), ERR_OK);
	assert_err(saml_certificate_parse(der.data, der.len, &other, NULL),
	    ERR_OK);
	assert_memory_equal(&key, &other, sizeof(key));
	assert_err(buf_putc(&der, '\0'), ERR_OK);
	assert_err(saml_certificate_parse(der.data, der.len, &other, NULL),
	    ERR_IDP_CERTIFICATE);
}

static void
text_around_the_certificate_is_refused(void **state)
{
	struct idp_key key;

	(void)state;
	assert_err(parse_certificate("x", "", "idp-cert.pem", &key),
	    ERR_IDP_CERTIFICATE);
	assert_err(parse_certificate("", "x", "idp-cert.pem", &key),
	    ERR_IDP_CERTIFICATE);
	assert_err(parse_certificate("", "-----BEGIN CERTIFICATE-----\nAAAA\n"
	    "-----END CERTIFICATE-----\n", "idp-cert.pem", &key),
	    ERR_IDP_CERTIFICATE);
	assert_err(saml_certificate_parse("", 0, &key, NULL),
	    ERR_IDP_CERTIFICATE);
	assert_err(saml_certificate_parse("\0", 1, &key, NULL),
	    ERR_IDP_CERTIFICATE);
	assert_err(saml_certificate_parse(" \n", 2, &key, NULL),
	    ERR_IDP_CERTIFICATE);
}

static void
private_key_is_no_certificate(void **state)
{
	struct idp_key key;

	(void)state;
	assert_err(parse_certificate("", "", "idp-key.pem", &key),
	    ERR_IDP_CERTIFICATE);
}

static void
c4_weak_or_other_key_is_refused(void **state)
{
	struct idp_key key;

	(void)state;
	assert_err(parse_certificate("", "", "ec-cert.pem", &key),
	    ERR_IDP_KEY_WEAK);
	assert_err(parse_certificate("", "", "small-cert.pem", &key),
	    ERR_IDP_KEY_WEAK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entra_document_gives_its_keys_and_addresses),
		cmocka_unit_test(simplesamlphp_document_gives_its_key),
		cmocka_unit_test(c7_keys_are_only_those_of_the_idp_role),
		cmocka_unit_test(c8_key_without_use_is_a_signing_key),
		cmocka_unit_test(c7_other_entity_is_refused),
		cmocka_unit_test(c7_expired_metadata_is_refused),
		cmocka_unit_test(c7_second_or_foreign_role_is_refused),
		cmocka_unit_test(c7_entities_descriptor_is_refused),
		cmocka_unit_test(hardened_parser_reads_metadata_too),
		cmocka_unit_test(damaged_certificate_is_refused),
		cmocka_unit_test(address_that_is_not_http_is_refused),
		cmocka_unit_test(portal_certificate_is_read),
		cmocka_unit_test(other_forms_of_the_certificate_are_read),
		cmocka_unit_test(text_around_the_certificate_is_refused),
		cmocka_unit_test(private_key_is_no_certificate),
		cmocka_unit_test(c4_weak_or_other_key_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
