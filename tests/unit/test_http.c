/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client against a server of a few lines in a child process, on loopback.
 */
#include "unit.h"

#include <netdb.h>
#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "sys/http.h"
#include "sys/http_resolve.h"

#define TOKEN "s3cr3t-T0k3n"
#define LIMIT_MS 20000

/* A server ends with its test, also with one that fails: whoever reads what
 * the tests say would wait for it. */
static pid_t
fork_server(void)
{
	pid_t pid = fork();

	if (pid == 0)
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

struct server {
	int listener;
	char url[64];
	pid_t pid;
	int seen;		/* pipe: the request as it came */
};

/* With the body, where there is one. */
static bool
is_whole(const char *request, size_t len)
{
	const char *end = memmem(request, len, "\r\n\r\n", 4);
	const char *length = memmem(request, len, "\r\nContent-Length: ", 18);

	if (end == NULL)
		return false;
	return length == NULL || (size_t)(request + len - end - 4) >=
	    strtoul(length + 18, NULL, 10);
}

static size_t
receive(int fd, char *request, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, request + got, size - got);

		if (n <= 0)
			break;
		got += (size_t)n;
		if (is_whole(request, got))
			break;
	}
	return got;
}

static void
serve(int listener, int seen, const char *answer, size_t len)
{
	char request[4096];
	int c = accept(listener, NULL, NULL);
	size_t got = receive(c, request, sizeof(request));

	if (write(seen, request, got) < 0 ||
	    send(c, answer, len, MSG_NOSIGNAL) < 0)
		_exit(1);
	(void)shutdown(c, SHUT_WR);
	while (read(c, request, sizeof(request)) > 0)
		continue;
	_exit(0);
}

static void
listen_on(struct server *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t size = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&a,
	    sizeof(a)), 0);
	assert_int_equal(listen(s->listener, 1), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&a,
	    &size), 0);
	(void)snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%u/x?y=1",
	    ntohs(a.sin_port));
}

static void
start(struct server *s, const char *answer, size_t len)
{
	int fds[2];

	listen_on(s);
	assert_int_equal(pipe(fds), 0);
	s->pid = fork_server();
	if (s->pid == 0)
		serve(s->listener, fds[1], answer, len);
	(void)close(fds[1]);
	s->seen = fds[0];
}

/* Ends the server; the request that it saw goes to text. */
static void
stop(struct server *s, char *text, size_t size)
{
	size_t got = 0;
	ssize_t n = 1;

	while (n > 0 && got < size - 1) {
		n = read(s->seen, text + got, size - 1 - got);
		got += n > 0 ? (size_t)n : 0;
	}
	text[got] = '\0';
	(void)close(s->seen);
	(void)close(s->listener);
	assert_int_equal(waitpid(s->pid, NULL, 0), s->pid);
}

static const struct http_options options = {
	TOKEN, "application/scim+json", "", ""
};

/* One request; the request's text goes to seen. */
static enum err
get(const char *answer, struct http_response *ret, char *seen, size_t size,
    struct diag *diag)
{
	AUTO(http) struct http *http = NULL;
	struct server s;
	enum err r;

	start(&s, answer, strlen(answer));
	assert_err(http_new(&options, &http, diag), ERR_OK);
	r = http_get(http, s.url, clock_monotonic_ms() + LIMIT_MS, ret, diag);
	http_free(&http);
	stop(&s, seen, size);
	return r;
}

static void
request_is_a_plain_get_with_the_token_in_one_header(void **state)
{
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	struct diag diag = DIAG_INIT;
	char seen[4096];

	(void)state;
	assert_err(get("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
	    "Content-Type: application/scim+json; charset=utf-8\r\n"
	    "Set-Cookie: a=b\r\n\r\n{}", &res, seen, sizeof(seen), &diag),
	    ERR_OK);
	assert_int_equal(res.status, 200);
	assert_string_equal(buf_str(&res.body), "{}");
	assert_string_equal(res.content_type,
	    "application/scim+json; charset=utf-8");
	assert_memory_equal(seen, "GET /x?y=1 HTTP/1.1\r\n", 21);
	assert_non_null(strstr(seen, "\r\nAuthorization: Bearer " TOKEN
	    "\r\n"));
	assert_non_null(strstr(seen, "\r\nAccept: application/scim+json\r\n"));
	assert_non_null(strstr(seen, "\r\nUser-Agent: 8x8sso/"
	    PACKAGE_VERSION "\r\n"));
	assert_null(strstr(seen, "Cookie"));
	assert_null(strstr(seen, "Accept-Encoding"));
	assert_null(strstr(strstr(seen, TOKEN) + 1, TOKEN));
}

