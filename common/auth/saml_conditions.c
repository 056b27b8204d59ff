/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who says it, to whom, in answer to what, and when.
 */
#include "auth/saml_verifier.h"

#include <string.h>

#include "auth/saml_grammar.h"
#include "base/parse.h"

#define BEARER "urn:oasis:names:tc:SAML:2.0:cm:bearer"
#define FORMAT_ENTITY "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
#define GUID_LEN 36

/* Entra can be told a lifetime of up to a day, which it counts from the issue,
 * and dates NotBefore 5 minutes before that. */
#define SPAN_MAX (86400 + 300)

static const struct xml_node *
confirmation(const struct saml_verifier *v)
{
	return saml_child(saml_child(v->assertion, "Subject"),
	    "SubjectConfirmation");
}

static const struct xml_node *
confirmation_data(const struct saml_verifier *v)
{
	return saml_child(confirmation(v), "SubjectConfirmationData");
}

/* An attribute that must hold an instant (D8). */
static enum err
read_instant(const struct xml_node *node, const char *name, int64_t *ret,
    struct diag *diag)
{
	const char *text = xml_get(node, name);

	if (text == NULL || !parse_instant(text, strlen(text), ret))
		return fail(diag, ERR_SAML_TIME, "%s=\"%.64s\" of <%s>", name,
		    text == NULL ? "" : text, xml_name(node));
	return ERR_OK;
}

static enum err
check_issuer(const struct xml_node *parent, const char *wanted,
    struct diag *diag)
{
	const struct xml_node *issuer = saml_child(parent, "Issuer");
	const char *format = xml_get(issuer, "Format");

	if (strcmp(xml_text(issuer), wanted) != 0)
		return fail(diag, ERR_SAML_ISSUER, "issuer of <%s> is %.256s",
		    xml_name(parent), xml_text(issuer));
	if (format != NULL && strcmp(format, FORMAT_ENTITY) != 0)
		return fail(diag, ERR_SAML_ISSUER, "issuer format %.128s",
		    format);
	return ERR_OK;
}

enum err
saml_check_issuer(struct saml_verifier *v, struct diag *diag)
{
	enum err r = check_issuer(v->assertion, v->check->issuer, diag);

	if (r == ERR_OK)
		r = check_issuer(v->response, v->check->issuer, diag);
	return r;
}

/* True when a segment of the address's path is exactly this GUID. */
static bool
has_segment(const char *url, const char *guid)
{
	for (const char *p = strchr(url, '/'); p != NULL;
	    p = strchr(p + 1, '/')) {
		char segment[GUID_LEN + 1] = "";

		if (strcspn(p + 1, "/") != GUID_LEN)
			continue;
		memcpy(segment, p + 1, GUID_LEN);
		if (parse_equal_nocase(segment, guid))
			return true;
	}
	return false;
}

/* The issuer is pinned; it has to be the configured tenant's, too. */
enum err
saml_check_tenant(struct saml_verifier *v, struct diag *diag)
{
	const char *tenant = v->check->tenant;

	if (*tenant == '\0')
		return ERR_OK;
	if (!parse_is_guid(tenant, strlen(tenant)) ||
	    parse_equal_nocase(tenant, TENANT_CONSUMERS))
		return fail(diag, ERR_SAML_TENANT, "tenant %.64s is not "
		    "an organisation's", tenant);
	if (!has_segment(v->check->issuer, tenant))
		return fail(diag, ERR_SAML_TENANT,
		    "issuer %.256s is not of tenant %s", v->check->issuer,
		    tenant);
	return ERR_OK;
}

static bool
admits(const struct xml_node *restriction, const char *audience)
{
	for (const struct xml_node *n = xml_first(restriction); n != NULL;
	    n = xml_next(n))
		if (strcmp(xml_text(n), audience) == 0)
			return true;
	return false;
}

/* Each restriction, and each by itself, must name us. */
enum err
saml_check_audience(struct saml_verifier *v, struct diag *diag)
{
	const struct xml_node *conditions =
	    saml_child(v->assertion, "Conditions");

	for (const struct xml_node *n = saml_child(conditions,
	    "AudienceRestriction"); n != NULL; n = xml_next(n))
		if (strcmp(xml_name(n), "AudienceRestriction") == 0 &&
		    !admits(n, v->check->audience))
			return fail(diag, ERR_SAML_AUDIENCE,
			    "audience is %.256s", xml_text(xml_first(n)));
	return ERR_OK;
}

enum err
saml_check_recipient(struct saml_verifier *v, struct diag *diag)
{
	const char *recipient = xml_get(confirmation_data(v), "Recipient");
	const char *destination = xml_get(v->response, "Destination");

	if (strcmp(recipient, v->check->recipient) != 0)
		return fail(diag, ERR_SAML_RECIPIENT, "recipient is %.256s",
		    recipient);
	if (destination != NULL &&
	    strcmp(destination, v->check->recipient) != 0)
		return fail(diag, ERR_SAML_DESTINATION,
		    "destination is %.256s", destination);
	return ERR_OK;
}

static const struct saml_pending *
find_pending(const struct saml_check *check, const char *id)
{
	for (size_t i = 0; i < check->pending_count; i++)
		if (*id != '\0' && strcmp(check->pending[i].id, id) == 0)
			return &check->pending[i];
	return NULL;
}

/* With an InResponseTo anywhere it is an answer, and then the signed one must
 * be there and be ours. */
