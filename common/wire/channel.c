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

/* Waits until fd is ready for events, or the deadline.  A hang-up counts as
 * ready: the call that follows says what happened. */
static enum err
wait_for(const struct channel *ch, short events, struct diag *diag)
{
	if (ch->fd < 0)
		return fail(diag, ERR_WIRE_CLOSED, "no connection");
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

static enum err
send_all(const struct channel *ch, const struct buf *b, struct diag *diag)
{
	size_t pos = 0;

	while (pos < b->len) {
		enum err r = wait_for(ch, POLLOUT, diag);
		ssize_t n;

		if (r != ERR_OK)
			return r;
		n = send(ch->fd, b->data + pos, b->len - pos,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return failed(n, diag);
		pos += (size_t)n;
	}
	return ERR_OK;
}

static enum err
recv_all(const struct channel *ch, uint8_t *data, size_t len,
    struct diag *diag)
{
	while (len > 0) {
		enum err r = wait_for(ch, POLLIN, diag);
		ssize_t n;

		if (r != ERR_OK)
			return r;
		n = recv(ch->fd, data, len, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return failed(n, diag);
		data += n;
		len -= (size_t)n;
	}
	return ERR_OK;
}

enum err
channel_send(struct channel *ch, enum wire_type type,
    const struct wire_field *field, size_t count, struct diag *diag)
{
	AUTO(buf) struct buf b = BUF_INIT(WIRE_HEADER_SIZE + WIRE_PAYLOAD_MAX);
	enum err r = wire_encode(&b, type, field, count, diag);

	return r != ERR_OK ? r : send_all(ch, &b, diag);
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
recv_frame(struct channel *ch, struct wire_msg *msg, struct diag *diag)
{
	uint8_t header[WIRE_HEADER_SIZE];
	size_t len = 0;
	enum err r = recv_all(ch, header, sizeof(header), diag);

	if (r != ERR_OK)
		return r;
	r = wire_decode_header(header, &msg->type, &len, diag);
	if (r != ERR_OK)
		return r;
	r = buf_reserve(&msg->payload, len);
	if (r != ERR_OK)
		return fail(diag, r, "message of %zu bytes", len);
	r = recv_all(ch, msg->payload.data, len, diag);
	if (r != ERR_OK)
		return r;
	msg->payload.len = len;
	return wire_decode_payload(msg, diag);
}

enum err
channel_recv(struct channel *ch, struct wire_msg *msg, struct diag *diag)
{
	enum err r;

	wire_msg_clear(msg);
	r = recv_frame(ch, msg, diag);
	if (r != ERR_OK)
		wire_msg_clear(msg);
	return r;
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
