/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "auth/oidc.h"
#include "base/buf.h"
#include "base/limits.h"

#define HOST "https://login.microsoftonline.com"
#define TENANT "/6babcaad-604b-40ac-a9d7-9fd97c0b779f"
#define ISSUER HOST TENANT "/v2.0"
#define DEVICE HOST TENANT "/oauth2/v2.0/devicecode"
#define TOKEN HOST TENANT "/oauth2/v2.0/token"
#define KEYS HOST TENANT "/discovery/v2.0/keys"

static struct diag diag;

static enum err
parse(const char *text, const char *hosts, struct oidc_endpoints *ret)
{
	struct oidc_endpoints before;
	enum err r;

	memset(ret, 0x5a, sizeof(*ret));
	before = *ret;
	memset(&diag, 0, sizeof(diag));
	r = oidc_parse(text, strlen(text), ISSUER, hosts, ret, &diag);
	assert_int_equal(r == ERR_OK, diag.text[0] == '\0');
	if (r != ERR_OK)
		assert_memory_equal(ret, &before, sizeof(before));
	return r;
}

/* A document of these JSON values; NULL leaves one out. */
static enum err
parse_values(const char *issuer, const char *device, const char *token,
    const char *keys)
{
	AUTO(buf) struct buf text = BUF_INIT(64u * 1024);
	struct oidc_endpoints found;
	const struct {
		const char *name;
		const char *value;
	} members[] = {
		{ "issuer", issuer },
		{ "device_authorization_endpoint", device },
		{ "token_endpoint", token },
		{ "jwks_uri", keys },
	};

	assert_err(buf_puts(&text, "{\"x\":1"), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (members[i].value != NULL)
			assert_err(buf_printf(&text, ",\"%s\":%s",
			    members[i].name, members[i].value), ERR_OK);
	assert_err(buf_putc(&text, '}'), ERR_OK);
	return parse(buf_str(&text), "", &found);
}

#define Q(text) "\"" text "\""

static void
the_document_of_entra_is_read(void **state)
{
	struct oidc_endpoints found;

	(void)state;
	assert_err(parse("{\"token_endpoint\":\"" TOKEN "\","
	    "\"token_endpoint_auth_methods_supported\":[\"private_key_jwt\"],"
	    "\"jwks_uri\":\"" KEYS "\",\"response_modes_supported\":"
	    "[\"query\"],\"issuer\":\"" ISSUER "\","
	    "\"request_uri_parameter_supported\":false,"
	    "\"device_authorization_endpoint\":\"" DEVICE "\","
	    "\"kerberos_endpoint\":\"" HOST TENANT "/kerberos\","
	    "\"tenant_region_scope\":null}", "", &found), ERR_OK);
	assert_string_equal(found.device, DEVICE);
	assert_string_equal(found.token, TOKEN);
	assert_string_equal(found.jwks_uri, KEYS);
}

static void
j14_the_issuer_is_exactly_ours(void **state)
{
	static const char *const others[] = {
		NULL, "1", "null", "[\"" ISSUER "\"]", "\"\"",
		Q(ISSUER "/"), Q(HOST "/common/v2.0"), Q(HOST TENANT),
		Q("https://LOGIN.microsoftonline.com" TENANT "/v2.0"),
		Q("https://sts.windows.net" TENANT "/"),
	};

	(void)state;
	assert_err(parse_values(Q(ISSUER), Q(DEVICE), Q(TOKEN), Q(KEYS)),
	    ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_err(parse_values(others[i], Q(DEVICE), Q(TOKEN),
		    Q(KEYS)), ERR_OIDC_DISCOVERY);
}

static void
j14_a_document_for_all_tenants_is_refused_in_words(void **state)
{
	(void)state;
	assert_err(parse_values(Q(HOST "/{tenantid}/v2.0"), Q(DEVICE),
	    Q(TOKEN), Q(KEYS)), ERR_OIDC_DISCOVERY);
	assert_non_null(strstr(diag.text, "GUID"));
}

static enum err
parse_endpoint(size_t which, const char *json)
{
	return parse_values(Q(ISSUER), which == 0 ? json : Q(DEVICE),
	    which == 1 ? json : Q(TOKEN), which == 2 ? json : Q(KEYS));
}

static void
j26_endpoints_are_there_and_safe(void **state)
{
	static const char *const bad[] = {
		NULL, "1", "null", "[]", "{}", "\"\"", "\"/token\"",
		"\"login.microsoftonline.com/token\"",
		"\"http://login.microsoftonline.com/token\"",
		"\"ftp://login.microsoftonline.com/token\"",
		Q(HOST "/a b"), Q(HOST "/#x"), Q(HOST "\\\\@evil.example/"),
		"\"https://user@login.microsoftonline.com/\"",
		"\"https://user:pw@login.microsoftonline.com/\"",
		Q(HOST ":0/"), Q(HOST ":99999/"), Q(HOST ":x/"), Q(HOST ":/"),
		"\" " TOKEN "\"", "\"" TOKEN "\\n\"",
	};

	(void)state;
	for (size_t which = 0; which < 3; which++)
		for (size_t i = 0; i < ARRAY_LEN(bad); i++)
			if (parse_endpoint(which, bad[i]) !=
			    ERR_OIDC_DISCOVERY)
				fail_msg("%zu: %s", which, bad[i]);
}

static void
j26_a_long_endpoint_is_not_cut(void **state)
{
	AUTO(buf) struct buf url = BUF_INIT(4096);

	(void)state;
	assert_err(buf_puts(&url, "\"" HOST "/"), ERR_OK);
	while (url.len < 2049)
		assert_err(buf_putc(&url, 'a'), ERR_OK);
	assert_err(buf_putc(&url, '"'), ERR_OK);
	for (size_t which = 0; which < 3; which++)
		assert_err(parse_endpoint(which, buf_str(&url)), ERR_OK);
	url.data[url.len - 1] = 'a';
	assert_err(buf_putc(&url, '"'), ERR_OK);
	for (size_t which = 0; which < 3; which++)
		assert_err(parse_endpoint(which, buf_str(&url)),
		    ERR_OIDC_DISCOVERY);
}

static void
j26_endpoints_are_on_the_issuers_host(void **state)
{
	static const char *const others[] = {
		"\"https://evil.example/token\"",
		"\"https://login.microsoftonline.com.evil.example/token\"",
		"\"https://xlogin.microsoftonline.com/token\"",
		"\"https://x.login.microsoftonline.com/token\"",
		"\"https://microsoftonline.com/token\"",
		"\"https://login.microsoftonline.co/token\"",
		"\"https://login.microsoftonline.com./token\"",
		"\"https://login.microsoftonline.com:444/token\"",
		"\"https://login.microsoftonline.com:80/token\"",
		"\"https://169.254.169.254/token\"",
		"\"http://127.0.0.1/token\"", "\"https://[::1]/token\"",
	};

	(void)state;
	for (size_t which = 0; which < 3; which++) {
		for (size_t i = 0; i < ARRAY_LEN(others); i++)
			assert_err(parse_endpoint(which, others[i]),
			    ERR_OIDC_HOST);
		assert_err(parse_endpoint(which,
		    "\"https://LOGIN.microsoftonline.COM:443/x\""), ERR_OK);
	}
}

static void
j26_hosts_that_are_configured_are_allowed(void **state)
{
	static const char hosts[] = "keys.example\n\nother.example:8443\n"
	    "[2001:db8::1]\n[2001:db8::2]:444\nbad:port:1\n:1\n[::1\n";
	static const char *const good[] = {
		"https://keys.example", "https://keys.example/",
		"https://KEYS.example:443/x?y", "https://other.example:8443/",
		"https://[2001:db8::1]/", "https://[2001:DB8::1]:443/",
		"https://[2001:db8::2]:444/", ISSUER,
	};
	static const char *const bad[] = {
		"https://keys.example:8443/", "https://other.example/",
		"https://x.keys.example/", "https://keys.example.x/",
		"http://keys.example/", "http://keys.example:443/",
		"https://[2001:db8::2]/", "https://[2001:db8::1]:444/",
		"https://bad/", "https://bad:1/", "https://port/",
		"https://[::1]/", "https://example/", "keys.example",
		"https://keys.exampl/", "https://k/",
		"https://", "https://keys.example\nother/", "",
		"https://keys.example@evil/", "https://keys.example:443@e/",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!oidc_is_host_allowed(good[i], ISSUER, hosts))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (oidc_is_host_allowed(bad[i], ISSUER, hosts))
			fail_msg("allowed: %s", bad[i]);
	assert_false(oidc_is_host_allowed("https://keys.example/", ISSUER,
	    ""));
}

/* A laboratory's provider is on plain HTTP at a loopback address. */
static void
j26_no_name_is_no_host(void **state)
{
	static const char *const urls[] = {
		"https:///x", "https://:443/x", "https://", "https://?x",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++)
		assert_false(oidc_is_host_allowed(urls[i], urls[i],
		    ":443\n\n"));
}

static void
j26_scheme_and_port_are_the_issuers(void **state)
{
	static const char issuer[] = "http://127.0.0.1:3000/x";

	(void)state;
	assert_true(oidc_is_host_allowed("http://127.0.0.1:3000/y", issuer,
	    ""));
	assert_false(oidc_is_host_allowed("https://127.0.0.1:3000/y", issuer,
	    ""));
	assert_false(oidc_is_host_allowed("http://127.0.0.1:3001/y", issuer,
	    ""));
	assert_false(oidc_is_host_allowed("http://127.0.0.1/y", issuer, ""));
	assert_false(oidc_is_host_allowed("http://127.0.0.2:3000/y", issuer,
	    ""));
	/* Configured hosts speak TLS. */
	assert_false(oidc_is_host_allowed("http://127.0.0.1:3000/y", ISSUER,
	    "127.0.0.1:3000"));
}

static void
j8_the_document_is_one_strict_object(void **state)
{
	AUTO(buf) struct buf text = BUF_INIT(256u * 1024);
	struct oidc_endpoints found;

	(void)state;
	assert_err(parse("", "", &found), ERR_JSON);
	assert_err(parse("<html>", "", &found), ERR_JSON);
	assert_err(parse("{\"issuer\":\"" ISSUER "\",\"issuer\":\"" ISSUER
	    "\"}", "", &found), ERR_JSON);
	assert_err(parse("[]", "", &found), ERR_OIDC_DISCOVERY);
	assert_err(parse("{}", "", &found), ERR_OIDC_DISCOVERY);
	assert_err(buf_printf(&text, "{\"issuer\":\"" ISSUER "\","
	    "\"device_authorization_endpoint\":\"" DEVICE "\","
	    "\"token_endpoint\":\"" TOKEN "\",\"jwks_uri\":\"" KEYS "\","
	    "\"x\":\"%0*d\"}", OIDC_MAX - 1000, 0), ERR_OK);
	assert_err(parse(buf_str(&text), "", &found), ERR_OK);
	buf_reset(&text);
	assert_err(buf_printf(&text, "{\"issuer\":\"" ISSUER "\","
	    "\"device_authorization_endpoint\":\"" DEVICE "\","
	    "\"token_endpoint\":\"" TOKEN "\",\"jwks_uri\":\"" KEYS "\","
	    "\"x\":\"%0*d\"}", OIDC_MAX, 0), ERR_OK);
	assert_err(parse(buf_str(&text), "", &found), ERR_OIDC_DISCOVERY);
}

static void
discovery_is_below_the_issuer(void **state)
{
	static const char want[] = ISSUER "/.well-known/openid-configuration";
	char url[sizeof(want)] = "before";

	(void)state;
	assert_err(oidc_discovery_url(ISSUER, url, sizeof(url) - 1, NULL),
	    ERR_TOO_LONG);
	assert_err(oidc_discovery_url(ISSUER, url, 5, NULL), ERR_TOO_LONG);
	assert_string_equal(url, "before");
	assert_err(oidc_discovery_url(ISSUER, url, sizeof(url), NULL),
	    ERR_OK);
	assert_string_equal(url, want);
	assert_err(oidc_discovery_url(ISSUER "/", url, sizeof(url), NULL),
	    ERR_OK);
	assert_string_equal(url, want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_document_of_entra_is_read),
		cmocka_unit_test(j14_the_issuer_is_exactly_ours),
		cmocka_unit_test(
		    j14_a_document_for_all_tenants_is_refused_in_words),
		cmocka_unit_test(j26_endpoints_are_there_and_safe),
		cmocka_unit_test(j26_a_long_endpoint_is_not_cut),
		cmocka_unit_test(j26_endpoints_are_on_the_issuers_host),
		cmocka_unit_test(j26_hosts_that_are_configured_are_allowed),
		cmocka_unit_test(j26_no_name_is_no_host),
		cmocka_unit_test(j26_scheme_and_port_are_the_issuers),
		cmocka_unit_test(j8_the_document_is_one_strict_object),
		cmocka_unit_test(discovery_is_below_the_issuer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
