/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The terminal that the application shows its texts on, as far as a module
 * can tell: it looks, and opens, changes and waits for nothing.
 */
#ifndef PAM_8X8SSO_TERMINAL_H
#define PAM_8X8SSO_TERMINAL_H

#include <stdint.h>

struct terminal {
	uint64_t columns;	/* 0: not known, and so are the rows */
	uint64_t rows;
};

/*
 * The size of the terminal on descriptor 0, or else 1 or 2, when texts are
 * shown on it at once and in UTF-8.  Not known: no terminal there, one
 * without a size or for another encoding, another one than PAM_TTY names
 * (sshd's "ssh" and a display manager's ":0" name none; "" says nothing), or
 * PAM_SILENT in flags, with which texts are not shown (sudo).  errno is kept.
 */
struct terminal terminal_find(int flags, const char *tty);

#endif
