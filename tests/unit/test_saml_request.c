/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <ctype.h>

#include <zlib.h>

#include "auth/saml_request.h"
#include "base/base64.h"
#include "base/limits.h"
#include "sys/deflate.h"

#define ID "_0123456789abcdef0123456789abcdef"
#define LOGIN "https://login.example/11111111-2222-3333-4444-555555555555/saml2"

static const struct saml_request entra = {
	.login_url = LOGIN,
	.entity_id = "https://sso.8x8.com/saml2",
	.acs_url = "https://sso.8x8.com/saml2",
	.force_authn = true,
	.now = 1792497600,
};

static void
inflate_raw(const struct buf *in, char *out, size_t size)
{
	z_stream z;

	memset(&z, 0, sizeof(z));
	assert_int_equal(inflateInit2(&z, -MAX_WBITS), Z_OK);
	z.next_in = in->data;
	z.avail_in = (uInt)in->len;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)size - 1;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	out[z.total_out] = '\0';
	assert_int_equal(inflateEnd(&z), Z_OK);
}

/* The XML that stands behind prefix in the URL, as a provider reads it. */
static void
decode(const char *url, const char *prefix, char *xml, size_t size)
{
	static const struct {
		const char *hex;
		char c;
	} escapes[] = { { "2B", '+' }, { "2F", '/' }, { "3D", '=' } };
	AUTO(buf) struct buf text = BUF_INIT(65536);
	AUTO(buf) struct buf deflated = BUF_INIT(65536);
	size_t i;

	assert_int_equal(strncmp(url, prefix, strlen(prefix)), 0);
	for (const char *p = url + strlen(prefix); *p != '\0'; p++) {
		if (*p != '%') {
			assert_true(isalnum((unsigned char)*p));
			assert_err(buf_putc(&text, *p), ERR_OK);
			continue;
		}
		for (i = 0; i < ARRAY_LEN(escapes); i++)
			if (strncmp(p + 1, escapes[i].hex, 2) == 0)
				break;
		assert_true(i < ARRAY_LEN(escapes));
		assert_err(buf_putc(&text, escapes[i].c), ERR_OK);
		p += 2;
	}
	assert_err(base64_decode(&deflated, buf_str(&text), text.len, false),
	    ERR_OK);
	inflate_raw(&deflated, xml, size);
}

static void
the_request_is_what_entra_wants(void **state)
{
	AUTO(buf) struct buf url = BUF_INIT(65536);
	char xml[4096];

	(void)state;
	assert_err(saml_request_url(&entra, ID, &url, NULL), ERR_OK);
	decode(buf_str(&url), LOGIN "?SAMLRequest=", xml, sizeof(xml));
	assert_string_equal(xml, "<samlp:AuthnRequest "
	    "xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" "
	    "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" "
	    "ID=\"" ID "\" Version=\"2.0\" "
	    "IssueInstant=\"2026-10-20T12:00:00Z\" "
	    "Destination=\"" LOGIN "\" ForceAuthn=\"true\" "
	    "ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:"
	    "HTTP-POST\" "
	    "AssertionConsumerServiceURL=\"https://sso.8x8.com/saml2\">"
	    "<saml:Issuer>https://sso.8x8.com/saml2</saml:Issuer>"
	    "</samlp:AuthnRequest>");
}

static void
force_authn_is_left_out_when_it_is_off(void **state)
{
	AUTO(buf) struct buf url = BUF_INIT(65536);
	struct saml_request request = entra;
	char xml[4096];

	(void)state;
	request.force_authn = false;
	assert_err(saml_request_url(&request, ID, &url, NULL), ERR_OK);
	decode(buf_str(&url), LOGIN "?SAMLRequest=", xml, sizeof(xml));
	assert_null(strstr(xml, "ForceAuthn"));
}

static void
a_query_that_is_there_is_kept(void **state)
{
	AUTO(buf) struct buf url = BUF_INIT(65536);
	struct saml_request request = entra;
	char xml[4096];

	(void)state;
	request.login_url = "http://127.0.0.1:8080/sso?idp=a&x=y";
	assert_err(saml_request_url(&request, ID, &url, NULL), ERR_OK);
	decode(buf_str(&url),
	    "http://127.0.0.1:8080/sso?idp=a&x=y&SAMLRequest=", xml,
	    sizeof(xml));
	assert_non_null(strstr(xml,
	    "Destination=\"http://127.0.0.1:8080/sso?idp=a&amp;x=y\""));
}

