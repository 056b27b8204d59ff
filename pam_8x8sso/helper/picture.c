/* SPDX-License-Identifier: BSD-2-Clause */
#include "helper.h"

#include <string.h>

#include "sys/qr.h"

struct room {
	size_t columns;
	size_t rows;		/* 0: any number */
};

/*
 * sshd does not know the client's terminal before the login is over, so that
 * a width is configured; what scrolls can be scrolled back.  Elsewhere a size
 * that is not known means that nobody knows how the text will be shown: by a
 * display manager, in another encoding, not at all.
 */
static struct room
room_for_picture(const struct login *login, const char *url,
    size_t words_rows)
{
	static const struct room none = { 0, 0 };
	size_t columns = wire_get_u64(login->begin, BEGIN_COLUMNS);
	size_t rows = wire_get_u64(login->begin, BEGIN_ROWS);
	size_t taken;

	if (columns == 0) {
		if (strcmp(wire_get_text(login->begin, BEGIN_TTY), "ssh") != 0)
			return none;
		return (struct room){ login->conf->prompt_columns, 0 };
	}
	taken = words_rows + strlen(url) / columns;
	if (rows <= taken)
		return none;
	return (struct room){ columns, rows - taken };
}

enum err
picture_write(const struct login *login, const char *url, size_t words_rows,
    struct buf *out)
{
	struct room room = room_for_picture(login, url, words_rows);
	enum err r;

	if (!login->conf->prompt_qr || room.columns == 0)
		return ERR_OK;
	r = qr_draw(url, room.columns, room.rows, out);
	/* The address stands there too: no room and no library are no news. */
	return r == ERR_NOMEM ? r : ERR_OK;
}
