/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/http_resolve.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <stdbool.h>
#include <string.h>

static void
url_free(CURLU **url)
{
	curl_url_cleanup(*url);
}
DEFINE_AUTO(url, CURLU *, url_free);

static void
part_free(char **part)
{
	curl_free(*part);
}
DEFINE_AUTO(part, char *, part_free);

static void
addresses_free(struct addrinfo **list)
{
	if (*list != NULL)
		freeaddrinfo(*list);
}
DEFINE_AUTO(addresses, struct addrinfo *, addresses_free);

static enum err
put_address(struct buf *out, const struct addrinfo *ai, bool first)
{
	char text[INET6_ADDRSTRLEN];
	const void *address;
	bool six = ai->ai_family == AF_INET6;

	if (!six && ai->ai_family != AF_INET)
		return ERR_OK;
	address = six ? (const void *)
	    &((const struct sockaddr_in6 *)(const void *)ai->ai_addr)->sin6_addr
	    : (const void *)
	    &((const struct sockaddr_in *)(const void *)ai->ai_addr)->sin_addr;
	if (inet_ntop(ai->ai_family, address, text, sizeof(text)) == NULL)
		return ERR_INTERNAL;
	return buf_printf(out, six ? "%s[%s]" : "%s%s", first ? "" : ",",
	    text);
}

static bool
is_address(const char *host)
{
	struct in_addr four;

	return host[0] == '[' || inet_pton(AF_INET, host, &four) == 1;
}

static enum err
look_up(const char *host, const char *port, struct buf *out,
    struct diag *diag)
{
	AUTO(addresses) struct addrinfo *list = NULL;
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	int code = getaddrinfo(host, port, &hints, &list);
	enum err r;

	if (code != 0)
		return fail(diag, ERR_HTTP, "host %s: %s", host,
		    gai_strerror(code));
	r = buf_printf(out, "%s:%s:", host, port);
	for (const struct addrinfo *ai = list; ai != NULL && r == ERR_OK;
	    ai = ai->ai_next)
		r = put_address(out, ai, ai == list);
	return r == ERR_OK ? ERR_OK : fail(diag, r, "host %s", host);
}

enum err
http_resolve(const char *url, const char *port, struct buf *out,
    struct diag *diag)
{
	AUTO(url) CURLU *parsed = curl_url();
	AUTO(part) char *host = NULL;
	AUTO(part) char *own_port = NULL;

	if (parsed == NULL)
		return fail(diag, ERR_NOMEM, "address");
	/* A proxy may be written without a scheme. */
	if (curl_url_set(parsed, CURLUPART_URL, url, CURLU_GUESS_SCHEME |
	    CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
	    curl_url_get(parsed, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return fail(diag, ERR_SYNTAX, "malformed address");
	if (is_address(host))
		return ERR_OK;
	if (curl_url_get(parsed, CURLUPART_PORT, &own_port, 0) == CURLUE_OK)
		port = own_port;
	return look_up(host, port, out, diag);
}
