/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hosts that never speak to each other live through the same random history
 * of a company, syncing when they like: people come, are deactivated, renamed,
 * vanish, come back, and are followed by others of their name.  The range is
 * so small that many want the same id.
 */
#include "state.h"

#include <stdlib.h>

#include "base/buf.h"
#include "directory/registry_file.h"
#include "sys/crypto.h"

#define PEOPLE 24
#define STEPS 8
#define RANGE_MIN 2000000000u
#define RANGE_SIZE 60u
#define HISTORIES 40

/* -- a history, the same for the same seed --------------------------------- */

struct history {
	uint32_t random;
	char id[PEOPLE][16];
	char created[PEOPLE][32];
	char user_name[STEPS][PEOPLE][16];
	enum { ABSENT, INACTIVE, ACTIVE } listed[STEPS][PEOPLE];
	bool ever[PEOPLE];
};

static uint32_t
draw(struct history *history, uint32_t below)
{
	history->random = history->random * 1664525u + 1013904223u;
	return (history->random >> 8) % below;
}

/* One person from step to step; few names, so that they meet. */
static void
live(struct history *h, unsigned int i)
{
	unsigned int name = draw(h, PEOPLE / 2);
	unsigned int joins = draw(h, STEPS);

	for (unsigned int t = 0; t < STEPS; t++) {
		uint32_t fate = draw(h, 8);

		if (fate == 0)
			name = draw(h, PEOPLE / 2);
		(void)snprintf(h->user_name[t][i],
		    sizeof(h->user_name[t][i]), "%s%u",
		    fate == 1 ? "Name" : "name", name);
		h->listed[t][i] = t < joins || fate == 2 || fate == 3 ?
		    ABSENT : fate == 4 ? INACTIVE : ACTIVE;
		h->ever[i] = h->ever[i] || h->listed[t][i] != ABSENT;
	}
}

static void
make_history(struct history *h, uint32_t seed)
{
	memset(h, 0, sizeof(*h));
	h->random = seed;
	for (unsigned int i = 0; i < PEOPLE; i++) {
		(void)snprintf(h->id[i], sizeof(h->id[i]), "%06x%02u",
		    draw(h, 1u << 24), i);
		/* Some at the same moment. */
		(void)snprintf(h->created[i], sizeof(h->created[i]),
		    "2024-01-%02uT10:00:00Z", 1 + draw(h, 20));
		live(h, i);
	}
	/* There is always somebody. */
	for (unsigned int t = 0; t < STEPS; t++)
		h->listed[t][0] = ACTIVE;
	h->ever[0] = true;
}

/* -- hosts ----------------------------------------------------------------- */

static void
open_host(struct state *host)
{
	state_init(host);
	state_open(host);
	/* No power cuts here, and thousands of commits. */
	state_exec(host->store, "PRAGMA synchronous = OFF", ERR_OK);
	state_exec(host->store, "PRAGMA journal_mode = MEMORY", ERR_OK);
	host->options.accept_loss = true;
	host->conf.users_home = "/nonexistent/%u";
	host->conf.users_min_id = RANGE_MIN;
	host->conf.users_max_id = RANGE_MIN + RANGE_SIZE - 1;
}

/* The listing of that moment, in an order that depends on the rotation. */
static void
sync_at(struct state *host, struct history *h, unsigned int t,
    unsigned int rotation)
{
	struct record records[PEOPLE];
	size_t count = 0;

	for (unsigned int k = 0; k < PEOPLE; k++) {
		unsigned int i = (k * 7 + rotation) % PEOPLE;

		if (h->listed[t][i] == ABSENT)
			continue;
		records[count] = state_record(h->id[i], h->user_name[t][i],
		    h->created[i]);
		records[count++].active = h->listed[t][i] == ACTIVE;
	}
	assert_err(state_sync(host, records, count, NULL), ERR_OK);
}

static uint32_t
id_of(const struct state *host, const char *key)
{
	char sql[96];

	(void)snprintf(sql, sizeof(sql),
	    "SELECT id FROM ids WHERE kind = 'u' AND key = '%s'", key);
	return (uint32_t)strtoul(state_query(host->store, sql), NULL, 10);
}

