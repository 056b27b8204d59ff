/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <sys/socket.h>

#include "auth/claims_fill.h"
#include "base/limits.h"

struct pair {
	struct channel worker;
	struct channel helper;
};

static void
pair_clear(struct pair *pair)
{
	channel_close(&pair->worker);
	channel_close(&pair->helper);
}

DEFINE_AUTO(pair, struct pair, pair_clear);

static struct pair
make_pair(void)
{
	struct pair pair = { CHANNEL_INIT, CHANNEL_INIT };
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	pair.worker.fd = fd[0];
	pair.helper.fd = fd[1];
	channel_set_timeout(&pair.worker, 10000);
	channel_set_timeout(&pair.helper, 10000);
	return pair;
}

static struct claims *
some_claims(void)
{
	static const struct claims_fixed fixed = {
		"issuer", "_id", "name", "format", NULL, 1, 2, 3
	};
	struct claims *claims = claims_new();

	assert_non_null(claims);
	assert_err(claims_add(claims, "one", "1"), ERR_OK);
	assert_err(claims_add(claims, "many", "a"), ERR_OK);
	assert_err(claims_add(claims, "many", "b"), ERR_OK);
	assert_err(claims_set_fixed(claims, &fixed), ERR_OK);
	return claims;
}

static void
assert_some_claims(const struct claims *claims)
{
	const struct claims_fixed *fixed = claims_fixed(claims);

	assert_string_equal(claims_get(claims, "one"), "1");
	assert_null(claims_get(claims, "many"));
	assert_null(claims_get(claims, "ONE"));
	assert_null(claims_get(claims, "none"));
	assert_true(claims_has(claims, "many", "b"));
	assert_false(claims_has(claims, "many", "1"));
	assert_false(claims_has(claims, "many", "bb"));
	assert_false(claims_has(claims, "many", ""));
	assert_false(claims_has(claims, "one", "a"));
	assert_int_equal(claims_count(claims, "many"), 2);
	assert_int_equal(claims_count(claims, "none"), 0);
	assert_string_equal(fixed->issuer, "issuer");
	assert_string_equal(fixed->assertion_id, "_id");
	assert_string_equal(fixed->name_id, "name");
	assert_string_equal(fixed->name_id_format, "format");
	assert_string_equal(fixed->in_response_to, "");
	assert_int_equal(fixed->not_on_or_after, 1);
	assert_int_equal(fixed->authn_instant, 2);
	assert_int_equal(fixed->session_not_on_or_after, 3);
}

static void
new_claims_are_empty(void **state)
{
	AUTO(claims) struct claims *claims = claims_new();

	(void)state;
	assert_string_equal(claims_fixed(claims)->issuer, "");
	assert_string_equal(claims_fixed(claims)->name_id, "");
	assert_null(claims_get(claims, ""));
}

static void
d16_several_values_are_not_one(void **state)
{
	AUTO(claims) struct claims *claims = some_claims();

	(void)state;
	assert_some_claims(claims);
}

static void
fixed_parts_can_be_set_again(void **state)
{
	AUTO(claims) struct claims *claims = some_claims();
	struct claims_fixed fixed = *claims_fixed(claims);

	(void)state;
	fixed.name_id = "other";
	assert_err(claims_set_fixed(claims, &fixed), ERR_OK);
	assert_string_equal(claims_fixed(claims)->name_id, "other");
	assert_string_equal(claims_fixed(claims)->issuer, "issuer");
}

static void
claims_are_limited(void **state)
{
	AUTO(claims) struct claims *claims = claims_new();
	char name[SAML_CLAIM_VALUE_MAX + 2];

	(void)state;
	for (int i = 0; i < SAML_CLAIMS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "n%d", i);
		assert_err(claims_add(claims, name, ""), ERR_OK);
	}
	assert_err(claims_add(claims, "more", ""), ERR_TOO_LONG);
	for (int i = SAML_CLAIMS_MAX; i < SAML_CLAIM_VALUES_MAX; i++)
		assert_err(claims_add(claims, "n0", "x"), ERR_OK);
	assert_err(claims_add(claims, "n0", "x"), ERR_TOO_LONG);
	claims_free(&claims);
	claims = claims_new();
	memset(name, 'x', sizeof(name));
	name[SAML_CLAIM_VALUE_MAX + 1] = '\0';
	assert_err(claims_add(claims, "a", name), ERR_TOO_LONG);
	name[SAML_CLAIM_VALUE_MAX] = '\0';
	assert_err(claims_add(claims, "a", name), ERR_OK);
	assert_err(claims_add(claims, name, "a"), ERR_TOO_LONG);
	name[SAML_CLAIM_NAME_MAX] = '\0';
	assert_err(claims_add(claims, name, "a"), ERR_OK);
}

