/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "wire/channel.h"

struct pair {
	struct channel a;
	struct channel b;
};

static void
pair_close(struct pair *pair)
{
	channel_close(&pair->a);
	channel_close(&pair->b);
}
DEFINE_AUTO(pair, struct pair, pair_close);

/* Deadlines are far away: a test that waits is one that hangs. */
static void
pair_open(struct pair *pair)
{
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	pair->a = (struct channel){ fd[0], 0 };
	pair->b = (struct channel){ fd[1], 0 };
	channel_set_timeout(&pair->a, 60000);
	channel_set_timeout(&pair->b, 60000);
}

#define PAIR(name) \
	AUTO(pair) struct pair name = { CHANNEL_INIT, CHANNEL_INIT }; \
	pair_open(&name)

static void
messages_arrive_in_order(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	PAIR(p);

	(void)state;
	assert_err(CHANNEL_SEND(&p.a, INFO, NULL, wire_u64(0),
	    wire_text("one")), ERR_OK);
	assert_err(CHANNEL_SEND(&p.a, PROMPT, NULL, wire_u64(1),
	    wire_text("two")), ERR_OK);
	assert_err(channel_recv(&p.b, &msg, NULL), ERR_OK);
	assert_int_equal(msg.type, WIRE_INFO);
	assert_string_equal(wire_get_text(&msg, INFO_WORDS), "one");
	assert_err(channel_recv(&p.b, &msg, NULL), ERR_OK);
	assert_int_equal(msg.type, WIRE_PROMPT);
	assert_string_equal(wire_get_text(&msg, PROMPT_WORDS), "two");
}

static void
a_frame_in_single_bytes_arrives_whole(void **state)
{
	static const char frame[] = "\1\3\0\0\0\0\0\23"
	    "\0\0\0\10\0\0\0\0\0\0\0\1" "\0\0\0\3hi";
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	PAIR(p);

	(void)state;
	for (size_t i = 0; i < sizeof(frame); i++)
		assert_int_equal(write(p.a.fd, frame + i, 1), 1);
	assert_err(channel_recv(&p.b, &msg, NULL), ERR_OK);
	assert_string_equal(wire_get_text(&msg, INFO_WORDS), "hi");
}

static void
put_infos(struct buf *frames, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		const struct wire_field fields[] = {
			wire_u64(i), wire_text("words"),
		};

		assert_err(wire_encode(frames, WIRE_INFO, fields, 2, NULL),
		    ERR_OK);
	}
}

/* Whatever the pieces in which they come. */
static void
messages_read_ahead_are_the_same(void **state)
{
	static const size_t pieces[] = { 1, 7, 8, 9, 100, 100000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		AUTO(buf) struct buf frames = BUF_INIT(1000000);
		AUTO(channel_ahead) struct channel_ahead ahead =
		    CHANNEL_AHEAD_INIT;
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		PAIR(p);

		put_infos(&frames, 5);
		for (size_t at = 0; at < frames.len; at += pieces[i]) {
			size_t n = frames.len - at < pieces[i] ?
			    frames.len - at : pieces[i];

			assert_int_equal(write(p.a.fd, frames.data + at, n),
			    n);
		}
		for (uint64_t n = 0; n < 5; n++) {
			assert_err(channel_recv_ahead(&p.b, &ahead, &msg,
			    NULL), ERR_OK);
			assert_int_equal(wire_get_u64(&msg, 0), n);
		}
		channel_set_timeout(&p.b, 0);
		assert_err(channel_recv_ahead(&p.b, &ahead, &msg, NULL),
		    ERR_TIMEOUT);
		assert_null(msg.payload.data);
	}
}

static void
many_messages_are_sent_at_once(void **state)
{
	AUTO(buf) struct buf frames = BUF_INIT(1000000);
	AUTO(channel_ahead) struct channel_ahead ahead = CHANNEL_AHEAD_INIT;
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	PAIR(p);

	(void)state;
	put_infos(&frames, 1000);
	assert_err(channel_send_frames(&p.a, &frames, NULL), ERR_OK);
	for (uint64_t i = 0; i < 1000; i++) {
		assert_err(channel_recv_ahead(&p.b, &ahead, &msg, NULL),
		    ERR_OK);
		assert_int_equal(wire_get_u64(&msg, 0), i);
	}
	channel_close(&p.a);
	assert_err(channel_recv_ahead(&p.b, &ahead, &msg, NULL),
	    ERR_WIRE_CLOSED);
	assert_err(channel_send_frames(&p.b, &frames, NULL),
	    ERR_WIRE_CLOSED);
	assert_err(channel_send_frames(&p.a, &frames, NULL),
	    ERR_WIRE_CLOSED);
}

static void
a_message_read_ahead_that_breaks_off_is_an_error(void **state)
{
	AUTO(buf) struct buf frames = BUF_INIT(1000000);
	AUTO(channel_ahead) struct channel_ahead ahead = CHANNEL_AHEAD_INIT;
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	PAIR(p);

	(void)state;
	put_infos(&frames, 2);
	assert_int_equal(write(p.a.fd, frames.data, frames.len - 1),
	    frames.len - 1);
	channel_close(&p.a);
	assert_err(channel_recv_ahead(&p.b, &ahead, &msg, NULL), ERR_OK);
	assert_err(channel_recv_ahead(&p.b, &ahead, &msg, NULL),
	    ERR_WIRE_CLOSED);
	assert_null(msg.payload.data);
}

