/* SPDX-License-Identifier: BSD-2-Clause */
#include "cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/parse.h"
#include "cache/reader.h"
#include "cache/writer.h"

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "cache: %s\n", what);
	abort();
}

void
sample_cache(struct buf *out)
{
	static const uint32_t simon[] = { SAMPLE_STAFF, SAMPLE_AGENTS };
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();

	must(w != NULL &&
	    cache_writer_add_group(w, "staff", SAMPLE_STAFF, NULL) == ERR_OK &&
	    cache_writer_add_group(w, "agents", SAMPLE_AGENTS, NULL) ==
	    ERR_OK &&
	    cache_writer_add_group(w, "empty", SAMPLE_EMPTY, NULL) == ERR_OK &&
	    cache_writer_add_user(w, "b.simon", SAMPLE_SIMON, "B. Simon",
	    "/home/b.simon", "/bin/bash", true, simon, 2, NULL) == ERR_OK &&
	    cache_writer_add_user(w, "a.adams@contoso.com", SAMPLE_ADAMS, "",
	    "/home/a", "/bin/sh", true, simon, 1, NULL) == ERR_OK &&
	    cache_writer_add_user(w, "gone", SAMPLE_GONE, "G\303\266ne",
	    "/home/gone", "/bin/sh", false, NULL, 0, NULL) == ERR_OK &&
	    cache_writer_add_link(w, "bsimon", SAMPLE_BSIMON, NULL) ==
	    ERR_OK &&
	    cache_writer_add_link(w, "A.Adams", SAMPLE_AADAMS, NULL) ==
	    ERR_OK &&
	    cache_writer_finish(w, out, NULL) == ERR_OK, "no sample");
}

void
put_cache(const char *path, const void *data, size_t len)
{
	must(io_replace(path, data, len, 0644, NULL) == ERR_OK, "no file");
}

void
put_sample_cache(const char *path)
{
	AUTO(buf) struct buf sample = BUF_INIT(CACHE_SIZE_MAX);

	sample_cache(&sample);
	put_cache(path, sample.data, sample.len);
}

uint8_t *
exact_copy(const void *data, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	must(copy != NULL, "no memory");
	memcpy(copy, data, len);
	return copy;
}

/* -- walk ------------------------------------------------------------------ */

struct walk {
	struct cache cache;
	size_t answers;
};

static bool
is_inside(const struct walk *walk, const char *p, size_t len)
{
	uintptr_t from = (uintptr_t)walk->cache.map;

	return (uintptr_t)p >= from &&
	    (uintptr_t)p + len <= from + walk->cache.size;
}

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == ':' || *text == 0x7f ||
		    (*text > 0 && *text < ' '))
			return false;
	return true;
}

static bool
is_id(uint32_t id)
{
	return id >= ID_MIN && id <= ID_MAX;
}

static bool
is_name(const char *name)
{
	return parse_is_login_name(name, strlen(name), true) &&
	    strcmp(name, "root") != 0;
}

static void
check_user(struct walk *walk, const struct cache_user *user)
{
	const char *end = user->name + user->strings_len;
	uint32_t gid;

	walk->answers++;
	must(is_inside(walk, user->name, user->strings_len), "user strings");
	must(end[-1] == '\0' &&
	    user->passwd == user->name + strlen(user->name) + 1 &&
	    user->gecos == user->passwd + 2 &&
	    user->home == user->gecos + strlen(user->gecos) + 1 &&
	    user->shell == user->home + strlen(user->home) + 1 &&
	    end == user->shell + strlen(user->shell) + 1, "five strings");
	must(is_name(user->name), "user name");
	must(strcmp(user->passwd, "*") == 0, "passwd");
	must(is_id(user->uid) && user->gid == user->uid, "user ids");
	must(is_plain(user->gecos) && is_plain(user->home) &&
	    is_plain(user->shell), "fields");
	for (uint32_t i = 0; i < user->gid_count; i++)
		if (cache_user_group(&walk->cache, user, i, &gid) == ERR_OK)
			must(is_id(gid), "supplementary gid");
	must(cache_user_group(&walk->cache, user, user->gid_count, &gid) ==
	    ERR_NOT_FOUND, "gids have no end");
}