static void
form_escapes_what_could_end_a_value(void **state)
{
	AUTO(buf) struct buf form = BUF_INIT(64);

	(void)state;
	assert_err(http_form_add(&form, "scope", "openid profile"), ERR_OK);
	assert_err(http_form_add(&form, "a-b", "x&y=z+%\n\xc3\xa9~*._:"),
	    ERR_OK);
	assert_err(http_form_add(&form, "c", ""), ERR_OK);
	assert_string_equal(buf_str(&form), "scope=openid+profile&"
	    "a-b=x%26y%3Dz%2B%25%0A%C3%A9%7E*._%3A&c=");
}

static void
form_that_is_full_stays_as_it_was(void **state)
{
	AUTO(buf) struct buf form = BUF_INIT(8);

	(void)state;
	assert_err(http_form_add(&form, "a", "b"), ERR_OK);
	assert_err(http_form_add(&form, "c", "12345"), ERR_TOO_LONG);
	assert_err(http_form_add(&form, "c", "\n\n"), ERR_TOO_LONG);
	assert_string_equal(buf_str(&form), "a=b");
	assert_err(http_form_add(&form, "c", "12"), ERR_OK);
	assert_string_equal(buf_str(&form), "a=b&c=12");
}

static void
post_sends_the_form_and_reads_an_error_like_any_answer(void **state)
{
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	AUTO(http) struct http *http = NULL;
	AUTO(buf) struct buf form = BUF_INIT(64);
	struct diag diag = DIAG_INIT;
	struct server s;
	char seen[4096];
	static const char answer[] = "HTTP/1.1 400 Bad Request\r\n"
	    "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

	(void)state;
	assert_err(http_form_add(&form, "client_id", "a b"), ERR_OK);
	start(&s, answer, sizeof(answer) - 1);
	assert_err(http_new(&options, &http, &diag), ERR_OK);
	assert_err(http_post(http, s.url, &form, clock_monotonic_ms() +
	    LIMIT_MS, &res, &diag), ERR_OK);
	http_free(&http);
	stop(&s, seen, sizeof(seen));
	assert_int_equal(res.status, 400);
	assert_string_equal(buf_str(&res.body), "{}");
	assert_memory_equal(seen, "POST /x?y=1 HTTP/1.1\r\n", 22);
	assert_non_null(strstr(seen, "\r\nContent-Type: "
	    "application/x-www-form-urlencoded\r\n"));
	assert_non_null(strstr(seen, "\r\nAccept: application/scim+json\r\n"));
	assert_non_null(strstr(seen, "\r\n\r\nclient_id=a+b"));
}

/* Answers the first request and keeps its connection; closes every later one
 * without a word. */
static void
serve_once(int listener, int seen)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\n"
	    "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
	char request[4096];
	bool first = true;

	for (;;) {
		int c = accept(listener, NULL, NULL);

		while (receive(c, request, sizeof(request)) > 0) {
			if (write(seen, ".", 1) != 1)
				_exit(1);
			if (!first)
				break;
			first = false;
			if (send(c, answer, sizeof(answer) - 1,
			    MSG_NOSIGNAL) < 0)
				_exit(1);
		}
		(void)close(c);
	}
}

