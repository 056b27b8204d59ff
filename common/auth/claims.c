/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/claims_fill.h"

#include <string.h>

#include "base/limits.h"

struct claim {
	const char *name;		/* one of the names */
	char *value;
};

enum { ISSUER, ASSERTION_ID, NAME_ID, NAME_ID_FORMAT, IN_RESPONSE_TO, TEXTS };

struct claims {
	char *name[SAML_CLAIMS_MAX];	/* all different */
	size_t names;
	struct claim claim[SAML_CLAIM_VALUES_MAX];
	size_t count;
	char *text[TEXTS];		/* what fixed points to; NULL: "" */
	struct claims_fixed fixed;
};

struct claims *
claims_new(void)
{
	static const struct claims_fixed empty = {
		.issuer = "", .assertion_id = "", .name_id = "",
		.name_id_format = "", .in_response_to = "",
	};
	struct claims *claims = calloc(1, sizeof(*claims));

	if (claims != NULL)
		claims->fixed = empty;
	return claims;
}

void
claims_free(struct claims **claims)
{
	struct claims *c = *claims;

	if (c == NULL)
		return;
	for (size_t i = 0; i < c->names; i++)
		free(c->name[i]);
	for (size_t i = 0; i < c->count; i++)
		free(c->claim[i].value);
	for (size_t i = 0; i < TEXTS; i++)
		free(c->text[i]);
	free(c);
	*claims = NULL;
}

/* As it is in name[], or NULL.  Values of one name come together, so the
 * newest is the likeliest. */
static const char *
find_name(const struct claims *claims, const char *name)
{
	for (size_t i = claims->names; i > 0; i--)
		if (strcmp(claims->name[i - 1], name) == 0)
			return claims->name[i - 1];
	return NULL;
}

enum err
claims_add(struct claims *claims, const char *name, const char *value)
{
	AUTO_FREE char *new_name = NULL;
	AUTO_FREE char *new_value = NULL;
	const char *known = find_name(claims, name);

	if (claims->count == SAML_CLAIM_VALUES_MAX ||
	    (known == NULL && claims->names == SAML_CLAIMS_MAX) ||
	    strlen(name) > SAML_CLAIM_NAME_MAX ||
	    strlen(value) > SAML_CLAIM_VALUE_MAX)
		return ERR_TOO_LONG;
	if (known == NULL)
		new_name = strdup(name);
	new_value = strdup(value);
	if ((known == NULL && new_name == NULL) || new_value == NULL)
		return ERR_NOMEM;
	if (known == NULL) {
		known = new_name;
		claims->name[claims->names++] = TAKE(new_name);
	}
	claims->claim[claims->count].name = known;
	claims->claim[claims->count].value = TAKE(new_value);
	claims->count++;
	return ERR_OK;
}

const char *
claims_get(const struct claims *claims, const char *name)
{
	const char *known = find_name(claims, name);
	const char *value = NULL;

	for (size_t i = 0; i < claims->count; i++) {
		if (claims->claim[i].name != known)
			continue;
		if (value != NULL)
			return NULL;
		value = claims->claim[i].value;
	}
	return value;
}

bool
claims_has(const struct claims *claims, const char *name, const char *value)
{
	const char *known = find_name(claims, name);

	for (size_t i = 0; i < claims->count; i++)
		if (claims->claim[i].name == known &&
		    strcmp(claims->claim[i].value, value) == 0)
			return true;
	return false;
}

size_t
claims_count(const struct claims *claims, const char *name)
{
	const char *known = find_name(claims, name);
	size_t count = 0;

	for (size_t i = 0; i < claims->count; i++)
		count += claims->claim[i].name == known;
	return count;
}

bool
claims_at(const struct claims *claims, size_t i, const char **ret_name,
    const char **ret_value)
{
	if (i >= claims->count)
		return false;
	*ret_name = claims->claim[i].name;
	*ret_value = claims->claim[i].value;
	return true;
}

enum err
claims_set_fixed(struct claims *claims, const struct claims_fixed *fixed)
{
	const char *const text[TEXTS] = {
		[ISSUER] = fixed->issuer,
		[ASSERTION_ID] = fixed->assertion_id,
		[NAME_ID] = fixed->name_id,
		[NAME_ID_FORMAT] = fixed->name_id_format,
		[IN_RESPONSE_TO] = fixed->in_response_to,
	};
	char *copy[TEXTS];
	bool copied = true;

	for (size_t i = 0; i < TEXTS; i++) {
		copy[i] = strdup(text[i] == NULL ? "" : text[i]);
		copied = copied && copy[i] != NULL;
	}
	for (size_t i = 0; i < TEXTS; i++) {
		free(copied ? claims->text[i] : copy[i]);
		if (copied)
			claims->text[i] = copy[i];
	}
	if (!copied)
		return ERR_NOMEM;
	claims->fixed = *fixed;
	claims->fixed.issuer = copy[ISSUER];
	claims->fixed.assertion_id = copy[ASSERTION_ID];
	claims->fixed.name_id = copy[NAME_ID];
	claims->fixed.name_id_format = copy[NAME_ID_FORMAT];
	claims->fixed.in_response_to = copy[IN_RESPONSE_TO];
	return ERR_OK;
}

