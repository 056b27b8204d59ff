/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libcurl is told before each request.  Its own presets would be the same
 * for most of it, and other ones in another version.
 */
#include "unit.h"

#include <curl/curl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "sys/http.h"

/* Nobody listens there. */
#define HTTPS_NOWHERE "https://127.0.0.1:1/"
#define HTTP_NOWHERE "http://127.0.0.1:1/"

static struct {
	CURLoption option;
	long number;
	char text[256];
} told[64];
static size_t told_count;
static CURLoption unknown;	/* to this libcurl; 0: none */

CURLcode __real_curl_easy_setopt(CURL *curl, CURLoption option, ...);
CURLcode __wrap_curl_easy_setopt(CURL *curl, CURLoption option, ...);

static bool
is_text(CURLoption option)
{
	return option == CURLOPT_PROXY || option == CURLOPT_NOPROXY ||
	    option == CURLOPT_CAINFO || option == CURLOPT_CAPATH ||
#if LIBCURL_VERSION_NUM >= 0x075500
	    option == CURLOPT_PROTOCOLS_STR ||
#endif
	    option == CURLOPT_URL;
}

CURLcode
__wrap_curl_easy_setopt(CURL *curl, CURLoption option, ...)
{
	bool number = option < CURLOPTTYPE_OBJECTPOINT;
	void *pointer = NULL;
	long value = 0;
	va_list ap;

	va_start(ap, option);
	if (number)
		value = va_arg(ap, long);
	else
		pointer = va_arg(ap, void *);
	va_end(ap);
	if (option == unknown)
		return CURLE_UNKNOWN_OPTION;
	assert_true(told_count < ARRAY_LEN(told));
	told[told_count].option = option;
	told[told_count].number = value;
	(void)snprintf(told[told_count].text, sizeof(told[0].text), "%s",
	    !is_text(option) || pointer == NULL ? "NULL" :
	    (const char *)pointer);
	told_count++;
	return number ? __real_curl_easy_setopt(curl, option, value) :
	    __real_curl_easy_setopt(curl, option, pointer);
}

/* Where it was told the last time, or told_count. */
static size_t
find(CURLoption option)
{
	size_t i = told_count;

	while (i > 0 && told[i - 1].option != option)
		i--;
	return i == 0 ? told_count : i - 1;
}

static void
assert_number(CURLoption option, long value)
{
	size_t i = find(option);

	assert_true(i < told_count);
	assert_int_equal(told[i].number, value);
}

static void
assert_text(CURLoption option, const char *text)
{
	size_t i = find(option);

	assert_true(i < told_count);
	assert_string_equal(told[i].text, text);
}

/* Fails, for nobody answers. */
static void
ask(const char *url, const char *ca_file, const char *proxy)
{
	const struct http_options options = { "", "", ca_file, proxy };
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	AUTO(http) struct http *http = NULL;

	told_count = 0;
	assert_err(http_new(&options, &http, NULL), ERR_OK);
	assert_true(http_get(http, url, clock_monotonic_ms() + 5000, &res,
	    NULL) != ERR_OK);
}

static void
assert_only_protocol(const char *name, long number)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	(void)number;
	assert_text(CURLOPT_PROTOCOLS_STR, name);
#else
	(void)name;
	assert_number(CURLOPT_PROTOCOLS, number);
#endif
}

static void
j25_a_server_proves_who_it_is_with_tls_1_2_at_least(void **state)
{
	(void)state;
	ask(HTTPS_NOWHERE, "", "");
	assert_number(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	assert_number(CURLOPT_SSL_VERIFYPEER, 1);
	assert_number(CURLOPT_SSL_VERIFYHOST, 2);
	assert_number(CURLOPT_PROXY_SSL_VERIFYPEER, 1);
	assert_number(CURLOPT_PROXY_SSL_VERIFYHOST, 2);
}

static void
j25_nothing_but_the_address_that_was_given_is_asked(void **state)
{
	(void)state;
	ask(HTTPS_NOWHERE, "", "");
	assert_text(CURLOPT_URL, HTTPS_NOWHERE);
	assert_only_protocol("https", 1 << 1);
	assert_number(CURLOPT_FOLLOWLOCATION, 0);
	assert_number(CURLOPT_UNRESTRICTED_AUTH, 0);
	assert_number(CURLOPT_NETRC, CURL_NETRC_IGNORED);
	ask(HTTP_NOWHERE, "", "");
	assert_only_protocol("http", 1 << 0);
}

static void
j25_the_environment_names_no_proxy(void **state)
{
	(void)state;
	assert_int_equal(setenv("https_proxy", "http://192.0.2.1:1/", 1), 0);
	assert_int_equal(setenv("no_proxy", "*", 1), 0);
	/* "" is none; what is not told is the environment's. */
	ask(HTTPS_NOWHERE, "", "");
	assert_text(CURLOPT_PROXY, "");
	assert_text(CURLOPT_NOPROXY, "");
	ask(HTTPS_NOWHERE, "", HTTP_NOWHERE);
	assert_text(CURLOPT_PROXY, HTTP_NOWHERE);
	assert_text(CURLOPT_NOPROXY, "");
	/* This host is not asked by way of another. */
	ask(HTTP_NOWHERE, "", HTTP_NOWHERE);
	assert_text(CURLOPT_PROXY, "");
}

static void
j25_a_file_of_authorities_replaces_the_systems(void **state)
{
	(void)state;
	ask(HTTPS_NOWHERE, "/nonexistent/ca.pem", "");
	assert_text(CURLOPT_CAINFO, "/nonexistent/ca.pem");
	assert_text(CURLOPT_CAPATH, "NULL");
	ask(HTTPS_NOWHERE, "", "");
	assert_int_equal(find(CURLOPT_CAINFO), told_count);
	assert_int_equal(find(CURLOPT_CAPATH), told_count);
}

static void
j25_what_cannot_be_set_is_not_done_without(void **state)
{
	static const CURLoption needed[] = {
		CURLOPT_FOLLOWLOCATION, CURLOPT_NETRC, CURLOPT_SSLVERSION,
		CURLOPT_SSL_VERIFYPEER, CURLOPT_SSL_VERIFYHOST,
		CURLOPT_PROXY_SSL_VERIFYPEER, CURLOPT_PROXY_SSL_VERIFYHOST,
		CURLOPT_NOPROXY, CURLOPT_CAINFO, CURLOPT_CAPATH,
	};
	const struct http_options options = { "", "", "/ca.pem", "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		AUTO(http) struct http *http = NULL;

		told_count = 0;
		unknown = needed[i];
		assert_err(http_new(&options, &http, NULL), ERR_HTTP);
		assert_null(http);
	}
	unknown = 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    j25_a_server_proves_who_it_is_with_tls_1_2_at_least),
		cmocka_unit_test(
		    j25_nothing_but_the_address_that_was_given_is_asked),
		cmocka_unit_test(j25_the_environment_names_no_proxy),
		cmocka_unit_test(
		    j25_a_file_of_authorities_replaces_the_systems),
		cmocka_unit_test(j25_what_cannot_be_set_is_not_done_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
