/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include "claims_fake.h"
#include "directory/amend.h"
#include "directory/link.h"

#define OID_A "aaaaaaaa-0000-4000-8000-00000000000A"
#define OID_A_LOWER "aaaaaaaa-0000-4000-8000-00000000000a"
#define OID_B "bbbbbbbb-0000-4000-8000-00000000000b"
#define UID "urn:oid:0.9.2342.19200300.100.1.1"

static void
replace_claim(struct claims *claims, const char *name, const char *value)
{
	for (size_t i = 0; i < claims->count; i++)
		if (strcmp(claims->row[i].name, name) == 0)
			claims->row[i].value = value;
}

static enum err
link_to(struct state *state, const struct claims *claims, const char *login)
{
	const struct link_person person = {
		claims, state->conf.saml_user_attribute,
	};
	struct diag diag = DIAG_INIT;
	enum err r = link_check(state->store, &state->conf, &person, login,
	    &diag);

	assert_err(diag.code, r);
	/* Whatever happened, no transaction is left open. */
	assert_err(store_begin(state->store, &diag), ERR_OK);
	store_rollback(state->store);
	return r;
}

static void
assert_pins(struct state *state, const char *want)
{
	assert_string_equal(state_query(state->store, "SELECT group_concat("
	    "scim_id || '=' || subject) FROM pins"), want);
}

static void
provision(struct state *state)
{
	struct record records[] = {
		state_record("a", "Ann@contoso.com", T1),
		state_record("b", "bob@contoso.com", T1),
		state_record("r", "1@contoso.com", T1),
	};

	state->conf.idp_tenant = TENANT;
	records[0].external_id = OID_A_LOWER;
	records[1].external_id = "bob-ext";
	assert_err(state_sync(state, records, 3, NULL), ERR_OK);
}

static int
setup(void **data)
{
	(void)state_setup(data);
	provision(*data);
	return 0;
}

static void
first_login_by_name_pins_the_object(void **data)
{
	struct claims ann = entra(OID_A, "ANN@Contoso.COM");

	assert_err(link_to(*data, &ann, "ann"), ERR_OK);
	assert_pins(*data, "a=entra:" TENANT ":" OID_A_LOWER);
	assert_err(link_to(*data, &ann, "ann"), ERR_OK);
}

static void
i1_another_persons_login_is_a_mismatch(void **data)
{
	struct claims ann = entra(OID_A, "ann@contoso.com");

	assert_err(link_to(*data, &ann, "bob"), ERR_LINK_MISMATCH);
	assert_pins(*data, "");
	assert_err(link_to(*data, &ann, "ann"), ERR_OK);
	assert_err(link_to(*data, &ann, "bob"), ERR_LINK_MISMATCH);
}

/* Two sign in at the same time, and each types a code. */
static void
v2_each_of_two_who_sign_in_opens_their_own_account(void **data)
{
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct claims bob = entra(OID_B, "bob@contoso.com");

	assert_err(link_to(*data, &bob, "bob"), ERR_OK);
	assert_err(link_to(*data, &ann, "ann"), ERR_OK);
}

/* Each types the other's, the first time and whenever later. */
static void
v2_who_types_anothers_code_opens_neither_account(void **data)
{
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct claims bob = entra(OID_B, "bob@contoso.com");

	assert_err(link_to(*data, &bob, "ann"), ERR_LINK_MISMATCH);
	assert_err(link_to(*data, &ann, "bob"), ERR_LINK_MISMATCH);
	assert_pins(*data, "");
	assert_err(link_to(*data, &ann, "ann"), ERR_OK);
	assert_err(link_to(*data, &ann, "bob"), ERR_LINK_MISMATCH);
	assert_err(link_to(*data, &bob, "ann"), ERR_LINK_PIN);
	assert_pins(*data, "a=entra:" TENANT ":" OID_A_LOWER);
}

