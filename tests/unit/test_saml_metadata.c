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
c7_entra_document_gives_its_keys_and_addresses(void **state)
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
c8_only_the_signing_key_is_taken(void **state)
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

/* A vector's certificate as metadata has it.  Its own signature is nobody's
 * business, so one that ends otherwise is another certificate of this key. */
static void
put_certificate(struct buf *out, const char *file, unsigned int other)
{
	AUTO(buf) struct buf pem = BUF_INIT(1024u * 1024);
	AUTO(buf) struct buf der = BUF_INIT(1024u * 1024);
	const char *body;

	assert_true(vector_load(file, &pem));
	body = strchr(buf_str(&pem), '\n') + 1;
	assert_err(base64_decode(&der, body, (size_t)(strstr(body,
	    "-----END") - body), true), ERR_OK);
	der.data[der.len - 1] ^= (uint8_t)other;
	assert_err(base64_encode(out, der.data, der.len), ERR_OK);
}

/* A role with count keys, all of which are those of one certificate. */
static void
put_role(struct buf *out, const char *name, const char *file,
    unsigned int count)
{
	assert_err(buf_printf(out, "<%s protocolSupportEnumeration=\"urn:oasis:"
	    "names:tc:SAML:2.0:protocol\">", name), ERR_OK);
	for (unsigned int i = 0; i < count; i++) {
		assert_err(buf_puts(out, "<KeyDescriptor use=\"signing\">"
		    "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>"), ERR_OK);
		put_certificate(out, file, i);
		assert_err(buf_puts(out, "</ds:X509Certificate></ds:X509Data>"
		    "</ds:KeyInfo></KeyDescriptor>"), ERR_OK);
	}
	assert_err(buf_printf(out, "</%s>", name), ERR_OK);
}

static enum err
parse_roles(const struct buf *roles, struct saml_idp *ret)
{
	AUTO(buf) struct buf text = BUF_INIT(1024u * 1024);

	assert_err(buf_printf(&text, "<EntityDescriptor xmlns=\"urn:oasis:names"
	    ":tc:SAML:2.0:metadata\" xmlns:x=\"urn:x\" xmlns:ds=\"http://www."
	    "w3.org/2000/09/xmldsig#\" entityID=\"" VECTOR_ISSUER "\">%s"
	    "</EntityDescriptor>", buf_str(roles)), ERR_OK);
	return saml_metadata_parse(text.data, text.len, VECTOR_ISSUER, NOW,
	    ret, NULL);
}

static void
c7_keys_of_other_roles_are_not_taken(void **state)
{
	static const char *const others[] = {
		"SPSSODescriptor", "RoleDescriptor",
		"AttributeAuthorityDescriptor", "x:IDPSSODescriptor",
		"ds:IDPSSODescriptor",
	};
	AUTO(buf) struct buf roles = BUF_INIT(1024u * 1024);
	struct idp_keys keys = { .count = 0 };
	struct saml_idp idp;

	(void)state;
	assert_true(vector_key("idp", &keys));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		put_role(&roles, others[i], "other-cert.pem", 1);
	assert_err(parse_roles(&roles, &idp), ERR_IDP_METADATA);
	put_role(&roles, "IDPSSODescriptor", "idp-cert.pem", 1);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		put_role(&roles, others[i], "other-cert.pem", 1);
	assert_err(parse_roles(&roles, &idp), ERR_OK);
	assert_int_equal(idp.keys.count, 1);
	assert_memory_equal(idp.keys.key[0].cert_sha256,
	    keys.key[0].cert_sha256, 32);
}

/* Entra's other roles come first and have an xsi:type (2.6); one may have a
 * key that signs for other applications. */
