/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a large directory costs, without a server: a process each for
 *
 *	scale writer COUNT		the cache's writer alone
 *	scale fill DIRECTORY COUNT	the first sync of so many people
 *	scale change DIRECTORY COUNT N	the next one, with N of them changed
 *	scale publish DIRECTORY COUNT	publishing alone
 *	scale page COUNT FIRST N	SCIM's page of N people, to stdout
 *
 * DIRECTORY gets state.db and nss.cache.  A line for each stage: name, wall
 * clock and CPU time in ms, and the most memory so far, in KiB.  People are
 * always the same ones.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/io.h"
#include "bench.h"
#include "cache/writer.h"
#include "directory/publish.h"
#include "directory/update.h"

#define FIRST_ID 1879048192u
#define FIRST_GID 2000000000u
#define USERS_PER_GROUP 20	/* as in the module's bench */
#define GROUPS_PER_USER 5
#define DEPARTMENTS 1000

static uint64_t wall;
static uint64_t cpu;

static void
demand(enum err r, const char *what, const struct diag *diag)
{
	if (r == ERR_OK)
		return;
	(void)fprintf(stderr, "scale: %s: %s: %s\n", what, err_name(r),
	    diag->text);
	exit(2);
}

static void
begin(void)
{
	wall = bench_wall();
	cpu = bench_cpu();
}

static void
end(const char *stage)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	(void)printf("%s %llu %llu %ld\n", stage,
	    (unsigned long long)(bench_wall() - wall) / 1000000,
	    (unsigned long long)(bench_cpu() - cpu) / 1000000,
	    usage.ru_maxrss);
	begin();
}

static unsigned long
number_of(const char *text)
{
	char *rest;
	unsigned long n = strtoul(text, &rest, 10);

	if (*text == '\0' || *rest != '\0') {
		(void)fprintf(stderr, "scale: %s is no number\n", text);
		exit(2);
	}
	return n;
}

/* Numbers that look like the provider's: without order. */
static uint64_t
scatter(uint64_t n)
{
	n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
	return n ^ n >> 31;
}

/* -- people ---------------------------------------------------------------- */

struct person {
	char id[32];
	char user_name[64];
	char external_id[32];
	char family_name[32];
	char department[32];
	char created[32];
};

static struct record
make_person(struct person *p, unsigned long n, unsigned long version)
{
	const struct record record = {
		.id = p->id, .external_id = p->external_id,
		.user_name = p->user_name, .given_name = "Agent",
		.family_name = p->family_name, .title = "Agent",
		.department = p->department, .site = "Headquarters",
		.created = p->created, .number = "", .active = true,
	};

#define PRINT(member, ...) \
	(void)snprintf(p->member, sizeof(p->member), __VA_ARGS__)
	PRINT(id, "%016llx%06lx", (unsigned long long)scatter(n),
	    n & 0xffffff);
	PRINT(user_name, "agent%07lu@contoso.com", n);
	PRINT(external_id, "agent%07lu", n);
	PRINT(family_name, "No%07lu%s", n, version > 0 ? " changed" : "");
	PRINT(department, "Department %lu", n % DEPARTMENTS);
	PRINT(created, "2026-01-02T%02lu:%02lu:%02lu.000Z", n / 3600 % 24,
	    n / 60 % 60, n % 60);
#undef PRINT
	return record;
}

/* -- stages ---------------------------------------------------------------- */

static struct conf
make_conf(unsigned long count)
{
	static char home[] = "/home/%u";
	static char shell[] = "/bin/bash";
	static char nothing[] = "";
	static char department[] = "department";
	static char *attributes[] = { department };
	struct conf conf;

	memset(&conf, 0, sizeof(conf));
	conf.scim_max_users = count;
	conf.users_home = home;
	conf.users_shell = shell;
	conf.users_min_id = FIRST_ID;
	conf.users_max_id = 2147352575;
	conf.users_uid_attribute = nothing;
	conf.groups_gid_attribute = nothing;
	conf.groups_attributes.item = attributes;
	conf.groups_attributes.count = 1;
	return conf;
}

static void
list(struct update *update, unsigned long count, unsigned long changed)
{
	struct diag diag = DIAG_INIT;
	struct person person;

	for (unsigned long i = 0; i < count; i++) {
		/* Those who changed are spread over the listing. */
		bool other = changed > 0 && i % (count / changed) == 0;
		struct record record = make_person(&person, i, other);

		demand(update_add(update, &record, &diag), "listing", &diag);
	}
}

static void
update_all(struct store *store, const struct conf *conf,
    unsigned long changed)
{
	AUTO(update) struct update *update = NULL;
	const struct update_options options = { .keeps_groups = true };
	struct update_report report;
	struct diag diag = DIAG_INIT;

	demand(update_begin(store, conf, 1800000000, &update, &diag),
	    "listing", &diag);
	list(update, conf->scim_max_users, changed);
	end("listing");
	demand(update_commit(&update, &options, &report, &diag), "update", &diag);
	end("update");
}

static void
publish(struct store *store, const struct conf *conf, const char *path)
{
	AUTO(buf) struct buf bytes = BUF_INIT(CACHE_SIZE_MAX);
	struct publish_report report = { 0 };
	struct diag diag = DIAG_INIT;

	demand(publish_build(store, conf, &bytes, &report, &diag), "build",
	    &diag);
	end("build");
	demand(publish_write(path, &bytes, &report, &diag), "write", &diag);
	end(report.unchanged ? "write(unchanged)" : "write");
}