static void
i1_no_part_of_a_name_is_enough(void **data)
{
	static const char *const names[] = {
		"ann", "ann@contoso.co", "ann@contoso.com.evil",
		"nn@contoso.com", "ann@fabrikam.com", " ann@contoso.com",
		"%", "ANN@CONTOSO.COMM",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct claims claims = entra(OID_A, names[i]);

		assert_err(link_to(*data, &claims, "ann"),
		    ERR_LINK_MISMATCH);
	}
	assert_pins(*data, "");
}

static void
i3_pinned_account_follows_the_object_and_not_the_name(void **data)
{
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct claims renamed = entra(OID_A, "ann.smith@contoso.com");
	struct claims nameless = entra(OID_A_LOWER, "");

	assert_err(link_to(*data, &ann, "ann"), ERR_OK);
	assert_err(link_to(*data, &renamed, "ann"), ERR_OK);
	assert_err(link_to(*data, &nameless, "ann"), ERR_OK);
}

static void
i3_new_object_with_an_old_name_is_refused(void **data)
{
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct claims thief = entra(OID_B, "ann@contoso.com");

	assert_err(link_to(*data, &ann, "ann"), ERR_OK);
	assert_err(link_to(*data, &thief, "ann"), ERR_LINK_PIN);
	assert_pins(*data, "a=entra:" TENANT ":" OID_A_LOWER);
}

static void
i3_one_object_has_one_account(void **data)
{
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct claims as_bob = entra(OID_A, "bob@contoso.com");
	struct claims bob = entra(OID_B, "bob@contoso.com");

	assert_err(link_to(*data, &ann, "ann"), ERR_OK);
	assert_err(link_to(*data, &as_bob, "bob"), ERR_LINK_MISMATCH);
	assert_err(link_to(*data, &bob, "bob"), ERR_OK);
	assert_err(link_to(*data, &as_bob, "bob"), ERR_LINK_MISMATCH);
}

static void
unknown_refused_and_vanished_accounts_are_not_linked(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct claims one = entra(OID_B, "1@contoso.com");
	struct record rest[] = { state_record("b", "bob@contoso.com", T1) };

	assert_err(link_to(state, &ann, "nobody"), ERR_USER_UNKNOWN);
	assert_err(link_to(state, &ann, ""), ERR_USER_UNKNOWN);
	assert_err(link_to(state, &ann, "Ann"), ERR_USER_UNKNOWN);
	assert_err(link_to(state, &one, "1"), ERR_USER_UNKNOWN);
	assert_err(state_sync(state, rest, 1, NULL), ERR_OK);
	assert_err(link_to(state, &ann, "ann"), ERR_USER_VANISHED);
	assert_pins(state, "");
}

/* Else whoever gets the name of somebody who left would also get the pin, and
 * with it the account on the day that it is activated again. */
static void
i3_deactivated_account_is_not_pinned(void **data)
{
	struct state *state = *data;
	struct claims thief = entra(OID_B, "ann@contoso.com");
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct record records[] = {
		state_record("a", "Ann@contoso.com", T1),
		state_record("b", "bob@contoso.com", T1),
	};

	records[0].active = false;
	assert_err(state_sync(state, records, 2, NULL), ERR_OK);
	assert_err(link_to(state, &thief, "ann"), ERR_USER_INACTIVE);
	assert_pins(state, "");
	records[0].active = true;
	assert_err(state_sync(state, records, 2, NULL), ERR_OK);
	assert_err(link_to(state, &ann, "ann"), ERR_OK);
}

static void
d2_other_tenant_is_refused(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");

	replace_claim(&ann, CLAIM_TENANT,
	    "11111111-2222-3333-4444-abcdefabcdee");
	assert_err(link_to(state, &ann, "ann"), ERR_SAML_TENANT);
	replace_claim(&ann, CLAIM_TENANT, TENANT "0");
	assert_err(link_to(state, &ann, "ann"), ERR_SAML_VALUE);
	replace_claim(&ann, CLAIM_TENANT,
	    "11111111-2222-3333-4444-ABCDEFABCDEF");
	assert_err(link_to(state, &ann, "ann"), ERR_OK);
	assert_pins(state, "a=entra:" TENANT ":" OID_A_LOWER);
}

