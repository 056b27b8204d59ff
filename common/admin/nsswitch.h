/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What nsswitch.conf(5) says about us.
 */
#ifndef ADMIN_NSSWITCH_H
#define ADMIN_NSSWITCH_H

enum nsswitch {
	NSSWITCH_GOOD,
	NSSWITCH_MISSING,	/* 8x8 is not asked */
	NSSWITCH_FIRST,		/* 8x8 is asked before the local files */
	NSSWITCH_SLOW,		/* systemd is asked before 8x8: ten times the
				 * time for each lookup */
};

/* Judges the line of this database ("passwd") in the text of the file.
 * Actions in brackets and comments are skipped; the last line counts, as in
 * glibc. */
enum nsswitch nsswitch_judge(const char *text, const char *database);

#endif
