/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <security/pam_modules.h>

#include "base/cleanup.h"
#include "pam_8x8sso/verdict.h"

/* A RESULT and the request that it answers, to be spoiled by a test. */
struct exchange {
	struct verdict_request request;
	struct wire_field field[RESULT_FIELD_COUNT];
};

static struct exchange
honest(void)
{
	struct exchange x = {
		.request = {
			.operation = WIRE_AUTHENTICATE,
			.nonce = "0123456789abcde",
			.user = "b.simon",
		},
		.field = {
			[RESULT_NONCE] = wire_bytes("0123456789abcde", 16),
			[RESULT_OPERATION] = wire_u64(WIRE_AUTHENTICATE),
			[RESULT_USER] = wire_text("b.simon"),
			[RESULT_VERDICT] = wire_u64(WIRE_GRANTED),
			[RESULT_REASON] = wire_text("ok"),
			[RESULT_SESSION_END] = wire_u64(0),
		},
	};

	return x;
}

static enum verdict_outcome
judge(const struct exchange *x, enum err *ret_reason)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;

	msg.type = WIRE_RESULT;
	memcpy(msg.field, x->field, sizeof(x->field));
	return verdict_judge(&msg, &x->request, ret_reason);
}

static void
an_honest_grant_is_granted(void **state)
{
	struct exchange x = honest();
	enum err reason = ERR_INTERNAL;

	(void)state;
	assert_int_equal(judge(&x, &reason), OUTCOME_GRANTED);
	assert_err(reason, ERR_OK);
}

