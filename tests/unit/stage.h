/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sign-in by device code in the helper, played in a time that passes only
 * when everybody sleeps: poll(2) and the clock are this program's.  The person
 * and the worker act at given times; what the module gets is written down with
 * the time.  Directory, limits, decoys and key store are stood in for; wire,
 * claims and key messages are real.
 */
#ifndef TESTS_UNIT_STAGE_H
#define TESTS_UNIT_STAGE_H

#include "unit.h"

#include "auth/decoy.h"
#include "auth/oidc_store.h"
#include "base/limits.h"
#include "pam_8x8sso/helper/device.h"

#define STAGE_ISSUER "https://login.example/tenant/v2.0"
#define STAGE_URI "https://microsoft.com/devicelogin"
#define STAGE_REAL_CODE "C45FGVYJR"
#define STAGE_DECOY_CODE "D7WQXM2PL"
#define STAGE_NOW 1800000000
#define STAGE_ACTS_MAX 16

/* What somebody at the terminal does. */
enum stage_do {
	STAGE_NONE, STAGE_TYPE, STAGE_FAIL, STAGE_TOO_LONG, STAGE_HANG_UP,
	STAGE_CALL,
};

struct stage_act {
	int64_t at_ms;
	enum stage_do what;
	const char *text;
	void (*call)(void);
};

struct stage_fake {
	enum err account;		/* before the flow */
	enum err account_again;		/* after it */
	enum err flows, replay, link, draw, saml;
	bool jit;			/* allowed from there */
	enum err expect, expect_again, create;
	enum err spawn;
	struct grace grace;
	struct decoy_picture picture;	/* that is drawn */
	struct decoy_picture lesson;
	int lessons;
	int priority;			/* of the last line in the log */
	char calls[512];		/* "account flows replay ..." */
	char source[300];		/* that was counted */

	/* The worker: it answers after took_ms; after so many times "not yet"
	 * it accepts, or refuses. */
	struct flow_code code;
	int64_t took_ms;
	int polls;			/* -1: never */
	enum err refusal;		/* ERR_OK: it accepts */
	enum err refusal_at_once;	/* instead of a code */
	bool dies;			/* then, without a word */
	bool two_codes;			/* at once */
	bool no_kid;			/* accepts without asking for keys */
	const char *issuer, *tenant, *ipaddr;
	struct jwks sent;		/* keys that it got */
	int workers;			/* that were started */
	int alive;
	int64_t ended_ms;		/* when the last one was */
	char start_uris[512];
	uint64_t start_seconds;
	char start_checks[1024];	/* "acrs=... groups=... skew=..." */

	/* The key store. */
	struct oidc_record record;
	enum err load, fetch, save;
	enum oidc_turn turn;
	const char *new_kid;		/* what a fetch brings */
	int fetches, loads;

	/* The program that sends the code. */
	int confirm_status;
	bool confirm_hangs;
	char confirm_path[64];		/* where it writes what it got */
	char confirm_got[4096];
};
extern struct stage_fake stage;

extern int64_t stage_ms;		/* the time */
extern char stage_seen[65536];		/* "<ms> PROMPT <words>\n" ... */
extern char stage_log[16384];

struct play {
	struct conf conf;
	struct channel module;
	struct channel ch;
	struct wire_msg begin;
	struct login login;
	struct diag diag;
};

/* Everybody is in place; the terminal has so many columns (0: unknown). */
void stage_open(struct play *play, uint64_t columns);
void stage_clear(struct play *play);
DEFINE_AUTO(stage, struct play, stage_clear);

#define STAGE(name, columns) \
	__attribute__((cleanup(stage_auto))) struct play name; \
	stage_open(&name, columns)

/* Adds to what happens. */
void stage_at(int64_t ms, enum stage_do what, const char *text);
void stage_call_at(int64_t ms, void (*call)(void));

/* device_sign_in(), reply_send() unless the person is passed on, and then
 * what the module got at its end. */
enum err stage_run(struct play *play);

char *stage_text(const char *constant);

/* How often the module got this text. */
int stage_count(const char *text);

#endif
