/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of libhttp share: http.c is the client, http_transfer.c one
 * question and its answer.  Nobody else includes this.
 */
#ifndef SYS_HTTP_IMPL_H
#define SYS_HTTP_IMPL_H

#include <curl/curl.h>

#include "sys/http.h"

/* What is sent, where the answer goes, and why we ended the transfer.  It
 * stays where it is from http_send() to http_finish() or http_drop(). */
struct http_transfer {
	const struct http_question *question;
	const struct buf *form;		/* NULL: none */
	struct http_response *answer;
	/* private: */
	const struct http *http;
	size_t sent;
	enum err err;
	char line[SCIM_ETAG_MAX + 32];
	struct curl_slist condition;	/* before the headers of all */
};

/* A question that was sent before anybody asked it. */
struct http_ahead {
	bool sent;
	char *url;
	struct http_question question;
	struct http_response answer;
	struct http_transfer transfer;
};

struct http {
	CURL *curl;
	CURLM *multi;			/* has curl while it is busy */
	struct curl_slist *headers;	/* one holds the token */
	struct curl_slist *resolved;	/* host, port and addresses */
	char *proxy;
	enum err (*watch)(void *context);
	void *watcher;
	struct http_ahead ahead;
	char why[CURL_ERROR_SIZE];
};

/* Sends the question and does not wait for an answer; one at a time.  Fails
 * as http_get() does before it has sent anything. */
enum err http_send(struct http *http, struct http_transfer *transfer,
	struct diag *diag) MUST_USE;

/* Waits for the answer to what was sent.  Fails as http_get() does. */
enum err http_finish(struct http *http, struct http_transfer *transfer,
	struct diag *diag) MUST_USE;

/* Nobody wants the answer to what was sent; its connection is closed. */
void http_drop(struct http *http);

#endif