static void
v4_a_post_is_sent_once_whatever_becomes_of_it(void **state)
{
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	AUTO(http) struct http *http = NULL;
	AUTO(buf) struct buf form = BUF_INIT(64);
	struct diag diag = DIAG_INIT;
	struct server s;
	char seen[8] = "";
	int fds[2];

	(void)state;
	assert_err(http_form_add(&form, "a", "b"), ERR_OK);
	listen_on(&s);
	assert_int_equal(pipe(fds), 0);
	s.pid = fork_server();
	if (s.pid == 0)
		serve_once(s.listener, fds[1]);
	(void)close(fds[1]);
	assert_err(http_new(&options, &http, &diag), ERR_OK);
	assert_err(http_post(http, s.url, &form, clock_monotonic_ms() +
	    LIMIT_MS, &res, &diag), ERR_OK);
	assert_err(http_post(http, s.url, &form, clock_monotonic_ms() +
	    LIMIT_MS, &res, &diag), ERR_HTTP);
	assert_int_equal(kill(s.pid, SIGKILL), 0);
	assert_int_equal(waitpid(s.pid, NULL, 0), s.pid);
	assert_int_equal(read(fds[0], seen, sizeof(seen)), 2);
	(void)close(fds[0]);
	(void)close(s.listener);
}

static void
redirects_of_a_post_are_refused(void **state)
{
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	AUTO(http) struct http *http = NULL;
	AUTO(buf) struct buf form = BUF_INIT(64);
	struct diag diag = DIAG_INIT;
	struct server s;
	char seen[4096];
	static const char answer[] = "HTTP/1.1 307 Moved\r\nLocation: "
	    "https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n";

	(void)state;
	assert_err(http_form_add(&form, "a", "b"), ERR_OK);
	start(&s, answer, sizeof(answer) - 1);
	assert_err(http_new(&options, &http, &diag), ERR_OK);
	assert_err(http_post(http, s.url, &form, clock_monotonic_ms() +
	    LIMIT_MS, &res, &diag), ERR_HTTP_REDIRECT);
	http_free(&http);
	stop(&s, seen, sizeof(seen));
}

static void
redirects_are_refused(void **state)
{
	static const char *const codes[] = { "301", "302", "307", "308" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		AUTO(http_response) struct http_response res =
		    HTTP_RESPONSE_INIT(64);
		struct diag diag = DIAG_INIT;
		char answer[256];
		char seen[4096];

		(void)snprintf(answer, sizeof(answer), "HTTP/1.1 %s Moved\r\n"
		    "Location: https://elsewhere.example/\r\n"
		    "Content-Length: 0\r\n\r\n", codes[i]);
		assert_err(get(answer, &res, seen, sizeof(seen), &diag),
		    ERR_HTTP_REDIRECT);
		assert_non_null(strstr(diag.text, "elsewhere.example"));
		assert_non_null(strstr(diag.text, codes[i]));
		assert_null(strstr(diag.text, TOKEN));
	}
}

static void
j11_answers_longer_than_the_limit_are_cut_off(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456789",
		"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n123456789",
		("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "4\r\n1234\r\n5\r\n56789\r\n0\r\n\r\n"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		AUTO(http_response) struct http_response res =
		    HTTP_RESPONSE_INIT(8);
		struct diag diag = DIAG_INIT;
		char seen[4096];

		assert_err(get(answers[i], &res, seen, sizeof(seen), &diag),
		    ERR_TOO_LONG);
	}
}

static void
broken_answers_are_errors(void **state)
{
	static const char *const answers[] = {
		"", "garbage\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		AUTO(http_response) struct http_response res =
		    HTTP_RESPONSE_INIT(64);
		struct diag diag = DIAG_INIT;
		char seen[4096];

		assert_err(get(answers[i], &res, seen, sizeof(seen), &diag),
		    ERR_HTTP);
		assert_string_not_equal(diag.text, "");
	}
}

static void
status_and_retry_after_are_given_to_the_caller(void **state)
{
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	struct diag diag = DIAG_INIT;
	char seen[4096];

	(void)state;
	assert_err(get("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\n"
	    "Content-Length: 4\r\n\r\nslow", &res, seen, sizeof(seen), &diag),
	    ERR_OK);
	assert_int_equal(res.status, 429);
	assert_int_equal(res.retry_after, 7);
	assert_string_equal(buf_str(&res.body), "slow");
}