static void
claims_arrive_as_they_were_sent(void **state)
{
	AUTO(pair) struct pair pair = make_pair();
	AUTO(claims) struct claims *sent = some_claims();
	AUTO(claims) struct claims *got = NULL;

	(void)state;
	assert_err(claims_send(sent, &pair.worker, NULL), ERR_OK);
	assert_err(claims_recv(&pair.helper, &got, NULL), ERR_OK);
	assert_some_claims(got);
}

static void
assert_refusal(const char *reason, enum err want)
{
	AUTO(pair) struct pair pair = make_pair();
	struct claims *got = NULL;
	struct diag diag = DIAG_INIT;

	assert_err(CHANNEL_SEND(&pair.worker, REFUSE, NULL, wire_text(reason),
	    wire_text("detail")), ERR_OK);
	assert_err(claims_recv(&pair.helper, &got, &diag), want);
	assert_err(diag.code, want);
	if (want != ERR_WORKER)
		assert_string_equal(diag.text, "detail");
	assert_null(got);
}

static void
refusal_is_never_success(void **state)
{
	(void)state;
	assert_refusal("saml-audience", ERR_SAML_AUDIENCE);
	assert_refusal("internal", ERR_INTERNAL);
	assert_refusal("ok", ERR_WORKER);
	assert_refusal("", ERR_WORKER);
	assert_refusal("no-such-reason", ERR_WORKER);
}

/* A worker that breaks off, or speaks out of turn, has accepted nothing. */
static void
unfinished_answer_is_an_error(void **state)
{
	AUTO(pair) struct pair closed = make_pair();
	AUTO(pair) struct pair half = make_pair();
	AUTO(pair) struct pair odd = make_pair();
	struct claims *got = NULL;

	(void)state;
	channel_close(&closed.worker);
	assert_err(claims_recv(&closed.helper, &got, NULL), ERR_WORKER);
	assert_err(CHANNEL_SEND(&half.worker, CLAIM, NULL, wire_text("a"),
	    wire_text("b")), ERR_OK);
	channel_close(&half.worker);
	assert_err(claims_recv(&half.helper, &got, NULL), ERR_WORKER);
	assert_err(CHANNEL_SEND(&odd.worker, END, NULL, wire_u64(0),
	    wire_u64(0)), ERR_OK);
	assert_err(claims_recv(&odd.helper, &got, NULL), ERR_WIRE_UNEXPECTED);
	assert_null(got);
}

static enum err
recv_acceptance(const char *issuer, const char *id, uint64_t until)
{
	AUTO(pair) struct pair pair = make_pair();
	AUTO(claims) struct claims *got = NULL;

	assert_err(CHANNEL_SEND(&pair.worker, ACCEPT, NULL,
	    wire_text(issuer), wire_text(id), wire_text("n"), wire_text("f"),
	    wire_text(""), wire_u64(until), wire_u64(0), wire_u64(0)), ERR_OK);
	return claims_recv(&pair.helper, &got, NULL);
}

static void
incomplete_acceptance_is_an_error(void **state)
{
	(void)state;
	assert_err(recv_acceptance("i", "_", 1), ERR_OK);
	assert_err(recv_acceptance("", "_", 1), ERR_WORKER);
	assert_err(recv_acceptance("i", "", 1), ERR_WORKER);
	assert_err(recv_acceptance("i", "_", UINT64_MAX), ERR_WORKER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_claims_are_empty),
		cmocka_unit_test(d16_several_values_are_not_one),
		cmocka_unit_test(fixed_parts_can_be_set_again),
		cmocka_unit_test(claims_are_limited),
		cmocka_unit_test(claims_arrive_as_they_were_sent),
		cmocka_unit_test(refusal_is_never_success),
		cmocka_unit_test(unfinished_answer_is_an_error),
		cmocka_unit_test(incomplete_acceptance_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
