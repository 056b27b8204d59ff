/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One test per row of the catalogue and case; the name begins with the row.
 */
#include "saml_case.h"

#include "base/limits.h"

/* -- vectors that are refused under the usual expectations --------------- */

#define REFUSED(X) \
	X(a1_deep_is_refused, "a1-deep", SAML_LIMITS) \
	X(a1_nodes_are_limited, "a1-nodes", SAML_LIMITS) \
	X(a1_attributes_are_limited, "a1-attributes", SAML_LIMITS) \
	X(a1_many_attributes_are_refused, "a1-many-attributes", SAML_LIMITS) \
	X(a1_namespaces_are_limited, "a1-namespaces", SAML_LIMITS) \
	X(a4_second_root_is_refused, "a4-two-roots", SAML_TRAILING) \
	X(a5_doctype_is_refused, "a5-doctype", SAML_DTD) \
	X(a5_external_entity_is_refused, "a5-external-entity", SAML_DTD) \
	X(a6_entity_is_refused, "a6-entity", SAML_ENTITY) \
	X(a6_entity_in_id_is_refused, "a6-entity-in-id", SAML_ENTITY) \
	X(a8_xml_1_1_is_refused, "a8-version-1.1", SAML_ENCODING) \
	X(a8_latin_1_is_refused, "a8-latin-1", SAML_ENCODING) \
	X(a8_standalone_is_refused, "a8-standalone", SAML_ENCODING) \
	X(a9_undeclared_prefix_is_refused, "a9-undeclared-prefix", SAML_XML) \
	X(a9_attribute_twice_is_refused, "a9-attribute-twice-by-prefix", \
	    SAML_XML) \
	X(a9_unclosed_is_refused, "a9-unclosed", SAML_XML) \
	X(a10_relative_namespace_is_refused, "a10-relative-namespace", \
	    SAML_NAMESPACE) \
	X(a10_foreign_namespace_is_refused, "a10-foreign-namespace", \
	    SAML_NAMESPACE) \
	X(a11_comment_in_name_id_is_refused, "a11-comment-in-name-id", \
	    SAML_COMMENT) \
	X(a11_comment_in_digest_is_refused, "a11-comment-in-digest", \
	    SAML_COMMENT) \
	X(a11_comment_anywhere_is_refused, "a11-comment-at-end", SAML_COMMENT) \
	X(a12_instruction_is_refused, "a12-instruction", SAML_PI) \
	X(a12_instruction_before_root_is_refused, "a12-instruction-before", \
	    SAML_PI) \
	X(a13_cdata_is_refused, "a13-cdata", SAML_CDATA) \
	X(a14_element_in_leaf_is_refused, "a14-element-in-leaf", SAML_TEXT) \
	X(a14_mixed_content_is_refused, "a14-mixed", SAML_TEXT) \
	X(a14_empty_leaf_is_refused, "a14-empty-leaf", SAML_TEXT) \
	X(a14_name_id_in_attribute_is_refused, "a14-name-id-in-attribute", \
	    SAML_TEXT) \
	X(a15_object_that_is_no_guid_is_refused, "a15-object-is-no-guid", \
	    SAML_VALUE) \
	X(b1_xsw1_is_refused, "b1-xsw1", SAML_GRAMMAR) \
	X(b1_xsw2_is_refused, "b1-xsw2", SAML_GRAMMAR) \
	X(b1_xsw3_is_refused, "b1-xsw3", SAML_ASSERTIONS) \
	X(b1_xsw4_is_refused, "b1-xsw4", SAML_ASSERTIONS) \
	X(b1_xsw5_is_refused, "b1-xsw5", SAML_ASSERTIONS) \
	X(b1_xsw6_is_refused, "b1-xsw6", SAML_GRAMMAR) \
	X(b1_xsw7_is_refused, "b1-xsw7", SAML_GRAMMAR) \
	X(b1_xsw8_is_refused, "b1-xsw8", SAML_GRAMMAR) \
	X(b1_assertion_alone_is_refused, "b1-root-is-assertion", \
	    SAML_GRAMMAR) \
	X(b1_no_assertion_is_refused, "b1-no-assertion", SAML_ASSERTIONS) \
	X(b1_swapped_content_is_refused, "b1-swapped-content", \
	    SAML_REFERENCE_VOID) \
	X(b1_decision_statement_is_refused, "b1-decision-statement", \
	    SAML_GRAMMAR) \
	X(b2_second_assertion_is_refused, "b2-evil-after", SAML_ASSERTIONS) \
	X(b2_encrypted_besides_is_refused, "b2-encrypted-too", \
	    SAML_ENCRYPTED) \
	X(b3_signature_behind_subject_is_refused, "b3-signature-elsewhere", \
	    SAML_SIG_PLACE) \
	X(b3_signature_in_subject_is_refused, "b3-signature-in-subject", \
	    SAML_SIG_PLACE) \
	X(b3_signed_metadata_is_no_assertion, "b3-signed-metadata-wrapped", \
	    SAML_SIG_PLACE) \
	X(b4_unsigned_is_refused, "b4-unsigned", SAML_SIG_MISSING) \
	X(b4_only_response_signed_is_refused, "b4-response-only", \
	    SAML_SIG_MISSING) \
	X(b4_broken_response_signature_is_refused, \
	    "b4-response-signature-broken", SAML_SIG_INVALID) \
	X(b5_two_signatures_are_refused, "b5-two-signatures", \
	    SAML_SIG_DOUBLE) \
	X(b5_two_signed_infos_are_refused, "b5-two-signed-infos", \
	    SAML_SIG_DOUBLE) \
	X(b6_blank_in_digest_is_refused, "b6-digest-with-blank", \
	    SAML_SIG_VALUE) \
	X(b6_url_alphabet_is_refused, "b6-digest-url-alphabet", \
	    SAML_SIG_VALUE) \
	X(b6_short_digest_is_refused, "b6-digest-short", SAML_SIG_VALUE) \
	X(b6_short_signature_is_refused, "b6-signature-short", \
	    SAML_SIG_VALUE) \
	X(b8_two_references_are_refused, "b8-two-references", \
	    SAML_REFERENCES) \
	X(b8_no_reference_is_refused, "b8-no-reference", SAML_REFERENCES) \
	X(b9_same_id_twice_is_refused, "b9-same-id", SAML_ID_DUPLICATE) \
	X(b9_id_on_another_element_is_refused, "b9-id-on-other-element", \
	    SAML_ID_DUPLICATE) \
	X(b9_xml_id_is_refused, "b9-xml-id", SAML_ID_DUPLICATE) \
	X(b10_prefixed_id_is_refused, "b10-prefixed-id", SAML_ATTRIBUTE) \
	X(b10_only_prefixed_id_is_refused, "b10-only-prefixed-id", \
	    SAML_ATTRIBUTE) \
	X(b10_other_spelling_of_id_is_refused, "b10-lower-case-id", \
	    SAML_ATTRIBUTE) \
	X(b10_prefixed_uri_is_refused, "b10-prefixed-uri", SAML_ATTRIBUTE) \
	X(b10_signature_id_is_refused, "b10-signature-id", SAML_ATTRIBUTE) \
	X(b10_other_type_is_refused, "b10-xsi-type-other", SAML_ATTRIBUTE) \
	X(b10_type_of_another_namespace_is_refused, \
	    "b10-type-of-another-namespace", SAML_ATTRIBUTE) \
	X(b10_xml_lang_is_refused, "b10-xml-lang", SAML_ATTRIBUTE) \
	X(b11_injection_is_refused, "b11-injection", SAML_REFERENCE_URI) \
	X(b11_two_ids_are_refused, "b11-two-ids", SAML_REFERENCE_URI) \
	X(b11_other_id_is_refused, "b11-other-id", SAML_REFERENCE_URI) \
	X(b12_xpointer_is_refused, "b12-xpointer", \
	    SAML_REFERENCE_POINTER) \
	X(b12_xpointer_root_is_refused, "b12-xpointer-root", \
	    SAML_REFERENCE_POINTER) \
	X(b12_xpointer_id_is_refused, "b12-xpointer-id", \
	    SAML_REFERENCE_POINTER) \
	X(b13_empty_uri_is_refused, "b13-empty", SAML_REFERENCE_EMPTY) \
	X(b13_absent_uri_is_refused, "b13-absent", SAML_REFERENCE_EMPTY) \
	X(b14_file_is_refused, "b14-file", SAML_REFERENCE_EXTERNAL) \
	X(b14_http_is_refused, "b14-http", SAML_REFERENCE_EXTERNAL) \
	X(b15_third_transform_is_refused, "b15-three-transforms", \
	    SAML_TRANSFORMS) \
	X(b15_missing_c14n_is_refused, "b15-no-c14n", SAML_TRANSFORMS) \
	X(b15_other_order_is_refused, "b15-order", SAML_TRANSFORMS) \
	X(b15_repetition_is_refused, "b15-enveloped-twice", \
	    SAML_TRANSFORMS) \
	X(b15_inclusive_c14n_is_refused, "b15-inclusive", SAML_TRANSFORMS) \
	X(b15_with_comments_is_refused, "b15-with-comments", \
	    SAML_TRANSFORMS) \
	X(b15_xpath_is_refused, "b15-xpath", SAML_TRANSFORMS) \
	X(b15_xslt_is_refused, "b15-xslt", SAML_TRANSFORMS) \
	X(b15_base64_is_refused, "b15-base64", SAML_TRANSFORMS) \
	X(b15_no_transforms_are_refused, "b15-no-transforms", \
	    SAML_TRANSFORMS) \
	X(b15_prefixes_on_enveloped_are_refused, \
	    "b15-prefixes-on-enveloped", SAML_TRANSFORMS) \
	X(b16_digest_of_something_else_is_refused, "b16-digest-of-nothing", \
	    SAML_SIG_INVALID) \
	X(b17_manifest_is_refused, "b17-manifest", SAML_OBJECT) \
	X(b18_assertion_in_keyinfo_is_refused, "b18-assertion-in-keyinfo", \
	    SAML_PARKED) \
	X(b19_inclusive_signed_info_is_refused, \
	    "b19-inclusive-signed-info", SAML_C14N) \
	X(b19_signed_info_with_comments_is_refused, "b19-with-comments", \
	    SAML_C14N) \
	X(b19_prefixes_on_signed_info_are_refused, \
	    "b19-prefixes-on-signed-info", SAML_C14N) \
	X(b19_nine_prefixes_are_refused, "b19-nine-prefixes", SAML_C14N) \
	X(b19_default_prefix_is_refused, "b19-default-prefix", SAML_C14N) \
	X(b21_wrong_signature_is_refused, "b21-signature-wrong", \
	    SAML_SIG_INVALID) \
	X(b21_changed_content_is_refused, "b21-content-changed", \
	    SAML_SIG_INVALID) \
	X(c1_attackers_certificate_is_refused, \
	    "c1-attackers-key-and-certificate", SAML_KEY_UNKNOWN) \
	X(c1_attackers_key_is_refused, "c1-attackers-key-no-certificate", \
	    SAML_SIG_INVALID) \
	X(c1_attackers_key_with_our_certificate_is_refused, \
	    "c1-attackers-key-our-certificate", SAML_SIG_INVALID) \
	X(c1_unknown_certificate_is_refused, \
	    "c1-our-key-attackers-certificate", SAML_KEY_UNKNOWN) \
	X(c1_key_value_is_refused, "c1-key-value", SAML_KEYINFO) \
	X(c1_empty_keyinfo_is_refused, "c1-empty-keyinfo", SAML_KEYINFO) \
	X(c1_two_certificates_are_refused, "c1-two-certificates", \
	    SAML_KEYINFO) \
	X(c1_retrieval_method_is_refused, "c1-retrieval-method", \
	    SAML_KEYINFO) \
	X(c1_key_name_is_refused, "c1-key-name", SAML_KEYINFO) \
	X(c2_hmac_is_refused, "c2-hmac", SAML_HMAC) \
	X(c4_rsa_sha1_is_refused, "c4-rsa-sha1", SAML_ALGORITHM) \
	X(c4_sha1_is_refused, "c4-sha1", SAML_ALGORITHM) \
	X(c4_rsa_sha512_is_refused, "c4-rsa-sha512", SAML_ALGORITHM) \
	X(c4_digest_sha1_is_refused, "c4-digest-sha1", SAML_ALGORITHM) \
	X(c5_longer_signature_is_refused, "c5-signature-with-zero-in-front", \
	    SAML_SIG_VALUE) \
	X(d1_other_issuer_is_refused, "d1-other-issuer", SAML_ISSUER) \
	X(d1_other_outer_issuer_is_refused, "d1-other-outer-issuer", \
	    SAML_ISSUER) \
	X(d1_issuer_is_not_trimmed, "d1-issuer-with-blank", SAML_ISSUER) \
	X(d1_issuer_format_is_entity_or_absent, "d1-issuer-format", \
	    SAML_ISSUER) \
	X(d2_other_tenant_claim_is_refused, "d2-other-tenant-claim", \
	    SAML_TENANT) \
	X(d2_tenant_claim_is_required, "d2-no-tenant-claim", \
	    SAML_CLAIM_MISSING) \
	X(d2_object_claim_is_required, "d2-no-object-claim", \
	    SAML_CLAIM_MISSING) \
	X(d3_other_audience_is_refused, "d3-other-audience", SAML_AUDIENCE) \
	X(d3_audience_is_no_prefix, "d3-audience-prefix", SAML_AUDIENCE) \
	X(d3_each_restriction_counts, "d3-second-restriction-not-us", \
	    SAML_AUDIENCE) \
	X(d3_restriction_is_required, "d3-no-restriction", SAML_AUDIENCE) \
	X(d4_other_recipient_is_refused, "d4-other-recipient", \
	    SAML_RECIPIENT) \
	X(d4_recipient_is_required, "d4-no-recipient", SAML_RECIPIENT) \
	X(d4_other_destination_is_refused, "d4-other-destination", \
	    SAML_DESTINATION) \
	X(d4_empty_destination_is_not_absent, "d4-empty-destination", \
	    SAML_DESTINATION) \
	X(d5_other_request_is_refused, "d5-other-request", \
	    SAML_IN_RESPONSE_TO) \
	X(d5_empty_request_is_refused, "d5-empty-request", \
	    SAML_IN_RESPONSE_TO) \
	X(d5_outer_other_request_is_refused, "d5-outer-other-request", \
	    SAML_IN_RESPONSE_TO) \
	X(d5_rewritten_request_is_refused, "d5-rewritten-request", \
	    SAML_IN_RESPONSE_TO) \
	X(d5_signed_request_is_required, "d5-only-outer", \
	    SAML_IN_RESPONSE_TO) \
	X(d5_unsolicited_is_off_by_default, "good-unsolicited", \
	    SAML_UNSOLICITED) \
	X(d6_holder_of_key_is_refused, "d6-holder-of-key", \
	    SAML_CONFIRMATION) \
	X(d6_sender_vouches_is_refused, "d6-sender-vouches", \
	    SAML_CONFIRMATION) \
	X(d6_not_before_is_refused, "d6-not-before", SAML_CONFIRMATION) \
	X(d6_end_is_required, "d6-no-not-on-or-after", SAML_CONFIRMATION) \
	X(d6_confirmation_is_required, "d6-no-confirmation", \
	    SAML_CONFIRMATION) \
	X(d6_two_confirmations_are_refused, "d6-two-confirmations", \
	    SAML_CONFIRMATION) \
	X(d6_key_in_confirmation_is_refused, "d6-key-info-in-data", \
	    SAML_CONFIRMATION) \
	X(d7_conditions_are_required, "d7-no-conditions", SAML_CONDITION) \
	X(d7_not_before_is_required, "d7-no-not-before", SAML_CONDITION) \
	X(d7_not_on_or_after_is_required, "d7-no-not-on-or-after", \
	    SAML_CONDITION) \
	X(d7_later_not_before_is_refused, "d7-not-before-later", \
	    SAML_NOT_YET) \
	X(d7_window_backwards_is_refused, "d7-window-backwards", \
	    SAML_WINDOW) \
	X(d7_window_of_days_is_refused, "d7-window-too-long", SAML_WINDOW) \
	X(d8_offset_is_refused, "d8-offset", SAML_TIME) \
	X(d8_no_zone_is_refused, "d8-no-zone", SAML_TIME) \
	X(d8_leap_second_is_refused, "d8-leap", SAML_TIME) \
	X(d8_hour_24_is_refused, "d8-hour-24", SAML_TIME) \
	X(d8_impossible_date_is_refused, "d8-date", SAML_TIME) \
	X(d8_year_1999_is_refused, "d8-year", SAML_TIME) \
	X(d8_blank_is_refused, "d8-blank", SAML_TIME) \
	X(d8_empty_time_is_refused, "d8-empty", SAML_TIME) \
	X(d8_words_are_no_not_before, "d8-not-before", SAML_TIME) \
	X(d8_date_is_no_confirmation_end, "d8-confirmation", SAML_TIME) \
	X(d8_date_is_no_authn_instant, "d8-authn-instant", SAML_TIME) \
	X(d9_old_session_is_refused, "d9-old-authn", SAML_AUTHN_OLD) \
	X(d9_future_authn_is_refused, "d9-future-authn", \
	    SAML_AUTHN_FUTURE) \
	X(d9_authn_instant_is_required, "d9-no-authn-instant", SAML_AUTHN) \
	X(d9_authn_statement_is_required, "d9-no-authn-statement", \
	    SAML_AUTHN) \
	X(d9_two_authn_statements_are_refused, "d9-two-authn-statements", \
	    SAML_AUTHN) \
	X(d9_ended_session_is_refused, "d9-session-ended", \
	    SAML_SESSION_ENDED) \
	X(d9_malformed_session_end_is_refused, "d9-session-malformed", \
	    SAML_TIME) \
	X(d10_password_only_is_refused, "d10-no-mfa", SAML_MFA) \
	X(d12_proxy_restriction_is_refused, "d12-proxy-restriction", \
	    SAML_CONDITION) \
	X(d12_typed_condition_is_refused, "d12-typed-condition", \
	    SAML_CONDITION) \
	X(d12_advice_is_refused, "d12-advice", SAML_GRAMMAR) \
	X(d13_failure_is_refused, "d13-requester", SAML_STATUS) \
	X(d13_nested_code_is_refused, "d13-nested", SAML_STATUS) \
	X(d13_message_with_success_is_refused, "d13-success-with-message", \
	    SAML_STATUS) \
	X(d13_code_is_required, "d13-no-code", SAML_STATUS) \
	X(d13_error_response_is_reported_as_such, "d13-error-response", \
	    SAML_STATUS) \
	X(d14_version_1_1_is_refused, "d14-version", SAML_VERSION) \
	X(d14_short_id_is_refused, "d14-short-id", SAML_VERSION) \
	X(d14_long_id_is_refused, "d14-long-id", SAML_VERSION) \
	X(d14_id_with_digit_first_is_refused, "d14-id-with-digit-first", \
	    SAML_VERSION) \
	X(d14_short_response_id_is_refused, "d14-response-id", \
	    SAML_VERSION) \
	X(d15_transient_is_refused, "d15-transient", SAML_NAME_ID) \
	X(d15_unknown_format_is_refused, "d15-unknown-format", \
	    SAML_NAME_ID) \
	X(d15_foreign_qualifier_is_refused, "d15-name-qualifier", \
	    SAML_NAME_ID) \
	X(d15_foreign_sp_qualifier_is_refused, "d15-sp-name-qualifier", \
	    SAML_NAME_ID) \
	X(d15_long_name_id_is_refused, "d15-long-name-id", SAML_NAME_ID) \
	X(d15_provided_id_is_refused, "d15-provided-id", SAML_ATTRIBUTE) \
	X(d15_subject_is_required, "d15-no-subject", SAML_NAME_ID) \
	X(d15_name_id_is_required, "d15-no-name-id", SAML_NAME_ID) \
	X(d16_same_name_twice_is_refused, "d16-same-name-twice", \
	    SAML_CLAIM_DUPLICATE) \
	X(d16_any_name_twice_is_refused, "d16-any-name-twice", \
	    SAML_CLAIM_DUPLICATE) \
	X(d16_two_objects_are_refused, "d16-two-objects", \
	    SAML_CLAIM_DUPLICATE) \
	X(d16_two_tenants_are_refused, "d16-two-tenants", \
	    SAML_CLAIM_DUPLICATE) \
	X(d16_two_providers_are_refused, "d16-two-providers", \
	    SAML_CLAIM_DUPLICATE) \
	X(d16_two_names_are_refused, "d16-two-names", \
	    SAML_CLAIM_DUPLICATE) \
	X(d16_attributes_are_required, "d16-no-statement", \
	    SAML_CLAIM_MISSING) \
	X(d16_value_is_required, "d16-no-value", SAML_CLAIM_MISSING) \
	X(d16_name_is_required, "d16-no-name", SAML_ATTRIBUTE) \
	X(d16_names_are_limited, "d16-too-many-names", SAML_LIMITS) \
	X(d16_two_statements_are_refused, "d16-two-statements", \
	    SAML_GRAMMAR) \
	X(d17_encrypted_assertion_is_refused, "d17-encrypted", \
	    SAML_ENCRYPTED) \
	X(d18_encrypted_id_is_refused, "d18-encrypted-id", \
	    SAML_ENCRYPTED_PART) \
	X(d18_encrypted_attribute_is_refused, "d18-encrypted-attribute", \
	    SAML_ENCRYPTED_PART)

