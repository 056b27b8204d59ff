-- SPDX-License-Identifier: BSD-2-Clause
-- A state.db of version 1, by the statements that the programs of that version
-- made it with, one a line; and what a host had in it.
CREATE TABLE meta(key TEXT PRIMARY KEY NOT NULL,value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE ids(id INTEGER PRIMARY KEY NOT NULL CHECK (id > 0),kind TEXT NOT NULL CHECK (kind IN ('u', 'g')),key TEXT NOT NULL,registered_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER)),UNIQUE (kind, key));
CREATE TRIGGER ids_update BEFORE UPDATE ON ids BEGIN SELECT RAISE(ABORT, 'ids are written once'); END;
CREATE TRIGGER ids_delete BEFORE DELETE ON ids BEGIN SELECT RAISE(ABORT, 'ids are written once'); END;
CREATE TRIGGER ids_insert BEFORE INSERT ON ids WHEN EXISTS (SELECT 1 FROM ids WHERE id = NEW.id OR (kind = NEW.kind AND key = NEW.key)) BEGIN SELECT RAISE(ABORT, 'ids are written once'); END;
CREATE TABLE users(scim_id TEXT PRIMARY KEY NOT NULL CHECK (scim_id <> ''),external_id TEXT NOT NULL,user_name TEXT NOT NULL,given_name TEXT NOT NULL,family_name TEXT NOT NULL,title TEXT NOT NULL,department TEXT NOT NULL,site TEXT NOT NULL,created TEXT NOT NULL,active INTEGER NOT NULL CHECK (active IN (0, 1)),vanished INTEGER NOT NULL DEFAULT 0 CHECK (vanished IN (0, 1)),login TEXT UNIQUE,home_name TEXT UNIQUE,uid INTEGER UNIQUE REFERENCES ids(id),refused TEXT NOT NULL DEFAULT '',CHECK ((login IS NULL) = (uid IS NULL)),CHECK ((login IS NULL) = (home_name IS NULL)));
CREATE TRIGGER users_insert BEFORE INSERT ON users WHEN NEW.uid IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ids WHERE id = NEW.uid AND kind = 'u' AND key = NEW.scim_id) BEGIN SELECT RAISE(ABORT, 'the uid is not this user''s'); END;
CREATE TRIGGER users_update BEFORE UPDATE OF uid, scim_id ON users WHEN NEW.uid IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ids WHERE id = NEW.uid AND kind = 'u' AND key = NEW.scim_id) BEGIN SELECT RAISE(ABORT, 'the uid is not this user''s'); END;
CREATE TABLE groups(gid INTEGER PRIMARY KEY NOT NULL REFERENCES ids(id),key TEXT NOT NULL UNIQUE,name TEXT NOT NULL UNIQUE);
CREATE TRIGGER groups_insert BEFORE INSERT ON groups WHEN NOT EXISTS (SELECT 1 FROM ids WHERE id = NEW.gid AND kind = 'g' AND key = NEW.key) BEGIN SELECT RAISE(ABORT, 'the gid is not this group''s'); END;
CREATE TABLE members(uid INTEGER NOT NULL REFERENCES users(uid),gid INTEGER NOT NULL REFERENCES groups(gid),PRIMARY KEY (uid, gid)) WITHOUT ROWID;
CREATE INDEX members_gid ON members(gid);
CREATE TABLE pins(scim_id TEXT PRIMARY KEY NOT NULL REFERENCES users(scim_id),subject TEXT NOT NULL UNIQUE CHECK (subject <> ''),pinned_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER)));
CREATE TABLE replay(key BLOB PRIMARY KEY NOT NULL CHECK (length(key) = 32),expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX replay_expires ON replay(expires);
CREATE TABLE idp_keys(issuer TEXT NOT NULL,place INTEGER NOT NULL,n BLOB NOT NULL,e BLOB NOT NULL,cert_sha256 BLOB NOT NULL,subject TEXT NOT NULL,not_before INTEGER NOT NULL,not_after INTEGER NOT NULL,PRIMARY KEY (issuer, place));
CREATE TABLE syncs(id INTEGER PRIMARY KEY AUTOINCREMENT,time INTEGER NOT NULL,result TEXT NOT NULL,listed INTEGER NOT NULL,added INTEGER NOT NULL,changed INTEGER NOT NULL,deactivated INTEGER NOT NULL,vanished INTEGER NOT NULL,refused INTEGER NOT NULL);
PRAGMA application_id = 947402800;
PRAGMA user_version = 1;
INSERT INTO meta VALUES ('last_sync', '1790000000');
INSERT INTO ids(id, kind, key, registered_at) VALUES (2000000000, 'u', 'scim-1', 1789000000);
INSERT INTO ids(id, kind, key, registered_at) VALUES (2000000001, 'g', 'department:Sales', 1789000000);
INSERT INTO users VALUES ('scim-1', 'ext-1', 'B.Simon@contoso.com', 'B', 'Simon', '', 'Sales', '', '2024-01-01T00:00:00Z', 1, 0, 'b.simon', 'b.simon', 2000000000, '');
INSERT INTO groups VALUES (2000000001, 'department:Sales', 'sales');
INSERT INTO members VALUES (2000000000, 2000000001);
INSERT INTO pins(scim_id, subject, pinned_at) VALUES ('scim-1', 'entra:t:o', 1789000001);
INSERT INTO replay VALUES (zeroblob(32), 4000000000);
INSERT INTO idp_keys VALUES ('https://sts.example/', 0, x'01', x'010001', zeroblob(32), 'CN=x', 0, 4000000000);
INSERT INTO syncs(time, result, listed, added, changed, deactivated, vanished, refused) VALUES (1790000000, 'ok', 1, 1, 0, 0, 0, 0);