const struct claims_fixed *
claims_fixed(const struct claims *claims)
{
	return &claims->fixed;
}

/* -- the wire ------------------------------------------------------------ */

enum err
claims_send(const struct claims *claims, struct channel *ch,
    struct diag *diag)
{
	const struct claims_fixed *fixed = &claims->fixed;

	for (size_t i = 0; i < claims->count; i++) {
		enum err r = CHANNEL_SEND(ch, CLAIM, diag,
		    wire_text(claims->claim[i].name),
		    wire_text(claims->claim[i].value));

		if (r != ERR_OK)
			return r;
	}
	return CHANNEL_SEND(ch, ACCEPT, diag,
	    wire_text(fixed->issuer),
	    wire_text(fixed->assertion_id),
	    wire_text(fixed->name_id),
	    wire_text(fixed->name_id_format),
	    wire_text(fixed->in_response_to),
	    wire_u64((uint64_t)fixed->not_on_or_after),
	    wire_u64((uint64_t)fixed->authn_instant),
	    wire_u64((uint64_t)fixed->session_not_on_or_after));
}

/* A time from the wire: INT64_MAX and beyond are nonsense. */
static bool
is_time(const struct wire_msg *msg, unsigned int place)
{
	return wire_get_u64(msg, place) < INT64_MAX;
}

static enum err
take_accept(const struct wire_msg *msg, struct claims *claims,
    struct diag *diag)
{
	const struct claims_fixed fixed = {
		.issuer = wire_get_text(msg, ACCEPT_ISSUER),
		.assertion_id = wire_get_text(msg, ACCEPT_ASSERTION_ID),
		.name_id = wire_get_text(msg, ACCEPT_NAME_ID),
		.name_id_format =
		    wire_get_text(msg, ACCEPT_NAME_ID_FORMAT),
		.in_response_to =
		    wire_get_text(msg, ACCEPT_IN_RESPONSE_TO),
		.not_on_or_after =
		    (int64_t)wire_get_u64(msg, ACCEPT_NOT_ON_OR_AFTER),
		.authn_instant =
		    (int64_t)wire_get_u64(msg, ACCEPT_AUTHN_INSTANT),
		.session_not_on_or_after = (int64_t)wire_get_u64(msg,
		    ACCEPT_SESSION_NOT_ON_OR_AFTER),
	};

	if (*fixed.issuer == '\0' || *fixed.assertion_id == '\0' ||
	    !is_time(msg, ACCEPT_NOT_ON_OR_AFTER) ||
	    !is_time(msg, ACCEPT_AUTHN_INSTANT) ||
	    !is_time(msg, ACCEPT_SESSION_NOT_ON_OR_AFTER))
		return fail(diag, ERR_WORKER, "incomplete acceptance");
	if (claims_set_fixed(claims, &fixed) != ERR_OK)
		return fail(diag, ERR_NOMEM, "claims");
	return ERR_OK;
}

enum err
claims_refusal(const struct wire_msg *msg, struct diag *diag)
{
	const char *reason = wire_get_text(msg, REFUSE_REASON);
	enum err code = err_from_name(reason);

	if (code == ERR_OK || strcmp(err_name(code), reason) != 0)
		return fail(diag, ERR_WORKER, "worker refuses with \"%s\": "
		    "%s", reason, wire_get_text(msg, REFUSE_DETAIL));
	return fail(diag, code, "%s", wire_get_text(msg, REFUSE_DETAIL));
}

static enum err
take_claim(const struct wire_msg *msg, struct claims *claims,
    struct diag *diag)
{
	enum err r = claims_add(claims, wire_get_text(msg, CLAIM_NAME),
	    wire_get_text(msg, CLAIM_VALUE));

	if (r != ERR_OK)
		return fail(diag, r, "claims of the worker");
	return ERR_OK;
}

enum err
claims_recv(struct channel *ch, struct claims **ret, struct diag *diag)
{
	AUTO(claims) struct claims *claims = claims_new();
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	enum err r;

	if (claims == NULL)
		return fail(diag, ERR_NOMEM, "claims");
	do {
		r = channel_recv(ch, &msg, diag);
		if (r == ERR_WIRE_CLOSED)
			return fail(diag, ERR_WORKER, "no answer");
		if (r == ERR_OK && msg.type == WIRE_CLAIM)
			r = take_claim(&msg, claims, diag);
		if (r != ERR_OK)
			return r;
	} while (msg.type == WIRE_CLAIM);
	if (msg.type == WIRE_REFUSE)
		return claims_refusal(&msg, diag);
	if (msg.type != WIRE_ACCEPT)
		return fail(diag, ERR_WIRE_UNEXPECTED, "%s from the worker",
		    wire_type_name(msg.type));
	r = take_accept(&msg, claims, diag);
	if (r != ERR_OK)
		return r;
	*ret = TAKE(claims);
	return ERR_OK;
}