static void
retry_after_may_be_a_date(void **state)
{
	static const struct {
		int64_t from_now;
		int64_t least;
		int64_t most;
	} cases[] = {
		{ 90, 60, 91 }, { 86400 * 2, 10000, 86400 * 2 + 1 },
		{ -90, 0, 0 }, { -86400 * 365, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(http_response) struct http_response res =
		    HTTP_RESPONSE_INIT(64);
		time_t when = time(NULL) + cases[i].from_now;
		struct tm tm;
		struct diag diag = DIAG_INIT;
		char answer[256];
		char seen[4096];

		assert_true(strftime(answer, sizeof(answer),
		    "HTTP/1.1 429 Slow\r\nRetry-After: %a, %d %b %Y %T GMT\r\n"
		    "Content-Length: 0\r\n\r\n", gmtime_r(&when, &tm)) > 0);
		assert_err(get(answer, &res, seen, sizeof(seen), &diag),
		    ERR_OK);
		assert_in_range(res.retry_after, cases[i].least,
		    cases[i].most);
	}
}

static void
retry_after_that_is_neither_is_none(void **state)
{
	static const char *const values[] = {
		"", "soon", "-5", "never, ever", "0",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		AUTO(http_response) struct http_response res =
		    HTTP_RESPONSE_INIT(64);
		struct diag diag = DIAG_INIT;
		char answer[256];
		char seen[4096];

		(void)snprintf(answer, sizeof(answer), "HTTP/1.1 503 Busy\r\n"
		    "Retry-After: %s\r\nContent-Length: 0\r\n\r\n",
		    values[i]);
		assert_err(get(answer, &res, seen, sizeof(seen), &diag),
		    ERR_OK);
		assert_int_equal(res.retry_after, 0);
	}
}

/* One question with an entity tag. */
static enum err
get_changed(const char *answer, const char *etag, struct http_response *ret,
    char seen[static 4096], struct diag *diag)
{
	AUTO(http) struct http *http = NULL;
	struct server s;
	struct http_question question = {
		NULL, etag, clock_monotonic_ms() + LIMIT_MS
	};
	enum err r;

	start(&s, answer, strlen(answer));
	question.url = s.url;
	assert_err(http_new(&options, &http, diag), ERR_OK);
	r = http_get_changed(http, &question, ret, diag);
	http_free(&http);
	stop(&s, seen, 4096);
	return r;
}

static void
what_is_not_modified_needs_no_body(void **state)
{
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	struct diag diag = DIAG_INIT;
	char seen[4096];

	(void)state;
	assert_err(get_changed("HTTP/1.1 304 Not Modified\r\n"
	    "ETag: W/\"a\"\r\n\r\n", "W/\"a\"", &res, seen, &diag), ERR_OK);
	assert_int_equal(res.status, 304);
	assert_int_equal(res.body.len, 0);
	assert_non_null(strstr(seen, "\r\nIf-None-Match: W/\"a\"\r\n"));
	assert_non_null(strstr(seen, "\r\nAuthorization: Bearer " TOKEN
	    "\r\n"));
	assert_err(get_changed("HTTP/1.1 200 OK\r\neTAG:\"b\"\r\n"
	    "Content-Length: 3\r\n\r\nnew", "\"a\"", &res, seen, &diag),
	    ERR_OK);
	assert_int_equal(res.status, 200);
	assert_string_equal(buf_str(&res.body), "new");
	assert_string_equal(res.etag, "\"b\"");
}

static void
nothing_is_unmodified_that_was_not_asked_with_a_tag(void **state)
{
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	struct diag diag = DIAG_INIT;
	char seen[4096];

	(void)state;
	assert_err(get_changed("HTTP/1.1 304 Not Modified\r\n\r\n", "", &res,
	    seen, &diag), ERR_HTTP);
	assert_null(strstr(seen, "If-None-Match"));
	assert_err(get("HTTP/1.1 304 Not Modified\r\n\r\n", &res, seen,
	    sizeof(seen), &diag), ERR_HTTP);
}

static void
a_tag_that_could_end_its_header_is_not_sent(void **state)
{
	static const char *const bad[] = {
		"a", "\"", "W/", "W/\"", "\"a\"b\"", "\"a\r\nX: y\"", "\"\x01\"",
		"\"a b\"", "\"\x7f\"", "w/\"a\"", "*", "\"a\", \"b\"",
		"\"\xc3\xb6\"",
	};
	AUTO(http) struct http *http = NULL;
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_err(http_new(&options, &http, &diag), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(http_response) struct http_response res =
		    HTTP_RESPONSE_INIT(64);
		const struct http_question question = {
			"http://127.0.0.1:1/", bad[i],
			clock_monotonic_ms() + LIMIT_MS
		};

		assert_err(http_get_changed(http, &question, &res, &diag),
		    ERR_SYNTAX);
	}
}

static void
tags_of_no_use_are_none(void **state)
{
	static const char *const bad[] = {
		"", "ETag: ", "ETag: abc", "ETag: \"a", "ETag: \"a\" x",
		"ETag: \"a\"\r\nETag: \"b\"",
		"ETag: \"a\"\r\nETag: \"a\"\r\nETag: \"a\"",
		"ETag: \"\x01\"", "ETagged: \"a\"", "X-ETag: \"a\"",
	};
	AUTO(buf) struct buf longest = BUF_INIT(1024);

	(void)state;
	for (size_t i = 0; i <= ARRAY_LEN(bad); i++) {
		AUTO(http_response) struct http_response res =
		    HTTP_RESPONSE_INIT(64);
		struct diag diag = DIAG_INIT;
		char answer[1024];
		char seen[4096];

		if (i < ARRAY_LEN(bad))
			(void)snprintf(answer, sizeof(answer), "HTTP/1.1 200 "
			    "OK\r\nContent-Length: 0\r\n%s%s\r\n", bad[i],
			    bad[i][0] == '\0' ? "" : "\r\n");
		else
			(void)snprintf(answer, sizeof(answer), "HTTP/1.1 200 "
			    "OK\r\nContent-Length: 0\r\nETag: \"%0*d\"\r\n"
			    "\r\n", (int)SCIM_ETAG_MAX - 1, 0);
		assert_err(get(answer, &res, seen, sizeof(seen), &diag),
		    ERR_OK);
		assert_string_equal(res.etag, "");
	}
	assert_err(buf_printf(&longest, "\"%0*d\"", (int)SCIM_ETAG_MAX - 2,
	    0), ERR_OK);
	assert_true(http_is_etag(buf_str(&longest), longest.len));
	assert_true(http_is_etag("\"\"", 2));
	assert_true(http_is_etag("W/\"\"", 4));
}

static void
the_tag_is_the_last_answers(void **state)
{
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	struct diag diag = DIAG_INIT;
	char seen[4096];

	(void)state;
	assert_err(get("HTTP/1.1 103 Early Hints\r\nETag: \"early\"\r\n\r\n"
	    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", &res, seen,
	    sizeof(seen), &diag), ERR_OK);
	assert_string_equal(res.etag, "");
	assert_err(get("HTTP/1.1 200 OK\r\nETag: \"a\"\r\n"
	    "Content-Length: 0\r\n\r\n", &res, seen, sizeof(seen), &diag),
	    ERR_OK);
	assert_string_equal(res.etag, "\"a\"");
	/* What a response held before is forgotten. */
	assert_err(get("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", &res,
	    seen, sizeof(seen), &diag), ERR_OK);
	assert_string_equal(res.etag, "");
}

static void
j25_unsafe_addresses_are_not_asked(void **state)
{
	static const char *const bad[] = {
		"http://192.0.2.1/", "http://localhost/", "file:///etc/passwd",
		"ftp://127.0.0.1/",
	};
	AUTO(http) struct http *http = NULL;
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_err(http_new(&options, &http, &diag), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(http_response) struct http_response res =
		    HTTP_RESPONSE_INIT(64);

		assert_err(http_get(http, bad[i], clock_monotonic_ms() +
		    LIMIT_MS, &res, &diag), ERR_SYNTAX);
	}
}

static void
a_deadline_that_is_over_asks_nobody(void **state)
{
	AUTO(http) struct http *http = NULL;
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_err(http_new(&options, &http, &diag), ERR_OK);
	assert_err(http_get(http, "http://127.0.0.1:1/",
	    clock_monotonic_ms() - 1, &res, &diag), ERR_TIMEOUT);
}

/* A server that takes a connection and says nothing. */
static int
keep_silent(char *url, size_t url_size)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	(void)snprintf(url, url_size, "http://127.0.0.1:%u/",
	    ntohs(a.sin_port));
	return fd;
}