static void
d16_missing_and_doubled_claims_are_refused(void **data)
{
	static const char *const names[] = {
		CLAIM_TENANT, CLAIM_OBJECT, CLAIM_USER_NAME,
	};
	struct claims none = entra("", "ann@contoso.com");
	struct claims nameless = entra(OID_A, "");
	struct claims odd = entra("not-a-guid", "ann@contoso.com");

	assert_err(link_to(*data, &none, "ann"), ERR_SAML_CLAIM_MISSING);
	assert_err(link_to(*data, &nameless, "ann"), ERR_SAML_CLAIM_MISSING);
	assert_err(link_to(*data, &odd, "ann"), ERR_SAML_VALUE);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct claims claims = entra(OID_A, "ann@contoso.com");

		assert_err(claims_add(&claims, names[i], "x"), ERR_OK);
		assert_err(link_to(*data, &claims, "ann"),
		    ERR_SAML_CLAIM_MISSING);
		claims = entra(OID_A, "ann@contoso.com");
		replace_claim(&claims, names[i], "");
		assert_err(link_to(*data, &claims, "ann"),
		    ERR_SAML_CLAIM_MISSING);
	}
	assert_pins(*data, "");
}

static void
j16_guests_are_refused_also_when_pinned(void **data)
{
	struct claims member = entra(OID_A, "ann@contoso.com");
	struct claims guest = entra(OID_A, "ann@contoso.com");
	struct claims doubled = entra(OID_A, "ann@contoso.com");

	replace_claim(&guest, CLAIM_PROVIDER, "live.com");
	assert_err(claims_add(&doubled, CLAIM_PROVIDER, ISSUER), ERR_OK);
	for (int pinned = 0; pinned < 2; pinned++) {
		assert_err(link_to(*data, &guest, "ann"), ERR_LINK_GUEST);
		assert_err(link_to(*data, &doubled, "ann"), ERR_LINK_GUEST);
		if (pinned == 0)
			assert_err(link_to(*data, &member, "ann"), ERR_OK);
	}
}

static void
member_may_come_without_a_provider(void **data)
{
	struct claims ann = entra(OID_A, "ann@contoso.com");

	ann.row[1].name = "another claim";
	assert_err(link_to(*data, &ann, "ann"), ERR_OK);
}

static void
external_id_links_by_the_object_and_not_the_name(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "somebody.else@contoso.com");
	struct claims other = entra(OID_B, "ann@contoso.com");
	struct claims bob = entra(OID_B, "bob@contoso.com");

	state->conf.users_link_by = CONF_LINK_EXTERNAL_ID;
	assert_err(link_to(state, &other, "ann"), ERR_LINK_MISMATCH);
	assert_err(link_to(state, &bob, "bob"), ERR_LINK_MISMATCH);
	assert_err(link_to(state, &ann, "ann"), ERR_OK);
	assert_pins(state, "a=entra:" TENANT ":" OID_A_LOWER);
}

static void
i2_other_attribute_than_the_configured_is_not_looked_at(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");

	state->conf.saml_user_attribute = "mail";
	assert_err(link_to(state, &ann, "ann"), ERR_SAML_CLAIM_MISSING);
	assert_err(claims_add(&ann, "mail", "bob@contoso.com"), ERR_OK);
	assert_err(link_to(state, &ann, "ann"), ERR_LINK_MISMATCH);
	assert_err(link_to(state, &ann, "bob"), ERR_OK);
}

/* -- a provider that is not Entra ------------------------------------------ */

static struct claims
plain(const char *name_id, const char *format)
{
	struct claims claims = {
		.fixed = { .issuer = "https://idp/meta", .assertion_id = "_1",
			.name_id = name_id, .name_id_format = format,
			.in_response_to = "" },
	};

	assert_err(claims_add(&claims, CLAIM_USER_NAME, "ann@contoso.com"),
	    ERR_OK);
	return claims;
}

static void
persistent_name_id_is_the_subject(void **data)
{
	struct state *state = *data;
	struct claims ann = plain("Xy1", NAME_ID_PERSISTENT);
	struct claims other = plain("xY1", NAME_ID_PERSISTENT);

	state->conf.idp_tenant = "";
	assert_err(link_to(state, &ann, "ann"), ERR_OK);
	assert_pins(state, "a=saml:https://idp/meta:" NAME_ID_PERSISTENT
	    ":Xy1");
	assert_err(link_to(state, &ann, "ann"), ERR_OK);
	assert_err(link_to(state, &other, "ann"), ERR_LINK_PIN);
}