REFUSED(REFUSAL)

/* -- what is accepted ---------------------------------------------------- */

#define ACCEPTED(X) \
	X(both_signed_is_accepted, "good-both") \
	X(c1_signature_without_keyinfo_is_accepted, "good-no-keyinfo") \
	X(folded_base64_is_accepted, "good-folded") \
	X(white_space_and_folded_values_are_accepted, "good-pretty") \
	X(d15_our_own_qualifiers_are_accepted, "good-qualifiers") \
	X(one_time_use_and_address_are_accepted, "good-one-time-use") \
	X(d3_one_of_two_audiences_is_enough, "good-two-audiences") \
	X(d4_absent_destination_is_accepted, "good-no-destination") \
	X(d7_lifetime_of_a_day_is_accepted, "good-lifetime-of-a-day") \
	X(d5_signed_request_alone_is_enough, "good-only-inner")

ACCEPTED(ACCEPTANCE)

static void
entra_response_gives_its_claims(void **state)
{
	AUTO(claims) struct claims *claims =
	    assert_accepted(vector_check(&keys), "good");
	const struct claims_fixed *fixed = claims_fixed(claims);

	(void)state;
	assert_string_equal(fixed->issuer, VECTOR_ISSUER);
	assert_string_equal(fixed->assertion_id, VECTOR_ASSERTION);
	assert_string_equal(fixed->name_id, "B.Simon@contoso.com");
	assert_string_equal(fixed->name_id_format,
	    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress");
	assert_string_equal(fixed->in_response_to, VECTOR_REQUEST);
	assert_int_equal(fixed->not_on_or_after, VECTOR_ISSUED + 3600 + 30);
	assert_int_equal(fixed->authn_instant, VECTOR_ISSUED - 10);
	assert_int_equal(fixed->session_not_on_or_after, 0);
	assert_string_equal(claims_get(claims, CLAIM_TENANT), VECTOR_TENANT);
	assert_string_equal(claims_get(claims, CLAIM_OBJECT), VECTOR_OBJECT);
	assert_string_equal(claims_get(claims, CLAIM_USER_NAME),
	    "B.Simon@contoso.com");
	assert_int_equal(claims_count(claims, CLAIM_METHODS), 2);
	assert_null(claims_get(claims, CLAIM_METHODS));
}

static void
simplesamlphp_response_is_accepted(void **state)
{
	struct saml_check check = vector_check(&keys);
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	check.tenant = "";
	check.flags = WIRE_SAML_FORCE_AUTHN | WIRE_SAML_RESPONSE_SIGNED;
	claims = assert_accepted(check, "good-simplesamlphp");
	assert_string_equal(claims_fixed(claims)->name_id, "opaque-b-simon");
	assert_string_equal(claims_fixed(claims)->name_id_format,
	    NAME_ID_PERSISTENT);
	assert_string_equal(claims_get(claims, "uid"), "b.simon");
	assert_int_equal(claims_fixed(claims)->session_not_on_or_after,
	    VECTOR_ISSUED + 8 * 3600);
	assert_int_equal(claims_fixed(claims)->not_on_or_after,
	    VECTOR_ISSUED + 300 + 30);
}

static void
b19_prefix_list_is_accepted(void **state)
{
	struct saml_check check = vector_check(&keys);
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	check.tenant = "";
	check.flags = 0;
	claims = assert_accepted(check, "good-prefixes");
	assert_string_equal(claims_get(claims, "mail"),
	    "b.simon@contoso.com");
}

static void
many_groups_are_accepted(void **state)
{
	AUTO(claims) struct claims *claims =
	    assert_accepted(vector_check(&keys), "good-150-groups");

	(void)state;
	assert_int_equal(claims_count(claims, "http://schemas.microsoft.com/"
	    "ws/2008/06/identity/claims/groups"), 150);
}

static void
a13_character_references_are_resolved(void **state)
{
	AUTO(claims) struct claims *claims =
	    assert_accepted(vector_check(&keys), "good-escaped");

	(void)state;
	assert_string_equal(claims_fixed(claims)->name_id,
	    "a&b'\xc3\xa9@contoso.com");
}

/* -- the same Response, other expectations ------------------------------- */

static void
d5_unsolicited_is_accepted_when_configured(void **state)
{
	static const struct saml_pending later = {
		VECTOR_REQUEST, VECTOR_ISSUED + 45
	};
	struct saml_check check = vector_check(&keys);
	AUTO(claims) struct claims *claims = NULL;
	AUTO(claims) struct claims *both = NULL;

	(void)state;
	check.pending_count = 0;
	check.flags |= WIRE_SAML_UNSOLICITED;
	claims = assert_accepted(check, "good-unsolicited");
	assert_string_equal(claims_fixed(claims)->in_response_to, "");
	both = assert_accepted(check, "good-unsolicited-both");
	/* It may be older than the request that it is no answer to. */
	check.pending = &later;
	check.pending_count = 1;
	check.now = VECTOR_ISSUED + 60;
	claims_free(&claims);
	claims = assert_accepted(check, "good-unsolicited");
	check.now = VECTOR_ISSUED + 61;
	assert_refused(check, "good-unsolicited", ERR_SAML_STALE);
}

static void
d5_unsolicited_with_a_request_is_refused(void **state)
{
	struct saml_check check = vector_check(&keys);

	(void)state;
	check.flags |= WIRE_SAML_UNSOLICITED;
	assert_refused(check, "d5-other-request", ERR_SAML_IN_RESPONSE_TO);
	assert_refused(check, "d5-only-outer", ERR_SAML_IN_RESPONSE_TO);
	check.pending_count = 0;
	assert_refused(check, "d5-empty-request", ERR_SAML_IN_RESPONSE_TO);
	assert_refused(check, "good", ERR_SAML_IN_RESPONSE_TO);
	assert_refused(check, "d5-only-outer", ERR_SAML_IN_RESPONSE_TO);
}

/* Several logins wait at once: the one that is answered decides, also about
 * the time since when it may be answered. */
static void
d5_one_of_several_requests_is_answered(void **state)
{
	struct saml_pending pending[] = {
		{ "_00000000000000000000000000000001", VECTOR_ISSUED + 45 },
		{ VECTOR_REQUEST, VECTOR_REQUESTED },
		{ "_00000000000000000000000000000002", VECTOR_ISSUED + 45 },
	};
	struct saml_check check = vector_check(&keys);
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	check.pending = pending;
	check.pending_count = ARRAY_LEN(pending);
	claims = assert_accepted(check, "good");
	assert_string_equal(claims_fixed(claims)->in_response_to,
	    VECTOR_REQUEST);
	assert_refused(check, "d5-other-request", ERR_SAML_IN_RESPONSE_TO);
	pending[0].time = VECTOR_REQUESTED;
	pending[1].time = VECTOR_ISSUED + 45;
	check.now = VECTOR_ISSUED + 60;
	assert_refused(check, "good", ERR_SAML_STALE);
}

static void
d5_empty_request_answers_nothing(void **state)
{
	static const struct saml_pending empty = { "", VECTOR_REQUESTED };
	struct saml_check check = vector_check(&keys);

	(void)state;
	check.pending = &empty;
	assert_refused(check, "d5-empty-request", ERR_SAML_IN_RESPONSE_TO);
	assert_refused(check, "good", ERR_SAML_IN_RESPONSE_TO);
}

static void
b4_response_signature_is_demanded_when_configured(void **state)
{
	struct saml_check check = vector_check(&keys);
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	check.flags |= WIRE_SAML_RESPONSE_SIGNED;
	assert_refused(check, "good", ERR_SAML_RESPONSE_UNSIGNED);
	assert_refused(check, "b4-unsigned", ERR_SAML_SIG_MISSING);
	claims = assert_accepted(check, "good-both");
}

static void
d2_tenant_issuer_and_claim_agree(void **state)
{
	struct saml_check check = vector_check(&keys);
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	check.tenant = "00000000-0000-4000-8000-000000000000";
	assert_refused(check, "good", ERR_SAML_TENANT);
	check.tenant = "9188040d-6c67-4c5b-b112-36a304b66dad";
	assert_refused(check, "good", ERR_SAML_TENANT);
	check.tenant = "common";
	assert_refused(check, "good", ERR_SAML_TENANT);
	check.tenant = "1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED";
	claims = assert_accepted(check, "good");
}

/* The claim agrees with the configuration, the issuer does not. */
static void
d2_issuer_is_of_the_configured_tenant(void **state)
{
	struct saml_check check = vector_check(&keys);

	(void)state;
	check.issuer = "https://sts.windows.net/"
	    "00000000-0000-4000-8000-000000000000/";
	assert_refused(check, "d2-issuer-of-another-tenant", ERR_SAML_TENANT);
	check.issuer = "https://sts.windows.net/"
	    "9188040d-6c67-4c5b-b112-36a304b66dad/";
	check.tenant = "9188040d-6c67-4c5b-b112-36a304b66dad";
	assert_refused(check, "d2-consumers", ERR_SAML_TENANT);
}

static void
d10_method_is_not_demanded_unless_configured(void **state)
{
	struct saml_check check = vector_check(&keys);
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	check.flags = WIRE_SAML_FORCE_AUTHN;
	claims = assert_accepted(check, "d10-no-mfa");
}

static void
d9_old_session_is_accepted_when_not_forced(void **state)
{
	struct saml_check check = vector_check(&keys);
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	check.flags = 0;
	claims = assert_accepted(check, "d9-old-authn");
}

/* One instant on each side of every limit. */
static void
d7_limits_are_exact(void **state)
{
	static const struct {
		const char *file;
		int64_t request;
		int64_t now;
		int64_t max_age;
		enum err want;
	} cases[] = {
		/* NotBefore is 11:55:00, IssueInstant 12:00:00. */
		{ "good", -60, -30, 300, ERR_OK },
		{ "good", -60, -31, 300, ERR_SAML_NOT_YET },
		{ "good", -60, -330, 300, ERR_SAML_NOT_YET },
		{ "good", -60, -331, 300, ERR_SAML_NOT_YET },
		{ "good", -60, 300, 300, ERR_OK },
		{ "good", -60, 301, 300, ERR_SAML_STALE },
		{ "good", -60, 3629, 9000, ERR_OK },
		{ "good", -60, 3630, 9000, ERR_SAML_EXPIRED },
		{ "d7-confirmation-ends-first", -60, 69, 300, ERR_OK },
		{ "d7-confirmation-ends-first", -60, 70, 300,
		    ERR_SAML_EXPIRED },
		{ "d7-not-before-later", -60, 29, 300, ERR_SAML_NOT_YET },
		{ "d7-not-before-later", -60, 30, 300, ERR_OK },
		/* AuthnInstant is 11:59:50. */
		{ "good", 20, 25, 300, ERR_OK },
		{ "good", 21, 25, 300, ERR_SAML_AUTHN_OLD },
		{ "good", 30, 35, 300, ERR_SAML_AUTHN_OLD },
		{ "good", 31, 35, 300, ERR_SAML_STALE },
		{ "d9-session-ended", -60, 9, 300, ERR_OK },
		{ "d9-session-ended", -60, 10, 300, ERR_SAML_SESSION_ENDED },
		/* AuthnInstant is 12:10:00 there. */
		{ "d9-future-authn", -60, 569, 9000, ERR_SAML_AUTHN_FUTURE },
		{ "d9-future-authn", -60, 570, 9000, ERR_OK },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct saml_check check = vector_check(&keys);
		struct saml_pending pending = { .id = VECTOR_REQUEST };
		AUTO(claims) struct claims *claims = NULL;

		pending.time = VECTOR_ISSUED + cases[i].request;
		check.pending = &pending;
		check.now = VECTOR_ISSUED + cases[i].now;
		check.max_age = cases[i].max_age;
		assert_err(verify_file(check, cases[i].file, &claims),
		    cases[i].want);
	}
}

static void
d8_wrong_clock_is_an_error(void **state)
{
	struct saml_check check = vector_check(&keys);

	(void)state;
	check.clock_floor = check.now + 1;
	assert_refused(check, "good", ERR_CLOCK);
}

static void
empty_expectations_are_an_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct saml_check check = vector_check(&keys);

		if (i == 0)
			check.issuer = "";
		else if (i == 1)
			check.audience = "";
		else
			check.recipient = "";
		assert_refused(check, "good", ERR_CONF_MISSING);
	}
}