static void
a_silent_server_is_given_up_at_the_deadline(void **state)
{
	AUTO(http) struct http *http = NULL;
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	struct diag diag = DIAG_INIT;
	char url[64];
	AUTO_CLOSE int fd = keep_silent(url, sizeof(url));

	(void)state;
	assert_err(http_new(&options, &http, &diag), ERR_OK);
	assert_err(http_get(http, url, clock_monotonic_ms() + 50, &res,
	    &diag), ERR_TIMEOUT);
}

/* Answers every request of every connection with its first line, and tells
 * seen of it before that. */
static void
serve_lines(int listener, int seen)
{
	char request[4096];
	int c;

	while ((c = accept(listener, NULL, NULL)) >= 0) {
		size_t got;

		while ((got = receive(c, request, sizeof(request))) > 0) {
			int len = (int)strcspn(request, "\r");

			if (write(seen, request, (size_t)len) != len ||
			    dprintf(c, "HTTP/1.1 200 OK\r\n"
			    "Content-Length: %d\r\n\r\n%.*s", len, len,
			    request) < 0)
				_exit(1);
		}
		(void)close(c);
	}
	_exit(0);
}

static void
start_lines(struct server *s)
{
	int fds[2];

	listen_on(s);
	assert_int_equal(pipe(fds), 0);
	s->pid = fork_server();
	if (s->pid == 0)
		serve_lines(s->listener, fds[1]);
	(void)close(fds[1]);
	s->seen = fds[0];
}