static const char *
digest(const struct state *host, const char *sql)
{
	char query[256];

	(void)snprintf(query, sizeof(query), "SELECT group_concat(x, ' ') "
	    "FROM (SELECT %s)", sql);
	return state_query(host->store, query);
}

/* -- what the hash alone says ---------------------------------------------- */

static uint32_t
wanted_slot(const char *key)
{
	char text[32];
	uint8_t hash[SHA256_SIZE];
	uint64_t rest = 0;

	(void)snprintf(text, sizeof(text), "u:%s", key);
	assert_err(crypto_sha256(text, strlen(text), hash), ERR_OK);
	for (int i = 0; i < 64; i++)
		rest = (rest * 2 + ((hash[i / 8] >> (7 - i % 8)) & 1)) %
		    RANGE_SIZE;
	return (uint32_t)rest;
}

/* Does anybody else ever want this one's slot, or can be driven to it?  The
 * slots that all others fill are the same in every order, and some of the
 * others fill no more than all of them. */
static bool
collides(const struct history *h, unsigned int who)
{
	bool filled[RANGE_SIZE] = { false };

	for (unsigned int i = 0; i < PEOPLE; i++) {
		uint32_t slot = wanted_slot(h->id[i]);

		if (i == who || !h->ever[i])
			continue;
		while (filled[slot])
			slot = (slot + 1) % RANGE_SIZE;
		filled[slot] = true;
	}
	return filled[wanted_slot(h->id[who])];
}

/* -- the properties -------------------------------------------------------- */

/* What a host has given so far; nothing of it may ever change. */
struct witness {
	uint32_t id[PEOPLE];
};

static void
nothing_was_given_twice(struct witness *witness, const struct state *host,
    const struct history *h)
{
	for (unsigned int i = 0; i < PEOPLE; i++) {
		uint32_t id = id_of(host, h->id[i]);

		if (witness->id[i] != 0)
			assert_int_equal(id, witness->id[i]);
		witness->id[i] = id;
		for (unsigned int k = 0; k < i && id != 0; k++)
			assert_int_not_equal(id, witness->id[k]);
	}
	assert_string_equal(state_query(host->store, "SELECT count(*) "
	    "FROM users JOIN ids ON ids.id = uid WHERE key <> scim_id "
	    "OR kind <> 'u'"), "0");
	/* A name is one person's, and a person's name is its own or none. */
	assert_string_equal(state_query(host->store, "SELECT count(*) "
	    "FROM users AS a JOIN users AS b ON a.login = b.home_name "
	    "WHERE a.scim_id <> b.scim_id"), "0");
}

/* From one sync to the next, each of them perhaps; the last step always. */
static void
live_through(struct state *host, struct history *h, struct witness *witness)
{
	for (unsigned int t = 0; t < STEPS; t++) {
		if (t + 1 < STEPS && draw(h, 2) == 0)
			continue;
		sync_at(host, h, t, draw(h, PEOPLE));
		nothing_was_given_twice(witness, host, h);
	}
}

static void
hosts_agree_on_all_who_do_not_collide(void **data)
{
	unsigned int agreed = 0;
	unsigned int differed = 0;

	(void)data;
	for (uint32_t seed = 1; seed <= HISTORIES; seed++) {
		struct history h;
		struct state a, b;
		struct witness at_a = { { 0 } };
		struct witness at_b = { { 0 } };

		make_history(&h, seed);
		open_host(&a);
		open_host(&b);
		live_through(&a, &h, &at_a);
		live_through(&b, &h, &at_b);
		for (unsigned int i = 0; i < PEOPLE; i++) {
			if (at_a.id[i] == 0 || at_b.id[i] == 0)
				continue;
			differed += at_a.id[i] != at_b.id[i];
			if (collides(&h, i))
				continue;
			agreed++;
			assert_int_equal(at_a.id[i], at_b.id[i]);
			assert_int_equal(at_a.id[i], RANGE_MIN +
			    wanted_slot(h.id[i]));
		}
		state_clear(&a);
		state_clear(&b);
	}
	/* else the test would not show what it says */
	assert_true(agreed > HISTORIES);
	assert_true(differed > HISTORIES);
}

