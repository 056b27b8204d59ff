/* SPDX-License-Identifier: BSD-2-Clause */
/* The program 8x8sso-saml itself, over its wire. */
#include "unit.h"

#include <limits.h>
#include <sys/wait.h>

#include "base/base64.h"
#include "../lib/saml_vector.h"
#include "wire/spawn.h"

struct run {
	const char *file;	/* of the Response */
	size_t keys;		/* how often the key is sent */
	uint64_t now;
	const char *said;	/* what a StatusMessage says instead */
};

static struct idp_keys keys;

static int
setup(void **state)
{
	(void)state;
	return vector_key("idp", &keys) ? 0 : -1;
}

static void
start(struct peer *peer)
{
	char path[PATH_MAX];
	char *argv[] = { path, NULL };
	const char *top = getenv("top_builddir");

	(void)snprintf(path, sizeof(path), "%s/8x8sso-saml",
	    top == NULL ? "." : top);
	assert_err(peer_start(peer, argv, -1, NULL), ERR_OK);
	channel_set_timeout(&peer->ch, 20000);
}

static void
send_keys(struct peer *peer, size_t count)
{
	const struct idp_key *key = &keys.key[0];

	for (size_t i = 0; i < count; i++)
		assert_err(CHANNEL_SEND(&peer->ch, SAML_KEY, NULL,
		    wire_bytes(key->n, key->n_len),
		    wire_bytes(key->e, key->e_len),
		    wire_bytes(key->cert_sha256, 32)), ERR_OK);
}

static void
load(const struct run *run, struct buf *xml)
{
	static const char message[] = "AADSTS75006: no";
	AUTO(buf) struct buf file = BUF_INIT(1024u * 1024);
	const char *at;

	assert_true(vector_load(run->file, &file));
	at = run->said == NULL ? NULL : strstr(buf_str(&file), message);
	if (at == NULL) {
		assert_null(run->said);
		assert_err(buf_put(xml, file.data, file.len), ERR_OK);
		return;
	}
	assert_err(buf_put(xml, file.data, (size_t)(at - buf_str(&file))),
	    ERR_OK);
	assert_err(buf_puts(xml, run->said), ERR_OK);
	assert_err(buf_puts(xml, at + sizeof(message) - 1), ERR_OK);
}

/* A worker that had a key too many may be gone already. */
static void
assert_sent(const struct run *run, enum err r)
{
	if (r != ERR_WIRE_CLOSED || run->keys <= SAML_KEYS_MAX)
		assert_err(r, ERR_OK);
}

static void
send_check(struct peer *peer, const struct run *run)
{
	AUTO(buf) struct buf xml = BUF_INIT(1024u * 1024);
	AUTO(buf) struct buf text = BUF_INIT(1024u * 1024);
	struct saml_check check = vector_check(&keys);

	load(run, &xml);
	for (size_t i = 0; i < check.pending_count; i++)
		assert_sent(run, CHANNEL_SEND(&peer->ch, SAML_PENDING, NULL,
		    wire_text(check.pending[i].id),
		    wire_u64((uint64_t)check.pending[i].time)));
	assert_err(base64_encode(&text, xml.data, xml.len), ERR_OK);
	assert_sent(run, CHANNEL_SEND(&peer->ch, SAML_CHECK, NULL,
	    wire_bytes(text.data, text.len), wire_text(check.issuer),
	    wire_text(check.audience), wire_text(check.recipient),
	    wire_text(check.tenant), wire_u64(run->now),
	    wire_u64((uint64_t)check.skew), wire_u64((uint64_t)check.max_age),
	    wire_u64((uint64_t)check.unsolicited_max_age),
	    wire_u64(check.flags)));
}

static enum err
ask(const struct run *run, struct claims **ret)
{
	struct peer peer = PEER_INIT;
	enum err r;

	start(&peer);
	send_keys(&peer, run->keys);
	if (run->file != NULL)
		send_check(&peer, run);
	else
		assert_err(CHANNEL_SEND(&peer.ch, END, NULL, wire_u64(0),
		    wire_u64(0)), ERR_OK);
	r = claims_recv(&peer.ch, ret, NULL);
	assert_int_equal(peer_end(&peer), 0);
	return r;
}

static void
assert_refused(struct run run, enum err want)
{
	struct claims *claims = NULL;

	assert_err(ask(&run, &claims), want);
	assert_null(claims);
}

static void
good_response_comes_back_as_claims(void **state)
{
	const struct run run = { "good.xml", 1, VECTOR_ISSUED + 20,
	    NULL };
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	assert_err(ask(&run, &claims), ERR_OK);
	assert_string_equal(claims_fixed(claims)->assertion_id,
	    VECTOR_ASSERTION);
	assert_string_equal(claims_get(claims, CLAIM_OBJECT), VECTOR_OBJECT);
	assert_true(claims_has(claims, CLAIM_METHODS, METHOD_MFA));
}

static void
refusal_comes_back_with_its_reason(void **state)
{
	const uint64_t now = VECTOR_ISSUED + 20;

	(void)state;
	assert_refused((struct run){ "d3-other-audience.xml", 1, now, NULL },
	    ERR_SAML_AUDIENCE);
	assert_refused((struct run){ "d10-no-mfa.xml", 1, now, NULL },
	    ERR_SAML_MFA);
	assert_refused((struct run){ "b1-xsw3.xml", 1, now, NULL },
	    ERR_SAML_ASSERTIONS);
	assert_refused((struct run){ "good.xml", 1, 0, NULL }, ERR_CLOCK);
	assert_refused((struct run){ "good.xml", 0, now, NULL },
	    ERR_IDP_NO_KEYS);
}

/* What is quoted is cut to a number of bytes, here inside a character. */
static void
refusal_that_quotes_long_foreign_text_keeps_its_reason(void **state)
{
	char said[400] = "x";

	(void)state;
	for (size_t i = 1; i + 2 < sizeof(said); i += 2)
		memcpy(said + i, "\xc3\xa9", 3);
	assert_refused((struct run){ "d13-error-response.xml", 1,
	    VECTOR_ISSUED + 20, said }, ERR_SAML_STATUS);
	assert_refused((struct run){ "d13-error-response.xml", 1,
	    VECTOR_ISSUED + 20, said + 1 }, ERR_SAML_STATUS);
}

static void
nonsense_on_the_wire_is_refused(void **state)
{
	(void)state;
	assert_refused((struct run){ "good.xml", 1, UINT64_MAX, NULL },
	    ERR_WIRE_SYNTAX);
	assert_refused((struct run){ "good.xml", SAML_KEYS_MAX + 1,
	    VECTOR_ISSUED, NULL }, ERR_WIRE_SYNTAX);
	assert_refused((struct run){ NULL, 1, 0, NULL }, ERR_WIRE_UNEXPECTED);
}

static void
closed_channel_ends_the_worker(void **state)
{
	struct peer peer = PEER_INIT;
	int status;

	(void)state;
	start(&peer);
	status = peer_end(&peer);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_FAILURE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_response_comes_back_as_claims),
		cmocka_unit_test(refusal_comes_back_with_its_reason),
		cmocka_unit_test(
		    refusal_that_quotes_long_foreign_text_keeps_its_reason),
		cmocka_unit_test(nonsense_on_the_wire_is_refused),
		cmocka_unit_test(closed_channel_ends_the_worker),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