static void
check_group(struct walk *walk, const struct cache_group *group)
{
	walk->answers++;
	must(is_inside(walk, group->name, group->strings_len),
	    "group strings");
	must(is_name(group->name), "group name");
	must(strcmp(group->passwd, "*") == 0, "group passwd");
	must(is_id(group->gid), "gid");
	for (uint32_t i = 0; i < group->member_count; i++) {
		const char *member = cache_group_member(&walk->cache, group,
		    i);

		must(member == NULL || (is_name(member) && member >=
		    group->name && member + strlen(member) <
		    group->name + group->strings_len), "member");
	}
	must(cache_group_member(&walk->cache, group, group->member_count) ==
	    NULL, "members have no end");
}

static void
ask_name(struct walk *walk, const char *name)
{
	struct cache_user user;
	struct cache_group group;

	if (cache_user_by_name(&walk->cache, name, &user) == ERR_OK) {
		must(strcmp(user.name, name) == 0, "another user's name");
		check_user(walk, &user);
	}
	if (cache_group_by_name(&walk->cache, name, &group) == ERR_OK) {
		must(strcmp(group.name, name) == 0, "another group's name");
		check_group(walk, &group);
	}
}

static void
ask_id(struct walk *walk, uint32_t id)
{
	struct cache_user user;
	struct cache_group group;

	if (cache_user_by_uid(&walk->cache, id, &user) == ERR_OK) {
		must(user.uid == id, "another user's id");
		check_user(walk, &user);
	}
	if (cache_group_by_gid(&walk->cache, id, &group) == ERR_OK) {
		must(group.gid == id, "another group's id");
		check_group(walk, &group);
	}
}

static void
walk_lists(struct walk *walk)
{
	struct cache_user user;
	struct cache_group group;
	enum err r = ERR_OK;

	for (uint32_t i = 0; r != ERR_NOT_FOUND && i < 64; i++) {
		r = cache_user_at(&walk->cache, i, &user);
		if (r != ERR_OK)
			continue;
		check_user(walk, &user);
		ask_name(walk, user.name);
		ask_id(walk, user.uid);
	}
	r = ERR_OK;
	for (uint32_t i = 0; r != ERR_NOT_FOUND && i < 64; i++) {
		r = cache_group_at(&walk->cache, i, &group);
		if (r != ERR_OK)
			continue;
		check_group(walk, &group);
		ask_name(walk, group.name);
		ask_id(walk, group.gid);
	}
}

static bool
may_be_linked(const char *name, uint32_t uid)
{
	return *name != '\0' && strchr("-./", *name) == NULL &&
	    strlen(name) <= LOCAL_NAME_MAX_LEN && strcmp(name, "root") != 0 &&
	    strchr(name, '/') == NULL && strchr(name, '*') == NULL &&
	    strcmp(name, "1000") != 0 &&
	    uid >= 1000 && uid < ID_MIN && !(uid > 60000 && uid < 65536);
}

static void
ask_links(struct walk *walk)
{
	static const char *const names[] = {
		"bsimon", "A.Adams", "root", "", "b", "-b", ".", "../b", "*",
		"1000", "b.simon", NAME_OF_65,
	};
	static const uint32_t uids[] = {
		SAMPLE_BSIMON, SAMPLE_AADAMS, 0, 1, 999, 1001, 60001, 61184,
		65534, 65535, ID_MIN, SAMPLE_SIMON, ID_MAX, UINT32_MAX,
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (size_t k = 0; k < ARRAY_LEN(uids); k++) {
			if (!cache_is_linked(&walk->cache, names[i], uids[k]))
				continue;
			must(may_be_linked(names[i], uids[k]), "link");
			walk->answers++;
		}
	walk->answers += !cache_creates_users(&walk->cache);
}

size_t
walk_cache(const void *bytes, size_t size)
{
	static const char *const names[] = {
		"b.simon", "a.adams@contoso.com", "gone", "staff", "agents",
		"nobody.here", "root", "nobody", "", "B.Simon", "*",
	};
	static const uint32_t ids[] = {
		SAMPLE_SIMON, SAMPLE_ADAMS, SAMPLE_GONE, SAMPLE_STAFF,
		SAMPLE_EMPTY, 0, 1, 1000, 65534, ID_MIN - 1, ID_MIN, ID_MAX,
		ID_MAX + 1, UINT32_MAX,
	};
	struct walk walk = { CACHE_INIT, 0 };

	if (cache_open_bytes(bytes, size, &walk.cache) != ERR_OK)
		return 0;
	(void)!cache_verify(&walk.cache);
	walk_lists(&walk);
	ask_links(&walk);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		ask_name(&walk, names[i]);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		ask_id(&walk, ids[i]);
	return walk.answers;
}
