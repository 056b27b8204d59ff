-- SPDX-License-Identifier: BSD-2-Clause
-- What makes a state.db of version 2 one of version 3, by the statements of the
-- programs of that version, one a line; and what a host had in it: the key of a
-- token, where somebody is at home, a person who left, one who was renamed, and
-- a newcomer who was refused because of the name.
CREATE TABLE jwks(issuer TEXT NOT NULL,kid TEXT NOT NULL CHECK (kid <> ''),n BLOB NOT NULL,e BLOB NOT NULL,key_issuer TEXT NOT NULL,PRIMARY KEY (issuer, kid)) WITHOUT ROWID;
CREATE TABLE flows(id TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),source TEXT NOT NULL,known INTEGER NOT NULL CHECK (known IN (0, 1)),expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE homes(user TEXT NOT NULL,source TEXT NOT NULL,expires INTEGER NOT NULL,PRIMARY KEY (user, source)) WITHOUT ROWID;
PRAGMA user_version = 3;
INSERT INTO jwks VALUES ('https://login.example/', 'kid', x'c0', x'010001', '');
INSERT INTO homes VALUES ('b.simon', '192.0.2.1', 4000000000);
INSERT INTO ids VALUES (2000000010, 'u', 'gone', 1789000000), (2000000011, 'u', 'renamed', 1789000000), (2000000012, 'u', 'new', 1789000000);
INSERT INTO users VALUES ('gone', '', 'ann', '', '', '', 'Sales', 'Main', '2024-01-01T00:00:00Z', 0, 1, 'ann', 'ann', 2000000010, '');
INSERT INTO users VALUES ('renamed', '', 'smith', '', '', '', 'Sales', 'Main', '', 1, 0, 'smith', 'bob', 2000000011, '');
INSERT INTO users VALUES ('new', '', 'ann', '', '', '', '', '', '2024-01-02T00:00:00Z', 1, 0, NULL, NULL, NULL, 'name-taken');
INSERT INTO members VALUES (2000000011, 2000000001);
INSERT INTO pins VALUES ('gone', 'entra:t:gone', 1789000001);
