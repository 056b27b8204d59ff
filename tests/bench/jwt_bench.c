/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The production verifier of id_tokens as a validator of the bench (bench.h):
 * a FILE is a token.  Its settings come from the environment:
 *
 *	BENCH_JWKS		the provider's keys
 *	BENCH_ISS, BENCH_AUD	issuer, which names the tenant, and client_id
 *	BENCH_NONCE		the nonce that was sent
 *
 * The time is now.  A corpus that has to serve for years lives for years, so
 * the lifetime of a token is not asked about.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/jwt.h"
#include "sys/crypto.h"

#define GUID_LEN 36
#define SKEW 60

static struct jwks keys;
static struct crypto_keyring ring;
static char tenant[GUID_LEN + 1];
static struct jwt_check check = {
	.keys = &keys,
	.ring = &ring,
	.tenant = tenant,
	.access_token = "",
	.require_acrs = "",
	.skew = SKEW,
	.guests = false,
};

static bool
validate(const char *text, size_t len)
{
	AUTO(claims) struct claims *claims = NULL;
	struct diag diag = DIAG_INIT;
	enum err r;

	check.token = text;
	check.token_len = len;
	check.now = time(NULL);
	r = jwt_verify(&check, &claims, &diag);
	if (r != ERR_OK && getenv("BENCH_DEBUG") != NULL)
		(void)fprintf(stderr, "%s: %s\n", err_name(r), diag.text);
	return r == ERR_OK;
}

/* What is between the host and the version. */
static void
set_tenant(const char *issuer)
{
	const char *at = strstr(issuer, "//");

	at = at == NULL ? NULL : strchr(at + 2, '/');
	if (at != NULL && strlen(at) > GUID_LEN)
		memcpy(tenant, at + 1, GUID_LEN);
}

int
main(int argc, char **argv)
{
	struct diag diag = DIAG_INIT;
	size_t len;
	int status;
	char *set = bench_read(bench_setting("BENCH_JWKS"), &len);

	check.issuer = bench_setting("BENCH_ISS");
	check.audience = bench_setting("BENCH_AUD");
	check.nonce = bench_setting("BENCH_NONCE");
	set_tenant(check.issuer);
	if (jwks_parse(set, len, &keys, &diag) != ERR_OK) {
		(void)fprintf(stderr, "keys: %s: %s\n", err_name(diag.code),
		    diag.text);
		return 2;
	}
	free(set);
	status = bench_main(argc, argv, validate);
	crypto_keyring_clear(&ring);
	return status;
}