static void
d15_other_name_ids_are_refused(void **data)
{
	static const char *const formats[] = {
		"", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
		"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
		NAME_ID_PERSISTENT " ",
	};
	struct state *state = *data;
	struct claims empty = plain("", NAME_ID_PERSISTENT);

	state->conf.idp_tenant = "";
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		struct claims ann = plain("xy1", formats[i]);

		assert_err(link_to(state, &ann, "ann"), ERR_SAML_NAME_ID);
	}
	assert_err(link_to(state, &empty, "ann"), ERR_SAML_NAME_ID);
	assert_pins(state, "");
}

static void
configured_attribute_is_the_subject(void **data)
{
	struct state *state = *data;
	struct claims ann = plain("whatever", NAME_ID_PERSISTENT);

	state->conf.idp_tenant = "";
	state->conf.saml_subject_attribute = UID;
	assert_err(link_to(state, &ann, "ann"), ERR_SAML_CLAIM_MISSING);
	assert_err(claims_add(&ann, UID, "4711"), ERR_OK);
	assert_err(link_to(state, &ann, "ann"), ERR_OK);
	assert_pins(state, "a=saml:https://idp/meta:" UID ":4711");
	/* The same characters as a NameID are somebody else. */
	state->conf.saml_subject_attribute = "";
	ann.fixed.name_id = "4711";
	assert_err(link_to(state, &ann, "ann"), ERR_LINK_PIN);
}

static void
subject_of_another_issuer_is_another(void **data)
{
	struct state *state = *data;
	struct claims ann = plain("xy1", NAME_ID_PERSISTENT);

	state->conf.idp_tenant = "";
	assert_err(link_to(state, &ann, "ann"), ERR_OK);
	ann.fixed.issuer = "https://idp2/meta";
	assert_err(link_to(state, &ann, "ann"), ERR_LINK_PIN);
}

static void
external_id_of_a_plain_provider_is_compared_exactly(void **data)
{
	struct state *state = *data;
	struct claims upper = plain("BOB-EXT", NAME_ID_PERSISTENT);
	struct claims bob = plain("bob-ext", NAME_ID_PERSISTENT);

	state->conf.idp_tenant = "";
	state->conf.users_link_by = CONF_LINK_EXTERNAL_ID;
	assert_err(link_to(state, &upper, "bob"), ERR_LINK_MISMATCH);
	assert_err(link_to(state, &bob, "ann"), ERR_LINK_MISMATCH);
	assert_err(link_to(state, &bob, "bob"), ERR_OK);
}

static void
pin_that_cannot_be_written_is_no_link(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");
	const struct link_person person = {
		&ann, state->conf.saml_user_attribute,
	};
	struct diag diag = DIAG_INIT;

	state_exec(state->store, "PRAGMA query_only = ON", ERR_OK);
	assert_err(link_check(state->store, &state->conf, &person, "ann",
	    &diag), ERR_STORE);
	state_exec(state->store, "PRAGMA query_only = OFF", ERR_OK);
	assert_pins(state, "");
}

/* Whose claims they are; "" and the reason for nobody's. */
static const char *
find(struct state *state, const struct claims *claims, enum err want)
{
	static char login[LOGIN_NAME_MAX_LEN + 1];
	const struct link_person person = {
		claims, state->conf.saml_user_attribute,
	};
	struct diag diag = DIAG_INIT;
	enum err r = link_find(state->store, &state->conf, &person, login,
	    &diag);

	assert_err(r, want);
	assert_err(diag.code, r);
	return r == ERR_OK ? login : "";
}

