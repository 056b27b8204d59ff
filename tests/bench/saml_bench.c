/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The production verifier as a validator of the bench (bench.h).  Its
 * settings come from the environment:
 *
 *	BENCH_METADATA			the identity provider's metadata
 *	BENCH_IDP, BENCH_SP, BENCH_ACS	issuer, audience, recipient
 *	BENCH_REQUEST_ID		the request that is answered
 *
 * It is two hours after the first Response's IssueInstant: what lives for an
 * hour, as Entra's do, has expired.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/saml_metadata.h"
#include "auth/saml_response.h"
#include "base/base64.h"
#include "base/limits.h"
#include "base/parse.h"
#include "sys/crypto.h"

#define HOUR 3600
#define DAY (24 * HOUR)

static struct saml_idp idp;
static struct crypto_keyring ring;
static struct saml_pending pending;
static struct saml_check check = {
	.tenant = "",
	.pending = &pending,
	.pending_count = 1,
	.skew = 60,
	.max_age = DAY,
	.flags = WIRE_SAML_FORCE_AUTHN | WIRE_SAML_REQUIRE_MFA,
	.keys = &idp.keys,
	.ring = &ring,
};

static void
give_up(const char *what, const struct diag *diag)
{
	(void)fprintf(stderr, "%s: %s: %s\n", what, err_name(diag->code),
	    diag->text);
	exit(2);
}

bool __real_parse_instant(const char *text, size_t len, int64_t *ret);
bool __wrap_parse_instant(const char *text, size_t len, int64_t *ret);

/* A corpus that has to serve for years says so in its documents, and that
 * is a lifetime which we refuse: here it is a day. */
bool
__wrap_parse_instant(const char *text, size_t len, int64_t *ret)
{
	bool valid = __real_parse_instant(text, len, ret);

	if (valid && check.now != 0 && *ret > check.now + DAY)
		*ret = check.now + DAY / 2;
	return valid;
}

static void
set_time(const char *text, size_t len)
{
	static const char name[] = "IssueInstant=\"";
	AUTO(buf) struct buf xml = BUF_INIT(SAML_XML_MAX);
	const char *at = NULL;

	if (base64_decode(&xml, text, len, true) == ERR_OK)
		at = strstr(buf_str(&xml), name);
	if (at == NULL)
		return;
	at += sizeof(name) - 1;
	if (__real_parse_instant(at, strcspn(at, "\""), &check.now)) {
		pending.time = check.now - HOUR;
		check.now += 2 * HOUR;
	}
}

static bool
validate(const char *text, size_t len)
{
	AUTO(claims) struct claims *claims = NULL;
	struct diag diag = DIAG_INIT;
	enum err r;

	if (check.now == 0)
		set_time(text, len);
	check.response = text;
	check.response_len = len;
	r = saml_response_verify(&check, &claims, &diag);
	if (r != ERR_OK && getenv("BENCH_DEBUG") != NULL)
		(void)fprintf(stderr, "%s: %s\n", err_name(r), diag.text);
	return r == ERR_OK;
}

int
main(int argc, char **argv)
{
	struct diag diag = DIAG_INIT;
	size_t len;
	int status;
	char *metadata = bench_read(bench_setting("BENCH_METADATA"), &len);

	check.issuer = bench_setting("BENCH_IDP");
	check.audience = bench_setting("BENCH_SP");
	check.recipient = bench_setting("BENCH_ACS");
	pending.id = bench_setting("BENCH_REQUEST_ID");
	if (saml_metadata_parse(metadata, len, check.issuer, 0, &idp,
	    &diag) != ERR_OK)
		give_up("metadata", &diag);
	if (saml_response_init(&diag) != ERR_OK)
		give_up("libraries", &diag);
	free(metadata);
	status = bench_main(argc, argv, validate);
	crypto_keyring_clear(&ring);
	return status;
}