static void
c7_keys_of_entras_other_roles_are_not_taken(void **state)
{
	static const char old[] = "<RoleDescriptor";
	AUTO(buf) struct buf role = BUF_INIT(1024u * 1024);
	struct idp_keys known = { .count = 0 };
	struct saml_idp idp;

	(void)state;
	assert_true(vector_key("idp", &known));
	assert_true(vector_key("other", &known));
	assert_err(buf_puts(&role, "<RoleDescriptor xmlns:xsi=\"http://www."
	    "w3.org/2001/XMLSchema-instance\" xmlns:fed=\"http://docs.oasis-"
	    "open.org/wsfed/federation/200706\" xsi:type=\"fed:"
	    "SecurityTokenServiceType\"><KeyDescriptor use=\"signing\">"
	    "<KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data>"
	    "<X509Certificate>"), ERR_OK);
	put_certificate(&role, "idp-cert.pem", 1);
	assert_err(buf_printf(&role, "</X509Certificate></X509Data></KeyInfo>"
	    "</KeyDescriptor></RoleDescriptor>%s", old), ERR_OK);
	assert_err(parse_changed("metadata-entra.xml", old, buf_str(&role),
	    &idp), ERR_OK);
	assert_int_equal(idp.keys.count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_non_null(idp_keys_find(&known,
		    idp.keys.key[i].cert_sha256));
}

static void
c6_number_of_keys_is_limited(void **state)
{
	struct saml_idp idp;

	(void)state;
	for (unsigned int n = 1; n <= 2 * SAML_KEYS_MAX; n++) {
		AUTO(buf) struct buf roles = BUF_INIT(1024u * 1024);

		put_role(&roles, "IDPSSODescriptor", "idp-cert.pem", n);
		assert_err(parse_roles(&roles, &idp), n <= SAML_KEYS_MAX ?
		    ERR_OK : ERR_IDP_METADATA);
		if (n <= SAML_KEYS_MAX)
			assert_int_equal(idp.keys.count, n);
	}
}

static void
same_certificate_twice_is_one_key(void **state)
{
	static const char end[] = "</IDPSSODescriptor>";
	AUTO(buf) struct buf roles = BUF_INIT(1024u * 1024);
	struct saml_idp idp;

	(void)state;
	put_role(&roles, "IDPSSODescriptor", "idp-cert.pem", SAML_KEYS_MAX);
	roles.len -= sizeof(end) - 1;
	assert_err(buf_puts(&roles, "<KeyDescriptor use=\"signing\">"
	    "<ds:KeyInfo><ds:KeyName>x</ds:KeyName><ds:X509Data>"
	    "<ds:X509SubjectName>x</ds:X509SubjectName>"
	    "<ds:X509Certificate>"), ERR_OK);
	put_certificate(&roles, "idp-cert.pem", 1);
	assert_err(buf_printf(&roles, "</ds:X509Certificate></ds:X509Data>"
	    "</ds:KeyInfo></KeyDescriptor>%s", end), ERR_OK);
	assert_err(parse_roles(&roles, &idp), ERR_OK);
	assert_int_equal(idp.keys.count, SAML_KEYS_MAX);
}

/* The leaf, and the authority that made it. */
static void
c3_chain_in_one_key_info_is_refused(void **state)
{
	static const char *const between[] = {
		"</ds:X509Certificate><ds:X509Certificate>",
		"</ds:X509Certificate></ds:X509Data><ds:X509Data>"
		    "<ds:X509Certificate>",
	};
	struct saml_idp idp;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(between); i++) {
		AUTO(buf) struct buf roles = BUF_INIT(1024u * 1024);
		AUTO(buf) struct buf text = BUF_INIT(1024u * 1024);
		const char *end;

		put_role(&roles, "IDPSSODescriptor", "idp-cert.pem", 1);
		end = strstr(buf_str(&roles), "</ds:X509Certificate>");
		assert_err(buf_put(&text, roles.data, (size_t)(end -
		    buf_str(&roles))), ERR_OK);
		assert_err(parse_roles(&roles, &idp), ERR_OK);
		assert_err(buf_puts(&text, between[i]), ERR_OK);
		put_certificate(&text, "other-cert.pem", 0);
		assert_err(buf_puts(&text, end), ERR_OK);
		assert_err(parse_roles(&text, &idp), ERR_IDP_METADATA);
	}
}

static void
c4_weak_key_is_left_out_and_the_others_are_not(void **state)
{
	static const char end[] = "</IDPSSODescriptor>";
	static const char begin[] = "<IDPSSODescriptor protocolSupport"
	    "Enumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">";
	static const char *const weak[] = {
		"ec-cert.pem", "small-cert.pem", "exponent-3-cert.pem",
	};
	struct saml_idp idp;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(weak); i++) {
		AUTO(buf) struct buf roles = BUF_INIT(1024u * 1024);
		AUTO(buf) struct buf strong = BUF_INIT(1024u * 1024);

		put_role(&roles, "IDPSSODescriptor", weak[i], 1);
		assert_err(parse_roles(&roles, &idp), ERR_IDP_KEY_WEAK);
		put_role(&strong, "IDPSSODescriptor", "idp-cert.pem", 1);
		roles.len -= sizeof(end) - 1;
		assert_err(buf_puts(&roles, buf_str(&strong) + sizeof(begin) -
		    1), ERR_OK);
		assert_err(parse_roles(&roles, &idp), ERR_OK);
		assert_int_equal(idp.keys.count, 1);
		assert_int_equal(idp.keys.key[0].n_len, 256);
		assert_int_equal(idp.keys_weak, 1);
	}
}