static void
a_person_is_found_by_name_and_then_by_object(void **data)
{
	struct state *state = *data;
	struct claims first = entra(OID_A, "ANN@contoso.com");
	struct claims renamed = entra(OID_A, "bob@contoso.com");

	assert_string_equal(find(state, &first, ERR_OK), "ann");
	/* Looking pins nobody. */
	assert_pins(state, "");
	assert_err(link_to(state, &first, "ann"), ERR_OK);
	assert_string_equal(find(state, &first, ERR_OK), "ann");
	assert_string_equal(find(state, &renamed, ERR_OK), "ann");
}

static void
who_has_no_account_is_not_found(void **data)
{
	struct state *state = *data;
	struct claims stranger = entra(OID_B, "eve@contoso.com");
	struct claims nameless = entra(OID_B, "");
	struct claims refused = entra(OID_B, "1@contoso.com");
	struct claims guest = entra(OID_B, "bob@contoso.com");
	struct claims foreign = entra(OID_B, "bob@contoso.com");

	(void)find(state, &stranger, ERR_USER_UNKNOWN);
	(void)find(state, &nameless, ERR_SAML_CLAIM_MISSING);
	(void)find(state, &refused, ERR_USER_UNKNOWN);
	replace_claim(&guest, CLAIM_PROVIDER, "live.com");
	(void)find(state, &guest, ERR_LINK_GUEST);
	replace_claim(&foreign, CLAIM_TENANT,
	    "99999999-2222-3333-4444-abcdefabcdef");
	(void)find(state, &foreign, ERR_SAML_TENANT);
}

/* It keeps its login name, which a local account has by now. */
static void
i5_who_has_lost_an_account_is_not_found(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");

	assert_err(link_to(state, &ann, "ann"), ERR_OK);
	state_exec(state->store, "UPDATE users SET refused = 'name-local' "
	    "WHERE login = 'ann'", ERR_OK);
	(void)find(state, &ann, ERR_USER_UNKNOWN);
}

static void
i3_who_is_found_by_an_old_name_is_not_linked(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct claims other = entra(OID_B, "ann@contoso.com");

	assert_err(link_to(state, &ann, "ann"), ERR_OK);
	assert_string_equal(find(state, &other, ERR_OK), "ann");
	assert_err(link_to(state, &other, "ann"), ERR_LINK_PIN);
}

static void
i4_a_name_that_several_have_is_nobodys(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");

	state_exec(state->store, "UPDATE users SET user_name = "
	    "'aNN@contoso.com' WHERE scim_id = 'b'", ERR_OK);
	(void)find(state, &ann, ERR_LINK_MISMATCH);
}

static void
an_external_id_is_found_as_it_is_compared(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "nobody@contoso.com");
	struct claims plain = {
		.fixed = { .issuer = "https://idp.example/",
			.name_id = "BOB-EXT", .in_response_to = "",
			.name_id_format = NAME_ID_PERSISTENT },
	};

	state->conf.users_link_by = CONF_LINK_EXTERNAL_ID;
	assert_string_equal(find(state, &ann, ERR_OK), "ann");
	state->conf.idp_tenant = "";
	(void)find(state, &plain, ERR_USER_UNKNOWN);
	plain.fixed.name_id = "bob-ext";
	assert_string_equal(find(state, &plain, ERR_OK), "bob");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, state_teardown)

/* -- local accounts ([users] link_local) ----------------------------------- */

static void
configure_annie(struct state *state)
{
	static char item[] = "annie:ann@CONTOSO.com";
	static char *items[] = { item };

	state->conf.users_link_local.item = items;
	state->conf.users_link_local.count = 1;
	state->conf.users_min_local_uid = 1000;
	state_set_local("annie:x:1000:1000::/home/annie:/bin/sh\n", "");
}

static void
link_ann(struct state *state)
{
	struct record records[] = {
		state_record("a", "Ann@contoso.com", T1),
		state_record("b", "bob@contoso.com", T1),
	};

	records[0].external_id = OID_A_LOWER;
	configure_annie(state);
	assert_err(state_sync(state, records, 2, NULL), ERR_OK);
}

