/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/channel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"

void
channel_close(struct channel *ch)
{
	if (ch->fd >= 0)
		(void)close(ch->fd);
	ch->fd = -1;
}

void
channel_set_timeout(struct channel *ch, int timeout_ms)
{
	ch->deadline_ms = clock_monotonic_ms() + timeout_ms;
}

static enum err
is_open(const struct channel *ch, struct diag *diag)
{
	return ch->fd >= 0 ? ERR_OK :
	    fail(diag, ERR_WIRE_CLOSED, "no connection");
}

/* Waits until fd is ready for events, or the deadline.  A hang-up counts as
 * ready: the call that follows says what happened. */
static enum err
wait_for(const struct channel *ch, short events, struct diag *diag)
{
	for (;;) {
		struct pollfd p = { ch->fd, events, 0 };
		int n = poll(&p, 1, clock_left_ms(ch->deadline_ms));

		if (n > 0)
			return ERR_OK;
		if (n == 0)
			return fail(diag, ERR_TIMEOUT, "waiting for the peer");
		if (errno != EINTR)
			return fail_errno(diag, ERR_IO, "poll");
	}
}

static enum err
failed(ssize_t n, struct diag *diag)
{
	if (n == 0 || errno == EPIPE || errno == ECONNRESET)
		return fail(diag, ERR_WIRE_CLOSED, "connection closed");
	return fail_errno(diag, ERR_IO, "socket");
}

/* Before one waits one tries: there is most often something to read, and room
 * to write. */
static enum err
try_again(const struct channel *ch, short events, ssize_t n,
    struct diag *diag)
{
	if (n < 0 && errno == EINTR)
		return ERR_OK;
	if (n < 0 && errno == EAGAIN)
		return wait_for(ch, events, diag);
	return failed(n, diag);
}

enum err
channel_send_frames(struct channel *ch, const struct buf *frames,
    struct diag *diag)
{
	size_t pos = 0;
	enum err r = is_open(ch, diag);

	while (pos < frames->len && r == ERR_OK) {
		ssize_t n = send(ch->fd, frames->data + pos,
		    frames->len - pos, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0)
			pos += (size_t)n;
		else
			r = try_again(ch, POLLOUT, n, diag);
	}
	return r;
}

/* Receives at least one and at most len bytes. */
static enum err
recv_some(const struct channel *ch, uint8_t *data, size_t len,
    size_t *ret_len, struct diag *diag)
{
	enum err r = is_open(ch, diag);

	while (r == ERR_OK) {
		ssize_t n = recv(ch->fd, data, len, MSG_DONTWAIT);

		if (n > 0) {
			*ret_len = (size_t)n;
			return ERR_OK;
		}
		r = try_again(ch, POLLIN, n, diag);
	}
	return r;
}

static enum err
recv_all(const struct channel *ch, uint8_t *data, size_t len,
    struct diag *diag)
{
	enum err r = ERR_OK;

	while (len > 0 && r == ERR_OK) {
		size_t n = 0;

		r = recv_some(ch, data, len, &n, diag);
		data += n;
		len -= n;
	}
	return r;
}

/* Fills what was read ahead, which is used up. */
static enum err
read_ahead(const struct channel *ch, struct channel_ahead *ahead,
    struct diag *diag)
{
	struct buf *bytes = &ahead->bytes;
	size_t n = 0;
	enum err r;

	bytes->len = 0;
	ahead->taken = 0;
	r = buf_reserve(bytes, CHANNEL_AHEAD_SIZE);
	if (r != ERR_OK)
		return fail(diag, r, "reading ahead");
	r = recv_some(ch, bytes->data, CHANNEL_AHEAD_SIZE, &n, diag);
	bytes->len = n;
	return r;
}

static enum err
take(const struct channel *ch, struct channel_ahead *ahead, uint8_t *data,
    size_t len, struct diag *diag)
{
	enum err r = ERR_OK;

	if (ahead == NULL)
		return recv_all(ch, data, len, diag);
	while (len > 0 && r == ERR_OK) {
		size_t n = ahead->bytes.len - ahead->taken;

		if (n == 0) {
			r = read_ahead(ch, ahead, diag);
			continue;
		}
		if (n > len)
			n = len;
		memcpy(data, ahead->bytes.data + ahead->taken, n);
		ahead->taken += n;
		data += n;
		len -= n;
	}
	return r;
}

void
channel_ahead_clear(struct channel_ahead *ahead)
{
	buf_clear(&ahead->bytes);
	ahead->taken = 0;
}

enum err
channel_send(struct channel *ch, enum wire_type type,
    const struct wire_field *field, size_t count, struct diag *diag)
{
	AUTO(buf) struct buf b = BUF_INIT(WIRE_HEADER_SIZE + WIRE_PAYLOAD_MAX);
	enum err r = wire_encode(&b, type, field, count, diag);

	return r != ERR_OK ? r : channel_send_frames(ch, &b, diag);
}

enum err
channel_refuse(struct channel *ch, enum err reason, const struct diag *detail)
{
	struct diag plain = *detail;
	size_t len = strlen(plain.text);

	if (!parse_is_utf8(plain.text, len))
		for (size_t i = 0; i < len; i++)
			if ((unsigned char)plain.text[i] > '~')
				plain.text[i] = '?';
	return CHANNEL_SEND(ch, REFUSE, NULL, wire_text(err_name(reason)),
	    wire_text(plain.text));
}

static enum err
recv_frame(const struct channel *ch, struct channel_ahead *ahead,
    struct wire_msg *msg, struct diag *diag)
{
	uint8_t header[WIRE_HEADER_SIZE];
	size_t len = 0;
	enum err r = take(ch, ahead, header, sizeof(header), diag);

	if (r != ERR_OK)
		return r;
	r = wire_decode_header(header, &msg->type, &len, diag);
	if (r != ERR_OK)
		return r;
	r = buf_reserve(&msg->payload, len);
	if (r != ERR_OK)
		return fail(diag, r, "message of %zu bytes", len);
	r = take(ch, ahead, msg->payload.data, len, diag);
	if (r != ERR_OK)
		return r;
	msg->payload.len = len;
	return wire_decode_payload(msg, diag);
}

enum err
channel_recv_ahead(struct channel *ch, struct channel_ahead *ahead,
    struct wire_msg *msg, struct diag *diag)
{
	enum err r;

	wire_msg_clear(msg);
	r = recv_frame(ch, ahead, msg, diag);
	if (r != ERR_OK)
		wire_msg_clear(msg);
	return r;
}

enum err
channel_recv(struct channel *ch, struct wire_msg *msg, struct diag *diag)
{
	return channel_recv_ahead(ch, NULL, msg, diag);
}

enum err
channel_expect(struct channel *ch, enum wire_type type, struct wire_msg *msg,
    struct diag *diag)
{
	enum err r = channel_recv(ch, msg, diag);

	if (r != ERR_OK)
		return r;
	if (msg->type != type)
		return fail(diag, ERR_WIRE_UNEXPECTED, "%s instead of %s",
		    wire_type_name(msg->type), wire_type_name(type));
	return ERR_OK;
}
