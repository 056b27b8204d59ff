/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose keys take the place of the ones that logins use. */
#include "state.h"

#include "admin/idp_store.h"

#define ISSUER "https://sts.example/"
#define ADDRESS "https://login.example/metadata?appid=1"
#define PATH "/etc/8x8sso/metadata.xml"

/* Keys first, first + 1 ... */
static struct saml_idp
make_idp(uint8_t first, size_t count)
{
	struct saml_idp idp;

	memset(&idp, 0, sizeof(idp));
	(void)snprintf(idp.entity_id, sizeof(idp.entity_id), ISSUER);
	(void)snprintf(idp.login_url, sizeof(idp.login_url),
	    "https://login.example/%u", (unsigned int)first);
	idp.valid_until = 5000;
	idp.keys.count = count;
	for (size_t i = 0; i < count; i++) {
		struct idp_key *key = &idp.keys.key[i];

		memset(key->n, first + (int)i, 256);
		key->n_len = 256;
		memcpy(key->e, "\1\0\1", 3);
		key->e_len = 3;
		memset(key->cert_sha256, first + (int)i,
		    sizeof(key->cert_sha256));
	}
	return idp;
}

static enum err
save(struct state *state, const struct saml_idp *idp, const char *source,
    bool accept)
{
	const struct idp_update update = { idp, source, 1000, accept };
	struct diag diag = DIAG_INIT;
	enum err r = idp_store_save(state->store, &update, NULL, &diag);

	if (r == ERR_IDP_KEYS_CHANGED)
		assert_non_null(strstr(diag.text, "8x8sso idp accept"));
	return r;
}

static struct idp_record
load(struct state *state)
{
	struct idp_record record;
	struct diag diag = DIAG_INIT;

	assert_err(idp_store_load(state->store, ISSUER, &record, &diag),
	    ERR_OK);
	return record;
}