static int
run_sync(const char *dir, const char *count, const char *changed)
{
	AUTO(store) struct store *store = NULL;
	const struct conf conf = make_conf(number_of(count));
	struct diag diag = DIAG_INIT;
	char path[PATH_MAX];

	begin();
	(void)snprintf(path, sizeof(path), "%s/state.db", dir);
	demand(store_open(path, true, &store, &diag), "open", &diag);
	update_all(store, &conf, number_of(changed));
	(void)snprintf(path, sizeof(path), "%s/nss.cache", dir);
	publish(store, &conf, path);
	return 0;
}

static int
publish_only(char **argv)
{
	AUTO(store) struct store *store = NULL;
	const struct conf conf = make_conf(number_of(argv[1]));
	struct diag diag = DIAG_INIT;
	char path[PATH_MAX];

	begin();
	(void)snprintf(path, sizeof(path), "%s/state.db", argv[0]);
	demand(store_open(path, false, &store, &diag), "open", &diag);
	(void)snprintf(path, sizeof(path), "%s/nss.cache", argv[0]);
	publish(store, &conf, path);
	return 0;
}

static int
fill(char **argv)
{
	return run_sync(argv[0], argv[1], "0");
}

static int
change(char **argv)
{
	return run_sync(argv[0], argv[1], argv[2]);
}

/* -- the writer ------------------------------------------------------------ */

static void
add_groups(struct cache_writer *w, unsigned long count)
{
	struct diag diag = DIAG_INIT;

	for (unsigned long i = 0; i < count; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "group%06lu", i);
		demand(cache_writer_add_group(w, name,
		    FIRST_GID + (uint32_t)i, &diag), name, &diag);
	}
}

static void
add_users(struct cache_writer *w, unsigned long count, unsigned long groups)
{
	struct diag diag = DIAG_INIT;

	for (unsigned long i = 0; i < count; i++) {
		uint32_t gids[GROUPS_PER_USER];
		char name[32];
		char home[64];
		char gecos[64];

		for (unsigned int n = 0; n < GROUPS_PER_USER; n++)
			gids[n] = FIRST_GID +
			    (uint32_t)((i * 7 + n * (groups / 8 + 1)) % groups);
		(void)snprintf(name, sizeof(name), "agent%07lu", i);
		(void)snprintf(home, sizeof(home), "/home/%s", name);
		(void)snprintf(gecos, sizeof(gecos), "Agent No%07lu", i);
		demand(cache_writer_add_user(w, name,
		    FIRST_ID + (uint32_t)(i * 91), gecos, home, "/bin/bash",
		    true, gids, GROUPS_PER_USER, &diag), name, &diag);
	}
}

static int
write_cache(char **argv)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf bytes = BUF_INIT(CACHE_SIZE_MAX);
	struct diag diag = DIAG_INIT;
	unsigned long count = number_of(argv[0]);
	unsigned long groups = count / USERS_PER_GROUP + 8;

	if (w == NULL)
		demand(ERR_NOMEM, "writer", &diag);
	begin();
	add_groups(w, groups);
	add_users(w, count, groups);
	end("add");
	demand(cache_writer_finish(w, &bytes, &diag), "finish", &diag);
	end("finish");
	(void)printf("bytes %zu\n", bytes.len);
	return 0;
}

/* -- a page ---------------------------------------------------------------- */

#define ENTERPRISE \
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define SITE "urn:ietf:params:scim:schemas:extension:8x8:1.1:User"

static int
print_page(char **argv)
{
	unsigned long first = number_of(argv[1]);
	unsigned long count = number_of(argv[2]);
	struct person person;

	(void)printf("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:"
	    "ListResponse\"],\"totalResults\":%lu,\"startIndex\":%lu,"
	    "\"itemsPerPage\":%lu,\"Resources\":[", number_of(argv[0]),
	    first + 1, count);
	for (unsigned long i = first; i < first + count; i++) {
		struct record r = make_person(&person, i, 0);

		(void)printf("%s{\"schemas\":[\"urn:ietf:params:scim:schemas:"
		    "core:2.0:User\",\"" ENTERPRISE "\",\"" SITE "\"],"
		    "\"id\":\"%s\",\"externalId\":\"%s\",\"userName\":\"%s\","
		    "\"name\":{\"givenName\":\"%s\",\"familyName\":\"%s\"},"
		    "\"title\":\"%s\",\"active\":true,\"emails\":[{\"value\":"
		    "\"noreply@8x8.com\",\"type\":\"work\",\"primary\":true}],"
		    "\"" ENTERPRISE "\":{\"department\":\"%s\"},"
		    "\"" SITE "\":{\"site\":\"%s\"},\"meta\":"
		    "{\"resourceType\":\"User\",\"created\":\"%s\","
		    "\"lastModified\":\"%s\"}}", i > first ? "," : "", r.id,
		    r.external_id, r.user_name, r.given_name, r.family_name,
		    r.title, r.department, r.site, r.created, r.created);
	}
	(void)puts("]}");
	return 0;
}

/* -- which ----------------------------------------------------------------- */

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int arguments;
		int (*run)(char **argv);
	} tasks[] = {
		{ "writer", 1, write_cache },
		{ "fill", 2, fill },
		{ "change", 3, change },
		{ "publish", 2, publish_only },
		{ "page", 3, print_page },
	};

	for (size_t i = 0; i < ARRAY_LEN(tasks) && argc > 1; i++)
		if (strcmp(tasks[i].name, argv[1]) == 0 &&
		    argc == tasks[i].arguments + 2)
			return tasks[i].run(argv + 2);
	(void)fputs("scale: see the head of scale.c\n", stderr);
	return 2;
}
