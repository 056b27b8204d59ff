/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes to decision.  Whatever is accepted must say exactly what one of
 * tests/vectors/saml says when it is accepted: the key has signed nothing
 * else.
 *
 *	top_srcdir=... tests/fuzz/fuzz_saml_response CORPUS tests/vectors/saml
 */
#include <dirent.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "auth/saml_response.h"
#include "base/base64.h"
#include "base/limits.h"
#include "../lib/saml_vector.h"
#include "sys/crypto.h"

#define KNOWN_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct idp_keys keys;
static uint8_t known[KNOWN_MAX][SHA256_SIZE];
static size_t known_count;

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

/* Of all that is in the claims, as they go over the wire. */
static void
fingerprint(const struct claims *claims, uint8_t ret[static SHA256_SIZE])
{
	AUTO(buf) struct buf bytes = BUF_INIT(1024u * 1024);
	AUTO(channel) struct channel out = CHANNEL_INIT;
	AUTO(channel) struct channel in = CHANNEL_INIT;
	const int room = 1024 * 1024;	/* nobody reads while this writes */
	int fd[2];
	ssize_t n;

	demand(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	demand(setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &room,
	    sizeof(room)) == 0);
	out.fd = fd[0];
	in.fd = fd[1];
	channel_set_timeout(&out, 10000);
	demand(claims_send(claims, &out, NULL) == ERR_OK);
	channel_close(&out);
	do {
		demand(buf_reserve(&bytes, 4096) == ERR_OK);
		n = recv(in.fd, bytes.data + bytes.len, 4096, 0);
		demand(n >= 0);
		bytes.len += (size_t)n;
	} while (n > 0);
	demand(crypto_sha256(bytes.data, bytes.len, ret) == ERR_OK);
}

static bool
is_known(const struct claims *claims)
{
	uint8_t hash[SHA256_SIZE];

	fingerprint(claims, hash);
	for (size_t i = 0; i < known_count; i++)
		if (memcmp(known[i], hash, sizeof(hash)) == 0)
			return true;
	return false;
}

static void
learn(const struct claims *claims)
{
	if (is_known(claims))
		return;
	demand(known_count < KNOWN_MAX);
	fingerprint(claims, known[known_count++]);
}

/* Base64 of a Response, with and without a tenant and a request. */
static void
decide(const void *text, size_t len, void (*accepted)(const struct claims *))
{
	static const struct {
		const char *tenant;
		uint64_t flags;
	} cases[] = {
		{ VECTOR_TENANT, WIRE_SAML_FORCE_AUTHN },
		{ "", WIRE_SAML_UNSOLICITED },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(claims) struct claims *claims = NULL;
		struct saml_check check = vector_check(&keys);
		struct diag diag = DIAG_INIT;

		check.response = text;
		check.response_len = len;
		check.tenant = cases[i].tenant;
		check.flags = cases[i].flags;
		if (saml_response_verify(&check, &claims, &diag) == ERR_OK)
			accepted(claims);
	}
}

static void
decide_xml(const uint8_t *xml, size_t len,
    void (*accepted)(const struct claims *))
{
	AUTO(buf) struct buf text = BUF_INIT(1024u * 1024);

	if (base64_encode(&text, xml, len) == ERR_OK)
		decide(text.data, text.len, accepted);
}

static void
learn_vectors(void)
{
	const char *top = getenv("top_srcdir");
	AUTO(buf) struct buf path = BUF_INIT(4096);
	const struct dirent *entry;
	DIR *dir;

	demand(vector_key("idp", &keys));
	demand(buf_printf(&path, "%s/tests/vectors/saml",
	    top == NULL ? "." : top) == ERR_OK);
	dir = opendir(buf_str(&path));
	demand(dir != NULL);
	for (entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
		AUTO(buf) struct buf xml = BUF_INIT(1024u * 1024);

		if (strstr(entry->d_name, ".xml") == NULL)
			continue;
		demand(vector_load(entry->d_name, &xml));
		decide_xml(xml.data, xml.len, learn);
	}
	(void)closedir(dir);
	demand(known_count > 0);
}

static void
demand_known(const struct claims *claims)
{
	demand(is_known(claims));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (known_count == 0)
		learn_vectors();
	decide(data, size, demand_known);
	decide_xml(data, size, demand_known);
	return 0;
}
