/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What errors of the provider mean.  The bodies are Entra's form (ENTRA-
 * SCIM-8X8.md 3.2) and RFC 8628's, which has no numbers.
 */
#include "unit.h"

#include "auth/device_error.h"
#include "base/cleanup.h"
#include "sys/json.h"

#define IDS "\"trace_id\":\"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\"," \
	"\"correlation_id\":\"01234567-89ab-cdef-0123-456789ABCDEF\""

/* What it was before. */
#define UNTOUCHED ERR_LINK_PIN

static enum device_step
read_error(const char *text, enum err *reason, struct diag *diag)
{
	AUTO(json) struct json *body = NULL;

	*reason = UNTOUCHED;
	*diag = (struct diag)DIAG_INIT;
	assert_err(json_parse(text, strlen(text), &body, NULL), ERR_OK);
	return device_error_read(body, reason, diag);
}

/* An answer with this error and number is the end, for this reason. */
static void
assert_stops(const char *error, int number, enum err want)
{
	struct diag diag;
	enum err reason;
	char text[256];
	char code[32];

	(void)snprintf(text, sizeof(text), "{\"error\":\"%s\","
	    "\"error_codes\":[%d]}", error, number);
	assert_int_equal(read_error(text, &reason, &diag), DEVICE_STOP);
	assert_err(reason, want);
	assert_err(diag.code, want);
	(void)snprintf(code, sizeof(code), " aadsts=%d", number);
	assert_non_null(strstr(diag.text, code));
	/* The same, told by the description. */
	(void)snprintf(text, sizeof(text), "{\"error\":\"%s\","
	    "\"error_description\":\"AADSTS%d: Words.\\r\\nTrace\"}", error,
	    number);
	assert_int_equal(read_error(text, &reason, &diag), DEVICE_STOP);
	assert_err(reason, want);
	assert_non_null(strstr(diag.text, code));
	assert_null(strstr(diag.text, "Words"));
}

