/* SPDX-License-Identifier: BSD-2-Clause */
#include "scarce.h"

size_t scarce_asked;
long scarce_living;

static size_t fail_at;
static bool fail_after;

void
scarce_arm(size_t number, bool after)
{
	scarce_asked = 0;
	fail_at = number;
	fail_after = after;
}

void
scarce_disarm(void)
{
	fail_at = SCARCE_NEVER;
	fail_after = false;
}

bool
scarce_fails(void)
{
	if (fail_at == SCARCE_NEVER)
		return false;
	scarce_asked++;
	return scarce_asked == fail_at ||
	    (fail_after && scarce_asked > fail_at);
}

static void *
counted(void *p)
{
	scarce_living += p != NULL;
	return p;
}

void *
__wrap_malloc(size_t size)
{
	return scarce_fails() ? NULL : counted(__real_malloc(size));
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return scarce_fails() ? NULL : counted(__real_calloc(count, size));
}

char *
__wrap_strdup(const char *text)
{
	return scarce_fails() ? NULL : counted(__real_strdup(text));
}

void
__wrap_free(void *p)
{
	scarce_living -= p != NULL;
	__real_free(p);
}
