/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "wire/codec.h"

#define ENCODE(out, message, ...) \
	wire_encode((out), WIRE_##message, \
	    (const struct wire_field[]){ __VA_ARGS__ }, \
	    sizeof((const struct wire_field[]){ __VA_ARGS__ }) / \
	    sizeof(struct wire_field), NULL)

#define BIG (1u << 20)

/* Decodes a whole frame, as a channel does. */
static enum err
decode(const void *frame, size_t len, struct wire_msg *msg)
{
	size_t payload = 0;
	enum err r;

	assert_true(len >= WIRE_HEADER_SIZE);
	r = wire_decode_header(frame, &msg->type, &payload, NULL);
	if (r != ERR_OK)
		return r;
	assert_err(buf_put(&msg->payload,
	    (const uint8_t *)frame + WIRE_HEADER_SIZE,
	    len - WIRE_HEADER_SIZE), ERR_OK);
	return wire_decode_payload(msg, NULL);
}

static void
encode_prompt(struct buf *out, const char *text)
{
	assert_err(ENCODE(out, PROMPT, wire_u64(1), wire_text(text)), ERR_OK);
}

static void
a_frame_has_the_documented_bytes(void **state)
{
	static const uint8_t want[] = {
		1, 2, 0, 0, 0, 0, 0, 19,
		0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1,
		0, 0, 0, 3, 'h', 'i', 0,
	};
	AUTO(buf) struct buf b = BUF_INIT(BIG);

	(void)state;
	encode_prompt(&b, "hi");
	assert_int_equal(b.len, sizeof(want));
	assert_memory_equal(b.data, want, sizeof(want));
}

static void
what_was_encoded_decodes(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(buf) struct buf b = BUF_INIT(BIG);

	(void)state;
	assert_err(ENCODE(&b, BEGIN, wire_u64(UINT64_MAX),
	    wire_bytes("0123456789abcde\0", 16), wire_text("b.simon"),
	    wire_text(NULL), wire_text("\xc3\xb6"), wire_text(""),
	    wire_u64(80), wire_u64(24), wire_u64(1), wire_u64(60)), ERR_OK);
	assert_err(decode(b.data, b.len, &msg), ERR_OK);
	assert_int_equal(msg.type, WIRE_BEGIN);
	assert_true(wire_get_u64(&msg, BEGIN_OPERATION) == UINT64_MAX);
	assert_int_equal(msg.field[BEGIN_NONCE].len, 16);
	assert_memory_equal(msg.field[BEGIN_NONCE].data, "0123456789abcde\0",
	    16);
	assert_string_equal(wire_get_text(&msg, BEGIN_USER), "b.simon");
	assert_string_equal(wire_get_text(&msg, BEGIN_SERVICE), "");
	assert_string_equal(wire_get_text(&msg, BEGIN_RHOST), "\xc3\xb6");
	assert_int_equal(msg.field[BEGIN_RHOST].len, 2);
}

static void
text_needs_no_final_nul_to_be_encoded(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(buf) struct buf b = BUF_INIT(BIG);

	(void)state;
	assert_err(ENCODE(&b, INFO, wire_u64(0), wire_bytes("hello", 4)),
	    ERR_OK);
	assert_err(decode(b.data, b.len, &msg), ERR_OK);
	assert_string_equal(wire_get_text(&msg, INFO_WORDS), "hell");
}

static void
encoding_refuses_what_breaks_the_table(void **state)
{
	static char big[65538];
	AUTO(buf) struct buf b = BUF_INIT(BIG);

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	assert_err(buf_puts(&b, "before"), ERR_OK);
	assert_err(ENCODE(&b, PROMPT, wire_u64(1)), ERR_WIRE_SYNTAX);
	assert_err(ENCODE(&b, PROMPT, wire_u64(1), wire_text(""),
	    wire_text("")), ERR_WIRE_SYNTAX);
	assert_err(wire_encode(&b, 99, NULL, 0, NULL), ERR_WIRE_SYNTAX);
	assert_err(ENCODE(&b, PROMPT, wire_u64(1), wire_text("\xff")),
	    ERR_WIRE_SYNTAX);
	assert_err(ENCODE(&b, PROMPT, wire_u64(1), wire_bytes("a\0b", 3)),
	    ERR_WIRE_SYNTAX);
	assert_err(ENCODE(&b, PROMPT, wire_u64(1), wire_text(big)),
	    ERR_TOO_LONG);
	assert_string_equal(buf_str(&b), "before");
	big[sizeof(big) - 2] = '\0';
	assert_err(ENCODE(&b, PROMPT, wire_u64(1), wire_text(big)), ERR_OK);
}

static void
a_full_buffer_keeps_what_it_had(void **state)
{
	AUTO(buf) struct buf b = BUF_INIT(16);

	(void)state;
	assert_err(buf_puts(&b, "before"), ERR_OK);
	assert_err(ENCODE(&b, PROMPT, wire_u64(1), wire_text("text")),
	    ERR_TOO_LONG);
	assert_string_equal(buf_str(&b), "before");
}

