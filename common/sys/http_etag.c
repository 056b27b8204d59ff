/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/http_etag.h"

#include <string.h>
#include <strings.h>

#include "sys/http.h"

#define HEADER "etag:"
#define NOT_A_TAG "?"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool
http_is_etag(const char *text, size_t len)
{
	size_t i = len > 2 && memcmp(text, "W/", 2) == 0 ? 2 : 0;

	if (len > SCIM_ETAG_MAX || len < i + 2 || text[i] != '"' ||
	    text[len - 1] != '"')
		return false;
	for (i++; i < len - 1; i++)
		if (text[i] < '!' || text[i] > '~' || text[i] == '"')
			return false;
	return true;
}

void
http_etag_read(const char *line, size_t len,
    char etag[static SCIM_ETAG_MAX + 1])
{
	const size_t name = sizeof(HEADER) - 1;

	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0)
		etag[0] = '\0';
	if (len < name || strncasecmp(line, HEADER, name) != 0)
		return;
	line += name;
	len -= name;
	while (len > 0 && is_blank(line[len - 1]))
		len--;
	while (len > 0 && is_blank(line[0])) {
		line++;
		len--;
	}
	if (etag[0] != '\0' || len == 0 || len > SCIM_ETAG_MAX) {
		line = NOT_A_TAG;
		len = sizeof(NOT_A_TAG) - 1;
	}
	memcpy(etag, line, len);
	etag[len] = '\0';
}
