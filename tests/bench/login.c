/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one login costs in its processes: from the start of the helper to its
 * result, and of what that is made.
 *
 *	login ROUNDS DIRECTORY
 *
 * DIRECTORY is made by corpus.py, and the state of this host's logins is made
 * in it.  The programs are those of the build directory, which is the current
 * one.  Wall clock, because a person waits, its tenth percentile, because
 * others use the machine, and CPU time of all processes.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/claims.h"
#include "auth/saml_metadata.h"
#include "base/clock.h"
#include "bench.h"
#include "directory/update.h"
#include "wire/spawn.h"

#define ROUNDS_MAX 1000
#define LOGIN_NAME "b.simon"

static struct saml_idp idp;
static struct store *store;
static char top[PATH_MAX];		/* of the build */
static char config[PATH_MAX];
static char *response;
static size_t response_len;

static void
demand(enum err r, const char *what, const struct diag *diag)
{
	if (r == ERR_OK)
		return;
	(void)fprintf(stderr, "login: %s: %s: %s\n", what, err_name(r),
	    diag->text);
	exit(2);
}

/* -- the scene ------------------------------------------------------------- */

static void
write_config(const char *dir)
{
	FILE *f = fopen(config, "w");

	if (f == NULL) {
		perror(config);
		exit(2);
	}
	(void)fprintf(f, "[idp]\nissuer = %s\ntenant = %s\n"
	    "login_url = %s\ncertificate = %s\n[saml]\nentity_id = %s\nacs_url = %s\n"
	    "idp_initiated = yes\nunsolicited_max_age = 1h\n"
	    "[access]\nallow = *\n"
	    "[host]\nstate_dir = %s\nlibexec_dir = %s\nuser =\n",
	    bench_setting("BENCH_IDP"), bench_setting("BENCH_TENANT"),
	    idp.login_url, bench_setting("BENCH_CERT"),
	    bench_setting("BENCH_SP"), bench_setting("BENCH_ACS"), dir, top);
	(void)fclose(f);
	(void)chmod(config, 0644);
}

/* One person, and the provider's keys. */
static void
fill_store(const struct conf *conf)
{
	const struct record person = {
		.id = "1", .external_id = "", .given_name = "",
		.user_name = bench_setting("BENCH_USER"),
		.family_name = "", .title = "", .department = "",
		.site = "", .created = "2024-01-01T00:00:00Z", .active = true,
	};
	const struct update_options options = { .keeps_groups = true };
	struct update_report report;
	struct update *update = NULL;
	struct diag diag = DIAG_INIT;

	demand(update_begin(store, conf, clock_now(), &update, &diag),
	    "update", &diag);
	demand(update_add(update, &person, &diag), "update", &diag);
	demand(update_commit(&update, &options, &report, &diag), "update", &diag);
	demand(store_begin(store, &diag), "state", &diag);
	demand(idp_keys_replace(store, conf->idp_issuer, &idp.keys, &diag),
	    "keys", &diag);
	demand(store_commit(store, &diag), "state", &diag);
}

static void
prepare(const char *dir)
{
	AUTO(conf) struct conf conf = { 0 };
	struct diag diag = DIAG_INIT;
	char path[PATH_MAX];
	size_t len;
	char *metadata = bench_read(bench_setting("BENCH_METADATA"), &len);

	demand(saml_metadata_parse(metadata, len, bench_setting("BENCH_IDP"),
	    0, &idp, &diag), "metadata", &diag);
	free(metadata);
	if (getcwd(top, sizeof(top)) == NULL)
		exit(2);
	(void)snprintf(config, sizeof(config), "%s/login.conf", dir);
	write_config(dir);
	demand(conf_load(config, &conf, &diag), "configuration", &diag);
	(void)snprintf(path, sizeof(path), "%s/state", dir);
	(void)mkdir(path, 0700);
	conf_state_path(&conf, path, sizeof(path));
	(void)unlink(path);
	demand(store_open(path, true, &store, &diag), "state", &diag);
	fill_store(&conf);
	(void)snprintf(path, sizeof(path), "%s/login.b64", dir);
	response = bench_read(path, &response_len);
}

