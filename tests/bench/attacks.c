/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What it costs to refuse each of tests/lib/attack.c: CPU time and memory of
 * one check in a process of its own.  Fails when one costs more than the
 * limits below, or is accepted.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "../lib/attack.h"
#include "../lib/saml_vector.h"
#include "base/limits.h"
#include "bench.h"

#define CPU_MS_MAX 50
#define MEMORY_KIB_MAX (32 * 1024)

static struct idp_keys keys;

/* As many pinned keys as there may be, and not before the last the one that
 * is meant: whoever names no certificate has all of them tried. */
static bool
pin_keys(void)
{
	while (keys.count < SAML_KEYS_MAX - 1) {
		if (!vector_key("other", &keys))
			return false;
		keys.key[keys.count - 1].n[8] ^= (uint8_t)keys.count;
	}
	return vector_key("idp", &keys);
}

static long
peak_kib(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static bool
print_cost(const char *name, enum err r, uint64_t cpu, long kib)
{
	bool good = r != ERR_OK && cpu <= CPU_MS_MAX * 1000000u &&
	    kib <= MEMORY_KIB_MAX;

	(void)printf("%-36s %9.2f %9.1f  %s%s\n", name, (double)cpu / 1e6,
	    (double)kib / 1024, err_name(r), good ? "" : "  TOO MUCH");
	(void)fflush(stdout);
	return good;
}

/* In a process that ends with it. */
static bool
suffer(const struct attack *attack)
{
	AUTO(buf) struct buf text = BUF_INIT(ATTACK_MAX * 2);
	AUTO(claims) struct claims *claims = NULL;
	struct saml_check check = vector_check(&keys);
	struct diag diag = DIAG_INIT;
	uint64_t cpu;
	long kib;
	enum err r;

	if (!attack_make(attack, &text))
		return false;
	check.response = text.data;
	check.response_len = text.len;
	kib = peak_kib();
	cpu = bench_cpu();
	r = saml_response_verify(&check, &claims, &diag);
	cpu = bench_cpu() - cpu;
	return print_cost(attack->name, r, cpu, peak_kib() - kib);
}

static bool
survives(const struct attack *attack)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(suffer(attack) ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int
main(void)
{
	struct diag diag = DIAG_INIT;
	int failed = 0;

	if (!pin_keys() || saml_response_init(&diag) != ERR_OK) {
		(void)fprintf(stderr, "attacks: cannot start: %s\n",
		    diag.text);
		return 2;
	}
	(void)printf("%-36s %9s %9s\n", "", "CPU ms", "MiB");
	(void)fflush(stdout);
	for (size_t i = 0; i < attack_count; i++)
		failed += !survives(&attacks[i]);
	if (failed != 0)
		(void)printf("%d of %zu cost more than %d ms or %d MiB\n",
		    failed, attack_count, CPU_MS_MAX, MEMORY_KIB_MAX / 1024);
	return failed == 0 ? 0 : 1;
}