/* -- keys ---------------------------------------------------------------- */

static void
c6_either_of_two_pinned_keys_is_accepted(void **state)
{
	struct idp_keys two = { .count = 0 };
	AUTO(claims) struct claims *claims = NULL;
	AUTO(claims) struct claims *plain = NULL;
	AUTO(claims) struct claims *other = NULL;

	(void)state;
	assert_true(vector_key("other", &two));
	assert_true(vector_key("idp", &two));
	claims = assert_accepted(vector_check(&two), "good");
	plain = assert_accepted(vector_check(&two), "good-no-keyinfo");
	other = assert_accepted(vector_check(&two),
	    "c1-attackers-key-and-certificate");
}

static void
c6_without_keys_nothing_is_accepted(void **state)
{
	static const struct idp_keys none;

	(void)state;
	assert_refused(vector_check(&none), "good", ERR_IDP_NO_KEYS);
}

static void
c4_weak_pinned_key_is_refused(void **state)
{
	struct idp_keys weak = keys;

	(void)state;
	weak.key[0].n_len = 128;
	assert_refused(vector_check(&weak), "good", ERR_IDP_KEY_WEAK);
	weak = keys;
	weak.key[0].e[0] = 3;
	weak.key[0].e_len = 1;
	assert_refused(vector_check(&weak), "good", ERR_IDP_KEY_WEAK);
}

