/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The least that a listing can cost with these libraries: curl fetches the
 * pages one after the other on one connection, jansson parses each, and that
 * is all.
 *
 *	peer_scim URL TOKEN PAGE-SIZE
 *
 * It prints how many resources there were.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <jansson.h>

#define PAGE_MAX ((size_t)16 * 1024 * 1024)

struct page {
	char *data;
	size_t len;
};

static size_t
take(char *data, size_t size, size_t count, void *context)
{
	struct page *page = context;

	if (size * count > PAGE_MAX - page->len)
		return 0;
	memcpy(page->data + page->len, data, size * count);
	page->len += size * count;
	return size * count;
}

/* The number of its resources. */
static size_t
parse(const struct page *page)
{
	json_error_t error;
	json_t *root = json_loadb(page->data, page->len,
	    JSON_REJECT_DUPLICATES, &error);
	size_t count = json_array_size(json_object_get(root, "Resources"));

	if (root == NULL) {
		(void)fprintf(stderr, "peer_scim: %s\n", error.text);
		exit(2);
	}
	json_decref(root);
	return count;
}

static size_t
list(CURL *curl, const char *base, const char *size, struct page *page)
{
	size_t total = 0;

	for (;;) {
		char url[1024];
		size_t count;
		CURLcode r;

		(void)snprintf(url, sizeof(url),
		    "%s/Users?startIndex=%zu&count=%s", base, total + 1, size);
		page->len = 0;
		(void)curl_easy_setopt(curl, CURLOPT_URL, url);
		r = curl_easy_perform(curl);
		if (r != CURLE_OK) {
			(void)fprintf(stderr, "peer_scim: %s\n",
			    curl_easy_strerror(r));
			exit(2);
		}
		count = parse(page);
		if (count == 0)
			return total;
		total += count;
	}
}

int
main(int argc, char **argv)
{
	struct page page = { malloc(PAGE_MAX), 0 };
	struct curl_slist *headers = NULL;
	CURL *curl = curl_easy_init();
	char token[8192];

	if (argc != 4 || page.data == NULL || curl == NULL)
		return 2;
	(void)snprintf(token, sizeof(token), "Authorization: Bearer %s",
	    argv[2]);
	headers = curl_slist_append(headers, token);
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &page);
	(void)printf("%zu\n", list(curl, argv[1], argv[3], &page));
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	free(page.data);
	return 0;
}
