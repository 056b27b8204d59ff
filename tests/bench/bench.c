/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FILES_MAX 1024

struct file {
	char *text;
	size_t len;
};

static uint64_t
clock_ns(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t
bench_cpu(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t
bench_wall(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

const char *
bench_setting(const char *name)
{
	const char *value = getenv(name);

	if (value == NULL) {
		(void)fprintf(stderr, "%s is not set\n", name);
		exit(2);
	}
	return value;
}

char *
bench_read(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	size_t len = 0;
	size_t n = 1;

	while (f != NULL && n > 0) {
		char *more = realloc(text, len + 65536 + 1);

		if (more == NULL)
			break;
		text = more;
		n = fread(text + len, 1, 65536, f);
		len += n;
	}
	if (f == NULL || n > 0 || ferror(f)) {
		perror(path);
		exit(2);
	}
	(void)fclose(f);
	text[len] = '\0';
	*ret_len = len;
	return text;
}

static unsigned long
validate_all(unsigned long n, const struct file *file, size_t count,
    bool (*validate)(const char *, size_t))
{
	unsigned long accepted = 0;

	for (unsigned long i = 0; i < n; i++)
		accepted += validate(file[i % count].text,
		    file[i % count].len);
	return accepted;
}

int
bench_main(int argc, char **argv, bool (*validate)(const char *, size_t))
{
	struct file file[FILES_MAX];
	unsigned long n = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	size_t count = (size_t)argc - 2;
	unsigned long accepted;
	uint64_t wall;
	uint64_t cpu;

	if (n == 0 || count > FILES_MAX) {
		(void)fprintf(stderr, "Usage: %s N FILE...\n", argv[0]);
		return 2;
	}
	for (size_t i = 0; i < count; i++)
		file[i].text = bench_read(argv[i + 2], &file[i].len);
	if (n > 1)
		(void)validate_all(count, file, count, validate);
	wall = bench_wall();
	cpu = bench_cpu();
	accepted = validate_all(n, file, count, validate);
	cpu = bench_cpu() - cpu;
	wall = bench_wall() - wall;
	for (size_t i = 0; i < count; i++)
		free(file[i].text);
	(void)printf("ok=%lu n=%lu ns=%.1f cpu=%.1f\n", accepted, n,
	    (double)wall / (double)n, (double)cpu / (double)n);
	return accepted == n ? 0 : 1;
}