static void
i5_a_local_account_is_its_persons_and_pinned_as_any(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct claims bob = entra(OID_B, "bob@contoso.com");
	struct claims other = entra(OID_B, "ann@contoso.com");
	struct claims none = entra(OID_B, "annie");

	link_ann(state);
	assert_err(link_to(state, &bob, "annie"), ERR_LINK_MISMATCH);
	assert_err(link_to(state, &none, "annie"), ERR_LINK_MISMATCH);
	assert_pins(state, "");
	assert_err(link_to(state, &ann, "annie"), ERR_OK);
	assert_pins(state, "a=entra:" TENANT ":" OID_A_LOWER);
	assert_err(link_to(state, &other, "annie"), ERR_LINK_PIN);
	/* The account that she had is not there, and bob's is not hers. */
	assert_err(link_to(state, &ann, "ann"), ERR_USER_UNKNOWN);
	assert_err(link_to(state, &ann, "bob"), ERR_LINK_MISMATCH);
	assert_err(link_to(state, &bob, "bob"), ERR_OK);
}

static void
a_pin_goes_with_its_person_into_a_local_account(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct claims other = entra(OID_B, "ann@contoso.com");

	assert_err(link_to(state, &ann, "ann"), ERR_OK);
	link_ann(state);
	assert_err(link_to(state, &other, "annie"), ERR_LINK_PIN);
	assert_err(link_to(state, &ann, "annie"), ERR_OK);
}

/* The server says who has which userName, and it may say so anew. */
static void
i3_the_server_cannot_give_a_local_account_to_somebody_else(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct claims bob = entra(OID_B, "bob@contoso.com");
	struct record renamed[] = {
		state_record("a", "bob@contoso.com", T1),
		state_record("b", "Ann@contoso.com", T1),
	};

	link_ann(state);
	assert_err(state_sync(state, renamed, 2, NULL), ERR_OK);
	assert_err(link_to(state, &bob, "annie"), ERR_LINK_MISMATCH);
	assert_err(link_to(state, &ann, "annie"), ERR_LINK_MISMATCH);
	assert_pins(state, "");
}

static void
i3_nor_can_it_by_a_record_that_is_pinned_already(void **data)
{
	struct state *state = *data;
	struct claims bob = entra(OID_B, "bob@contoso.com");
	struct claims ann = entra(OID_A, "renamed@contoso.com");
	struct record renamed[] = {
		state_record("b", "Ann@contoso.com", T1),
	};

	assert_err(link_to(state, &bob, "bob"), ERR_OK);
	assert_err(state_sync(state, renamed, 1, NULL), ERR_OK);
	configure_annie(state);
	assert_err(state_sync(state, renamed, 1, NULL), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT scim_id FROM links"), "b");
	assert_err(link_to(state, &bob, "annie"), ERR_LINK_MISMATCH);
	assert_err(link_to(state, &ann, "annie"), ERR_LINK_PIN);
}

static void
whose_the_local_account_is_may_be_renamed_after_the_first_time(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct claims later = entra(OID_A, "ann.lee@contoso.com");
	struct claims bob = entra(OID_B, "ann.lee@contoso.com");
	struct record renamed[] = {
		state_record("a", "Ann.Lee@contoso.com", T1),
	};
	char subject[SUBJECT_MAX_LEN + 1];

	link_ann(state);
	assert_err(link_to(state, &ann, "annie"), ERR_OK);
	assert_err(state_sync(state, renamed, 1, NULL), ERR_OK);
	assert_err(link_to(state, &later, "annie"), ERR_OK);
	/* Relinked, it is a first time again. */
	assert_err(amend_relink(state->store, "annie", subject, NULL), ERR_OK);
	assert_err(link_to(state, &bob, "annie"), ERR_LINK_MISMATCH);
	assert_err(link_to(state, &later, "annie"), ERR_LINK_MISMATCH);
}

static void
a_local_account_can_be_pinned_by_external_id(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "another.name@contoso.com");
	struct claims bob = entra(OID_B, "ann@contoso.com");

	link_ann(state);
	state->conf.users_link_by = CONF_LINK_EXTERNAL_ID;
	assert_err(link_to(state, &bob, "annie"), ERR_LINK_MISMATCH);
	assert_err(link_to(state, &ann, "annie"), ERR_OK);
}

