/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nss.cache: the specification of the file.
 *
 * One file holds all provisioned users and groups.  Root writes it whole and
 * renames it into place; every process maps it read-only.  It is never
 * changed afterwards, except for one word (superseded), never truncated, and
 * never written through a mapping.
 *
 * NUMBERS are unsigned and little-endian on every machine, so that 32-bit
 * and 64-bit programs of one host read the same bytes.
 *
 * PLACES ("at") are 32-bit numbers of 16-byte units from the file's start;
 * whatever has a place begins on a unit.  0 is the header and so means
 * "none".  Offsets inside a record are in bytes from the record's strings.
 * Every gap is filled with zeros.
 *
 * SECTIONS, in this order:
 *
 *	header		struct cache_header
 *	4 tables	struct cache_slot [slots], see below
 *	user list	u32 [user_count]: places, in the order of enumeration
 *	group list	u32 [group_count]
 *	link list	u32 count, struct cache_link [count]; none if count is 0
 *	user records	struct cache_user_record, strings, gids
 *	group records	struct cache_group_record, u32 [members], strings
 *
 * TABLES find a record by user name, uid, group name, gid: open addressing
 * with linear probing.  The number of slots is a power of two and at least
 * twice the number of records.  A key's probe begins at (hash & (slots - 1));
 * the key's slot is one of the first CACHE_PROBE_MAX slots from there, and no
 * empty slot (at = 0) comes before it.  The tag of an id is the id itself,
 * that of a name the upper 32 bits of its hash.  A slot whose tag fits is a
 * candidate: the record's own name or id decides.  The seed of all hashes is
 * in the header; the writer takes one with which no probe is too long, so that
 * names that were chosen to collide make nothing slow.
 *
 * A USER RECORD is ready for struct passwd: five strings with their NULs
 * behind each other, one memcpy,
 *
 *	name \0 * \0 gecos \0 home \0 shell \0
 *
 * then, 4-aligned, the gids of the supplementary groups, so that initgroups
 * is one lookup.  The primary gid is the uid's equal and not among them.
 *
 * A GROUP RECORD holds the byte offset of each member's name in the strings,
 * then the strings
 *
 *	name \0 * \0 member \0 member \0 ...
 *
 * Every user has a private group (same name, gid = uid) without members.
 *
 * A LINK says that an account of /etc/passwd, with this name and this uid, is
 * a provisioned person's.  It makes nobody exist: NSS never looks at it, and
 * local files go on answering.  For the PAM module that account is ours.  At
 * most CACHE_LINKS_MAX, each name and uid once, in no order.
 *
 * FLAGS OF THE HEADER: CACHE_CREATES_USERS, a name that nobody has may be
 * somebody's who signs in for the first time; all other bits are 0.  With an
 * unknown bit none is believed.
 *
 * WHAT MAY BE IN IT: names by cache_is_name(), ids by cache_is_id(), gecos by
 * cache_is_text(), home and shell by cache_is_path(), links by
 * cache_is_local().  The writer refuses anything else and the reader does not
 * return it, whoever wrote the file.
 *
 * CHECKSUM: cache_hash(0, ...) of everything from the member size to the end
 * of the file.  Each of its steps is a bijection of its state, so damage to
 * one 8-byte word is always noticed; it is no protection against somebody
 * who may write the file.  Lookups do not compute it, cache_verify() does.
 *
 * SUPERSEDED is 0.  A reader that keeps its mapping (PERFORMANCE: "noticing
 * new data without stat") reopens the path when it sees another value there;
 * a writer that serves such readers stores 1 into the old file before its
 * rename.  The word is outside the checksum for that reason.
 */
#ifndef CACHE_FORMAT_H
#define CACHE_FORMAT_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "base/parse.h"

#define CACHE_MAGIC "8x8nss\r\n"
#define CACHE_MAGIC_LEN 8
#define CACHE_VERSION 2u
#define CACHE_UNIT 16u
#define CACHE_PROBE_MAX 128u

enum cache_index {
	CACHE_USER_BY_NAME,
	CACHE_USER_BY_UID,
	CACHE_GROUP_BY_NAME,
	CACHE_GROUP_BY_GID,
	CACHE_INDEXES
};

struct cache_slot {
	uint32_t tag;
	uint32_t at;
};

struct cache_table {
	uint32_t at;
	uint32_t slots;
};

struct cache_header {
	char magic[CACHE_MAGIC_LEN];
	uint32_t version;
	uint32_t superseded;
	uint64_t checksum;
	uint64_t size;			/* of the file */
	uint64_t seed;
	uint32_t user_count;
	uint32_t group_count;
	struct cache_table tables[CACHE_INDEXES];
	uint32_t user_list_at;
	uint32_t group_list_at;
	uint32_t link_list_at;
	uint32_t flags;
};

/* The only flag of the header. */
#define CACHE_CREATES_USERS 1u

/* The only flag of a user; all other bits are 0. */
#define CACHE_MAY_LOG_IN 1u

struct cache_link {
	uint32_t uid;
	char name[36];			/* filled up with NULs, at least one */
};

struct cache_user_record {
	uint32_t uid;
	uint32_t gid;
	uint32_t flags;
	uint32_t gid_count;
	uint16_t strings_len;		/* with every NUL */
	uint16_t gecos_at;		/* name's length + 3 */
	uint16_t home_at;
	uint16_t shell_at;
};

struct cache_group_record {
	uint32_t gid;
	uint32_t member_count;
	uint32_t strings_len;
	uint32_t members_at;		/* name's length + 3 */
};

_Static_assert(sizeof(struct cache_slot) == 8, "slot");
_Static_assert(sizeof(struct cache_header) == 96, "header");
_Static_assert(sizeof(struct cache_link) == 40 && LOCAL_NAME_MAX_LEN < 36,
    "link");
_Static_assert(sizeof(struct cache_user_record) == 24, "user record");
_Static_assert(sizeof(struct cache_group_record) == 16, "group record");

/* One step of the hash: takes in 8 bytes. */
static inline uint64_t
cache_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* Hash of len bytes, taken as little-endian words, the last one filled up
 * with zeros. */
static inline uint64_t
cache_hash(uint64_t seed, const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t hash = cache_mix(seed, len);
	uint64_t word;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		hash = cache_mix(hash, le64toh(word));
	}
	word = 0;
	/* Of nothing at all there may be no address. */
	if (len > 0)
		memcpy(&word, p, len);
	hash = cache_mix(hash, le64toh(word));
	return cache_mix(hash, 0);
}

