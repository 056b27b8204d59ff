/* SPDX-License-Identifier: BSD-2-Clause */
#include "saml_vector.h"

#include <limits.h>
#include <stdio.h>
#include <sys/socket.h>

#include "auth/saml_metadata.h"

#define VECTOR_MAX (1024u * 1024)

bool
vector_load(const char *name, struct buf *out)
{
	const char *top = getenv("top_srcdir");
	char path[PATH_MAX];
	char piece[4096];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/tests/vectors/saml/%s",
	    top == NULL ? "." : top, name);
	f = fopen(path, "rb");
	if (f == NULL) {
		(void)fprintf(stderr, "%s: cannot be opened\n", path);
		return false;
	}
	do {
		n = fread(piece, 1, sizeof(piece), f);
	} while (n > 0 && buf_put(out, piece, n) == ERR_OK);
	(void)fclose(f);
	return n == 0;
}

bool
vector_key(const char *name, struct idp_keys *keys)
{
	AUTO(buf) struct buf pem = BUF_INIT(VECTOR_MAX);
	char file[NAME_MAX];

	(void)snprintf(file, sizeof(file), "%s-cert.pem", name);
	return vector_load(file, &pem) && saml_certificate_parse(pem.data,
	    pem.len, &keys->key[keys->count++], NULL) == ERR_OK;
}

struct saml_check
vector_check(const struct idp_keys *keys)
{
	static const struct saml_pending pending = {
		VECTOR_REQUEST, VECTOR_REQUESTED
	};

	return (struct saml_check){
		.issuer = VECTOR_ISSUER,
		.audience = VECTOR_AUDIENCE,
		.recipient = VECTOR_ACS,
		.tenant = VECTOR_TENANT,
		.pending = &pending,
		.pending_count = 1,
		.now = VECTOR_ISSUED + 20,
		.skew = 30,
		.max_age = 300,
		.unsolicited_max_age = 60,
		.flags = WIRE_SAML_FORCE_AUTHN | WIRE_SAML_REQUIRE_MFA,
		.keys = keys,
	};
}

static bool
read_all(int fd, struct buf *out)
{
	ssize_t n;

	do {
		if (buf_reserve(out, 4096) != ERR_OK)
			return false;
		n = recv(fd, out->data + out->len, 4096, 0);
		out->len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	return n == 0;
}

bool
vector_hash(const struct claims *claims, uint8_t ret[static SHA256_SIZE])
{
	AUTO(buf) struct buf bytes = BUF_INIT(VECTOR_MAX);
	AUTO(channel) struct channel out = CHANNEL_INIT;
	const int room = VECTOR_MAX;	/* nobody reads while this writes */
	AUTO_CLOSE int in = -1;
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0)
		return false;
	out.fd = fd[0];
	in = fd[1];
	channel_set_timeout(&out, 10000);
	if (setsockopt(out.fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)) !=
	    0 || claims_send(claims, &out, NULL) != ERR_OK)
		return false;
	channel_close(&out);
	return read_all(in, &bytes) &&
	    crypto_sha256(bytes.data, bytes.len, ret) == ERR_OK;
}
