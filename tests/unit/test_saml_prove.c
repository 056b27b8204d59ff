/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which bytes are proven, and with which of the pinned keys: the first part
 * of the verifier's table, alone.
 */
#include "unit.h"

#include <glob.h>
#include <limits.h>

#include "auth/saml_response.h"
#include "base/base64.h"
#include "../lib/saml_vector.h"

static struct idp_keys keys;

static int
setup(void **state)
{
	(void)state;
	return vector_key("idp", &keys) ? 0 : -1;
}

/* What the first part says, and what the whole. */
static enum err
prove(struct saml_check check, const char *file, enum err *ret_whole,
    struct diag *diag)
{
	AUTO(buf) struct buf xml = BUF_INIT(1024u * 1024);
	AUTO(buf) struct buf text = BUF_INIT(2u * 1024 * 1024);
	AUTO(claims) struct claims *claims = NULL;

	assert_true(vector_load(file, &xml));
	assert_err(base64_encode(&text, xml.data, xml.len), ERR_OK);
	check.response = text.data;
	check.response_len = text.len;
	*ret_whole = saml_response_verify(&check, &claims, diag);
	return saml_response_prove(&check, diag);
}

static void
assert_proof(const struct idp_keys *pinned, const char *file, enum err want)
{
	enum err whole;

	assert_err(prove(vector_check(pinned), file, &whole, NULL), want);
	assert_err(whole, want);
}

static void
a_proof_asks_for_no_meaning(void **state)
{
	static const char *const meant[] = {
		"good.xml", "good-both.xml", "d1-other-issuer.xml",
		"d2-other-tenant-claim.xml", "d3-other-audience.xml",
		"d4-other-recipient.xml", "d5-other-request.xml",
		"d6-holder-of-key.xml", "d7-window-too-long.xml",
		"d8-offset.xml", "d9-old-authn.xml", "d15-transient.xml",
		"d16-same-name-twice.xml", "a15-object-is-no-guid.xml",
	};
	const struct saml_check check = {
		.issuer = "", .audience = "", .recipient = "", .tenant = "",
		.clock_floor = INT64_MAX, .keys = &keys,
	};
	enum err whole;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(meant); i++) {
		assert_err(prove(check, meant[i], &whole, NULL), ERR_OK);
		assert_err(whole, ERR_CLOCK);
	}
}

/* Nothing that B or C refuses is proven, and what is not proven has the
 * reason that the whole verifier gives. */
static void
a_proof_wants_all_of_the_rest(void **state)
{
	char pattern[PATH_MAX];
	size_t proven = 0;
	glob_t found;

	(void)state;
	(void)snprintf(pattern, sizeof(pattern),
	    "%s/tests/vectors/saml/[abcd][0-9]*.xml", getenv("top_srcdir"));
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *file = strrchr(found.gl_pathv[i], '/') + 1;
		enum err whole;
		enum err r = prove(vector_check(&keys), file, &whole, NULL);

		if (r != ERR_OK)
			assert_err(r, whole);
		else
			assert_true(*file == 'a' || *file == 'd');
		proven += r == ERR_OK;
	}
	assert_true(proven > 20 && found.gl_pathc > 2 * proven);
	globfree(&found);
}

/* The certificate in the signature says which key; without one a few are
 * tried, and no more. */
static void
c6_many_pinned_keys_need_a_certificate(void **state)
{
	struct idp_keys many = { .count = 0 };
	struct diag diag = DIAG_INIT;
	enum err whole;

	(void)state;
	while (many.count < SAML_KEYS_MAX - 1)
		assert_true(vector_key("other", &many));
	assert_true(vector_key("idp", &many));
	assert_proof(&many, "good.xml", ERR_OK);
	many.key[SAML_CANDIDATES_MAX - 1] = keys.key[0];
	many.count = SAML_CANDIDATES_MAX;
	assert_proof(&many, "good-no-keyinfo.xml", ERR_OK);
	many.count++;
	assert_proof(&many, "good.xml", ERR_OK);
	assert_err(prove(vector_check(&many), "good-no-keyinfo.xml", &whole,
	    &diag), ERR_SAML_KEY_UNKNOWN);
	assert_non_null(strstr(diag.text, "at most 4 are tried"));
}

/* A second key, of another length, does not change what is wrong. */
static void
b21_wrong_signature_is_not_called_malformed(void **state)
{
	struct idp_keys two = { .count = 2 };

	(void)state;
	two.key[0] = two.key[1] = keys.key[0];
	two.key[1].n[two.key[1].n_len++] = 1;
	assert_proof(&two, "c1-attackers-key-no-certificate.xml",
	    ERR_SAML_SIG_INVALID);
	assert_proof(&two, "b6-signature-short.xml", ERR_SAML_SIG_VALUE);
	two.key[0] = two.key[1];
	two.count = 1;
	assert_proof(&two, "c1-attackers-key-no-certificate.xml",
	    ERR_SAML_SIG_VALUE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_asks_for_no_meaning),
		cmocka_unit_test(a_proof_wants_all_of_the_rest),
		cmocka_unit_test(c6_many_pinned_keys_need_a_certificate),
		cmocka_unit_test(b21_wrong_signature_is_not_called_malformed),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
