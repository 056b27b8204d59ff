/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lasso as a validator of the bench (bench.h); what it leaves to its caller is
 * done here.  Built by bench.py, where lasso is installed.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lasso/lasso.h>
#include <lasso/saml-2.0/saml2_helper.h>
#include <lasso/xml/misc_text_node.h>
#include <lasso/xml/saml-2.0/saml2_attribute.h>
#include <lasso/xml/saml-2.0/saml2_attribute_statement.h>
#include <lasso/xml/saml-2.0/saml2_attribute_value.h>

static LassoServer *server;

static size_t
count_texts(const LassoSaml2Attribute *attribute)
{
	size_t texts = 0;

	for (GList *v = attribute->AttributeValue; v != NULL; v = v->next)
		for (GList *t = LASSO_SAML2_ATTRIBUTE_VALUE(v->data)->any;
		    t != NULL; t = t->next)
			texts += LASSO_IS_MISC_TEXT_NODE(t->data);
	return texts;
}

static size_t
count_values(const LassoSaml2Assertion *assertion)
{
	size_t values = 0;

	for (GList *s = assertion->AttributeStatement; s != NULL; s = s->next)
		for (GList *a =
		    LASSO_SAML2_ATTRIBUTE_STATEMENT(s->data)->Attribute;
		    a != NULL; a = a->next)
			values += count_texts(LASSO_SAML2_ATTRIBUTE(a->data));
	return values;
}

static bool
check(LassoLogin *login, LassoSaml2Assertion *assertion)
{
	LassoSaml2SubjectConfirmationData *data =
	    lasso_saml2_assertion_get_subject_confirmation_data(assertion,
	    FALSE);
	const char *answers =
	    lasso_saml2_assertion_get_in_response_to(assertion);

	return data != NULL && data->Recipient != NULL && answers != NULL &&
	    strcmp(data->Recipient, bench_setting("BENCH_ACS")) == 0 &&
	    strcmp(answers, bench_setting("BENCH_REQUEST_ID")) == 0 &&
	    lasso_saml2_assertion_validate_conditions(assertion,
	    bench_setting("BENCH_SP")) == LASSO_SAML2_ASSERTION_VALID &&
	    lasso_saml2_assertion_validate_time_checks(assertion, 60,
	    time(NULL)) == LASSO_SAML2_ASSERTION_VALID &&
	    lasso_login_accept_sso(login) == 0 &&
	    count_values(assertion) > 5;
}

static bool
validate(const char *text, size_t len)
{
	LassoLogin *login = lasso_login_new(server);
	LassoNode *assertion = NULL;
	bool valid = false;

	(void)len;
	lasso_profile_set_signature_verify_hint(LASSO_PROFILE(login),
	    LASSO_PROFILE_SIGNATURE_VERIFY_HINT_MAYBE);
	if (lasso_login_process_authn_response_msg(login,
	    (gchar *)(uintptr_t)text) == 0)
		assertion = lasso_login_get_assertion(login);
	if (assertion != NULL) {
		valid = check(login, LASSO_SAML2_ASSERTION(assertion));
		g_object_unref(assertion);
	}
	g_object_unref(login);
	return valid;
}

int
main(int argc, char **argv)
{
	(void)lasso_init();
	server = lasso_server_new(bench_setting("BENCH_SP_METADATA"),
	    bench_setting("BENCH_SP_KEY"), NULL, NULL);
	if (server == NULL || lasso_server_add_provider(server,
	    LASSO_PROVIDER_ROLE_IDP, bench_setting("BENCH_METADATA"), NULL,
	    NULL) != 0) {
		(void)fprintf(stderr, "lasso: cannot start\n");
		return 2;
	}
	return bench_main(argc, argv, validate);
}
