/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/store_schema.h"

#include "base/cleanup.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define SET_VERSION(number) "PRAGMA user_version = " TEXT(number)
#define NOW "DEFAULT (CAST(strftime('%s', 'now') AS INTEGER))"

/* Hosts have databases that these statements made: they are never changed,
 * only followed by others. */
static const char *const version_1[] = {
	"CREATE TABLE meta("
	    "key TEXT PRIMARY KEY NOT NULL,"
	    "value TEXT NOT NULL) WITHOUT ROWID",

	/* uids and gids; kind and key: see directory/registry.h */
	"CREATE TABLE ids("
	    "id INTEGER PRIMARY KEY NOT NULL CHECK (id > 0),"
	    "kind TEXT NOT NULL CHECK (kind IN ('u', 'g')),"
	    "key TEXT NOT NULL,"
	    "registered_at INTEGER NOT NULL " NOW ","
	    "UNIQUE (kind, key))",
	"CREATE TRIGGER ids_update BEFORE UPDATE ON ids BEGIN "
	    "SELECT RAISE(ABORT, 'ids are written once'); END",
	"CREATE TRIGGER ids_delete BEFORE DELETE ON ids BEGIN "
	    "SELECT RAISE(ABORT, 'ids are written once'); END",
	/* INSERT OR REPLACE deletes without asking the trigger above. */
	"CREATE TRIGGER ids_insert BEFORE INSERT ON ids "
	    "WHEN EXISTS (SELECT 1 FROM ids WHERE id = NEW.id "
	    "OR (kind = NEW.kind AND key = NEW.key)) BEGIN "
	    "SELECT RAISE(ABORT, 'ids are written once'); END",

	/*
	 * login: the name that this record holds, nobody else's even while
	 * refused says that it is not in effect; NULL: never had one.
	 * home_name: the first login, which its home directory is named for.
	 */
	"CREATE TABLE users("
	    "scim_id TEXT PRIMARY KEY NOT NULL CHECK (scim_id <> ''),"
	    "external_id TEXT NOT NULL,"
	    "user_name TEXT NOT NULL,"
	    "given_name TEXT NOT NULL,"
	    "family_name TEXT NOT NULL,"
	    "title TEXT NOT NULL,"
	    "department TEXT NOT NULL,"
	    "site TEXT NOT NULL,"
	    "created TEXT NOT NULL,"
	    "active INTEGER NOT NULL CHECK (active IN (0, 1)),"
	    "vanished INTEGER NOT NULL DEFAULT 0 CHECK (vanished IN (0, 1)),"
	    "login TEXT UNIQUE,"
	    "home_name TEXT UNIQUE,"
	    "uid INTEGER UNIQUE REFERENCES ids(id),"
	    "refused TEXT NOT NULL DEFAULT '',"
	    "CHECK ((login IS NULL) = (uid IS NULL)),"
	    "CHECK ((login IS NULL) = (home_name IS NULL)))",
	"CREATE TRIGGER users_insert BEFORE INSERT ON users "
	    "WHEN NEW.uid IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ids "
	    "WHERE id = NEW.uid AND kind = 'u' AND key = NEW.scim_id) BEGIN "
	    "SELECT RAISE(ABORT, 'the uid is not this user''s'); END",
	"CREATE TRIGGER users_update BEFORE UPDATE OF uid, scim_id ON users "
	    "WHEN NEW.uid IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ids "
	    "WHERE id = NEW.uid AND kind = 'u' AND key = NEW.scim_id) BEGIN "
	    "SELECT RAISE(ABORT, 'the uid is not this user''s'); END",

	"CREATE TABLE groups("
	    "gid INTEGER PRIMARY KEY NOT NULL REFERENCES ids(id),"
	    "key TEXT NOT NULL UNIQUE,"
	    "name TEXT NOT NULL UNIQUE)",
	"CREATE TRIGGER groups_insert BEFORE INSERT ON groups "
	    "WHEN NOT EXISTS (SELECT 1 FROM ids "
	    "WHERE id = NEW.gid AND kind = 'g' AND key = NEW.key) BEGIN "
	    "SELECT RAISE(ABORT, 'the gid is not this group''s'); END",
	"CREATE TABLE members("
	    "uid INTEGER NOT NULL REFERENCES users(uid),"
	    "gid INTEGER NOT NULL REFERENCES groups(gid),"
	    "PRIMARY KEY (uid, gid)) WITHOUT ROWID",
	"CREATE INDEX members_gid ON members(gid)",

	"CREATE TABLE pins("
	    "scim_id TEXT PRIMARY KEY NOT NULL REFERENCES users(scim_id),"
	    "subject TEXT NOT NULL UNIQUE CHECK (subject <> ''),"
	    "pinned_at INTEGER NOT NULL " NOW ")",

	"CREATE TABLE replay("
	    "key BLOB PRIMARY KEY NOT NULL CHECK (length(key) = 32),"
	    "expires INTEGER NOT NULL) WITHOUT ROWID",
	"CREATE INDEX replay_expires ON replay(expires)",

	"CREATE TABLE idp_keys("
	    "issuer TEXT NOT NULL,"
	    "place INTEGER NOT NULL,"
	    "n BLOB NOT NULL,"
	    "e BLOB NOT NULL,"
	    "cert_sha256 BLOB NOT NULL,"
	    "subject TEXT NOT NULL,"
	    "not_before INTEGER NOT NULL,"
	    "not_after INTEGER NOT NULL,"
	    "PRIMARY KEY (issuer, place))",

	"CREATE TABLE syncs("
	    "id INTEGER PRIMARY KEY AUTOINCREMENT,"
	    "time INTEGER NOT NULL,"
	    "result TEXT NOT NULL,"
	    "listed INTEGER NOT NULL,"
	    "added INTEGER NOT NULL,"
	    "changed INTEGER NOT NULL,"
	    "deactivated INTEGER NOT NULL,"
	    "vanished INTEGER NOT NULL,"
	    "refused INTEGER NOT NULL)",

	"PRAGMA application_id = " TEXT(STORE_APPLICATION),
	SET_VERSION(1),
	NULL
};

