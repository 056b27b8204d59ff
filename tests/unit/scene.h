/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One login in the helper, without the parts that others test: directory,
 * replay, policy and worker are stood in for, and each records its call.  The
 * state database, with pending logins and codes, is real.
 */
#ifndef TESTS_UNIT_SCENE_H
#define TESTS_UNIT_SCENE_H

#include "unit.h"

#include "auth/claims.h"
#include "auth/code.h"
#include "base/limits.h"
#include "pam_8x8sso/helper/helper.h"

#define SCENE_IDP_MAX_AGE 86400
#define SCENE_LOGIN_URL "https://login.example/saml2"

/* What the stand-ins answer, and what they were asked. */
struct scene_fake {
	enum err keys;
	enum err origin;
	enum err spawn;
	enum err claims;
	enum err replay;
	enum err link;
	enum err link_again;		/* after somebody was created */
	bool jit;			/* allowed from there */
	enum err expect;
	enum err expect_again;
	enum err create;
	enum err renew;
	enum err find;
	enum err policy;
	enum err device_offered;	/* the other way to sign in */
	enum err device;
	bool device_passes_on;
	const char *stored_url;
	char calls[256];		/* "worker replay ..." */
	int64_t replay_until;
	uid_t caller;			/* who has the other end */
	uid_t self;			/* getuid() */
	const char *found;		/* link_find()'s, or NULL: unknown */
	void (*at_link)(struct store *store);
	struct channel worker;		/* the worker's end */
	bool worker_hangs_up;
	/* What the worker accepts; NULL: what it was asked about. */
	const char *issuer;
	const char *in_response_to;
};
extern struct scene_fake fake;

/* The last log line, "<priority>text". */
extern char logged[8192];

struct scene {
	char dir[64];
	char path[80];			/* dir/state.db */
	struct store *store;
	struct conf conf;
	struct channel module;		/* the module's end */
	struct channel ch;
	struct wire_msg begin;
	struct login login;
	struct diag diag;
};

void scene_open(struct scene *s, enum wire_operation operation);
void scene_clear(struct scene *s);
DEFINE_AUTO(scene, struct scene, scene_clear);

#define SCENE(name, operation) \
	AUTO(scene) struct scene name; \
	scene_open(&name, WIRE_##operation)

/* A constant as struct conf wants it. */
char *scene_text(const char *constant);

/* What the person will type, in advance. */
void scene_answer(struct scene *s, const char *words);

/* Another login of this user waits, too. */
void scene_wait(struct scene *s, const char *request_id, const char *user);

/* The number that a query gives. */
int64_t scene_count(struct store *store, const char *sql);

/* The next message that the module got must have this type ... */
void scene_next(struct scene *s, enum wire_type type, struct wire_msg *msg);

/* ... or there must be none. */
void scene_no_more(struct scene *s);

#endif
