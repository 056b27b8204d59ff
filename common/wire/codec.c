/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/codec.h"

#include <string.h>

#include "base/parse.h"

enum kind { KIND_U64, KIND_TEXT, KIND_BYTES };

struct rule {
	enum kind kind;
	size_t max;
};

#define RULE_U64(message, name) { KIND_U64, 8 },
#define RULE_TEXT(message, name, max) { KIND_TEXT, (max) },
#define RULE_BYTES(message, name, max) { KIND_BYTES, (max) },
#define RULES(number, message) \
	static const struct rule rules_##message[] = { \
	    WIRE_##message##_FIELDS(RULE_U64, RULE_TEXT, RULE_BYTES) }; \
	_Static_assert(message##_FIELD_COUNT <= WIRE_FIELDS_MAX, #message);
WIRE_MESSAGES(RULES)

struct schema {
	enum wire_type type;
	const char *name;
	const struct rule *rules;
	size_t count;
};

#define SCHEMA(number, message) \
	{ WIRE_##message, #message, rules_##message, message##_FIELD_COUNT },
static const struct schema schemas[] = { WIRE_MESSAGES(SCHEMA) };

static const struct schema *
schema_of(unsigned int type)
{
	for (size_t i = 0; i < ARRAY_LEN(schemas); i++)
		if (schemas[i].type == type)
			return &schemas[i];
	return NULL;
}

const char *
wire_type_name(enum wire_type type)
{
	const struct schema *schema = schema_of(type);

	return schema == NULL ? "?" : schema->name;
}

struct wire_field
wire_u64(uint64_t number)
{
	return (struct wire_field){ NULL, 0, number };
}

struct wire_field
wire_text(const char *text)
{
	if (text == NULL)
		text = "";
	return (struct wire_field){ text, strlen(text), 0 };
}

struct wire_field
wire_bytes(const void *data, size_t len)
{
	return (struct wire_field){ data, len, 0 };
}

void
wire_msg_clear(struct wire_msg *msg)
{
	buf_clear(&msg->payload);
	memset(msg->field, 0, sizeof(msg->field));
	msg->type = 0;
}

static void
store_be(uint8_t *p, uint64_t v, size_t size)
{
	for (size_t i = 0; i < size; i++)
		p[i] = (uint8_t)(v >> 8 * (size - 1 - i));
}

static uint64_t
load_be(const uint8_t *p, size_t size)
{
	uint64_t v = 0;

	for (size_t i = 0; i < size; i++)
		v = v << 8 | p[i];
	return v;
}

static enum err
put_number(struct buf *out, uint64_t v, size_t size)
{
	uint8_t bytes[8];

	store_be(bytes, v, size);
	return buf_put(out, bytes, size);
}

static enum err
put_field(struct buf *out, const struct rule *rule,
    const struct wire_field *field)
{
	bool text = rule->kind == KIND_TEXT;
	enum err r;

	if (rule->kind == KIND_U64) {
		r = put_number(out, 8, 4);
		return r != ERR_OK ? r : put_number(out, field->number, 8);
	}
	if (field->len > rule->max)
		return ERR_TOO_LONG;
	if (text && !parse_is_utf8(field->data, field->len))
		return ERR_WIRE_SYNTAX;
	r = put_number(out, field->len + text, 4);
	if (r == ERR_OK)
		r = buf_put(out, field->data, field->len);
	return r == ERR_OK && text ? buf_putc(out, '\0') : r;
}

enum err
wire_encode(struct buf *out, enum wire_type type,
    const struct wire_field *field, size_t count, struct diag *diag)
{
	const struct schema *schema = schema_of(type);
	size_t start = out->len;
	enum err r;

	if (schema == NULL || count != schema->count)
		return fail(diag, ERR_WIRE_SYNTAX, "encoding type %d with %zu "
		    "fields", (int)type, count);
	r = put_number(out, (uint64_t)WIRE_VERSION << 24 |
	    (uint64_t)type << 16, 4);
	if (r == ERR_OK)
		r = put_number(out, 0, 4);
	for (size_t i = 0; i < count && r == ERR_OK; i++) {
		r = put_field(out, &schema->rules[i], &field[i]);
		if (r != ERR_OK)
			(void)fail(diag, r, "%s, field %zu", schema->name, i);
	}
	if (r == ERR_OK && out->len - start - WIRE_HEADER_SIZE >
	    WIRE_PAYLOAD_MAX)
		r = fail(diag, ERR_TOO_LONG, "%s", schema->name);
	if (r != ERR_OK) {
		out->len = start;
		if (out->data != NULL)
			out->data[start] = '\0';
		return r;
	}
	store_be(out->data + start + 4,
	    out->len - start - WIRE_HEADER_SIZE, 4);
	return ERR_OK;
}

enum err
wire_decode_header(const uint8_t header[static WIRE_HEADER_SIZE],
    enum wire_type *ret_type, size_t *ret_len, struct diag *diag)
{
	uint64_t len = load_be(header + 4, 4);

	if (header[0] != WIRE_VERSION)
		return fail(diag, ERR_WIRE_VERSION, "version %u instead of %u",
		    header[0], WIRE_VERSION);
	if (schema_of(header[1]) == NULL || header[2] != 0 || header[3] != 0)
		return fail(diag, ERR_WIRE_SYNTAX, "unknown type %u",
		    header[1]);
	if (len > WIRE_PAYLOAD_MAX)
		return fail(diag, ERR_WIRE_SYNTAX, "payload of %zu bytes",
		    (size_t)len);
	*ret_type = (enum wire_type)header[1];
	*ret_len = (size_t)len;
	return ERR_OK;
}

/* Reads one field at *pos and moves behind it. */
static bool
get_field(const struct buf *payload, size_t *pos, const struct rule *rule,
    struct wire_field *field)
{
	const uint8_t *p = payload->data + *pos;
	size_t left = payload->len - *pos;
	size_t len;

	if (left < 4)
		return false;
	len = (size_t)load_be(p, 4);
	p += 4;
	if (len > left - 4)
		return false;
	*pos += 4 + len;
	if (rule->kind == KIND_U64) {
		*field = wire_u64(len == 8 ? load_be(p, 8) : 0);
		return len == 8;
	}
	if (rule->kind == KIND_TEXT) {
		if (len == 0 || p[len - 1] != '\0' ||
		    !parse_is_utf8(p, len - 1))
			return false;
		len--;
	}
	*field = wire_bytes(p, len);
	return len <= rule->max;
}

enum err
wire_decode_payload(struct wire_msg *msg, struct diag *diag)
{
	const struct schema *schema = schema_of(msg->type);
	size_t pos = 0;

	if (schema == NULL)
		return fail(diag, ERR_WIRE_SYNTAX, "unknown type %d",
		    (int)msg->type);
	for (size_t i = 0; i < schema->count; i++)
		if (!get_field(&msg->payload, &pos, &schema->rules[i],
		    &msg->field[i]))
			return fail(diag, ERR_WIRE_SYNTAX, "%s, field %zu",
			    schema->name, i);
	if (pos != msg->payload.len)
		return fail(diag, ERR_WIRE_SYNTAX, "%s, %zu bytes too many",
		    schema->name, msg->payload.len - pos);
	return ERR_OK;
}