/* What logins leave for each other; see auth/pending.h, code.h, rate.h. */
static const char *const version_2[] = {
	"CREATE TABLE pending("
	    "request_id TEXT PRIMARY KEY NOT NULL CHECK (request_id <> ''),"
	    "user TEXT NOT NULL,"
	    "service TEXT NOT NULL,"
	    "rhost TEXT NOT NULL,"
	    "created INTEGER NOT NULL,"
	    "expires INTEGER NOT NULL) WITHOUT ROWID",

	/* request_id: of pending; '': any login of this user */
	"CREATE TABLE codes("
	    "code BLOB PRIMARY KEY NOT NULL CHECK (length(code) = 32),"
	    "user TEXT NOT NULL,"
	    "request_id TEXT NOT NULL,"
	    "session_end INTEGER NOT NULL,"
	    "expires INTEGER NOT NULL,"
	    "UNIQUE (user, request_id)) WITHOUT ROWID",

	"CREATE TABLE rates("
	    "key TEXT PRIMARY KEY NOT NULL,"
	    "count INTEGER NOT NULL CHECK (count >= 0),"
	    "ends INTEGER NOT NULL) WITHOUT ROWID",

	SET_VERSION(2),
	NULL
};

/* Sign-in by device code; see auth/oidc_store.h, flows.h. */
static const char *const version_3[] = {
	"CREATE TABLE jwks("
	    "issuer TEXT NOT NULL,"
	    "kid TEXT NOT NULL CHECK (kid <> ''),"
	    "n BLOB NOT NULL,"
	    "e BLOB NOT NULL,"
	    "key_issuer TEXT NOT NULL,"
	    "PRIMARY KEY (issuer, kid)) WITHOUT ROWID",

	/* Sign-ins that people are at; known: from where their user is at
	 * home. */
	"CREATE TABLE flows("
	    "id TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),"
	    "source TEXT NOT NULL,"
	    "known INTEGER NOT NULL CHECK (known IN (0, 1)),"
	    "expires INTEGER NOT NULL) WITHOUT ROWID",

	/* From where a user has signed in. */
	"CREATE TABLE homes("
	    "user TEXT NOT NULL,"
	    "source TEXT NOT NULL,"
	    "expires INTEGER NOT NULL,"
	    "PRIMARY KEY (user, source)) WITHOUT ROWID",

	SET_VERSION(3),
	NULL
};

#define MEMBERS_BY(attribute) \
	"SELECT users.scim_id, groups.gid FROM users " \
	    "JOIN groups ON groups.key = '" attribute ":' || " attribute \
	    " WHERE NOT vanished "