enum err
saml_check_request(struct saml_verifier *v, struct diag *diag)
{
	const char *signed_id = xml_get(confirmation_data(v), "InResponseTo");
	const char *outer_id = xml_get(v->response, "InResponseTo");

	bool solicited = signed_id != NULL || outer_id != NULL;

	if (!solicited && (v->check->flags & WIRE_SAML_UNSOLICITED) == 0)
		return fail(diag, ERR_SAML_UNSOLICITED, "no InResponseTo");
	if (!solicited)
		return ERR_OK;
	if (signed_id != NULL)
		v->request = find_pending(v->check, signed_id);
	if (v->request == NULL)
		return fail(diag, ERR_SAML_IN_RESPONSE_TO,
		    "subject is confirmed for %.128s",
		    signed_id == NULL ? "no request" : signed_id);
	v->fixed.in_response_to = v->request->id;
	if (outer_id != NULL && strcmp(outer_id, v->request->id) != 0)
		return fail(diag, ERR_SAML_IN_RESPONSE_TO,
		    "response is for %.128s", outer_id);
	return ERR_OK;
}

enum err
saml_check_confirmation(struct saml_verifier *v, struct diag *diag)
{
	const char *method = xml_get(confirmation(v), "Method");

	if (strcmp(method, BEARER) != 0)
		return fail(diag, ERR_SAML_CONFIRMATION, "method %.128s",
		    method);
	return ERR_OK;
}

enum err
saml_check_window(struct saml_verifier *v, struct diag *diag)
{
	const struct xml_node *conditions =
	    saml_child(v->assertion, "Conditions");
	const struct saml_check *check = v->check;
	int64_t from = 0;
	int64_t until = 0;
	int64_t confirmed = 0;
	enum err r = read_instant(conditions, "NotBefore", &from, diag);

	if (r == ERR_OK)
		r = read_instant(conditions, "NotOnOrAfter", &until, diag);
	if (r == ERR_OK)
		r = read_instant(confirmation_data(v), "NotOnOrAfter",
		    &confirmed, diag);
	if (r != ERR_OK)
		return r;
	if (until <= from || until - from > SPAN_MAX)
		return fail(diag, ERR_SAML_WINDOW, "%lld seconds",
		    (long long)(until - from));
	if (from > check->now + check->skew)
		return fail(diag, ERR_SAML_NOT_YET, "in %lld seconds",
		    (long long)(from - check->now));
	if (confirmed < until)
		until = confirmed;
	if (check->now >= until + check->skew)
		return fail(diag, ERR_SAML_EXPIRED, "since %lld seconds",
		    (long long)(check->now - until));
	v->fixed.not_on_or_after = until + check->skew;
	return ERR_OK;
}

/* The provider's own lifetime is an hour and more: ours is shorter. */
enum err
saml_check_age(struct saml_verifier *v, struct diag *diag)
{
	const struct saml_check *check = v->check;
	const struct saml_pending *request = v->request;
	int64_t max_age = request != NULL ? check->max_age :
	    check->unsolicited_max_age;
	int64_t outer = 0;
	int64_t issued = 0;
	enum err r = read_instant(v->response, "IssueInstant", &outer, diag);

	if (r == ERR_OK)
		r = read_instant(v->assertion, "IssueInstant", &issued, diag);
	if (r != ERR_OK)
		return r;
	if (issued > check->now + check->skew)
		return fail(diag, ERR_SAML_NOT_YET, "issued in %lld seconds",
		    (long long)(issued - check->now));
	if (check->now - issued > max_age)
		return fail(diag, ERR_SAML_STALE, "issued %lld seconds ago, "
		    "at most %lld", (long long)(check->now - issued),
		    (long long)max_age);
	if (request != NULL && issued < request->time - check->skew)
		return fail(diag, ERR_SAML_STALE, "issued %lld seconds before "
		    "the request", (long long)(request->time - issued));
	return ERR_OK;
}

static enum err
check_session_end(struct saml_verifier *v, const struct xml_node *statement,
    struct diag *diag)
{
	int64_t end = 0;
	enum err r;

	if (xml_get(statement, "SessionNotOnOrAfter") == NULL)
		return ERR_OK;
	r = read_instant(statement, "SessionNotOnOrAfter", &end, diag);
	if (r != ERR_OK)
		return r;
	if (v->check->now >= end)
		return fail(diag, ERR_SAML_SESSION_ENDED, "since %lld seconds",
		    (long long)(v->check->now - end));
	v->fixed.session_not_on_or_after = end;
	return ERR_OK;
}

/* AuthnInstant is the age of the browser's session unless the request forced
 * a new sign-in. */
enum err
saml_check_authn(struct saml_verifier *v, struct diag *diag)
{
	const struct saml_check *check = v->check;
	const struct saml_pending *request = v->request;
	const struct xml_node *statement =
	    saml_child(v->assertion, "AuthnStatement");
	int64_t instant = 0;
	enum err r = read_instant(statement, "AuthnInstant", &instant, diag);

	if (r != ERR_OK)
		return r;
	if (instant > check->now + check->skew)
		return fail(diag, ERR_SAML_AUTHN_FUTURE, "in %lld seconds",
		    (long long)(instant - check->now));
	if (request != NULL && (check->flags & WIRE_SAML_FORCE_AUTHN) != 0 &&
	    instant < request->time - check->skew)
		return fail(diag, ERR_SAML_AUTHN_OLD, "%lld seconds before "
		    "the request", (long long)(request->time - instant));
	v->fixed.authn_instant = instant;
	return check_session_end(v, statement, diag);
}
