-- SPDX-License-Identifier: BSD-2-Clause
-- What makes a state.db of version 1 one of version 2, by the statements of the
-- programs of that version, one a line; and what logins had left in it.
CREATE TABLE pending(request_id TEXT PRIMARY KEY NOT NULL CHECK (request_id <> ''),user TEXT NOT NULL,service TEXT NOT NULL,rhost TEXT NOT NULL,created INTEGER NOT NULL,expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE codes(code BLOB PRIMARY KEY NOT NULL CHECK (length(code) = 32),user TEXT NOT NULL,request_id TEXT NOT NULL,session_end INTEGER NOT NULL,expires INTEGER NOT NULL,UNIQUE (user, request_id)) WITHOUT ROWID;
CREATE TABLE rates(key TEXT PRIMARY KEY NOT NULL,count INTEGER NOT NULL CHECK (count >= 0),ends INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 2;
INSERT INTO pending VALUES ('_0', 'b.simon', 'sshd', '192.0.2.1', 1790000000, 4000000000);
INSERT INTO codes VALUES (zeroblob(32), 'b.simon', '_0', 0, 4000000000);
INSERT INTO rates VALUES ('code b.simon 192.0.2.1', 3, 1790000900);