/* -- the processes --------------------------------------------------------- */

static bool
run_nothing(const char *name, const char *option)
{
	AUTO(peer) struct peer peer = PEER_INIT;
	char path[PATH_MAX * 2];
	char words[32];
	char *argv[] = { path, words, NULL };

	(void)snprintf(path, sizeof(path), "%s/%s", top, name);
	(void)snprintf(words, sizeof(words), "%s", option);
	return peer_start(&peer, argv, -1, NULL) == ERR_OK &&
	    peer_end(&peer) == 0;
}

static bool
nothing(void)
{
	return run_nothing("tests/bench/nothing", "");
}

static bool
nothing_in_helper(void)
{
	return run_nothing("8x8sso-helper", "--version");
}

static bool
nothing_in_worker(void)
{
	return run_nothing("tests/bench/nothing_xmlsec", "");
}

static bool
both_nothings(void)
{
	return nothing_in_helper() && nothing_in_worker();
}

static enum err
send_keys(struct channel *ch)
{
	enum err r = ERR_OK;

	for (size_t i = 0; i < idp.keys.count && r == ERR_OK; i++) {
		const struct idp_key *key = &idp.keys.key[i];

		r = CHANNEL_SEND(ch, SAML_KEY, NULL,
		    wire_bytes(key->n, key->n_len),
		    wire_bytes(key->e, key->e_len),
		    wire_bytes(key->cert_sha256, sizeof(key->cert_sha256)));
	}
	return r;
}

static bool
worker(void)
{
	AUTO(peer) struct peer peer = PEER_INIT;
	AUTO(claims) struct claims *claims = NULL;
	char path[PATH_MAX * 2];
	char *argv[] = { path, NULL };

	(void)snprintf(path, sizeof(path), "%s/8x8sso-saml", top);
	if (peer_start(&peer, argv, -1, NULL) != ERR_OK)
		return false;
	channel_set_timeout(&peer.ch, 10000);
	return send_keys(&peer.ch) == ERR_OK &&
	    CHANNEL_SEND(&peer.ch, SAML_CHECK, NULL,
	    wire_bytes(response, response_len),
	    wire_text(bench_setting("BENCH_IDP")),
	    wire_text(bench_setting("BENCH_SP")),
	    wire_text(bench_setting("BENCH_ACS")),
	    wire_text(bench_setting("BENCH_TENANT")),
	    wire_u64((uint64_t)clock_now()), wire_u64(30), wire_u64(3600),
	    wire_u64(3600), wire_u64(WIRE_SAML_UNSOLICITED)) == ERR_OK &&
	    claims_recv(&peer.ch, &claims, NULL) == ERR_OK &&
	    peer_end(&peer) == 0;
}

/* Answers every prompt with the Response. */
static bool
converse(struct channel *ch)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;

	for (;;) {
		if (channel_recv(ch, &msg, NULL) != ERR_OK)
			return false;
		if (msg.type == WIRE_RESULT)
			return wire_get_u64(&msg, RESULT_VERDICT) ==
			    WIRE_GRANTED;
		if (msg.type == WIRE_PROMPT && CHANNEL_SEND(ch, ANSWER, NULL,
		    wire_u64(WIRE_ANSWERED), wire_bytes(response,
		    response_len)) != ERR_OK)
			return false;
	}
}

static bool
helper(enum wire_operation operation)
{
	AUTO(peer) struct peer peer = PEER_INIT;
	char path[PATH_MAX * 2];
	char option[] = "--config";
	char *argv[] = { path, option, config, NULL };

	(void)snprintf(path, sizeof(path), "%s/8x8sso-helper", top);
	if (peer_start(&peer, argv, -1, NULL) != ERR_OK)
		return false;
	channel_set_timeout(&peer.ch, 10000);
	return CHANNEL_SEND(&peer.ch, BEGIN, NULL, wire_u64(operation),
	    wire_bytes("0123456789abcde", 16), wire_text(LOGIN_NAME),
	    wire_text("bench"), wire_text("192.0.2.7"), wire_text("bench"),
	    wire_u64(0), wire_u64(0), wire_u64(0), wire_u64(0)) == ERR_OK &&
	    converse(&peer.ch) && peer_end(&peer) == 0;
}

