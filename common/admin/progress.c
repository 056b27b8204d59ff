/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/progress.h"

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_MAX 80
#define COUNT_SIZE 64
#define CLEAR "\r\033[K"

void
progress_init(struct progress *progress, FILE *out, bool wanted)
{
	struct winsize size = { .ws_col = 0 };

	*progress = (struct progress){ .columns = COLUMNS_MAX };
	if (!wanted || isatty(fileno(out)) == 0)
		return;
	progress->out = out;
	if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
	    size.ws_col < COLUMNS_MAX)
		progress->columns = size.ws_col;
}

/* The last column stays free: some terminals wrap there. */
static void
draw(const struct progress *progress, const char *line)
{
	(void)fprintf(progress->out, CLEAR "%.*s",
	    (int)progress->columns - 1, line);
	(void)fflush(progress->out);
}

void
progress_phase(const struct progress *progress, const char *what)
{
	char line[COLUMNS_MAX + 1];

	if (progress->out == NULL)
		return;
	(void)snprintf(line, sizeof(line), "%s ...", what);
	draw(progress, line);
}

/* Between brackets, size characters. */
static void
make_bar(char *bar, unsigned int size, uint64_t done, uint64_t total)
{
	unsigned int full = (unsigned int)((double)done * size /
	    (double)total);

	*bar++ = '[';
	for (unsigned int i = 0; i < size; i++)
		*bar++ = i < full ? '#' : '.';
	*bar++ = ']';
	*bar = '\0';
}

void
progress_bar(const struct progress *progress, const char *what,
    uint64_t done, uint64_t total)
{
	char count[COUNT_SIZE];
	char bar[COLUMNS_MAX] = "";
	char line[COLUMNS_MAX + 1];
	int len;

	if (progress->out == NULL)
		return;
	if (total == 0)
		len = snprintf(count, sizeof(count), "%" PRIu64, done);
	else
		len = snprintf(count, sizeof(count), "%" PRIu64 " of %"
		    PRIu64, done, total < done ? done : total);
	/* Blanks, brackets and the last column. */
	len = (int)progress->columns - len - (int)strlen(what) - 5;
	if (total > 0 && len > 4)
		make_bar(bar, (unsigned int)len, done,
		    total < done ? done : total);
	(void)snprintf(line, sizeof(line), "%s %s%s%s", what, bar,
	    *bar == '\0' ? "" : " ", count);
	draw(progress, line);
}

void
progress_clear(const struct progress *progress)
{
	if (progress->out == NULL)
		return;
	(void)fputs(CLEAR, progress->out);
	(void)fflush(progress->out);
}
