/* SPDX-License-Identifier: BSD-2-Clause */
#include "cache/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache/reader_impl.h"

bool
cache_may_have_name(const char *name)
{
	return cache_is_name(name, strnlen(name, LOGIN_NAME_MAX_LEN + 1));
}

bool
cache_may_have_id(uint32_t id)
{
	return cache_is_id(id);
}

static bool
is_trusted(const struct stat *st)
{
	return S_ISREG(st->st_mode) &&
	    (st->st_uid == 0 || st->st_uid == geteuid()) &&
	    (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static enum err
check_header(const void *bytes, size_t size)
{
	const struct cache_header *header = bytes;

	if (size < sizeof(*header) ||
	    memcmp(header->magic, CACHE_MAGIC, CACHE_MAGIC_LEN) != 0)
		return ERR_CACHE_DAMAGED;
	if (le32toh(header->version) != CACHE_VERSION)
		return ERR_CACHE_VERSION;
	if (le64toh(header->size) != size || size > CACHE_SIZE_MAX)
		return ERR_CACHE_DAMAGED;
	return ERR_OK;
}

enum err
cache_open_bytes(const void *bytes, size_t size, struct cache *ret_cache)
{
	enum err r = check_header(bytes, size);

	if (r != ERR_OK)
		return r;
	ret_cache->map = bytes;
	ret_cache->size = size;
	return ERR_OK;
}

static enum err
map_file(int fd, struct cache *ret_cache)
{
	struct stat st;
	void *map;
	enum err r;

	if (fstat(fd, &st) != 0)
		return ERR_IO;
	if (!is_trusted(&st))
		return ERR_UNSAFE_FILE;
	if (st.st_size < (off_t)sizeof(struct cache_header) ||
	    st.st_size > (off_t)CACHE_SIZE_MAX)
		return ERR_CACHE_DAMAGED;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return ERR_IO;
	r = cache_open_bytes(map, (size_t)st.st_size, ret_cache);
	if (r != ERR_OK)
		(void)munmap(map, (size_t)st.st_size);
	return r;
}

static enum err
open_file(const char *path, struct cache *ret_cache)
{
	AUTO_CLOSE int fd = -1;

	/* O_NONBLOCK: a FIFO in its place must not hang the caller. */
	fd = open(path,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return ERR_CACHE_MISSING;
	if (fd < 0 && errno == ELOOP)
		return ERR_UNSAFE_FILE;
	if (fd < 0)
		return ERR_IO;
	return map_file(fd, ret_cache);
}

enum err
cache_open(const char *path, struct cache *ret_cache)
{
	int state;
	enum err r;

	/* A thread that is cancelled ends in open() or close(), here with
	 * locks of libc held: nobody in the process could ever ask again. */
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	r = open_file(path, ret_cache);
	(void)pthread_setcancelstate(state, &state);
	return r;
}

void
cache_close(struct cache *cache)
{
	if (cache->map != NULL)
		(void)munmap((void *)(uintptr_t)cache->map, cache->size);
	cache->map = NULL;
	cache->size = 0;
}

/* -- records --------------------------------------------------------------- */

/* The start that all records' strings have: name, "*". */
static bool
is_named(const char *strings, uint32_t after)
{
	return after > 3 && strings[after - 3] == '\0' &&
	    strings[after - 2] == '*' && strings[after - 1] == '\0' &&
	    cache_is_name(strings, after - 3);
}

/* The string from..to-1 ends with its NUL and passes the check. */
static bool
is_field(const char *strings, uint32_t from, uint32_t to,
    bool (*check)(const char *, size_t))
{
	return from < to && strings[to - 1] == '\0' &&
	    check(strings + from, to - 1 - from);
}

static enum err
read_user(const struct cache *cache, uint32_t at, struct cache_user *ret)
{
	const void *place = reader_bytes(cache, at,
	    sizeof(struct cache_user_record));
	struct cache_user_record rec;
	uint32_t gecos, home, shell, len, gids, uid;
	const char *strings;

	if (place == NULL)
		return ERR_CACHE_DAMAGED;
	memcpy(&rec, place, sizeof(rec));
	gecos = le16toh(rec.gecos_at);
	home = le16toh(rec.home_at);
	shell = le16toh(rec.shell_at);
	len = le16toh(rec.strings_len);
	gids = (uint32_t)sizeof(rec) + (len + 3) / 4 * 4;
	if (reader_bytes(cache, at, gids + 4ull * le32toh(rec.gid_count)) == NULL)
		return ERR_CACHE_DAMAGED;
	/* Each is held against the next, and the last one is in the file. */
	strings = (const char *)place + sizeof(rec);
	if (gecos >= home || home >= shell || shell >= len ||
	    !is_named(strings, gecos) ||
	    !is_field(strings, gecos, home, cache_is_text) ||
	    !is_field(strings, home, shell, cache_is_path) ||
	    !is_field(strings, shell, len, cache_is_path))
		return ERR_CACHE_DAMAGED;
	uid = le32toh(rec.uid);
	if (!cache_is_id(uid) || le32toh(rec.gid) != uid)
		return ERR_CACHE_DAMAGED;
	*ret = (struct cache_user){
		.name = strings,
		.passwd = strings + gecos - 2,
		.gecos = strings + gecos,
		.home = strings + home,
		.shell = strings + shell,
		.strings_len = len,
		.uid = uid,
		.gid = uid,
		.may_log_in = le32toh(rec.flags) == CACHE_MAY_LOG_IN,
		.gid_count = le32toh(rec.gid_count),
		.gids_ = at * CACHE_UNIT + gids,
	};
	return ERR_OK;
}

static enum err
read_group(const struct cache *cache, uint32_t at, struct cache_group *ret)
{
	const void *place = reader_bytes(cache, at,
	    sizeof(struct cache_group_record));
	struct cache_group_record rec;
	uint32_t count, members, len;
	const char *strings;

	if (place == NULL)
		return ERR_CACHE_DAMAGED;
	memcpy(&rec, place, sizeof(rec));
	count = le32toh(rec.member_count);
	members = le32toh(rec.members_at);
	len = le32toh(rec.strings_len);
	if (reader_bytes(cache, at, sizeof(rec) + 4ull * count + len) == NULL)
		return ERR_CACHE_DAMAGED;
	strings = (const char *)place + sizeof(rec) + (size_t)count * 4;
	if (members > len || !is_named(strings, members) ||
	    strings[len - 1] != '\0' || !cache_is_id(le32toh(rec.gid)))
		return ERR_CACHE_DAMAGED;
	*ret = (struct cache_group){
		.name = strings,
		.passwd = strings + members - 2,
		.strings_len = len,
		.gid = le32toh(rec.gid),
		.member_count = count,
		.members_ = at * CACHE_UNIT + (uint32_t)sizeof(rec),
	};
	return ERR_OK;
}

static uint32_t
number_at(const struct cache *cache, uint32_t offset, uint32_t index)
{
	const uint32_t *numbers = (const void *)(cache->map + offset);

	return le32toh(numbers[index]);
}

const char *
cache_group_member(const struct cache *cache, const struct cache_group *group,
    uint32_t index)
{
	const char *member;
	uint32_t at;

	if (index >= group->member_count)
		return NULL;
	at = number_at(cache, group->members_, index);
	if (at == 0 || at >= group->strings_len || group->name[at - 1] != '\0')
		return NULL;
	/* The strings' last byte is a NUL: the name ends inside of them. */
	member = group->name + at;
	return cache_may_have_name(member) ? member : NULL;
}

enum err
cache_user_group(const struct cache *cache, const struct cache_user *user,
    uint32_t index, uint32_t *ret_gid)
{
	uint32_t gid;

	if (index >= user->gid_count)
		return ERR_NOT_FOUND;
	gid = number_at(cache, user->gids_, index);
	if (!cache_is_id(gid))
		return ERR_CACHE_DAMAGED;
	*ret_gid = gid;
	return ERR_OK;
}

/* -- enumeration ----------------------------------------------------------- */

/* The place that entry index of a list names. */
static enum err
list_entry(const struct cache *cache, uint32_t list_at, uint32_t count,
    uint32_t index, uint32_t *ret_at)
{
	const uint32_t *list = reader_bytes(cache, le32toh(list_at),
	    4ull * le32toh(count));

	if (index >= le32toh(count))
		return ERR_NOT_FOUND;
	if (list == NULL)
		return ERR_CACHE_DAMAGED;
	*ret_at = le32toh(list[index]);
	return ERR_OK;
}

enum err
cache_user_at(const struct cache *cache, uint32_t index,
    struct cache_user *ret)
{
	const struct cache_header *header = reader_header(cache);
	uint32_t at;
	enum err r = list_entry(cache, header->user_list_at,
	    header->user_count, index, &at);

	return r == ERR_OK ? read_user(cache, at, ret) : r;
}

enum err
cache_group_at(const struct cache *cache, uint32_t index,
    struct cache_group *ret)
{
	const struct cache_header *header = reader_header(cache);
	uint32_t at;
	enum err r = list_entry(cache, header->group_list_at,
	    header->group_count, index, &at);

	return r == ERR_OK ? read_group(cache, at, ret) : r;
}

/* -- lookup ---------------------------------------------------------------- */

/* A walk over the slots that may hold a key. */
struct probe {
	const struct cache_slot *slots;
	uint32_t mask;
	uint32_t tag;
	uint32_t next;
	uint32_t left;
};

static enum err
probe_start(const struct cache *cache, enum cache_index index,
    struct cache_key key, struct probe *ret)
{
	const struct cache_table *table = &reader_header(cache)->tables[index];
	uint32_t count = le32toh(table->slots);
	const struct cache_slot *slots = reader_bytes(cache, le32toh(table->at),
	    (uint64_t)count * sizeof(*slots));

	if (slots == NULL || count == 0 || (count & (count - 1)) != 0)
		return ERR_CACHE_DAMAGED;
	*ret = (struct probe){
		.slots = slots,
		.mask = count - 1,
		.tag = key.tag,
		.next = (uint32_t)key.hash,
		.left = count < CACHE_PROBE_MAX ? count : CACHE_PROBE_MAX,
	};
	return ERR_OK;
}

/* The place of the next candidate, or 0. */
static uint32_t
probe_next(struct probe *p)
{
	while (p->left > 0) {
		const struct cache_slot *slot = &p->slots[p->next & p->mask];
		uint32_t at = le32toh(slot->at);

		p->next++;
		p->left = at == 0 ? 0 : p->left - 1;
		if (at == 0 || le32toh(slot->tag) == p->tag)
			return at;
	}
	return 0;
}

/* By name, or by uid if name is NULL. */
static enum err
find_user(const struct cache *cache, struct probe *p, const char *name,
    uint32_t uid, struct cache_user *ret)
{
	struct cache_user user;

	for (uint32_t at = probe_next(p); at != 0; at = probe_next(p)) {
		enum err r = read_user(cache, at, &user);

		if (r != ERR_OK)
			return r;
		if (name == NULL ? user.uid != uid :
		    strcmp(user.name, name) != 0)
			continue;
		*ret = user;
		return ERR_OK;
	}
	return ERR_NOT_FOUND;
}

static enum err
find_group(const struct cache *cache, struct probe *p, const char *name,
    uint32_t gid, struct cache_group *ret)
{
	struct cache_group group;

	for (uint32_t at = probe_next(p); at != 0; at = probe_next(p)) {
		enum err r = read_group(cache, at, &group);

		if (r != ERR_OK)
			return r;
		if (name == NULL ? group.gid != gid :
		    strcmp(group.name, name) != 0)
			continue;
		*ret = group;
		return ERR_OK;
	}
	return ERR_NOT_FOUND;
}

static enum err
probe_name(const struct cache *cache, enum cache_index index,
    const char *name, struct probe *ret)
{
	uint64_t seed = le64toh(reader_header(cache)->seed);

	if (!cache_may_have_name(name))
		return ERR_NOT_FOUND;
	return probe_start(cache, index,
	    cache_key_name(seed, name, strlen(name)), ret);
}

static enum err
probe_id(const struct cache *cache, enum cache_index index, uint32_t id,
    struct probe *ret)
{
	uint64_t seed = le64toh(reader_header(cache)->seed);

	if (!cache_may_have_id(id))
		return ERR_NOT_FOUND;
	return probe_start(cache, index, cache_key_id(seed, id), ret);
}

enum err
cache_user_by_name(const struct cache *cache, const char *name,
    struct cache_user *ret)
{
	struct probe p;
	enum err r = probe_name(cache, CACHE_USER_BY_NAME, name, &p);

	return r == ERR_OK ? find_user(cache, &p, name, 0, ret) : r;
}

enum err
cache_user_by_uid(const struct cache *cache, uint32_t uid,
    struct cache_user *ret)
{
	struct probe p;
	enum err r = probe_id(cache, CACHE_USER_BY_UID, uid, &p);

	return r == ERR_OK ? find_user(cache, &p, NULL, uid, ret) : r;
}

enum err
cache_group_by_name(const struct cache *cache, const char *name,
    struct cache_group *ret)
{
	struct probe p;
	enum err r = probe_name(cache, CACHE_GROUP_BY_NAME, name, &p);

	return r == ERR_OK ? find_group(cache, &p, name, 0, ret) : r;
}

enum err
cache_group_by_gid(const struct cache *cache, uint32_t gid,
    struct cache_group *ret)
{
	struct probe p;
	enum err r = probe_id(cache, CACHE_GROUP_BY_GID, gid, &p);

	return r == ERR_OK ? find_group(cache, &p, NULL, gid, ret) : r;
}

/* -- the whole file -------------------------------------------------------- */

enum err
cache_verify(const struct cache *cache)
{
	size_t from = offsetof(struct cache_header, size);

	if (le64toh(reader_header(cache)->checksum) !=
	    cache_hash(0, cache->map + from, cache->size - from))
		return ERR_CACHE_DAMAGED;
	return ERR_OK;
}