static void
a_closed_peer_is_an_error_and_no_signal(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	PAIR(p);

	(void)state;
	channel_close(&p.b);
	assert_err(channel_recv(&p.a, &msg, NULL), ERR_WIRE_CLOSED);
	assert_err(CHANNEL_SEND(&p.a, INFO, NULL, wire_u64(0),
	    wire_text("x")), ERR_WIRE_CLOSED);
}

static void
a_peer_that_closes_inside_a_frame_is_an_error(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	PAIR(p);

	(void)state;
	assert_int_equal(write(p.a.fd, "\1\3\0\0\0\0\0\23\0\0", 10), 10);
	channel_close(&p.a);
	assert_err(channel_recv(&p.b, &msg, NULL), ERR_WIRE_CLOSED);
	assert_null(msg.payload.data);
}

static void
a_silent_peer_is_a_timeout(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	PAIR(p);

	(void)state;
	channel_set_timeout(&p.a, 0);
	assert_err(channel_recv(&p.a, &msg, NULL), ERR_TIMEOUT);
}

static void
a_peer_that_stops_in_a_frame_is_a_timeout(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	PAIR(p);

	(void)state;
	assert_int_equal(write(p.a.fd, "\1\3\0\0\0\0\0\23\0\0", 10), 10);
	channel_set_timeout(&p.b, 0);
	assert_err(channel_recv(&p.b, &msg, NULL), ERR_TIMEOUT);
}

static void
a_peer_that_does_not_read_is_a_timeout(void **state)
{
	static char text[16384];
	PAIR(p);
	enum err r = ERR_OK;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	channel_set_timeout(&p.a, 0);
	for (int i = 0; i < 10000 && r == ERR_OK; i++)
		r = CHANNEL_SEND(&p.a, INFO, NULL, wire_u64(0),
		    wire_text(text));
	assert_err(r, ERR_TIMEOUT);
}

static void
a_channel_without_a_timeout_does_not_wait(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	PAIR(p);
	struct channel fresh = CHANNEL_INIT;

	(void)state;
	assert_err(channel_recv(&fresh, &msg, NULL), ERR_WIRE_CLOSED);
	p.a.deadline_ms = 0;
	assert_err(channel_recv(&p.a, &msg, NULL), ERR_TIMEOUT);
}

static void
a_closed_channel_is_an_error(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	PAIR(p);

	(void)state;
	channel_close(&p.a);
	channel_close(&p.a);
	assert_err(channel_recv(&p.a, &msg, NULL), ERR_WIRE_CLOSED);
	assert_err(CHANNEL_SEND(&p.a, INFO, NULL, wire_u64(0),
	    wire_text("x")), ERR_WIRE_CLOSED);
}

static void
what_cannot_be_encoded_is_not_sent(void **state)
{
	char byte;
	PAIR(p);

	(void)state;
	assert_err(CHANNEL_SEND(&p.a, INFO, NULL, wire_u64(0),
	    wire_text("\xff")), ERR_WIRE_SYNTAX);
	assert_int_equal(recv(p.b.fd, &byte, 1, MSG_DONTWAIT), -1);
}

static void
another_type_than_expected_is_an_error(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	struct diag diag = DIAG_INIT;
	PAIR(p);

	(void)state;
	assert_err(CHANNEL_SEND(&p.a, INFO, NULL, wire_u64(0),
	    wire_text("x")), ERR_OK);
	assert_err(channel_expect(&p.b, WIRE_ANSWER, &msg, &diag),
	    ERR_WIRE_UNEXPECTED);
	assert_string_equal(diag.text, "INFO instead of ANSWER");
}

static void
a_failed_receive_leaves_nothing_of_the_last_message(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	PAIR(p);

	(void)state;
	assert_err(CHANNEL_SEND(&p.a, INFO, NULL, wire_u64(0),
	    wire_text("secret")), ERR_OK);
	assert_int_equal(write(p.a.fd, "\1\3\0\0\0\0\0\0", 8), 8);
	assert_err(channel_recv(&p.b, &msg, NULL), ERR_OK);
	assert_err(channel_recv(&p.b, &msg, NULL), ERR_WIRE_SYNTAX);
	assert_int_equal(msg.type, 0);
	assert_null(msg.payload.data);
	assert_null(wire_get_text(&msg, INFO_WORDS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_arrive_in_order),
		cmocka_unit_test(a_frame_in_single_bytes_arrives_whole),
		cmocka_unit_test(messages_read_ahead_are_the_same),
		cmocka_unit_test(many_messages_are_sent_at_once),
		cmocka_unit_test(
		    a_message_read_ahead_that_breaks_off_is_an_error),
		cmocka_unit_test(a_closed_peer_is_an_error_and_no_signal),
		cmocka_unit_test(
		    a_peer_that_closes_inside_a_frame_is_an_error),
		cmocka_unit_test(a_silent_peer_is_a_timeout),
		cmocka_unit_test(a_peer_that_stops_in_a_frame_is_a_timeout),
		cmocka_unit_test(a_peer_that_does_not_read_is_a_timeout),
		cmocka_unit_test(a_channel_without_a_timeout_does_not_wait),
		cmocka_unit_test(a_closed_channel_is_an_error),
		cmocka_unit_test(what_cannot_be_encoded_is_not_sent),
		cmocka_unit_test(another_type_than_expected_is_an_error),
		cmocka_unit_test(
		    a_failed_receive_leaves_nothing_of_the_last_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