static void
headers_are_strict(void **state)
{
	static const struct {
		uint8_t bytes[WIRE_HEADER_SIZE];
		enum err want;
	} rows[] = {
		{ { 1, 2, 0, 0, 0, 0, 0, 0 }, ERR_OK },
		{ { 1, 2, 0, 0, 0, 4, 0, 0 }, ERR_OK },
		{ { 1, 2, 0, 0, 0, 4, 0, 1 }, ERR_WIRE_SYNTAX },
		{ { 1, 2, 0, 0, 255, 255, 255, 255 }, ERR_WIRE_SYNTAX },
		{ { 0, 2, 0, 0, 0, 0, 0, 0 }, ERR_WIRE_VERSION },
		{ { 2, 2, 0, 0, 0, 0, 0, 0 }, ERR_WIRE_VERSION },
		{ { 1, 0, 0, 0, 0, 0, 0, 0 }, ERR_WIRE_SYNTAX },
		{ { 1, 9, 0, 0, 0, 0, 0, 0 }, ERR_WIRE_SYNTAX },
		{ { 1, 255, 0, 0, 0, 0, 0, 0 }, ERR_WIRE_SYNTAX },
		{ { 1, 2, 1, 0, 0, 0, 0, 0 }, ERR_WIRE_SYNTAX },
		{ { 1, 2, 0, 1, 0, 0, 0, 0 }, ERR_WIRE_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum wire_type type = 0;
		size_t len = 0;

		assert_err(wire_decode_header(rows[i].bytes, &type, &len,
		    NULL), rows[i].want);
	}
}

static void
every_truncation_is_refused(void **state)
{
	AUTO(buf) struct buf b = BUF_INIT(BIG);

	(void)state;
	encode_prompt(&b, "a prompt");
	for (size_t len = WIRE_HEADER_SIZE; len < b.len; len++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;

		assert_err(decode(b.data, len, &msg), ERR_WIRE_SYNTAX);
	}
}

static void
one_byte_too_many_is_refused(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(buf) struct buf b = BUF_INIT(BIG);

	(void)state;
	encode_prompt(&b, "a prompt");
	assert_err(buf_putc(&b, '\0'), ERR_OK);
	assert_err(decode(b.data, b.len, &msg), ERR_WIRE_SYNTAX);
}

static void
payloads_that_break_a_field_are_refused(void **state)
{
#define ROW(bytes) { bytes, sizeof(bytes) - 1 }
	static const struct {
		const char *payload;
		size_t len;
	} rows[] = {
		/* the number is 7 or 9 bytes */
		ROW("\0\0\0\7" "1234567" "\0\0\0\1"),
		ROW("\0\0\0\11" "123456789" "\0\0\0\1"),
		/* text of no bytes, without NUL, with another NUL, not UTF-8 */
		ROW("\0\0\0\10" "12345678" "\0\0\0\0"),
		ROW("\0\0\0\10" "12345678" "\0\0\0\2" "hi"),
		ROW("\0\0\0\10" "12345678" "\0\0\0\4" "h\0i"),
		ROW("\0\0\0\10" "12345678" "\0\0\0\3" "\xc0\x80"),
		/* a length that is more than there is, by far and by one */
		ROW("\0\0\0\10" "12345678" "\377\377\377\377" "hi"),
		ROW("\0\0\0\10" "12345678" "\0\0\0\4" "hi"),
		ROW("\0\0\0"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;

		msg.type = WIRE_PROMPT;
		assert_err(buf_put(&msg.payload, rows[i].payload,
		    rows[i].len), ERR_OK);
		assert_err(wire_decode_payload(&msg, NULL), ERR_WIRE_SYNTAX);
	}
}

static void
a_field_above_its_maximum_is_refused(void **state)
{
	static char big[300];
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;

	(void)state;
	/* REFUSE.REASON may have 64 bytes. */
	msg.type = WIRE_REFUSE;
	memset(big, 'x', 66);
	assert_err(buf_put(&msg.payload, "\0\0\0\102", 4), ERR_OK);
	assert_err(buf_put(&msg.payload, big, 65), ERR_OK);
	assert_err(buf_put(&msg.payload, "\0\0\0\0\1\0", 6), ERR_OK);
	assert_err(wire_decode_payload(&msg, NULL), ERR_WIRE_SYNTAX);
}

static void
types_have_names(void **state)
{
	(void)state;
	assert_string_equal(wire_type_name(WIRE_BEGIN), "BEGIN");
	assert_string_equal(wire_type_name(WIRE_IDP_KEY), "IDP_KEY");
	assert_string_equal(wire_type_name(0), "?");
}

static void
a_cleared_message_is_empty_and_usable(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(buf) struct buf b = BUF_INIT(BIG);

	(void)state;
	encode_prompt(&b, "once");
	assert_err(decode(b.data, b.len, &msg), ERR_OK);
	wire_msg_clear(&msg);
	assert_null(wire_get_text(&msg, PROMPT_WORDS));
	assert_int_equal(msg.type, 0);
	assert_err(decode(b.data, b.len, &msg), ERR_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_has_the_documented_bytes),
		cmocka_unit_test(what_was_encoded_decodes),
		cmocka_unit_test(text_needs_no_final_nul_to_be_encoded),
		cmocka_unit_test(encoding_refuses_what_breaks_the_table),
		cmocka_unit_test(a_full_buffer_keeps_what_it_had),
		cmocka_unit_test(headers_are_strict),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(one_byte_too_many_is_refused),
		cmocka_unit_test(payloads_that_break_a_field_are_refused),
		cmocka_unit_test(a_field_above_its_maximum_is_refused),
		cmocka_unit_test(types_have_names),
		cmocka_unit_test(a_cleared_message_is_empty_and_usable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
