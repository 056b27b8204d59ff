/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "auth/saml_request.h"
#include "base/limits.h"
#include "../lib/redirect.h"
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

/* The XML that stands behind prefix in the URL, as a provider reads it. */
static void
decode(const char *url, const char *prefix, struct buf *xml)
{
	assert_int_equal(strncmp(url, prefix, strlen(prefix)), 0);
	assert_true(redirect_decode(xml, url + strlen(prefix)));
}

static void
the_request_is_what_entra_wants(void **state)
{
	AUTO(buf) struct buf url = BUF_INIT(65536);
	AUTO(buf) struct buf xml = BUF_INIT(4096);

	(void)state;
	assert_err(saml_request_url(&entra, ID, &url, NULL), ERR_OK);
	decode(buf_str(&url), LOGIN "?SAMLRequest=", &xml);
	assert_string_equal(buf_str(&xml), "<samlp:AuthnRequest "
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
	AUTO(buf) struct buf xml = BUF_INIT(4096);

	(void)state;
	request.force_authn = false;
	assert_err(saml_request_url(&request, ID, &url, NULL), ERR_OK);
	decode(buf_str(&url), LOGIN "?SAMLRequest=", &xml);
	assert_null(strstr(buf_str(&xml), "ForceAuthn"));
}

static void
a_query_that_is_there_is_kept(void **state)
{
	AUTO(buf) struct buf url = BUF_INIT(65536);
	struct saml_request request = entra;
	AUTO(buf) struct buf xml = BUF_INIT(4096);

	(void)state;
	request.login_url = "http://127.0.0.1:8080/sso?idp=a&x=y";
	assert_err(saml_request_url(&request, ID, &url, NULL), ERR_OK);
	decode(buf_str(&url),
	    "http://127.0.0.1:8080/sso?idp=a&x=y&SAMLRequest=", &xml);
	assert_non_null(strstr(buf_str(&xml),
	    "Destination=\"http://127.0.0.1:8080/sso?idp=a&amp;x=y\""));
}

static void
values_cannot_leave_their_place_in_the_xml(void **state)
{
	AUTO(buf) struct buf url = BUF_INIT(65536);
	struct saml_request request = entra;
	AUTO(buf) struct buf xml = BUF_INIT(4096);

	(void)state;
	request.entity_id = "a\"b'<c>&amp;\xc3\xb6</saml:Issuer>";
	assert_err(saml_request_url(&request, ID, &url, NULL), ERR_OK);
	decode(buf_str(&url), LOGIN "?SAMLRequest=", &xml);
	assert_non_null(strstr(buf_str(&xml),
	    "<saml:Issuer>a&quot;b'&lt;c&gt;&amp;amp;"
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
	    "\x7f", "a\xef\xbf\xbe", "\xef\xbf\xbfz" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(buf) struct buf url = BUF_INIT(65536);
		struct saml_request request = entra;

		request.entity_id = bad[i];
		assert_err(saml_request_url(&request, ID, &url, NULL),
		    ERR_SYNTAX);
	}
}

/* The address bar of somebody who was sent to sign in. */
static void
a_login_url_with_a_request_is_refused(void **state)
{
	static const char *const bad[] = {
		LOGIN "?SAMLRequest=fZ", LOGIN "?a=b&SAMLRequest=",
	};
	static const char *const good[] = {
		LOGIN "?xSAMLRequest=", LOGIN "?SAMLRequests=1",
		LOGIN "/SAMLRequest=", LOGIN "?", LOGIN "?a&",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(buf) struct buf url = BUF_INIT(65536);
		struct saml_request request = entra;
		struct diag diag = DIAG_INIT;

		request.login_url = bad[i];
		assert_err(saml_request_url(&request, ID, &url, &diag),
		    ERR_SYNTAX);
		assert_non_null(strstr(diag.text, "SAMLRequest"));
	}
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		AUTO(buf) struct buf url = BUF_INIT(65536);
		struct saml_request request = entra;

		request.login_url = good[i];
		assert_err(saml_request_url(&request, ID, &url, NULL),
		    ERR_OK);
	}
}

static void
d8_a_clock_that_no_answer_could_have_makes_no_request(void **state)
{
	static const int64_t bad[] = {
		INT64_MIN, -1, 0, 946684799, 4102444800, INT64_MAX
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(buf) struct buf url = BUF_INIT(65536);
		struct saml_request request = entra;

		request.now = bad[i];
		assert_err(saml_request_url(&request, ID, &url, NULL),
		    ERR_CLOCK);
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
	AUTO(buf) struct buf out = BUF_INIT(1u << 20);
	AUTO(buf) struct buf back = BUF_INIT(sizeof(text));

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i * i % 23);
	assert_err(buf_puts(&out, "x"), ERR_OK);
	assert_err(deflate_raw(&out, text, sizeof(text), NULL), ERR_OK);
	assert_int_equal(out.data[0], 'x');
	assert_true(redirect_inflate(&back, out.data + 1, out.len - 1));
	assert_int_equal(back.len, sizeof(text));
	assert_memory_equal(back.data, text, sizeof(text));
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
		cmocka_unit_test(a_login_url_with_a_request_is_refused),
		cmocka_unit_test(
		    d8_a_clock_that_no_answer_could_have_makes_no_request),
		cmocka_unit_test(a_request_above_the_limit_is_refused),
		cmocka_unit_test(ids_are_random_and_entra_takes_them),
		cmocka_unit_test(
		    deflate_keeps_every_byte_and_the_bytes_before),
		cmocka_unit_test(deflate_respects_the_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