static void
assert_seen(const struct server *s, const char *line)
{
	char seen[256];
	ssize_t got = read(s->seen, seen, sizeof(seen) - 1);

	assert_true(got > 0);
	seen[got] = '\0';
	assert_string_equal(seen, line);
}

static void
end_lines(struct server *s)
{
	(void)kill(s->pid, SIGKILL);
	assert_int_equal(waitpid(s->pid, NULL, 0), s->pid);
	(void)close(s->seen);
	(void)close(s->listener);
}

/* Sent before it is asked, and once. */
static void
a_question_can_be_sent_ahead(void **state)
{
	AUTO(http) struct http *http = NULL;
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	int64_t deadline = clock_monotonic_ms() + LIMIT_MS;
	struct diag diag = DIAG_INIT;
	struct server s;
	char url[96];

	(void)state;
	start_lines(&s);
	assert_err(http_new(&options, &http, &diag), ERR_OK);
	assert_err(http_get(http, s.url, deadline, &res, &diag), ERR_OK);
	assert_seen(&s, "GET /x?y=1 HTTP/1.1");
	for (char n = '1'; n < '6'; n++) {
		char line[] = "GET /x?y=1n HTTP/1.1";

		line[10] = n;
		(void)snprintf(url, sizeof(url), "%s%c", s.url, n);
		http_ask_ahead(http, url, deadline, 64);
		assert_seen(&s, line);
		assert_err(http_get(http, url, deadline, &res, &diag),
		    ERR_OK);
		assert_string_equal(buf_str(&res.body), line);
		assert_int_equal(res.status, 200);
	}
	end_lines(&s);
}