/* What a table is searched for. */
struct cache_key {
	uint64_t hash;
	uint32_t tag;
};

static inline struct cache_key
cache_key_name(uint64_t seed, const char *name, size_t len)
{
	uint64_t hash = cache_hash(seed, name, len);

	return (struct cache_key){ hash, (uint32_t)(hash >> 32) };
}

static inline struct cache_key
cache_key_id(uint64_t seed, uint32_t id)
{
	return (struct cache_key){ cache_mix(cache_mix(seed, id), 0), id };
}

/* A user's or group's name: the grammar, and none of the two names that libc
 * and systemd give a meaning of their own. */
static inline bool
cache_is_name(const char *text, size_t len)
{
	return parse_is_login_name(text, len, true) &&
	    !(len == 4 && memcmp(text, "root", 4) == 0) &&
	    !(len == 6 && memcmp(text, "nobody", 6) == 0);
}

static inline bool
cache_is_id(uint32_t id)
{
	return id >= ID_MIN && id <= ID_MAX;
}

/* An account of /etc/passwd that may be a provisioned person's: no name that
 * means something else elsewhere, and a uid that is neither root's, nor the
 * system's, nor systemd's, nor of our own range. */
static inline bool
cache_is_local(const char *name, size_t len, uint32_t uid)
{
	return parse_is_local_name(name, len) &&
	    uid >= LOCAL_UID_MIN && uid < ID_MIN &&
	    (uid < LOCAL_UID_NOT_MIN || uid > LOCAL_UID_NOT_MAX);
}

/* A field of passwd(5): UTF-8 without ':' and without control characters
 * (C0, DEL and C1, the latter being c2 80 to c2 9f). */
static inline bool
cache_is_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)text[i];

		if (c < 0x20 || c == 0x7f || c == ':')
			return false;
		if (c == 0xc2 && i + 1 < len && (uint8_t)text[i + 1] < 0xa0)
			return false;
	}
	return parse_is_utf8(text, len);
}

/* An absolute path that is such a field. */
static inline bool
cache_is_path(const char *text, size_t len)
{
	return len > 0 && text[0] == '/' && cache_is_text(text, len);
}

#endif