/* Provisioning as it grew; see directory/update.h, groups.h, links.h, jit.h. */
static const char *const version_4[] = {
	/*
	 * created_at: `created` as an instant, INT64_MAX for none.
	 * site_listed: what the provider says now; number: uid_attribute's.
	 * seen_at: the last sign-in of somebody whom no listing has had yet;
	 * 0: listed.
	 */
	"ALTER TABLE users ADD COLUMN "
	    "created_at INTEGER NOT NULL DEFAULT 9223372036854775807",
	"ALTER TABLE users ADD COLUMN site_listed TEXT NOT NULL DEFAULT ''",
	"ALTER TABLE users ADD COLUMN number TEXT NOT NULL DEFAULT ''",
	"ALTER TABLE users ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0",
	"CREATE TRIGGER users_site BEFORE UPDATE OF site ON users "
	    "WHEN OLD.site <> '' AND NEW.site <> OLD.site BEGIN "
	    "SELECT RAISE(ABORT, 'a site is written once'); END",

	/* Whom just-in-time creation wrote down as user_id is listed as
	 * scim_id. */
	"CREATE TABLE aliases("
	    "scim_id TEXT PRIMARY KEY NOT NULL CHECK (scim_id <> ''),"
	    "user_id TEXT NOT NULL UNIQUE REFERENCES users(scim_id)"
	    ") WITHOUT ROWID",

	/* [users] link_local: the local account `name`, configured for
	 * user_name, is this user's; confirmed: the provider said that name of
	 * whoever signed in to it first. */
	"CREATE TABLE links("
	    "name TEXT PRIMARY KEY NOT NULL,"
	    "user_name TEXT NOT NULL,"
	    "scim_id TEXT NOT NULL UNIQUE REFERENCES users(scim_id),"
	    "confirmed INTEGER NOT NULL DEFAULT 0 "
		"CHECK (confirmed IN (0, 1))) WITHOUT ROWID",

	/* The server's groups as listed; members are users or groups. */
	"CREATE TABLE scim_groups("
	    "id TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),"
	    "display_name TEXT NOT NULL,"
	    "number TEXT NOT NULL) WITHOUT ROWID",
	"CREATE TABLE scim_members("
	    "group_id TEXT NOT NULL REFERENCES scim_groups(id),"
	    "member_id TEXT NOT NULL,"
	    "PRIMARY KEY (group_id, member_id)) WITHOUT ROWID",
	"CREATE INDEX scim_members_member ON scim_members(member_id)",

	/* Who is a member of group_id is in the group gid: in its own, and in
	 * those that it is nested in.  So nested groups are flattened and no
	 * membership is stored twice. */
	"CREATE TABLE scim_gids("
	    "group_id TEXT NOT NULL,"
	    "gid INTEGER NOT NULL,"
	    "PRIMARY KEY (group_id, gid)) WITHOUT ROWID",

	/* Values of attributes (label) and groups of the server (label: its
	 * displayName) that make no group, and why; gid: registered, or
	 * NULL. */
	"CREATE TABLE groups_refused("
	    "key TEXT PRIMARY KEY NOT NULL,"
	    "gid INTEGER,"
	    "label TEXT NOT NULL,"
	    "refused TEXT NOT NULL CHECK (refused <> '')) WITHOUT ROWID",

	/* Each user and group once.  Whom no listing has had yet is in no
	 * group of the server, whatever id a member of it has. */
	/* Names that groups ask for or had (given), so that no newcomer gets
	 * one. */
	"CREATE TABLE group_names("
	    "name TEXT PRIMARY KEY NOT NULL,"
	    "given INTEGER NOT NULL DEFAULT 0 CHECK (given IN (0, 1))"
	    ") WITHOUT ROWID",
	"INSERT INTO group_names SELECT name, 1 FROM groups",

	/* What [users] home was whenever names were given. */
	"CREATE TABLE home_templates("
	    "template TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID",

	"DROP TABLE members",
	"CREATE VIEW memberships(scim_id, gid) AS "
	    MEMBERS_BY("department")
	    "UNION ALL " MEMBERS_BY("site")
	    "UNION ALL " MEMBERS_BY("title")
	    "UNION ALL SELECT DISTINCT users.scim_id, scim_gids.gid "
		"FROM users "
		"JOIN scim_members ON member_id = users.scim_id "
		"JOIN scim_gids USING (group_id) "
		"WHERE NOT vanished AND users.scim_id NOT GLOB 'jit:*' "
	    "UNION ALL SELECT DISTINCT aliases.user_id, scim_gids.gid "
		"FROM aliases JOIN users ON users.scim_id = user_id "
		"JOIN scim_members ON member_id = aliases.scim_id "
		"JOIN scim_gids USING (group_id) "
		"WHERE NOT vanished",

	SET_VERSION(4),
	NULL
};

const char *const store_schema_reading[] = {
	"CREATE TEMP VIEW users AS SELECT *, "
	    "9223372036854775807 AS created_at, site AS site_listed, "
	    "'' AS number, 0 AS seen_at FROM main.users",
	"CREATE TEMP TABLE aliases(scim_id, user_id)",
	"CREATE TEMP TABLE links(name, user_name, scim_id)",
	"CREATE TEMP TABLE scim_groups(id, display_name, number)",
	"CREATE TEMP TABLE scim_members(group_id, member_id)",
	"CREATE TEMP TABLE scim_gids(group_id, gid)",
	"CREATE TEMP TABLE groups_refused(key, gid, label, refused)",
	"CREATE TEMP VIEW memberships AS SELECT scim_id, gid "
	    "FROM main.members JOIN main.users USING (uid)",
	NULL
};

const char *const *const store_schema[STORE_VERSION] = {
	version_1, version_2, version_3, version_4,
};
