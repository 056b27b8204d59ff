/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes <-> messages of wire.h, driven by its table.  A message that decoded
 * is valid in every field; one that was encoded will decode.
 */
#ifndef WIRE_CODEC_H
#define WIRE_CODEC_H

#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/limits.h"
#include "wire/wire.h"

struct wire_field {
	const void *data;	/* TEXT: a C string */
	size_t len;		/* TEXT: without the NUL */
	uint64_t number;	/* U64 */
};

/* Field values for an initialiser; NULL text counts as "". */
struct wire_field wire_u64(uint64_t number);
struct wire_field wire_text(const char *text);
struct wire_field wire_bytes(const void *data, size_t len);

/* A decoded message.  Fields point into payload and live as long as it. */
struct wire_msg {
	enum wire_type type;
	struct wire_field field[WIRE_FIELDS_MAX];
	struct buf payload;
};

#define WIRE_MSG_INIT { 0, { { NULL, 0, 0 } }, BUF_INIT(WIRE_PAYLOAD_MAX) }

/* Wipes and frees. */
void wire_msg_clear(struct wire_msg *msg);
DEFINE_AUTO(wire_msg, struct wire_msg, wire_msg_clear);

/* Appends one frame.  count must be the message's number of fields.
 * ERR_WIRE_SYNTAX when a field breaks the table, ERR_TOO_LONG, ERR_NOMEM. */
enum err wire_encode(struct buf *out, enum wire_type type,
	const struct wire_field *field, size_t count, struct diag *diag)
	MUST_USE;

/* Reads a frame's header: type and length of the payload.
 * ERR_WIRE_VERSION, ERR_WIRE_SYNTAX. */
enum err wire_decode_header(const uint8_t header[static WIRE_HEADER_SIZE],
	enum wire_type *ret_type, size_t *ret_len, struct diag *diag) MUST_USE;

/* Fills field[] from msg->type and msg->payload.  ERR_WIRE_SYNTAX. */
enum err wire_decode_payload(struct wire_msg *msg, struct diag *diag) MUST_USE;

/* "BEGIN"; "?" for a number that is no type. */
const char *wire_type_name(enum wire_type type);

/* A field of a decoded message. */
static inline const char *
wire_get_text(const struct wire_msg *msg, unsigned int place)
{
	return msg->field[place].data;
}

static inline uint64_t
wire_get_u64(const struct wire_msg *msg, unsigned int place)
{
	return msg->field[place].number;
}

#endif
