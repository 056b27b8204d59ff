/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Responses that are made to cost are refused, and by the check that is there
 * for it: a limit before libxml2, the parser's own, or the signature.
 */
#include "unit.h"

#include "auth/saml_response.h"
#include "base/limits.h"
#include "../lib/attack.h"
#include "../lib/saml_vector.h"

static struct idp_keys keys;

static int
setup(void **state)
{
	(void)state;
	return vector_key("other", &keys) && vector_key("idp", &keys) ? 0 : -1;
}

static enum err
verify(const struct buf *text)
{
	AUTO(claims) struct claims *claims = NULL;
	struct saml_check check = vector_check(&keys);
	struct diag diag = DIAG_INIT;

	check.response = text->data;
	check.response_len = text->len;
	return saml_response_verify(&check, &claims, &diag);
}

static void
a1_attacks_are_refused_for_what_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < attack_count; i++) {
		AUTO(buf) struct buf text = BUF_INIT(ATTACK_MAX * 2);
		enum err r;

		assert_true(attack_make(&attacks[i], &text));
		r = verify(&text);
		if (r != attacks[i].reason)
			print_error("%s: %s\n", attacks[i].name, err_name(r));
		assert_err(r, attacks[i].reason);
	}
}

/* An attack that is too short tries nothing. */
static void
a1_attacks_are_as_large_as_is_let_in(void **state)
{
	size_t large = 0;

	(void)state;
	for (size_t i = 0; i < attack_count; i++) {
		AUTO(buf) struct buf text = BUF_INIT(ATTACK_MAX * 2);

		assert_true(attack_make(&attacks[i], &text));
		if (attacks[i].kind == ATTACK_TEXT)
			assert_true(text.len > SAML_XML_MAX);
		large += text.len > SAML_XML_MAX &&
		    text.len <= SAML_BASE64_MAX;
	}
	assert_true(large > attack_count / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a1_attacks_are_refused_for_what_they_are),
		cmocka_unit_test(a1_attacks_are_as_large_as_is_let_in),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