static void
i1_every_other_field_value_is_no_grant(void **state)
{
	static const struct {
		int place;
		const char *text;	/* NULL: the number */
		size_t len;
		uint64_t number;
	} rows[] = {
		{ RESULT_NONCE, "", 0, 0 },
		{ RESULT_NONCE, "0123456789abcde", 15, 0 },
		{ RESULT_NONCE, "1123456789abcde", 16, 0 },
		{ RESULT_NONCE, "0123456789abcdef", 16, 0 },
		{ RESULT_OPERATION, NULL, 0, 0 },
		{ RESULT_OPERATION, NULL, 0, WIRE_ACCOUNT },
		{ RESULT_OPERATION, NULL, 0, (1ull << 32) + 1 },
		{ RESULT_USER, "", 0, 0 },
		{ RESULT_USER, "root", 4, 0 },
		{ RESULT_USER, "b.simo", 6, 0 },
		{ RESULT_USER, "b.simon2", 8, 0 },
		{ RESULT_USER, "B.Simon", 7, 0 },
		{ RESULT_VERDICT, NULL, 0, 0 },
		{ RESULT_VERDICT, NULL, 0, 1 },
		{ RESULT_VERDICT, NULL, 0, WIRE_DENIED },
		{ RESULT_VERDICT, NULL, 0, WIRE_UNAVAILABLE },
		{ RESULT_VERDICT, NULL, 0, (1ull << 32) + WIRE_GRANTED },
		{ RESULT_REASON, "", 0, 0 },
		{ RESULT_REASON, "OK", 2, 0 },
		{ RESULT_REASON, "internal", 8, 0 },
		{ RESULT_REASON, "saml-audience", 13, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct exchange x = honest();
		enum err reason = ERR_OK;

		x.field[rows[i].place] = rows[i].text == NULL ?
		    wire_u64(rows[i].number) :
		    wire_bytes(rows[i].text, rows[i].len);
		assert_int_equal(judge(&x, &reason), OUTCOME_UNAVAILABLE);
		assert_err(reason, ERR_WIRE_UNEXPECTED);
	}
}

static void
another_message_is_no_grant(void **state)
{
	struct exchange x = honest();
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	enum err reason = ERR_OK;

	(void)state;
	memcpy(msg.field, x.field, sizeof(x.field));
	msg.type = WIRE_ANSWER;
	assert_int_equal(verdict_judge(&msg, &x.request, &reason),
	    OUTCOME_UNAVAILABLE);
	assert_err(reason, ERR_WIRE_UNEXPECTED);
}

static void
denials_keep_their_reason(void **state)
{
	static const struct {
		uint64_t verdict;
		const char *text;
		enum verdict_outcome outcome;
		enum err reason;
	} rows[] = {
		{ WIRE_DENIED, "saml-audience", OUTCOME_DENIED,
		    ERR_SAML_AUDIENCE },
		{ WIRE_DENIED, "user-not-allowed", OUTCOME_DENIED,
		    ERR_USER_NOT_ALLOWED },
		{ WIRE_DENIED, "user-inactive", OUTCOME_EXPIRED,
		    ERR_USER_INACTIVE },
		{ WIRE_DENIED, "user-vanished", OUTCOME_EXPIRED,
		    ERR_USER_VANISHED },
		{ WIRE_UNAVAILABLE, "store-missing", OUTCOME_UNAVAILABLE,
		    ERR_STORE_MISSING },
		{ WIRE_DENIED, "a reason of the future", OUTCOME_DENIED,
		    ERR_INTERNAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct exchange x = honest();
		enum err reason = ERR_OK;

		x.field[RESULT_VERDICT] = wire_u64(rows[i].verdict);
		x.field[RESULT_REASON] = wire_text(rows[i].text);
		assert_int_equal(judge(&x, &reason), rows[i].outcome);
		assert_err(reason, rows[i].reason);
	}
}

/* The whole table: who may get a success, and who may pass us by. */
static void
success_and_ignore_are_rare(void **state)
{
	(void)state;
	for (int e = -1; e <= ENTRY_COUNT; e++)
		for (int o = -1; o <= OUTCOME_COUNT; o++) {
			int code = verdict_code((enum verdict_entry)e,
			    (enum verdict_outcome)o);
			bool login = e == ENTRY_AUTHENTICATE ||
			    e == ENTRY_ACCOUNT;

			if (code == PAM_SUCCESS)
				assert_true((o == OUTCOME_GRANTED && login) ||
				    (o == OUTCOME_NOTHING &&
				    (e == ENTRY_SETCRED ||
				    e == ENTRY_OPEN || e == ENTRY_CLOSE)));
			if (code == PAM_IGNORE || code == PAM_USER_UNKNOWN)
				assert_true(o == OUTCOME_LOCAL ||
				    o == OUTCOME_UNKNOWN);
			/* The shipped lines let these through too. */
			assert_int_not_equal(code, PAM_AUTHINFO_UNAVAIL);
			assert_int_not_equal(code, PAM_MODULE_UNKNOWN);
			assert_int_not_equal(code, PAM_NEW_AUTHTOK_REQD);
		}
}

static void
an_authentication_does_not_tell_who_is_deactivated(void **state)
{
	(void)state;
	assert_int_equal(verdict_code(ENTRY_AUTHENTICATE, OUTCOME_EXPIRED),
	    verdict_code(ENTRY_AUTHENTICATE, OUTCOME_DENIED));
	assert_int_equal(verdict_code(ENTRY_ACCOUNT, OUTCOME_EXPIRED),
	    PAM_ACCT_EXPIRED);
}

static void
d9_a_session_may_be_refused_and_its_end_is_not(void **state)
{
	(void)state;
	assert_int_equal(verdict_code(ENTRY_OPEN, OUTCOME_DENIED),
	    PAM_SESSION_ERR);
	assert_int_equal(verdict_code(ENTRY_CLOSE, OUTCOME_NOTHING),
	    PAM_SUCCESS);
}

static void
only_success_of_libpam_is_success(void **state)
{
	(void)state;
	assert_true(verdict_pam_ok(PAM_SUCCESS));
	for (int code = 1; code < _PAM_RETURN_VALUES; code++)
		assert_false(verdict_pam_ok(code));
}

static void
every_outcome_has_a_name(void **state)
{
	(void)state;
	for (int o = 0; o < OUTCOME_COUNT; o++)
		assert_true(strlen(verdict_name((enum verdict_outcome)o)) > 1);
	assert_string_equal(verdict_name(OUTCOME_COUNT), "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_grant_is_granted),
		cmocka_unit_test(i1_every_other_field_value_is_no_grant),
		cmocka_unit_test(another_message_is_no_grant),
		cmocka_unit_test(denials_keep_their_reason),
		cmocka_unit_test(success_and_ignore_are_rare),
		cmocka_unit_test(
		    an_authentication_does_not_tell_who_is_deactivated),
		cmocka_unit_test(
		    d9_a_session_may_be_refused_and_its_end_is_not),
		cmocka_unit_test(only_success_of_libpam_is_success),
		cmocka_unit_test(every_outcome_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