static void
errors_of_the_rfc_need_no_number(void **state)
{
	static const struct {
		const char *error;
		enum device_step step;
		enum err reason;
	} known[] = {
		{ "authorization_pending", DEVICE_GO_ON, UNTOUCHED },
		{ "slow_down", DEVICE_SLOW_DOWN, UNTOUCHED },
		{ "temporarily_unavailable", DEVICE_BACK_OFF, UNTOUCHED },
		{ "server_error", DEVICE_STOP, ERR_DEVICE_BUSY },
		{ "access_denied", DEVICE_STOP, ERR_DEVICE_DECLINED },
		{ "authorization_declined", DEVICE_STOP,
		    ERR_DEVICE_DECLINED },
		{ "expired_token", DEVICE_STOP, ERR_DEVICE_EXPIRED },
		{ "code_expired", DEVICE_STOP, ERR_DEVICE_EXPIRED },
		{ "bad_verification_code", DEVICE_STOP, ERR_DEVICE_LOST },
		{ "invalid_grant", DEVICE_STOP, ERR_DEVICE_LOST },
		{ "invalid_client", DEVICE_STOP, ERR_DEVICE_CLIENT },
		{ "unauthorized_client", DEVICE_STOP, ERR_DEVICE_CLIENT },
		{ "unsupported_grant_type", DEVICE_STOP, ERR_DEVICE_CLIENT },
		{ "interaction_required", DEVICE_STOP, ERR_DEVICE_MFA },
		{ "invalid_request", DEVICE_STOP, ERR_DEVICE_REFUSED },
		{ "invalid_scope", DEVICE_STOP, ERR_DEVICE_REFUSED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		struct diag diag;
		enum err reason;
		char text[256];

		(void)snprintf(text, sizeof(text), "{\"error\":\"%s\"}",
		    known[i].error);
		assert_int_equal(read_error(text, &reason, &diag),
		    known[i].step);
		assert_err(reason, known[i].reason);
		assert_true(known[i].step != DEVICE_STOP ||
		    strstr(diag.text, known[i].error) != NULL);
	}
}

static void
numbers_of_entra_choose_the_words(void **state)
{
	(void)state;
	assert_stops("invalid_client", 7000218, ERR_DEVICE_CLIENT);
	assert_stops("invalid_client", 700025, ERR_DEVICE_CLIENT);
	assert_stops("unauthorized_client", 700016, ERR_DEVICE_CLIENT);
	assert_stops("invalid_request", 50194, ERR_DEVICE_TENANT);
	assert_stops("invalid_request", 90002, ERR_DEVICE_TENANT);
	assert_stops("invalid_request", 90038, ERR_DEVICE_TENANT);
	assert_stops("invalid_grant", 50105, ERR_DEVICE_UNASSIGNED);
	assert_stops("expired_token", 70019, ERR_DEVICE_EXPIRED);
	assert_stops("invalid_grant", 70019, ERR_DEVICE_EXPIRED);
	assert_stops("invalid_request", 90033, ERR_DEVICE_BUSY);
	assert_stops("invalid_request", 90006, ERR_DEVICE_BUSY);
	assert_stops("invalid_grant", 50196, ERR_DEVICE_BUSY);
	for (int i = 50055; i <= 50057; i++)
		assert_stops("invalid_grant", i, ERR_DEVICE_DISABLED);
	assert_stops("invalid_grant", 50034, ERR_DEVICE_DISABLED);
	assert_stops("invalid_grant", 50053, ERR_DEVICE_DISABLED);
}

static void
numbers_of_another_factor_and_of_conditional_access(void **state)
{
	static const int mfa[] = { 50072, 50074, 50076, 50078, 50079, 50158 };
	static const int blocked[] = { 50005, 50097, 50131, 53000, 53001,
		53002, 53003, 53004, 53011, 530032, 530034, 530035 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(mfa); i++) {
		assert_stops("interaction_required", mfa[i], ERR_DEVICE_MFA);
		assert_stops("invalid_grant", mfa[i], ERR_DEVICE_MFA);
	}
	for (size_t i = 0; i < ARRAY_LEN(blocked); i++) {
		assert_stops("invalid_grant", blocked[i],
		    ERR_DEVICE_BLOCKED);
		assert_stops("access_denied", blocked[i],
		    ERR_DEVICE_BLOCKED);
	}
}

static void
numbers_that_nobody_knows_change_nothing_but_an_alarm(void **state)
{
	(void)state;
	assert_stops("invalid_client", 4711, ERR_DEVICE_CLIENT);
	assert_stops("expired_token", 53012, ERR_DEVICE_EXPIRED);
	assert_stops("access_denied", 50104, ERR_DEVICE_DECLINED);
	assert_stops("access_denied", 50106, ERR_DEVICE_DECLINED);
	/* A grant that Entra calls invalid for a reason of its own was not
	 * stolen. */
	assert_stops("invalid_grant", 4711, ERR_DEVICE_REFUSED);
	assert_stops("some_new_error", 4711, ERR_DEVICE_REFUSED);
}

static void
v3_a_code_used_by_somebody_is_called_lost(void **state)
{
	(void)state;
	assert_stops("bad_verification_code", 70018, ERR_DEVICE_LOST);
	assert_stops("invalid_grant", 70018, ERR_DEVICE_LOST);
	assert_stops("invalid_grant", 54005, ERR_DEVICE_LOST);
	assert_stops("bad_verification_code", 4711, ERR_DEVICE_LOST);
}

static void
v7_numbers_never_turn_a_stop_into_going_on(void **state)
{
	static const int numbers[] = { 70016, 429, 90033, 50196 };
	static const char *const errors[] = { "invalid_grant",
		"access_denied", "no_such_error", "authorization_Pending",
		" authorization_pending", "authorization_pending\\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		for (size_t j = 0; j < ARRAY_LEN(numbers); j++) {
			struct diag diag;
			enum err reason;
			char text[256];

			(void)snprintf(text, sizeof(text), "{\"error\":\"%s\","
			    "\"error_codes\":[%d]}", errors[i], numbers[j]);
			assert_int_equal(read_error(text, &reason, &diag),
			    DEVICE_STOP);
			assert_true(reason != ERR_OK && reason != UNTOUCHED);
		}
}

static void
v7_the_error_decides_whatever_the_numbers_say(void **state)
{
	struct diag diag;
	enum err reason;

	(void)state;
	assert_int_equal(read_error("{\"error\":\"authorization_pending\","
	    "\"error_codes\":[50057,53003]}", &reason, &diag), DEVICE_GO_ON);
	assert_int_equal(read_error("{\"error\":\"slow_down\","
	    "\"error_codes\":[70016]}", &reason, &diag), DEVICE_SLOW_DOWN);
	assert_int_equal(read_error("{\"error\":\"temporarily_unavailable\","
	    "\"error_codes\":[50105]}", &reason, &diag), DEVICE_BACK_OFF);
	assert_err(reason, UNTOUCHED);
}

static void
v7_an_answer_without_an_error_is_none(void **state)
{
	static const char *const bad[] = {
		"{}", "[]", "[\"authorization_pending\"]", "{\"error\":null}",
		"{\"error\":\"\"}", "{\"error\":1}", "{\"error\":{}}",
		"{\"Error\":\"authorization_pending\"}",
		"{\"error\":[\"authorization_pending\"]}",
		"{\"error_codes\":[70016]}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct diag diag;
		enum err reason;

		assert_int_equal(read_error(bad[i], &reason, &diag),
		    DEVICE_STOP);
		assert_err(reason, ERR_DEVICE_RESPONSE);
		assert_err(diag.code, ERR_DEVICE_RESPONSE);
	}
}

static void
detail_has_error_numbers_and_ids(void **state)
{
	struct diag diag;
	enum err reason;

	(void)state;
	assert_int_equal(read_error("{\"error\":\"invalid_grant\","
	    "\"error_description\":\"AADSTS70018: x\",\"error_codes\":"
	    "[50105,7],\"timestamp\":\"2026-11-20 12:00:00Z\"," IDS
	    ",\"suberror\":\"x\"}", &reason, &diag), DEVICE_STOP);
	assert_err(reason, ERR_DEVICE_UNASSIGNED);
	assert_string_equal(diag.text, "error=invalid_grant aadsts=50105,7 "
	    "correlation=01234567-89ab-cdef-0123-456789ABCDEF "
	    "trace=0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
	assert_int_equal(read_error("{\"error\":\"access_denied\"}", &reason,
	    &diag), DEVICE_STOP);
	assert_string_equal(diag.text, "error=access_denied");
}

/* Whatever there is in it. */
static void
v5_nothing_that_a_server_wrote_gets_into_the_detail(void **state)
{
	static const char *const bodies[] = {
		"{\"error\":\"\\u001b[2J\"}",
		"{\"error\":\"a b\"}",
		"{\"error\":\"caf\\u00e9\"}",
		"{\"error\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
		"{\"error\":\"X\",\"error_description\":\"secret\"}",
		"{\"error\":\"X\",\"correlation_id\":\"secret\"}",
		"{\"error\":\"X\",\"trace_id\":"
		    "\"01234567-89ab-cdef-0123-456789ABCDEG\"}",
		"{\"error\":\"X\",\"trace_id\":17}",
		"{\"error\":\"X\",\"error_codes\":[\"50105\",null,{}]}",
		"{\"error\":\"X\",\"error_codes\":\"50105\"}",
		"{\"error\":\"X\",\"error_codes\":[-50105,0,123456789012]}",
		"{\"error\":\"X\",\"error_description\":\"AADSTS50105\"}",
		"{\"error\":\"X\",\"error_description\":\"AADSTS: x\"}",
		"{\"error\":\"X\",\"error_description\":\"AADSTS5 0105: x\"}",
		"{\"error\":\"X\",\"error_description\":\" AADSTS50105: x\"}",
		"{\"error\":\"X\",\"error_description\":"
		    "\"AADSTS99999999999999999999: x\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct diag diag;
		enum err reason;

		assert_int_equal(read_error(bodies[i], &reason, &diag),
		    DEVICE_STOP);
		assert_err(reason, ERR_DEVICE_REFUSED);
		assert_string_equal(diag.text, "error=?");
	}
}

static void
many_numbers_are_cut_to_a_few(void **state)
{
	struct diag diag;
	enum err reason;

	(void)state;
	assert_int_equal(read_error("{\"error\":\"invalid_grant\","
	    "\"error_codes\":[1,2,3,50105,5,6,7,8,9]}", &reason, &diag),
	    DEVICE_STOP);
	assert_err(reason, ERR_DEVICE_UNASSIGNED);
	assert_string_equal(diag.text,
	    "error=invalid_grant aadsts=1,2,3,50105");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_of_the_rfc_need_no_number),
		cmocka_unit_test(numbers_of_entra_choose_the_words),
		cmocka_unit_test(
		    numbers_of_another_factor_and_of_conditional_access),
		cmocka_unit_test(
		    numbers_that_nobody_knows_change_nothing_but_an_alarm),
		cmocka_unit_test(v3_a_code_used_by_somebody_is_called_lost),
		cmocka_unit_test(v7_numbers_never_turn_a_stop_into_going_on),
		cmocka_unit_test(
		    v7_the_error_decides_whatever_the_numbers_say),
		cmocka_unit_test(v7_an_answer_without_an_error_is_none),
		cmocka_unit_test(detail_has_error_numbers_and_ids),
		cmocka_unit_test(
		    v5_nothing_that_a_server_wrote_gets_into_the_detail),
		cmocka_unit_test(many_numbers_are_cut_to_a_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