/* Equal lists at equal moments: everything is equal, collisions and names
 * too, in whatever order the servers send. */
static void
equal_lists_give_equal_directories(void **data)
{
	unsigned int collisions = 0;

	(void)data;
	for (uint32_t seed = 1001; seed <= 1000 + HISTORIES; seed++) {
		static const char everything[] = "scim_id || coalesce(login, "
		    "'') || coalesce(uid, 0) || coalesce(home_name, '') || "
		    "refused || vanished AS x FROM users ORDER BY scim_id";
		struct history h;
		struct state a, b;

		make_history(&h, seed);
		open_host(&a);
		open_host(&b);
		for (unsigned int t = draw(&h, STEPS); t < STEPS; t++) {
			sync_at(&a, &h, t, 0);
			sync_at(&b, &h, t, 1 + draw(&h, PEOPLE - 1));
		}
		assert_string_equal(digest(&a, everything),
		    digest(&b, everything));
		for (unsigned int i = 0; i < PEOPLE; i++) {
			assert_int_equal(id_of(&a, h.id[i]),
			    id_of(&b, h.id[i]));
			collisions += h.ever[i] && collides(&h, i);
		}
		state_clear(&a);
		state_clear(&b);
	}
	assert_true(collisions > HISTORIES);
}

static enum err
write_line(const struct registry_entry *entry, void *context,
    struct diag *diag)
{
	(void)diag;
	return registry_format(entry, context);
}

/* Registers at one host what another one has. */
static enum err
carry_over(const struct state *from, const struct state *to)
{
	AUTO(buf) struct buf text = BUF_INIT(1 << 20);
	AUTO(local) struct local *local = NULL;
	struct registry_imported done;

	assert_err(local_load_host(&local, NULL), ERR_OK);
	assert_err(registry_each(from->store, write_line, &text, NULL),
	    ERR_OK);
	return registry_import(to->store, &to->conf, local, &text, &done,
	    NULL);
}

static void
import_makes_hosts_agree_on_everybody(void **data)
{
	static const char ids[] = "kind || id || key AS x FROM ids "
	    "ORDER BY id";
	unsigned int refused = 0;

	(void)data;
	for (uint32_t seed = 2001; seed <= 2000 + HISTORIES; seed++) {
		struct history h;
		struct state a, b, c;
		struct witness at_a = { { 0 } };
		struct witness at_b = { { 0 } };

		make_history(&h, seed);
		open_host(&a);
		open_host(&b);
		open_host(&c);
		live_through(&a, &h, &at_a);
		assert_err(carry_over(&a, &b), ERR_OK);
		assert_string_equal(digest(&a, ids), digest(&b, ids));
		/* The whole past comes after the import, and changes no id. */
		nothing_was_given_twice(&at_b, &b, &h);
		live_through(&b, &h, &at_b);
		for (unsigned int i = 0; i < PEOPLE; i++)
			if (at_a.id[i] != 0)
				assert_int_equal(at_a.id[i], at_b.id[i]);
		/* A host with a past of its own takes it or leaves it. */
		sync_at(&c, &h, draw(&h, STEPS), 0);
		memset(&at_b, 0, sizeof(at_b));
		nothing_was_given_twice(&at_b, &c, &h);
		refused += carry_over(&a, &c) != ERR_OK;
		nothing_was_given_twice(&at_b, &c, &h);
		sync_at(&c, &h, STEPS - 1, 0);
		nothing_was_given_twice(&at_b, &c, &h);
		state_clear(&a);
		state_clear(&b);
		state_clear(&c);
	}
	assert_in_range(refused, 1, HISTORIES - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_agree_on_all_who_do_not_collide),
		cmocka_unit_test(equal_lists_give_equal_directories),
		cmocka_unit_test(import_makes_hosts_agree_on_everybody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