static void
i5_nobody_is_pinned_to_an_account_of_who_may_not_be_here(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct record records[] = {
		state_record("a", "Ann@contoso.com", T1),
		state_record("b", "bob@contoso.com", T1),
	};

	link_ann(state);
	records[0].active = false;
	assert_err(state_sync(state, records, 2, NULL), ERR_OK);
	assert_err(link_to(state, &ann, "annie"), ERR_USER_INACTIVE);
	assert_err(state_sync(state, &records[1], 1, NULL), ERR_OK);
	assert_err(link_to(state, &ann, "annie"), ERR_USER_VANISHED);
	/* Nor do they inherit the link who come with the name. */
	records[0] = state_record("n", "Ann@contoso.com", T2);
	assert_err(state_sync(state, records, 2, NULL), ERR_OK);
	assert_err(link_to(state, &ann, "annie"), ERR_USER_VANISHED);
	assert_pins(state, "");
}

static void
who_signs_in_as_a_local_account_is_found_by_its_name(void **data)
{
	struct state *state = *data;
	struct claims ann = entra(OID_A, "ann@contoso.com");
	struct link_person person = {
		&ann, state->conf.saml_user_attribute,
	};
	char login[LOGIN_NAME_MAX_LEN + 1];

	link_ann(state);
	for (int i = 0; i < 2; i++) {
		assert_err(link_find(state->store, &state->conf, &person,
		    login, NULL), ERR_OK);
		assert_string_equal(login, "annie");
		assert_err(link_to(state, &ann, "annie"), ERR_OK);
	}
	state->conf.users_link_by = CONF_LINK_EXTERNAL_ID;
	assert_err(link_find(state->store, &state->conf, &person, login,
	    NULL), ERR_OK);
	assert_string_equal(login, "annie");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_login_by_name_pins_the_object),
		TEST(i1_another_persons_login_is_a_mismatch),
		TEST(v2_each_of_two_who_sign_in_opens_their_own_account),
		TEST(v2_who_types_anothers_code_opens_neither_account),
		TEST(i1_no_part_of_a_name_is_enough),
		TEST(i3_pinned_account_follows_the_object_and_not_the_name),
		TEST(i3_new_object_with_an_old_name_is_refused),
		TEST(i3_one_object_has_one_account),
		TEST(unknown_refused_and_vanished_accounts_are_not_linked),
		TEST(i3_deactivated_account_is_not_pinned),
		TEST(d2_other_tenant_is_refused),
		TEST(d16_missing_and_doubled_claims_are_refused),
		TEST(j16_guests_are_refused_also_when_pinned),
		TEST(member_may_come_without_a_provider),
		TEST(external_id_links_by_the_object_and_not_the_name),
		TEST(i2_other_attribute_than_the_configured_is_not_looked_at),
		TEST(persistent_name_id_is_the_subject),
		TEST(d15_other_name_ids_are_refused),
		TEST(configured_attribute_is_the_subject),
		TEST(subject_of_another_issuer_is_another),
		TEST(external_id_of_a_plain_provider_is_compared_exactly),
		TEST(pin_that_cannot_be_written_is_no_link),
		TEST(a_person_is_found_by_name_and_then_by_object),
		TEST(who_has_no_account_is_not_found),
		TEST(i5_who_has_lost_an_account_is_not_found),
		TEST(i3_who_is_found_by_an_old_name_is_not_linked),
		TEST(i4_a_name_that_several_have_is_nobodys),
		TEST(an_external_id_is_found_as_it_is_compared),
		TEST(i5_a_local_account_is_its_persons_and_pinned_as_any),
		TEST(a_pin_goes_with_its_person_into_a_local_account),
		TEST(i3_the_server_cannot_give_a_local_account_to_somebody_else),
		TEST(i3_nor_can_it_by_a_record_that_is_pinned_already),
		TEST(whose_the_local_account_is_may_be_renamed_after_the_first_time),
		TEST(a_local_account_can_be_pinned_by_external_id),
		TEST(i5_nobody_is_pinned_to_an_account_of_who_may_not_be_here),
		TEST(who_signs_in_as_a_local_account_is_found_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