/* It might have been the one that signs: the known keys stay instead. */
static void
c7_certificate_that_cannot_be_read_is_not_passed_over(void **state)
{
	static const char tag[] = "X509Certificate>";
	AUTO(buf) struct buf roles = BUF_INIT(1024u * 1024);
	struct saml_idp idp;
	char *text;

	(void)state;
	put_role(&roles, "IDPSSODescriptor", "idp-cert.pem", 2);
	assert_err(parse_roles(&roles, &idp), ERR_OK);
	text = strstr((char *)(uintptr_t)buf_str(&roles), tag);
	assert_non_null(text);
	memcpy(text + sizeof(tag) - 1, "AAAAAAAA", 8);
	assert_err(parse_roles(&roles, &idp), ERR_IDP_CERTIFICATE);
}

static void
address_is_that_of_the_redirect_binding(void **state)
{
	static const char post[] = "<md:SingleSignOnService Binding=\"urn:oasis"
	    ":names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"https://idp."
	    "example.com/post\"/><md:SingleSignOnService ";
	struct saml_idp idp;

	(void)state;
	assert_err(parse_changed("metadata-simplesamlphp.xml",
	    "<md:SingleSignOnService ", post, &idp), ERR_OK);
	assert_string_equal(idp.login_url,
	    "https://idp.example.com/SSOService.php");
}

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
c8_key_without_use_is_no_signing_key(void **state)
{
	(void)state;
	assert_unusable("metadata-simplesamlphp.xml", " use=\"signing\"", "",
	    ERR_IDP_METADATA);
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
c7_earlier_end_of_entity_and_role_counts(void **state)
{
	static const struct {
		const char *role;
		int64_t want;
	} rows[] = {
		{ "", VECTOR_ISSUED + 7 * 86400 },
		{ "validUntil=\"2026-11-27T12:00:01Z\" ",
		    VECTOR_ISSUED + 7 * 86400 },
		{ "validUntil=\"2026-11-27T11:59:59Z\" ",
		    VECTOR_ISSUED + 7 * 86400 - 1 },
	};
	struct saml_idp idp;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char role[128];

		(void)snprintf(role, sizeof(role),
		    "<md:IDPSSODescriptor %s", rows[i].role);
		assert_err(parse_changed("metadata-simplesamlphp.xml",
		    "<md:IDPSSODescriptor ", role, &idp), ERR_OK);
		assert_true(idp.valid_until == rows[i].want);
	}
	assert_err(parse_changed("metadata-simplesamlphp.xml",
	    " validUntil=\"2026-11-27T12:00:00Z\"", "", &idp), ERR_OK);
	assert_true(idp.valid_until == 0);
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

/* All that counts is right, in an element of another name. */
static void
c7_root_that_is_no_entity_is_refused(void **state)
{
	AUTO(buf) struct buf roles = BUF_INIT(1024u * 1024);
	AUTO(buf) struct buf text = BUF_INIT(1024u * 1024);
	struct saml_idp idp;

	(void)state;
	put_role(&roles, "IDPSSODescriptor", "idp-cert.pem", 1);
	assert_err(parse_roles(&roles, &idp), ERR_OK);
	assert_err(buf_printf(&text, "<AffiliationDescriptor xmlns=\"urn:"
	    "oasis:names:tc:SAML:2.0:metadata\" xmlns:ds=\"http://www.w3.org"
	    "/2000/09/xmldsig#\" entityID=\"" VECTOR_ISSUER "\">%s"
	    "</AffiliationDescriptor>", buf_str(&roles)), ERR_OK);
	assert_err(saml_metadata_parse(text.data, text.len, VECTOR_ISSUER,
	    NOW, &idp, NULL), ERR_IDP_METADATA);
}

static void
c7_elements_of_metadata_are_limited(void **state)
{
	AUTO(buf) struct buf roles = BUF_INIT(1024u * 1024);
	struct saml_idp idp;

	(void)state;
	put_role(&roles, "IDPSSODescriptor", "idp-cert.pem", 1);
	for (unsigned int i = 0; i < METADATA_NODES_MAX; i++)
		assert_err(buf_puts(&roles, "<x/>"), ERR_OK);
	assert_err(parse_roles(&roles, &idp), ERR_SAML_LIMITS);
}

static void
c7_hardened_parser_reads_metadata_too(void **state)
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
	assert_err(parse_certificate("", "", "large-cert.pem", &key),
	    ERR_IDP_KEY_WEAK);
	assert_err(parse_certificate("", "", "exponent-3-cert.pem", &key),
	    ERR_IDP_KEY_WEAK);
	assert_err(parse_certificate("", "", "exponent-long-cert.pem", &key),
	    ERR_IDP_KEY_WEAK);
}