static bool
account(void)
{
	return helper(WIRE_ACCOUNT);
}

static bool
login(void)
{
	return helper(WIRE_AUTHENTICATE);
}

/* -- the table ------------------------------------------------------------- */

enum { NOTHING, HELPER, WORKER, BOTH, ACCOUNT, CHECK, LOGIN, CASES };

static struct {
	const char *name;
	bool (*run)(void);
	double wall[ROUNDS_MAX];
	double cpu[ROUNDS_MAX];
} cases[CASES] = {
	[NOTHING] = { "nothing, libc only", nothing, { 0 }, { 0 } },
	[HELPER] = { "nothing, the helper's libraries", nothing_in_helper,
	    { 0 }, { 0 } },
	[WORKER] = { "nothing, the worker's libraries", nothing_in_worker,
	    { 0 }, { 0 } },
	[BOTH] = { "nothing, one after the other", both_nothings, { 0 },
	    { 0 } },
	[ACCOUNT] = { "helper: account phase", account, { 0 }, { 0 } },
	[CHECK] = { "worker: one check", worker, { 0 }, { 0 } },
	[LOGIN] = { "helper and worker: one SAML login", login, { 0 },
	    { 0 } },
};

static double
children_us(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_CHILDREN, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
	    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void
measure(size_t i, size_t round)
{
	struct diag diag = DIAG_INIT;
	double cpu;
	double wall;

	/* The Response is the same each time. */
	demand(store_exec(store, "DELETE FROM replay", &diag), "replay",
	    &diag);
	cpu = children_us();
	wall = (double)bench_wall() / 1000;
	if (!cases[i].run()) {
		(void)fprintf(stderr, "login: %s: failed\n", cases[i].name);
		exit(1);
	}
	cases[i].wall[round] = (double)bench_wall() / 1000 - wall;
	cases[i].cpu[round] = children_us() - cpu;
}

static int
compare(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return (*x > *y) - (*x < *y);
}

/* The sample that a share of them is below. */
static double
quantile(double *samples, size_t count, double share)
{
	qsort(samples, count, sizeof(*samples), compare);
	return samples[(size_t)((double)count * share)];
}

static void
print_table(size_t rounds)
{
	double cost[CASES][3];

	(void)printf("%-36s %9s %9s %9s\n", "us", "median", "tenth",
	    "CPU");
	for (size_t i = 0; i < CASES; i++) {
		cost[i][0] = quantile(cases[i].wall, rounds, 0.5);
		cost[i][1] = quantile(cases[i].wall, rounds, 0.1);
		cost[i][2] = quantile(cases[i].cpu, rounds, 0.5);
		(void)printf("%-36s %9.0f %9.0f %9.0f\n", cases[i].name,
		    cost[i][0], cost[i][1], cost[i][2]);
	}
	(void)printf("%-36s", "a login to nothing");
	for (size_t n = 0; n < 3; n++)
		(void)printf(" %9.2f", cost[LOGIN][n] / cost[BOTH][n]);
	(void)printf("\n");
}

int
main(int argc, char **argv)
{
	size_t rounds = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;

	if (rounds == 0 || rounds > ROUNDS_MAX) {
		(void)fprintf(stderr, "Usage: login ROUNDS DIRECTORY\n");
		return 2;
	}
	prepare(argv[2]);
	for (size_t i = 0; i < CASES; i++)
		measure(i, 0);
	for (size_t round = 0; round < rounds; round++)
		for (size_t i = 0; i < CASES; i++)
			measure(i, round);
	print_table(rounds);
	store_free(&store);
	free(response);
	return 0;
}