/* Nobody gets the answer to another question: that is asked anew. */
static void
what_was_sent_ahead_is_dropped_when_something_else_is_asked(void **state)
{
	AUTO(http) struct http *http = NULL;
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	AUTO(http_response) struct http_response less = HTTP_RESPONSE_INIT(8);
	int64_t deadline = clock_monotonic_ms() + LIMIT_MS;
	const struct http_question changed = { "", "\"a\"", deadline };
	struct http_question question = changed;
	struct diag diag = DIAG_INIT;
	struct server s;
	char url[96];

	(void)state;
	start_lines(&s);
	question.url = s.url;
	(void)snprintf(url, sizeof(url), "%s2", s.url);
	assert_err(http_new(&options, &http, &diag), ERR_OK);
	assert_err(http_get(http, s.url, deadline, &res, &diag), ERR_OK);
	assert_seen(&s, "GET /x?y=1 HTTP/1.1");
	http_ask_ahead(http, url, deadline, 64);
	assert_seen(&s, "GET /x?y=12 HTTP/1.1");
	assert_err(http_get(http, s.url, deadline, &res, &diag), ERR_OK);
	assert_string_equal(buf_str(&res.body), "GET /x?y=1 HTTP/1.1");
	assert_seen(&s, "GET /x?y=1 HTTP/1.1");
	/* So do a condition, and a maximum that is another one. */
	http_ask_ahead(http, s.url, deadline, 64);
	assert_seen(&s, "GET /x?y=1 HTTP/1.1");
	assert_err(http_get_changed(http, &question, &res, &diag), ERR_OK);
	assert_seen(&s, "GET /x?y=1 HTTP/1.1");
	http_ask_ahead(http, s.url, deadline, 64);
	assert_err(http_get(http, s.url, deadline, &less, &diag),
	    ERR_TOO_LONG);
	/* And one may be on its way at the end. */
	http_ask_ahead(http, url, deadline, 64);
	http_free(&http);
	end_lines(&s);
}

/* What goes wrong is told to the one who asks. */
static void
sending_ahead_fails_for_the_one_who_asks(void **state)
{
	AUTO(http) struct http *http = NULL;
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	struct diag diag = DIAG_INIT;
	int64_t deadline = clock_monotonic_ms() + 50;
	char url[64];
	AUTO_CLOSE int fd = keep_silent(url, sizeof(url));

	(void)state;
	assert_err(http_new(&options, &http, &diag), ERR_OK);
	http_ask_ahead(http, "file:///etc/passwd", deadline, 64);
	assert_err(http_get(http, "file:///etc/passwd", deadline, &res,
	    &diag), ERR_SYNTAX);
	http_ask_ahead(http, url, deadline, 64);
	assert_err(http_get(http, url, deadline, &res, &diag), ERR_TIMEOUT);
}

static enum err
leave_at_once(void *context)
{
	(*(int *)context)++;
	return ERR_WIRE_CLOSED;
}

static void
a_transfer_that_nobody_waits_for_ends_within_a_second(void **state)
{
	AUTO(http) struct http *http = NULL;
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	struct diag diag = DIAG_INIT;
	char url[64];
	AUTO_CLOSE int fd = keep_silent(url, sizeof(url));
	int64_t begun = clock_monotonic_ms();
	int asked = 0;

	(void)state;
	assert_err(http_new(&options, &http, &diag), ERR_OK);
	http_watch(http, leave_at_once, &asked);
	assert_err(http_get(http, url, begun + LIMIT_MS, &res, &diag),
	    ERR_WIRE_CLOSED);
	assert_int_equal(asked, 1);
	assert_in_range(clock_monotonic_ms() - begun, 0, 2000);
}

static void
a_token_that_could_end_its_header_is_refused(void **state)
{
	static const char *const bad[] = {
		"a b", "a\r\nX: y", "a\n", "\xc3\xa9", "a\x7f"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct http_options o = options;
		AUTO(http) struct http *http = NULL;
		struct diag diag = DIAG_INIT;

		o.token = bad[i];
		assert_err(http_new(&o, &http, &diag), ERR_SYNTAX);
		assert_null(http);
		assert_null(strstr(diag.text, bad[i]));
	}
}

static void
v8_a_connection_that_broke_does_not_end_the_process(void **state)
{
	AUTO(http) struct http *http = NULL;
	struct sigaction now = { .sa_handler = SIG_DFL };

	(void)state;
	assert_int_equal(sigaction(SIGPIPE, &now, NULL), 0);
	assert_err(http_new(&options, &http, NULL), ERR_OK);
	assert_int_equal(sigaction(SIGPIPE, NULL, &now), 0);
	assert_true(now.sa_handler == SIG_IGN);
}