/* What logins use has these keys, and no others. */
static void
assert_keys(struct state *state, uint8_t first, size_t count)
{
	struct idp_record record = load(state);

	assert_int_equal(record.keys.count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(record.keys.key[i].n[0], first + i);
}

static void
c6_first_keys_of_an_issuer_are_taken(void **data)
{
	const struct saml_idp idp = make_idp(1, 2);
	struct idp_record record;

	assert_err(save(*data, &idp, ADDRESS, false), ERR_OK);
	assert_keys(*data, 1, 2);
	record = load(*data);
	assert_string_equal(record.origin.source, ADDRESS);
	assert_true(record.origin.fetched == 1000);
	assert_true(record.origin.valid_until == 5000);
	assert_string_equal(record.login_url, "https://login.example/1");
	assert_true(record.refused_at == 0);
	assert_string_equal(record.refused, "");
}

static void
c6_roll_over_by_way_of_two_keys_is_followed(void **data)
{
	const struct saml_idp steps[] = {
		make_idp(1, 1), make_idp(1, 2), make_idp(2, 1),
		make_idp(2, 3), make_idp(4, 1),
	};

	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		assert_err(save(*data, &steps[i], ADDRESS, false), ERR_OK);
	assert_keys(*data, 4, 1);
}

static void
c6_metadata_without_a_known_key_is_refused(void **data)
{
	const struct saml_idp ours = make_idp(1, 2);
	struct saml_idp theirs = make_idp(7, 2);
	struct idp_record record;

	assert_err(save(*data, &ours, ADDRESS, false), ERR_OK);
	/* The certificate is public: it proves nothing. */
	memcpy(theirs.keys.key[0].cert_sha256, ours.keys.key[0].cert_sha256,
	    32);
	for (int i = 0; i < 2; i++) {
		assert_err(save(*data, &theirs, ADDRESS, false),
		    ERR_IDP_KEYS_CHANGED);
		assert_keys(*data, 1, 2);
	}
	record = load(*data);
	assert_string_equal(record.login_url, "https://login.example/1");
	assert_true(record.refused_at == 1000);
	assert_memory_equal(record.refused, "01:01:01", 8);
	assert_memory_equal(record.refused + 96, "08:08:08", 8);
	assert_int_equal(strlen(record.refused), 2 * 96);
}

static void
c6_refused_fetch_is_none_that_makes_keys_younger(void **data)
{
	const struct saml_idp ours = make_idp(1, 2);
	const struct saml_idp theirs = make_idp(7, 2);
	const struct idp_update later = { &theirs, ADDRESS, 9000, false };
	struct state *state = *data;
	struct idp_record record;

	assert_err(save(state, &ours, ADDRESS, false), ERR_OK);
	assert_err(idp_store_save(state->store, &later, NULL, NULL),
	    ERR_IDP_KEYS_CHANGED);
	record = load(state);
	assert_true(record.origin.fetched == 1000);
	assert_true(record.refused_at == 9000);
}

static void
c6_keys_that_came_from_a_file_are_guarded_too(void **data)
{
	const struct saml_idp ours = make_idp(1, 1);
	const struct saml_idp theirs = make_idp(7, 1);

	assert_err(save(*data, &ours, PATH, false), ERR_OK);
	assert_err(save(*data, &theirs, ADDRESS, false),
	    ERR_IDP_KEYS_CHANGED);
	assert_keys(*data, 1, 1);
}

static void
c6_root_may_put_any_keys_into_a_file(void **data)
{
	const struct saml_idp ours = make_idp(1, 1);
	const struct saml_idp others = make_idp(7, 1);

	assert_err(save(*data, &ours, ADDRESS, false), ERR_OK);
	assert_err(save(*data, &others, PATH, false), ERR_OK);
	assert_keys(*data, 7, 1);
	assert_string_equal(load(*data).origin.source, PATH);
}

static void
c6_accepted_keys_are_taken_and_the_refusal_forgotten(void **data)
{
	const struct saml_idp ours = make_idp(1, 1);
	const struct saml_idp others = make_idp(7, 2);
	const struct idp_update accept = { &others, ADDRESS, 2000, true };
	struct state *state = *data;
	struct idp_keys before = { .count = 9 };
	struct idp_record record;

	assert_err(save(state, &ours, ADDRESS, false), ERR_OK);
	assert_err(save(state, &others, ADDRESS, false),
	    ERR_IDP_KEYS_CHANGED);
	assert_err(idp_store_save(state->store, &accept, &before, NULL),
	    ERR_OK);
	assert_int_equal(before.count, 1);
	assert_int_equal(before.key[0].n[0], 1);
	assert_keys(state, 7, 2);
	record = load(state);
	assert_true(record.refused_at == 0);
	assert_string_equal(record.refused, "");
	assert_true(record.origin.fetched == 2000);
}

static void
another_issuer_begins_anew(void **data)
{
	const struct saml_idp ours = make_idp(1, 1);
	struct saml_idp other = make_idp(7, 1);
	struct state *state = *data;
	struct idp_record record;

	assert_err(save(state, &ours, ADDRESS, false), ERR_OK);
	(void)snprintf(other.entity_id, sizeof(other.entity_id), "urn:b");
	assert_err(save(state, &other, ADDRESS, false), ERR_OK);
	assert_err(idp_store_load(state->store, ISSUER, &record, NULL),
	    ERR_IDP_NO_KEYS);
	assert_err(idp_store_load(state->store, "urn:b", &record, NULL),
	    ERR_OK);
}

/* Nothing can be compared with them, but a file or `idp accept` mends it. */
static void
c6_damaged_keys_are_replaced_by_roots_word_only(void **data)
{
	static const char damage[] = "UPDATE idp_keys SET n = x''";
	const struct saml_idp idp = make_idp(1, 1);
	struct state *state = *data;

	assert_err(save(state, &idp, ADDRESS, false), ERR_OK);
	state_exec(state->store, damage, ERR_OK);
	assert_err(save(state, &idp, ADDRESS, false), ERR_STORE);
	assert_err(save(state, &idp, ADDRESS, true), ERR_OK);
	assert_keys(state, 1, 1);
	state_exec(state->store, damage, ERR_OK);
	assert_err(save(state, &idp, PATH, false), ERR_OK);
	assert_keys(state, 1, 1);
}

static void
as_many_keys_as_there_can_be_are_remembered_as_refused(void **data)
{
	const struct saml_idp ours = make_idp(1, 1);
	const struct saml_idp theirs = make_idp(100, SAML_KEYS_MAX);

	assert_err(save(*data, &ours, ADDRESS, false), ERR_OK);
	assert_err(save(*data, &theirs, ADDRESS, false),
	    ERR_IDP_KEYS_CHANGED);
	assert_int_equal(strlen(load(*data).refused), SAML_KEYS_MAX * 96);
}

#define STATE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(c6_first_keys_of_an_issuer_are_taken),
		STATE_TEST(c6_roll_over_by_way_of_two_keys_is_followed),
		STATE_TEST(c6_metadata_without_a_known_key_is_refused),
		STATE_TEST(c6_refused_fetch_is_none_that_makes_keys_younger),
		STATE_TEST(c6_keys_that_came_from_a_file_are_guarded_too),
		STATE_TEST(c6_root_may_put_any_keys_into_a_file),
		STATE_TEST(
		    c6_accepted_keys_are_taken_and_the_refusal_forgotten),
		STATE_TEST(another_issuer_begins_anew),
		STATE_TEST(c6_damaged_keys_are_replaced_by_roots_word_only),
		STATE_TEST(
		    as_many_keys_as_there_can_be_are_remembered_as_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