/* The same numbers under the name of RSASSA-PSS. */
static void
c4_key_for_another_padding_is_refused(void **state)
{
	static const uint8_t rsa[] = { 0x0d, 1, 1, 1, 5, 0 };
	static const uint8_t pss[] = { 0x0d, 1, 1, 0x0a, 0x30, 0 };
	AUTO(buf) struct buf text = BUF_INIT(1024u * 1024);
	AUTO(buf) struct buf der = BUF_INIT(1024u * 1024);
	struct idp_key key;
	uint8_t *at;

	(void)state;
	put_certificate(&text, "idp-cert.pem", 0);
	assert_err(base64_decode(&der, buf_str(&text), text.len, false),
	    ERR_OK);
	at = memmem(der.data, der.len, rsa, sizeof(rsa));
	assert_non_null(at);
	memcpy(at, pss, sizeof(pss));
	assert_err(saml_certificate_parse(der.data, der.len, &key, NULL),
	    ERR_IDP_KEY_WEAK);
}

static void
c4_keys_of_2048_and_of_8192_bits_are_accepted(void **state)
{
	struct idp_key key;

	(void)state;
	assert_err(parse_certificate("", "", "idp-cert.pem", &key), ERR_OK);
	assert_int_equal(key.n_len, 256);
	assert_err(parse_certificate("", "", "largest-cert.pem", &key),
	    ERR_OK);
	assert_int_equal(key.n_len, 1024);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(c7_entra_document_gives_its_keys_and_addresses),
		cmocka_unit_test(c8_only_the_signing_key_is_taken),
		cmocka_unit_test(c7_keys_of_other_roles_are_not_taken),
		cmocka_unit_test(c7_keys_of_entras_other_roles_are_not_taken),
		cmocka_unit_test(c6_number_of_keys_is_limited),
		cmocka_unit_test(same_certificate_twice_is_one_key),
		cmocka_unit_test(c3_chain_in_one_key_info_is_refused),
		cmocka_unit_test(
		    c4_weak_key_is_left_out_and_the_others_are_not),
		cmocka_unit_test(address_is_that_of_the_redirect_binding),
		cmocka_unit_test(c7_keys_are_only_those_of_the_idp_role),
		cmocka_unit_test(c8_key_without_use_is_no_signing_key),
		cmocka_unit_test(c7_other_entity_is_refused),
		cmocka_unit_test(c7_expired_metadata_is_refused),
		cmocka_unit_test(c7_earlier_end_of_entity_and_role_counts),
		cmocka_unit_test(c7_second_or_foreign_role_is_refused),
		cmocka_unit_test(c7_entities_descriptor_is_refused),
		cmocka_unit_test(c7_root_that_is_no_entity_is_refused),
		cmocka_unit_test(c7_elements_of_metadata_are_limited),
		cmocka_unit_test(c7_hardened_parser_reads_metadata_too),
		cmocka_unit_test(damaged_certificate_is_refused),
		cmocka_unit_test(address_that_is_not_http_is_refused),
		cmocka_unit_test(portal_certificate_is_read),
		cmocka_unit_test(other_forms_of_the_certificate_are_read),
		cmocka_unit_test(text_around_the_certificate_is_refused),
		cmocka_unit_test(private_key_is_no_certificate),
		cmocka_unit_test(c4_weak_or_other_key_is_refused),
		cmocka_unit_test(
		    c7_certificate_that_cannot_be_read_is_not_passed_over),
		cmocka_unit_test(c4_key_for_another_padding_is_refused),
		cmocka_unit_test(
		    c4_keys_of_2048_and_of_8192_bits_are_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