/* -- bytes --------------------------------------------------------------- */

static enum err
verify_text(const void *text, size_t len)
{
	struct saml_check check = vector_check(&keys);
	struct claims *claims = NULL;
	enum err r;

	check.response = text;
	check.response_len = len;
	r = saml_response_verify(&check, &claims, NULL);
	claims_free(&claims);
	return r;
}

static void
a1_size_is_limited_before_decoding(void **state)
{
	AUTO(buf) struct buf text = XML_BUF;

	(void)state;
	while (text.len <= SAML_BASE64_MAX)
		assert_err(buf_putc(&text, '\n'), ERR_OK);
	assert_err(verify_text(text.data, SAML_BASE64_MAX), ERR_SAML_XML);
	assert_err(verify_text(text.data, SAML_BASE64_MAX + 1),
	    ERR_SAML_TOO_LONG);
}

static void
a1_decoded_size_is_limited(void **state)
{
	AUTO(buf) struct buf text = XML_BUF;

	(void)state;
	while (text.len < SAML_XML_MAX / 3 * 4 + 8)
		assert_err(buf_puts(&text, "ICAg"), ERR_OK);
	assert_err(verify_text(text.data, text.len), ERR_SAML_TOO_LONG);
}

static void
a2_only_canonical_base64_is_decoded(void **state)
{
	static const char *const bad[] = {
		"PGEvPg=", "PGEvPg", "PGEvPh==", "PGEv Pg==", "PGEv-g==",
		"PGEvPg==x", "%50GEvPg==",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_err(verify_text(bad[i], strlen(bad[i])),
		    ERR_SAML_BASE64);
	assert_err(verify_text("PGEvPg==\0", 9), ERR_SAML_BASE64);
	assert_err(verify_text("PGEv\r\nPg==\n", 11), ERR_SAML_GRAMMAR);
	assert_err(verify_text("", 0), ERR_SAML_XML);
}

/* text put in front of, or behind, a good Response. */
static void
assert_surrounded(const char *before, const void *after, size_t after_len,
    enum err want)
{
	AUTO(buf) struct buf xml = XML_BUF;
	struct claims *claims = NULL;

	assert_err(buf_puts(&xml, before), ERR_OK);
	assert_true(vector_load("good.xml", &xml));
	assert_err(buf_put(&xml, after, after_len), ERR_OK);
	assert_err(verify_bytes(vector_check(&keys), xml.data, xml.len,
	    &claims), want);
	claims_free(&claims);
}

static void
a3_nul_hides_nothing(void **state)
{
	(void)state;
	assert_surrounded("", "\0<b/>", 5, ERR_SAML_BYTES);
	assert_surrounded("", "\0", 1, ERR_SAML_BYTES);
	assert_surrounded("", "\x7f", 1, ERR_SAML_BYTES);
	assert_surrounded("", "\x1b", 1, ERR_SAML_BYTES);
}

static void
a8_only_plain_utf8_is_parsed(void **state)
{
	(void)state;
	assert_surrounded("\xef\xbb\xbf", "", 0, ERR_SAML_ENCODING);
	assert_surrounded("", "\xc0\x80", 2, ERR_SAML_ENCODING);
	assert_surrounded("", "\xff", 1, ERR_SAML_ENCODING);
	assert_surrounded("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "\n", 1,
	    ERR_OK);
	assert_surrounded("\n", "", 0, ERR_OK);
	assert_surrounded(" <?xml version=\"1.0\"?>", "", 0, ERR_SAML_XML);
}

/*
 * Each byte of the Response, changed in its lowest bit and in its case bit:
 * what is accepted all the same must give the very same claims, and can only
 * be in what no signature covers.
 */
static void
every_flipped_byte_is_refused_or_means_the_same(void **state)
{
	AUTO(buf) struct buf xml = XML_BUF;
	size_t accepted = 0;

	(void)state;
	assert_true(vector_load("good-both.xml", &xml));
	for (size_t i = 0; i < xml.len * 2; i++) {
		uint8_t flip = i % 2 == 0 ? 0x01 : 0x20;
		struct claims *claims = NULL;

		xml.data[i / 2] ^= flip;
		if (verify_bytes(vector_check(&keys), xml.data, xml.len,
		    &claims) == ERR_OK) {
			accepted++;
			print_message("byte %zu: %.40s\n", i / 2,
			    (const char *)xml.data + i / 2);
		}
		claims_free(&claims);
		xml.data[i / 2] ^= flip;
	}
	assert_int_equal(accepted, 0);
}

#define NAME(test, ...) cmocka_unit_test(test),

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REFUSED(NAME)
		ACCEPTED(NAME)
		cmocka_unit_test(entra_response_gives_its_claims),
		cmocka_unit_test(simplesamlphp_response_is_accepted),
		cmocka_unit_test(b19_prefix_list_is_accepted),
		cmocka_unit_test(many_groups_are_accepted),
		cmocka_unit_test(a13_character_references_are_resolved),
		cmocka_unit_test(d5_unsolicited_is_accepted_when_configured),
		cmocka_unit_test(d5_unsolicited_with_a_request_is_refused),
		cmocka_unit_test(d5_one_of_several_requests_is_answered),
		cmocka_unit_test(d5_empty_request_answers_nothing),
		cmocka_unit_test(
		    b4_response_signature_is_demanded_when_configured),
		cmocka_unit_test(d2_tenant_issuer_and_claim_agree),
		cmocka_unit_test(d2_issuer_is_of_the_configured_tenant),
		cmocka_unit_test(d10_method_is_not_demanded_unless_configured),
		cmocka_unit_test(d9_old_session_is_accepted_when_not_forced),
		cmocka_unit_test(d7_limits_are_exact),
		cmocka_unit_test(d8_wrong_clock_is_an_error),
		cmocka_unit_test(empty_expectations_are_an_error),
		cmocka_unit_test(c6_either_of_two_pinned_keys_is_accepted),
		cmocka_unit_test(c6_without_keys_nothing_is_accepted),
		cmocka_unit_test(c4_weak_pinned_key_is_refused),
		cmocka_unit_test(a1_size_is_limited_before_decoding),
		cmocka_unit_test(a1_decoded_size_is_limited),
		cmocka_unit_test(a2_only_canonical_base64_is_decoded),
		cmocka_unit_test(a3_nul_hides_nothing),
		cmocka_unit_test(a8_only_plain_utf8_is_parsed),
		cmocka_unit_test(
		    every_flipped_byte_is_refused_or_means_the_same),
	};

	return cmocka_run_group_tests(tests, setup_keys, NULL);
}
