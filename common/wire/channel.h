/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One end of a stream socket that carries the frames of wire.h.  Every wait
 * has a deadline; a broken connection is an error, never a signal.
 */
#ifndef WIRE_CHANNEL_H
#define WIRE_CHANNEL_H

#include "wire/codec.h"

struct channel {
	int fd;			/* -1: closed; owned */
	int64_t deadline_ms;	/* on clock_monotonic_ms() */
};

#define CHANNEL_INIT { -1, 0 }

void channel_close(struct channel *ch);
DEFINE_AUTO(channel, struct channel, channel_close);

/* All waits from now on end timeout_ms from now. */
void channel_set_timeout(struct channel *ch, int timeout_ms);

/* Sends one message; see wire_encode().  The encoded copy is wiped.
 * ERR_WIRE_CLOSED, ERR_TIMEOUT, ERR_IO, and wire_encode()'s. */
enum err channel_send(struct channel *ch, enum wire_type type,
	const struct wire_field *field, size_t count, struct diag *diag)
	MUST_USE;

/* Sends what wire_encode() made, many messages at once.
 * ERR_WIRE_CLOSED, ERR_TIMEOUT, ERR_IO. */
enum err channel_send_frames(struct channel *ch, const struct buf *frames,
	struct diag *diag) MUST_USE;

/* CHANNEL_SEND(&ch, PROMPT, diag, wire_u64(1), wire_text(text)) */
#define CHANNEL_SEND(ch, message, diag, ...) \
	channel_send((ch), WIRE_##message, \
	    (const struct wire_field[]){ __VA_ARGS__ }, \
	    sizeof((const struct wire_field[]){ __VA_ARGS__ }) / \
	    sizeof(struct wire_field), (diag))

/* Sends REFUSE with reason's name and the detail, which may quote what was cut
 * inside a character: the wire has UTF-8 only, so other bytes become '?'.
 * As channel_send(). */
enum err channel_refuse(struct channel *ch, enum err reason,
	const struct diag *detail) MUST_USE;

/* Receives one message into msg, whose former content is wiped; msg is empty
 * after a failure.
 * ERR_WIRE_CLOSED (also between two frames), ERR_TIMEOUT, ERR_IO, ERR_NOMEM,
 * ERR_WIRE_VERSION, ERR_WIRE_SYNTAX. */
enum err channel_recv(struct channel *ch, struct wire_msg *msg,
	struct diag *diag) MUST_USE;

/*
 * What came together with an earlier message, for a peer that sends many small
 * ones: to wait for each of them costs more than to read it.  One of them for
 * one channel, from its first message or later to its last; nothing else may
 * receive there meanwhile.
 */
struct channel_ahead {
	struct buf bytes;
	size_t taken;
};

#define CHANNEL_AHEAD_SIZE 65536u
#define CHANNEL_AHEAD_INIT { BUF_INIT(CHANNEL_AHEAD_SIZE), 0 }

/* Wipes and frees. */
void channel_ahead_clear(struct channel_ahead *ahead);
DEFINE_AUTO(channel_ahead, struct channel_ahead, channel_ahead_clear);

/* channel_recv() that takes as much as there is; ahead may be NULL. */
enum err channel_recv_ahead(struct channel *ch, struct channel_ahead *ahead,
	struct wire_msg *msg, struct diag *diag) MUST_USE;

/* channel_recv() that also demands this type: ERR_WIRE_UNEXPECTED. */
enum err channel_expect(struct channel *ch, enum wire_type type,
	struct wire_msg *msg, struct diag *diag) MUST_USE;

#endif
