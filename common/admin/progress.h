/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a long command is doing, on a terminal: one line of standard error
 * that is drawn over, and gone when the command has ended.
 */
#ifndef ADMIN_PROGRESS_H
#define ADMIN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out;		/* NULL: nothing is shown */
	unsigned int columns;	/* of the terminal, at most 80 */
};

/* Shows what it shows on out, if that is a terminal and wanted. */
void progress_init(struct progress *progress, FILE *out, bool wanted);

/* "applying the listing ..." */
void progress_phase(const struct progress *progress, const char *what);

/* "reading [########........] 1200 of 5000"; a total of 0 is not known, and
 * one that is too small is not believed. */
void progress_bar(const struct progress *progress, const char *what,
	uint64_t done, uint64_t total);

/* The line is gone, for other output. */
void progress_clear(const struct progress *progress);

#endif
