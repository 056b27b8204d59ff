/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/device_error.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/parse.h"
#include "sys/json.h"

#define NAME_MAX_LEN 40
#define NUMBERS_MAX 4		/* that are looked at */
#define NUMBER_MAX 99999999	/* the longest known has 7 digits */
#define DETAIL_MAX 400

/* Of the column from: the error itself, and a number that no row has. */
#define NONE 0
#define OTHER (-1)

/*
 * A row with an error and no number says what the client does next.  Where
 * that is to stop, the row of a number may have the better words: numbers are
 * Entra's diagnostics and change (ENTRA-SCIM-8X8.md 3.2), so they never turn a
 * stop into anything else, nor anything else into a stop.
 */
static const struct meaning {
	const char *error;	/* "": any that stops */
	int64_t from;		/* AADSTS number, or one of the above */
	int64_t to;
	enum device_step step;
	enum err reason;
} meanings[] = {
	{ "authorization_pending", NONE, 0, DEVICE_GO_ON, ERR_OK },
	{ "slow_down", NONE, 0, DEVICE_SLOW_DOWN, ERR_OK },
	{ "temporarily_unavailable", NONE, 0, DEVICE_BACK_OFF,
	    ERR_DEVICE_BUSY },
	{ "server_error", NONE, 0, DEVICE_STOP, ERR_DEVICE_BUSY },
	{ "authorization_declined", NONE, 0, DEVICE_STOP,
	    ERR_DEVICE_DECLINED },
	{ "access_denied", NONE, 0, DEVICE_STOP, ERR_DEVICE_DECLINED },
	{ "expired_token", NONE, 0, DEVICE_STOP, ERR_DEVICE_EXPIRED },
	{ "code_expired", NONE, 0, DEVICE_STOP, ERR_DEVICE_EXPIRED },
	{ "bad_verification_code", NONE, 0, DEVICE_STOP, ERR_DEVICE_LOST },
	{ "invalid_client", NONE, 0, DEVICE_STOP, ERR_DEVICE_CLIENT },
	{ "unauthorized_client", NONE, 0, DEVICE_STOP, ERR_DEVICE_CLIENT },
	{ "unsupported_grant_type", NONE, 0, DEVICE_STOP, ERR_DEVICE_CLIENT },
	{ "interaction_required", NONE, 0, DEVICE_STOP, ERR_DEVICE_MFA },
	/* By RFC 6749 the code is void, and we have not used it.  Entra says
	 * the same for many things, and adds the number. */
	{ "invalid_grant", NONE, 0, DEVICE_STOP, ERR_DEVICE_LOST },
	{ "invalid_grant", OTHER, OTHER, DEVICE_STOP, ERR_DEVICE_REFUSED },

	{ "", 429, 429, DEVICE_STOP, ERR_DEVICE_BUSY },
	{ "", 90033, 90033, DEVICE_STOP, ERR_DEVICE_BUSY },
	{ "", 90006, 90006, DEVICE_STOP, ERR_DEVICE_BUSY },
	{ "", 50196, 50196, DEVICE_STOP, ERR_DEVICE_BUSY },
	{ "", 54005, 54005, DEVICE_STOP, ERR_DEVICE_LOST },
	{ "", 70018, 70018, DEVICE_STOP, ERR_DEVICE_LOST },
	{ "", 70019, 70019, DEVICE_STOP, ERR_DEVICE_EXPIRED },
	/* The application and the tenant. */
	{ "", 7000218, 7000218, DEVICE_STOP, ERR_DEVICE_CLIENT },
	{ "", 700025, 700025, DEVICE_STOP, ERR_DEVICE_CLIENT },
	{ "", 700016, 700016, DEVICE_STOP, ERR_DEVICE_CLIENT },
	{ "", 50194, 50194, DEVICE_STOP, ERR_DEVICE_TENANT },
	{ "", 90002, 90002, DEVICE_STOP, ERR_DEVICE_TENANT },
	{ "", 90038, 90038, DEVICE_STOP, ERR_DEVICE_TENANT },
	/* The person. */
	{ "", 50105, 50105, DEVICE_STOP, ERR_DEVICE_UNASSIGNED },
	{ "", 50034, 50034, DEVICE_STOP, ERR_DEVICE_DISABLED },
	{ "", 50053, 50053, DEVICE_STOP, ERR_DEVICE_DISABLED },
	{ "", 50055, 50057, DEVICE_STOP, ERR_DEVICE_DISABLED },
	{ "", 50072, 50072, DEVICE_STOP, ERR_DEVICE_MFA },
	{ "", 50074, 50074, DEVICE_STOP, ERR_DEVICE_MFA },
	{ "", 50076, 50076, DEVICE_STOP, ERR_DEVICE_MFA },
	{ "", 50078, 50079, DEVICE_STOP, ERR_DEVICE_MFA },
	{ "", 50158, 50158, DEVICE_STOP, ERR_DEVICE_MFA },
	/* Conditional Access, compliance, risk, security defaults. */
	{ "", 50005, 50005, DEVICE_STOP, ERR_DEVICE_BLOCKED },
	{ "", 50097, 50097, DEVICE_STOP, ERR_DEVICE_BLOCKED },
	{ "", 50131, 50131, DEVICE_STOP, ERR_DEVICE_BLOCKED },
	{ "", 53000, 53011, DEVICE_STOP, ERR_DEVICE_BLOCKED },
	{ "", 530031, 530035, DEVICE_STOP, ERR_DEVICE_BLOCKED },
};