static void
a_ca_file_that_is_missing_is_a_tls_error(void **state)
{
	struct http_options o = options;
	AUTO(http) struct http *http = NULL;
	AUTO(http_response) struct http_response res = HTTP_RESPONSE_INIT(64);
	struct diag diag = DIAG_INIT;
	struct server s;
	char seen[4096];
	char url[128];

	(void)state;
	start(&s, "x", 1);
	(void)snprintf(url, sizeof(url), "https%s", s.url + 4);
	o.ca_file = "/nonexistent/ca.pem";
	assert_err(http_new(&o, &http, &diag), ERR_OK);
	assert_err(http_get(http, url, clock_monotonic_ms() + LIMIT_MS, &res,
	    &diag), ERR_HTTP_TLS);
	assert_non_null(strstr(diag.text, "/nonexistent/ca.pem"));
	http_free(&http);
	stop(&s, seen, sizeof(seen));
}

int __real_getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **ret);
int __wrap_getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **ret);

/* A host of tests may know no name at all, not even localhost. */
int
__wrap_getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **ret)
{
	if (strcmp(node, "name.example") == 0)
		node = "192.0.2.7";
	return __real_getaddrinfo(node, service, hints, ret);
}

static void
names_are_resolved_before_libcurl_would(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(1024);
	AUTO(buf) struct buf literal = BUF_INIT(1024);

	(void)state;
	assert_err(http_resolve("https://name.example/x", "443", &out, NULL),
	    ERR_OK);
	assert_string_equal(buf_str(&out), "name.example:443:192.0.2.7");
	assert_err(http_resolve("http://127.0.0.1:1/", "80", &literal, NULL),
	    ERR_OK);
	assert_err(http_resolve("https://[::1]/", "443", &literal, NULL),
	    ERR_OK);
	assert_int_equal(literal.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    request_is_a_plain_get_with_the_token_in_one_header),
		cmocka_unit_test(form_escapes_what_could_end_a_value),
		cmocka_unit_test(form_that_is_full_stays_as_it_was),
		cmocka_unit_test(
		    post_sends_the_form_and_reads_an_error_like_any_answer),
		cmocka_unit_test(v4_a_post_is_sent_once_whatever_becomes_of_it),
		cmocka_unit_test(redirects_of_a_post_are_refused),
		cmocka_unit_test(redirects_are_refused),
		cmocka_unit_test(
		    j11_answers_longer_than_the_limit_are_cut_off),
		cmocka_unit_test(broken_answers_are_errors),
		cmocka_unit_test(
		    status_and_retry_after_are_given_to_the_caller),
		cmocka_unit_test(retry_after_may_be_a_date),
		cmocka_unit_test(retry_after_that_is_neither_is_none),
		cmocka_unit_test(what_is_not_modified_needs_no_body),
		cmocka_unit_test(
		    nothing_is_unmodified_that_was_not_asked_with_a_tag),
		cmocka_unit_test(a_tag_that_could_end_its_header_is_not_sent),
		cmocka_unit_test(tags_of_no_use_are_none),
		cmocka_unit_test(the_tag_is_the_last_answers),
		cmocka_unit_test(j25_unsafe_addresses_are_not_asked),
		cmocka_unit_test(a_deadline_that_is_over_asks_nobody),
		cmocka_unit_test(a_silent_server_is_given_up_at_the_deadline),
		cmocka_unit_test(a_question_can_be_sent_ahead),
		cmocka_unit_test(
		    what_was_sent_ahead_is_dropped_when_something_else_is_asked),
		cmocka_unit_test(sending_ahead_fails_for_the_one_who_asks),
		cmocka_unit_test(
		    a_transfer_that_nobody_waits_for_ends_within_a_second),
		cmocka_unit_test(a_token_that_could_end_its_header_is_refused),
		cmocka_unit_test(
		    v8_a_connection_that_broke_does_not_end_the_process),
		cmocka_unit_test(a_ca_file_that_is_missing_is_a_tls_error),
		cmocka_unit_test(names_are_resolved_before_libcurl_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
