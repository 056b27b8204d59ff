/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/device_answer.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/parse.h"
#include "sys/json.h"

void
device_code_clear(struct device_code *code)
{
	buf_clear(&code->secret);
	explicit_bzero(code->user_code, sizeof(code->user_code));
}

void
device_token_clear(struct device_token *token)
{
	buf_clear(&token->id_token);
	buf_clear(&token->access_token);
}

/* An integer, or, of some providers, a string of digits. */
static bool
read_number(struct json *value, int64_t *ret)
{
	const char *text = json_string_of(value);
	uint64_t number;

	if (text == NULL)
		return json_int_of(value, ret);
	if (!parse_u64(text, strlen(text), INT32_MAX, &number))
		return false;
	*ret = (int64_t)number;
	return true;
}

static enum err
read_times(struct json *body, struct device_code *code, struct diag *diag)
{
	struct json *interval = json_member(body, "interval");

	if (!read_number(json_member(body, "expires_in"), &code->expires_in))
		return fail(diag, ERR_DEVICE_RESPONSE,
		    "expires_in is missing or not a number");
	if (code->expires_in < 1 ||
	    code->expires_in > DEVICE_EXPIRES_IN_MAX)
		return fail(diag, ERR_DEVICE_RESPONSE,
		    "expires_in is %" PRId64, code->expires_in);
	code->interval = DEVICE_INTERVAL_MIN;
	if (interval != NULL && !read_number(interval, &code->interval))
		return fail(diag, ERR_DEVICE_RESPONSE,
		    "interval is not a number");
	if (code->interval < 0 || code->interval > DEVICE_INTERVAL_MAX)
		return fail(diag, ERR_DEVICE_RESPONSE, "interval is %" PRId64,
		    code->interval);
	if (code->interval < DEVICE_INTERVAL_MIN)
		code->interval = DEVICE_INTERVAL_MIN;
	return ERR_OK;
}

static bool
is_user_code(const char *text)
{
	size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
	size_t symbols = 0;

	for (size_t i = 0; i < len; i++)
		symbols += text[i] != '-';
	return text[len] == '\0' && len <= USER_CODE_MAX_LEN &&
	    symbols >= USER_CODE_MIN_LEN;
}

/* Is it one of the lines? */
static bool
is_listed(const char *text, const char *lines)
{
	size_t len = strlen(text);

	for (const char *line = lines; len > 0 && *line != '\0';) {
		size_t end = strcspn(line, "\n");

		if (end == len && memcmp(line, text, len) == 0)
			return true;
		line += end + (line[end] == '\n');
	}
	return false;
}

/* What people will see (V5); verification_uri_complete is not looked at. */
static enum err
read_prompt(struct json *body, const char *uris, struct device_code *code,
    struct diag *diag)
{
	const char *user_code = json_string_of(json_member(body,
	    "user_code"));
	const char *uri = json_string_of(json_member(body,
	    "verification_uri"));

	if (user_code == NULL || !is_user_code(user_code))
		return fail(diag, ERR_DEVICE_PROMPT,
		    "user_code is missing or not one to show");
	if (uri == NULL || strlen(uri) >= sizeof(code->uri) ||
	    !is_listed(uri, uris))
		return fail(diag, ERR_DEVICE_PROMPT, "verification_uri is "
		    "missing or none of [device] verification_uri");
	memcpy(code->user_code, user_code, strlen(user_code) + 1);
	memcpy(code->uri, uri, strlen(uri) + 1);
	return ERR_OK;
}

static enum err
read_secret(struct json *body, struct device_code *code, struct diag *diag)
{
	const char *secret = json_string_of(json_member(body, "device_code"));
	size_t len = secret == NULL ? 0 : strlen(secret);

	for (size_t i = 0; i < len; i++)
		if (secret[i] < ' ' || secret[i] > '~')
			return fail(diag, ERR_DEVICE_RESPONSE,
			    "device_code is not printable ASCII");
	if (len == 0 || len > DEVICE_CODE_MAX_LEN)
		return fail(diag, ERR_DEVICE_RESPONSE,
		    "device_code is missing or too long");
	return buf_put(&code->secret, secret, len);
}

enum err
device_answer_code(struct json *body, const char *uris,
    struct device_code *ret, struct diag *diag)
{
	AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;
	enum err r = read_times(body, &code, diag);

	if (r == ERR_OK)
		r = read_prompt(body, uris, &code, diag);
	if (r == ERR_OK)
		r = read_secret(body, &code, diag);
	if (r != ERR_OK)
		return r;
	device_code_clear(ret);
	*ret = code;
	code = (struct device_code)DEVICE_CODE_INIT;
	return ERR_OK;
}

static enum err
copy_token(struct json *value, struct buf *ret, enum err too_long,
    struct diag *diag)
{
	const char *text = json_string_of(value);
	enum err r = text == NULL ? ERR_DEVICE_RESPONSE : buf_puts(ret, text);

	if (r == ERR_OK && ret->len == 0)
		r = ERR_DEVICE_RESPONSE;
	if (r == ERR_TOO_LONG)
		r = too_long;
	return r == ERR_OK ? ERR_OK : fail(diag, r, "token answer");
}

enum err
device_answer_token(struct json *body, struct device_token *ret,
    struct diag *diag)
{
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;
	const char *type = json_string_of(json_member(body, "token_type"));
	struct json *access = json_member(body, "access_token");
	struct json *error = json_member(body, "error");
	enum err r;

	if (error != NULL && (json_string_of(error) == NULL ||
	    *json_string_of(error) != '\0'))
		return fail(diag, ERR_DEVICE_RESPONSE,
		    "an error with the status of success");
	if (type == NULL || !parse_equal_nocase(type, "Bearer"))
		return fail(diag, ERR_DEVICE_RESPONSE,
		    "token_type is not Bearer");
	if (json_string_of(json_member(body, "id_token")) == NULL)
		return fail(diag, ERR_DEVICE_RESPONSE,
		    "id_token is missing or no string");
	r = copy_token(json_member(body, "id_token"), &token.id_token,
	    ERR_JWT_TOO_LONG, diag);
	if (r == ERR_OK && access != NULL)
		r = copy_token(access, &token.access_token,
		    ERR_DEVICE_RESPONSE, diag);
	if (r != ERR_OK)
		return r;
	device_token_clear(ret);
	*ret = token;
	token = (struct device_token)DEVICE_TOKEN_INIT;
	return ERR_OK;
}