static const struct meaning unknown = { "", NONE, 0, DEVICE_STOP,
	ERR_DEVICE_REFUSED };

/* The parts of an answer that are looked at. */
struct answer {
	const char *error;
	int64_t number[NUMBERS_MAX];
	size_t count;
};

static const struct meaning *
find(const char *error, int64_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
		const struct meaning *m = &meanings[i];

		if (strcmp(m->error, error) != 0)
			continue;
		if (number == m->from ||
		    (number > m->from && number <= m->to))
			return m;
	}
	return NULL;
}

/* What an answer with this error means. */
static const struct meaning *
find_meaning(const struct answer *a)
{
	const struct meaning *general = find(a->error, NONE);
	const struct meaning *m = NULL;

	if (general == NULL)
		general = &unknown;
	if (general->step != DEVICE_STOP || a->count == 0)
		return general;
	for (size_t i = 0; i < a->count && m == NULL; i++)
		m = find("", a->number[i]);
	if (m == NULL)
		m = find(a->error, OTHER);
	return m == NULL ? general : m;
}

static bool
is_name(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz_");

	return len > 0 && len <= NAME_MAX_LEN && text[len] == '\0';
}

static void
add_number(struct answer *a, int64_t number)
{
	if (number > 0 && number <= NUMBER_MAX && a->count < NUMBERS_MAX)
		a->number[a->count++] = number;
}

/* From a description that begins as Entra's do: "AADSTS50105: ..." */
static void
read_description(struct json *body, struct answer *a)
{
	const char *text = json_string_of(json_member(body,
	    "error_description"));
	uint64_t number;
	size_t len;

	if (text == NULL || strncmp(text, "AADSTS", 6) != 0)
		return;
	text += 6;
	len = strspn(text, "0123456789");
	if (text[len] == ':' && parse_u64(text, len, NUMBER_MAX, &number))
		add_number(a, (int64_t)number);
}

static void
read_numbers(struct json *body, struct answer *a)
{
	struct json *codes = json_member(body, "error_codes");

	for (size_t i = 0; i < json_count(codes); i++) {
		int64_t number;

		if (json_int_of(json_item(codes, i), &number))
			add_number(a, number);
	}
	if (a->count == 0)
		read_description(body, a);
}

static enum err
put_id(struct buf *out, const char *label, struct json *value)
{
	const char *id = json_string_of(value);

	if (id == NULL || !parse_is_guid(id, strlen(id)))
		return ERR_OK;
	return buf_printf(out, " %s=%s", label, id);
}

/* One line for the log, of nothing but checked values; the room suffices. */
static void
describe(struct json *body, const struct answer *a, struct buf *out)
{
	enum err r = buf_printf(out, "error=%s",
	    is_name(a->error) ? a->error : "?");

	for (size_t i = 0; i < a->count && r == ERR_OK; i++)
		r = buf_printf(out, "%s%" PRId64, i == 0 ? " aadsts=" : ",",
		    a->number[i]);
	if (r == ERR_OK)
		r = put_id(out, "correlation",
		    json_member(body, "correlation_id"));
	if (r == ERR_OK)
		r = put_id(out, "trace", json_member(body, "trace_id"));
	if (r != ERR_OK)
		buf_reset(out);
}

enum device_step
device_error_read(struct json *body, enum err *ret_reason, struct diag *diag)
{
	AUTO(buf) struct buf detail = BUF_INIT(DETAIL_MAX);
	struct answer a = { json_string_of(json_member(body, "error")),
	    { 0 }, 0 };
	const struct meaning *m;

	if (a.error == NULL || a.error[0] == '\0') {
		*ret_reason = fail(diag, ERR_DEVICE_RESPONSE,
		    "an error answer that does not say which");
		return DEVICE_STOP;
	}
	read_numbers(body, &a);
	describe(body, &a, &detail);
	m = find_meaning(&a);
	if (m->reason != ERR_OK)
		(void)fail(diag, m->reason, "%s", buf_str(&detail));
	if (m->step == DEVICE_STOP)
		*ret_reason = m->reason;
	return m->step;
}