static void
values_cannot_leave_their_place_in_the_xml(void **state)
{
	AUTO(buf) struct buf url = BUF_INIT(65536);
	struct saml_request request = entra;
	char xml[4096];

	(void)state;
	request.entity_id = "a\"b'<c>&amp;\xc3\xb6</saml:Issuer>";
	assert_err(saml_request_url(&request, ID, &url, NULL), ERR_OK);
	decode(buf_str(&url), LOGIN "?SAMLRequest=", xml, sizeof(xml));
	assert_non_null(strstr(xml, "<saml:Issuer>a&quot;b'&lt;c&gt;&amp;amp;"
	    "\xc3\xb6&lt;/saml:Issuer&gt;</saml:Issuer>"));
}

static void
addresses_that_a_terminal_should_not_show_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "login.example", "ftp://login.example", "https://",
		"http://", "javascript:alert(1)", "HTTPS://login.example",
		"https://login.example/a b", "https://login.example/\x1b[2J",
		"https://login.example/\n", "https://login.example/#fragment",
		"https://login.example/\"", "https://login.example/<",
		"https://login.example/\xc3\xb6", "https://login.example/\x7f",
		" https://login.example",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(buf) struct buf url = BUF_INIT(65536);
		struct saml_request request = entra;

		request.login_url = bad[i];
		assert_err(saml_request_url(&request, ID, &url, NULL),
		    ERR_SYNTAX);
		request = entra;
		request.acs_url = bad[i];
		assert_err(saml_request_url(&request, ID, &url, NULL),
		    ERR_SYNTAX);
		assert_int_equal(url.len, 0);
	}
}

static void
entity_ids_that_xml_cannot_hold_are_refused(void **state)
{
	static const char *const bad[] = { "", "a\x01", "a\nb", "\xff",
	    "\x7f" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(buf) struct buf url = BUF_INIT(65536);
		struct saml_request request = entra;

		request.entity_id = bad[i];
		assert_err(saml_request_url(&request, ID, &url, NULL),
		    ERR_SYNTAX);
	}
}

static void
a_request_above_the_limit_is_refused(void **state)
{
	static char entity_id[SAML_REQUEST_MAX + 1];
	AUTO(buf) struct buf url = BUF_INIT(65536);
	struct saml_request request = entra;

	(void)state;
	memset(entity_id, 'x', sizeof(entity_id) - 1);
	request.entity_id = entity_id;
	assert_err(saml_request_url(&request, ID, &url, NULL), ERR_TOO_LONG);
	assert_int_equal(url.len, 0);
}

static void
ids_are_random_and_entra_takes_them(void **state)
{
	char a[SAML_REQUEST_ID_SIZE];
	char b[SAML_REQUEST_ID_SIZE];

	(void)state;
	assert_err(saml_request_new_id(a, NULL), ERR_OK);
	assert_err(saml_request_new_id(b, NULL), ERR_OK);
	assert_int_equal(strlen(a), SAML_REQUEST_ID_SIZE - 1);
	assert_int_equal(a[0], '_');
	assert_int_equal(strspn(a + 1, "0123456789abcdef"), 32);
	assert_string_not_equal(a, b);
}

static void
deflate_keeps_every_byte_and_the_bytes_before(void **state)
{
	static char text[70000];
	static char back[70001];
	AUTO(buf) struct buf out = BUF_INIT(1u << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i * i % 23);
	assert_err(buf_puts(&out, "x"), ERR_OK);
	assert_err(deflate_raw(&out, text, sizeof(text), NULL), ERR_OK);
	assert_int_equal(out.data[0], 'x');
	memmove(out.data, out.data + 1, --out.len);
	inflate_raw(&out, back, sizeof(back));
	assert_memory_equal(back, text, sizeof(text));
}

static void
deflate_respects_the_maximum(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(8);

	(void)state;
	assert_err(deflate_raw(&out, "0123456789", 10, NULL), ERR_TOO_LONG);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_request_is_what_entra_wants),
		cmocka_unit_test(force_authn_is_left_out_when_it_is_off),
		cmocka_unit_test(a_query_that_is_there_is_kept),
		cmocka_unit_test(values_cannot_leave_their_place_in_the_xml),
		cmocka_unit_test(
		    addresses_that_a_terminal_should_not_show_are_refused),
		cmocka_unit_test(entity_ids_that_xml_cannot_hold_are_refused),
		cmocka_unit_test(a_request_above_the_limit_is_refused),
		cmocka_unit_test(ids_are_random_and_entra_takes_them),
		cmocka_unit_test(
		    deflate_keeps_every_byte_and_the_bytes_before),
		cmocka_unit_test(deflate_respects_the_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
