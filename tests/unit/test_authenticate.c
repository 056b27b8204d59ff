/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The helper's operations: who is asked what, in which order the checks stand,
 * and what the module, the person and the log are told.  Directory, replay,
 * policy and worker are stood in for by this program; each records its call.
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "auth/claims.h"
#include "auth/idp_keys.h"
#include "auth/policy.h"
#include "auth/replay.h"
#include "base/base64.h"
#include "base/limits.h"
#include "directory/link.h"
#include "pam_8x8sso/helper/helper.h"
#include "wire/spawn.h"

#define XML "<samlp:Response>...</samlp:Response>"
#define LOGIN_URL "https://login.example/saml2"

/* What the stand-ins answer, and what they were asked. */
static struct {
	enum err keys;
	enum err spawn;
	enum err claims;
	enum err replay;
	enum err link;
	enum err find;
	enum err policy;
	const char *stored_url;
	char calls[256];
	int64_t replay_until;
	struct channel worker;		/* the worker's end */
	bool worker_hangs_up;
} fake;

static struct claims_fixed fixed;
static char logged[8192];

static void
called(const char *what)
{
	size_t len = strlen(fake.calls);

	(void)snprintf(fake.calls + len, sizeof(fake.calls) - len, "%s ",
	    what);
}

void
vsyslog(int priority, const char *fmt, va_list ap)
{
	int n = snprintf(logged, sizeof(logged), "<%d>", priority);

	(void)vsnprintf(logged + n, sizeof(logged) - (size_t)n, fmt, ap);
}

enum err
idp_keys_load(struct store *store, const char *issuer, struct idp_keys *ret,
    struct diag *diag)
{
	(void)store;
	assert_string_equal(issuer, "https://sts.example/");
	ret->count = 2;
	for (size_t i = 0; i < ret->count; i++) {
		ret->key[i].n_len = 256;
		ret->key[i].e_len = 3;
	}
	return fake.keys == ERR_OK ? ERR_OK : fail(diag, fake.keys, "keys");
}

enum err
store_meta_get(struct store *store, const char *key, char *value, size_t size,
    struct diag *diag)
{
	(void)store;
	(void)diag;
	assert_string_equal(key, "idp_login_url");
	(void)snprintf(value, size, "%s", fake.stored_url);
	return ERR_OK;
}

enum err
store_meta_get_int(struct store *store, const char *key, int64_t *ret,
    struct diag *diag)
{
	(void)store;
	(void)diag;
	assert_string_equal(key, "last_sync");
	*ret = 12345;
	return ERR_OK;
}

enum err
directory_find(struct store *store, const char *login,
    struct directory_user *ret, struct diag *diag)
{
	(void)store;
	called("find");
	assert_string_equal(login, "b.simon");
	ret->login = strdup(login);
	ret->active = true;
	return fake.find == ERR_OK ? ERR_OK : fail(diag, fake.find, "find");
}

void
directory_user_clear(struct directory_user *user)
{
	free(user->login);
	user->login = NULL;
}

enum err
policy_check(const struct conf *conf, const struct policy_account *account,
    int64_t now, struct diag *diag)
{
	(void)conf;
	called("policy");
	assert_string_equal(account->login, "b.simon");
	assert_true(account->active);
	assert_int_equal(account->last_sync, 12345);
	assert_true(now > 1700000000);
	return fake.policy == ERR_OK ? ERR_OK :
	    fail(diag, fake.policy, "policy");
}

enum err
replay_accept(struct store *store, const char *issuer,
    const char *assertion_id, int64_t until, int64_t now, struct diag *diag)
{
	(void)store;
	(void)now;
	called("replay");
	assert_string_equal(issuer, "https://sts.example/");
	assert_string_equal(assertion_id, "_assertion");
	fake.replay_until = until;
	return fake.replay == ERR_OK ? ERR_OK :
	    fail(diag, fake.replay, "replay");
}

enum err
link_check(struct store *store, const struct conf *conf,
    const struct claims *claims, const char *login, struct diag *diag)
{
	(void)store;
	(void)conf;
	(void)claims;
	called("link");
	assert_string_equal(login, "b.simon");
	return fake.link == ERR_OK ? ERR_OK : fail(diag, fake.link, "link");
}

enum err
claims_recv(struct channel *ch, struct claims **ret, struct diag *diag)
{
	(void)ch;
	(void)ret;
	called("worker");
	return fake.claims == ERR_OK ? ERR_OK :
	    fail(diag, fake.claims, "claims");
}

const struct claims_fixed *
claims_fixed(const struct claims *claims)
{
	(void)claims;
	return &fixed;
}

void
claims_free(struct claims **claims)
{
	(void)claims;
}

enum err
peer_start(struct peer *peer, char *const argv[], int extra_fd,
    struct diag *diag)
{
	int fd[2];

	assert_int_equal(extra_fd, -1);
	assert_string_equal(argv[0], "/libexec/8x8sso-saml");
	assert_null(argv[1]);
	if (fake.spawn != ERR_OK)
		return fail(diag, fake.spawn, "%s", argv[0]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	peer->ch.fd = fd[0];
	fake.worker.fd = fd[1];
	channel_set_timeout(&fake.worker, 0);
	if (fake.worker_hangs_up)
		channel_close(&fake.worker);
	return ERR_OK;
}

int
peer_end(struct peer *peer)
{
	channel_close(&peer->ch);
	return 0;
}

/* -- one login ------------------------------------------------------------ */

struct scene {
	struct conf conf;
	struct channel module;		/* the module's end */
	struct channel ch;
	struct wire_msg begin;
	struct login login;
	struct diag diag;
};

static void
scene_clear(struct scene *s)
{
	channel_close(&s->module);
	channel_close(&s->ch);
	channel_close(&fake.worker);
	wire_msg_clear(&s->begin);
}
DEFINE_AUTO(scene, struct scene, scene_clear);

static char *
text(const char *constant)
{
	return (char *)(uintptr_t)constant;
}

static void
scene_open(struct scene *s, enum wire_operation operation)
{
	int fd[2];

	memset(&fake, 0, sizeof(fake));
	fake.stored_url = "";
	fake.worker.fd = -1;
	logged[0] = '\0';
	fixed = (struct claims_fixed){
		.issuer = "https://sts.example/",
		.assertion_id = "_assertion",
		.not_on_or_after = 2000,
		.session_not_on_or_after = 3000,
	};
	s->conf = (struct conf){
		.idp_issuer = text("https://sts.example/"),
		.idp_login_url = text(LOGIN_URL),
		.idp_tenant = text("tenant"),
		.saml_entity_id = text("https://sp.example"),
		.saml_acs_url = text("https://sp.example/acs"),
		.saml_force_authn = true,
		.saml_clock_skew = 30,
		.saml_max_age = 300,
		.saml_unsolicited_max_age = 60,
		.host_libexec_dir = text("/libexec"),
	};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	s->module = (struct channel){ fd[0], 0 };
	s->ch = (struct channel){ fd[1], 0 };
	channel_set_timeout(&s->module, 60000);
	channel_set_timeout(&s->ch, 60000);
	s->begin = (struct wire_msg)WIRE_MSG_INIT;
	assert_err(CHANNEL_SEND(&s->module, BEGIN, NULL, wire_u64(operation),
	    wire_bytes("0123456789abcde", 16), wire_text("b.simon"),
	    wire_text("sshd"), wire_text("192.0.2.7\n"), wire_text("ssh")),
	    ERR_OK);
	assert_err(channel_recv(&s->ch, &s->begin, NULL), ERR_OK);
	s->diag = (struct diag)DIAG_INIT;
	s->login = (struct login){
		.conf = &s->conf,
		.ch = &s->ch,
		.begin = &s->begin,
		.operation = operation,
		.user = "b.simon",
		.tag = "30313233",
	};
}

#define SCENE(name, operation) \
	AUTO(scene) struct scene name; \
	scene_open(&name, WIRE_##operation)

/* What the person will type, in advance. */
static void
answer(struct scene *s, const char *words)
{
	assert_err(CHANNEL_SEND(&s->module, ANSWER, NULL,
	    wire_u64(WIRE_ANSWERED), wire_bytes(words, strlen(words))),
	    ERR_OK);
}

static void
answer_status(struct scene *s, enum wire_answer status)
{
	assert_err(CHANNEL_SEND(&s->module, ANSWER, NULL, wire_u64(status),
	    wire_bytes(NULL, 0)), ERR_OK);
}

static void
encode(const char *xml, struct buf *out)
{
	assert_err(base64_encode(out, xml, strlen(xml)), ERR_OK);
}

static enum err
sign_in_with(struct scene *s, const char *xml)
{
	AUTO(buf) struct buf base64 = BUF_INIT(1u << 20);

	encode(xml, &base64);
	answer(s, buf_str(&base64));
	return authenticate(&s->login, &s->diag);
}

/* The next message that the module got. */
static void
next(struct scene *s, enum wire_type type, struct wire_msg *msg)
{
	channel_set_timeout(&s->module, 0);
	assert_err(channel_expect(&s->module, type, msg, NULL), ERR_OK);
}

static void
no_more(struct scene *s)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;

	channel_set_timeout(&s->module, 0);
	assert_err(channel_recv(&s->module, &msg, NULL), ERR_TIMEOUT);
}

/* -- authenticate --------------------------------------------------------- */

static void
a_good_response_is_granted_after_every_check(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	assert_err(sign_in_with(&s, XML), ERR_OK);
	assert_string_equal(fake.calls, "worker replay link find policy ");
	assert_int_equal(fake.replay_until, 2030);
	assert_int_equal(s.login.session_end, 3000);
}

static void
the_prompt_carries_everything(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, AUTHENTICATE);
	const char *prompt;

	(void)state;
	assert_err(sign_in_with(&s, XML), ERR_OK);
	next(&s, WIRE_PROMPT, &msg);
	prompt = wire_get_text(&msg, PROMPT_WORDS);
	assert_int_equal(wire_get_u64(&msg, PROMPT_ECHO), 0);
	assert_non_null(strstr(prompt, "sign-in for b.simon on "));
	assert_non_null(strstr(prompt, "\n" LOGIN_URL "?SAMLRequest="));
	/* A remote name with a control byte is not shown. */
	assert_null(strstr(prompt, "192.0.2.7"));
	no_more(&s);
}

static void
the_prompt_is_the_same_for_every_account(void **state)
{
	static const enum err reasons[] = {
		ERR_USER_UNKNOWN, ERR_USER_INACTIVE, ERR_USER_NOT_ALLOWED,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		SCENE(s, AUTHENTICATE);

		fake.find = reasons[i] == ERR_USER_UNKNOWN ? reasons[i] :
		    ERR_OK;
		fake.policy = reasons[i];
		assert_err(sign_in_with(&s, XML), reasons[i]);
		next(&s, WIRE_PROMPT, &msg);
		no_more(&s);
		reply_send(&s.login, reasons[i], &s.diag);
		next(&s, WIRE_INFO, &msg);
		assert_string_equal(wire_get_text(&msg, INFO_WORDS),
		    "Sign-in was refused.\nYour administrator finds the "
		    "reason in the log (30313233).");
	}
}

static void
the_worker_is_told_what_to_demand(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(buf) struct buf base64 = BUF_INIT(1u << 20);
	SCENE(s, AUTHENTICATE);

	(void)state;
	s.conf.saml_require_mfa = true;
	assert_err(sign_in_with(&s, XML), ERR_OK);
	for (int i = 0; i < 2; i++)
		assert_err(channel_expect(&fake.worker, WIRE_SAML_KEY, &msg,
		    NULL), ERR_OK);
	assert_err(channel_expect(&fake.worker, WIRE_SAML_CHECK, &msg, NULL),
	    ERR_OK);
	encode(XML, &base64);
	assert_int_equal(msg.field[SAML_CHECK_RESPONSE].len, base64.len);
	assert_memory_equal(msg.field[SAML_CHECK_RESPONSE].data, base64.data,
	    base64.len);
	assert_string_equal(wire_get_text(&msg, SAML_CHECK_ISSUER),
	    "https://sts.example/");
	assert_string_equal(wire_get_text(&msg, SAML_CHECK_AUDIENCE),
	    "https://sp.example");
	assert_string_equal(wire_get_text(&msg, SAML_CHECK_RECIPIENT),
	    "https://sp.example/acs");
	assert_string_equal(wire_get_text(&msg, SAML_CHECK_TENANT), "tenant");
	assert_int_equal(wire_get_text(&msg, SAML_CHECK_REQUEST_ID)[0], '_');
	assert_int_equal(msg.field[SAML_CHECK_REQUEST_ID].len, 33);
	assert_true(wire_get_u64(&msg, SAML_CHECK_REQUEST_TIME) <=
	    wire_get_u64(&msg, SAML_CHECK_NOW));
	assert_int_equal(wire_get_u64(&msg, SAML_CHECK_SKEW), 30);
	assert_int_equal(wire_get_u64(&msg, SAML_CHECK_MAX_AGE), 300);
	assert_int_equal(wire_get_u64(&msg, SAML_CHECK_UNSOLICITED_MAX_AGE),
	    60);
	assert_int_equal(wire_get_u64(&msg, SAML_CHECK_FLAGS),
	    WIRE_SAML_FORCE_AUTHN | WIRE_SAML_REQUIRE_MFA);
}

static void
pieces_are_put_together_until_the_response_ends(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(buf) struct buf base64 = BUF_INIT(1u << 20);
	char piece[16];
	SCENE(s, AUTHENTICATE);
	int count = 0;

	(void)state;
	encode(XML "\n", &base64);
	for (size_t i = 0; i < base64.len; i += 5) {
		(void)snprintf(piece, sizeof(piece), " %.5s\r\n",
		    buf_str(&base64) + i);
		answer(&s, piece);
		count++;
	}
	assert_err(authenticate(&s.login, &s.diag), ERR_OK);
	next(&s, WIRE_PROMPT, &msg);
	for (int i = 1; i < count; i++) {
		next(&s, WIRE_PROMPT, &msg);
		assert_string_equal(wire_get_text(&msg, PROMPT_WORDS),
		    "more: ");
	}
	no_more(&s);
}

static void
an_empty_line_ends_what_does_not_look_complete(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, AUTHENTICATE);

	(void)state;
	answer(&s, "binary junk \x01\xff");
	answer(&s, "\r\n");
	assert_err(authenticate(&s.login, &s.diag), ERR_OK);
	assert_string_equal(fake.calls, "worker replay link find policy ");
	assert_err(channel_recv(&fake.worker, &msg, NULL), ERR_OK);
	assert_err(channel_recv(&fake.worker, &msg, NULL), ERR_OK);
	assert_err(channel_recv(&fake.worker, &msg, NULL), ERR_OK);
	assert_int_equal(msg.field[SAML_CHECK_RESPONSE].len, 14);
}

static void
answers_that_are_none_are_refused_without_a_worker(void **state)
{
	static const struct {
		const char *words;	/* NULL: the status */
		enum wire_answer status;
		enum err want;
	} rows[] = {
		{ "", 0, ERR_ANSWER_EMPTY },
		{ " \t\r\n", 0, ERR_ANSWER_EMPTY },
		{ NULL, WIRE_ANSWER_TOO_LONG, ERR_ANSWER_TOO_LONG },
		{ NULL, WIRE_ANSWER_FAILED, ERR_ANSWER_FAILED },
		{ NULL, (enum wire_answer)0, ERR_ANSWER_FAILED },
		{ NULL, (enum wire_answer)99, ERR_ANSWER_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCENE(s, AUTHENTICATE);

		if (rows[i].words != NULL)
			answer(&s, rows[i].words);
		else
			answer_status(&s, rows[i].status);
		assert_err(authenticate(&s.login, &s.diag), rows[i].want);
		assert_string_equal(fake.calls, "");
	}
}

static void
a1_pieces_that_are_too_much_together_are_refused(void **state)
{
	static char words[SAML_BASE64_MAX / 2 + 2];
	SCENE(s, AUTHENTICATE);

	(void)state;
	memset(words, 'A', sizeof(words) - 1);
	answer(&s, words);
	answer(&s, words);
	assert_err(authenticate(&s.login, &s.diag), ERR_ANSWER_TOO_LONG);
	assert_string_equal(fake.calls, "");
}

/* More than a socket holds at once, so somebody must answer as asked. */
static void
too_many_pieces_are_refused(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, AUTHENTICATE);
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		channel_close(&s.ch);
		while (channel_recv(&s.module, &msg, NULL) == ERR_OK)
			answer(&s, "A");
		_exit(0);
	}
	assert_err(authenticate(&s.login, &s.diag), ERR_ANSWER_TOO_LONG);
	channel_close(&s.ch);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
a_module_that_goes_away_ends_the_login(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	channel_close(&s.module);
	assert_err(authenticate(&s.login, &s.diag), ERR_WIRE_CLOSED);
	assert_string_equal(fake.calls, "");
}

static void
nobody_who_answers_is_a_timeout(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	channel_set_timeout(&s.ch, 0);
	assert_err(authenticate(&s.login, &s.diag), ERR_ANSWER_TIMEOUT);
}

static void
a_message_that_is_no_answer_ends_the_login(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	assert_err(CHANNEL_SEND(&s.module, INFO, NULL, wire_u64(0),
	    wire_text("x")), ERR_OK);
	assert_err(authenticate(&s.login, &s.diag), ERR_WIRE_UNEXPECTED);
}

static void
nothing_is_asked_on_a_host_that_is_not_set_up(void **state)
{
	static const struct {
		const char *login_url;
		const char *stored_url;
		enum err keys;
		enum err want;
	} rows[] = {
		{ LOGIN_URL, "", ERR_IDP_NO_KEYS, ERR_IDP_NO_KEYS },
		{ LOGIN_URL, "", ERR_STORE, ERR_STORE },
		{ "", "", ERR_OK, ERR_CONF_MISSING },
		{ "", "not an address", ERR_OK, ERR_CONF_VALUE },
		{ "https://a/\x1b[2J", "", ERR_OK, ERR_CONF_VALUE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		SCENE(s, AUTHENTICATE);

		s.conf.idp_login_url = text(rows[i].login_url);
		fake.stored_url = rows[i].stored_url;
		fake.keys = rows[i].keys;
		assert_err(authenticate(&s.login, &s.diag), rows[i].want);
		assert_string_equal(fake.calls, "");
		no_more(&s);
		reply_send(&s.login, rows[i].want, &s.diag);
		next(&s, WIRE_INFO, &msg);
		next(&s, WIRE_RESULT, &msg);
		assert_int_equal(wire_get_u64(&msg, RESULT_VERDICT),
		    WIRE_UNAVAILABLE);
	}
}

static void
the_login_url_may_come_from_the_metadata(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, AUTHENTICATE);

	(void)state;
	s.conf.idp_login_url = text("");
	fake.stored_url = "https://stored.example/sso";
	assert_err(sign_in_with(&s, XML), ERR_OK);
	next(&s, WIRE_PROMPT, &msg);
	assert_non_null(strstr(wire_get_text(&msg, PROMPT_WORDS),
	    "\nhttps://stored.example/sso?SAMLRequest="));
}

static void
the_first_check_that_fails_is_the_reason(void **state)
{
	static const struct {
		enum err *fails;
		enum err reason;
		const char *calls;
	} rows[] = {
		{ &fake.spawn, ERR_SPAWN, "" },
		{ &fake.claims, ERR_SAML_AUDIENCE, "worker " },
		{ &fake.replay, ERR_REPLAY, "worker replay " },
		{ &fake.replay, ERR_REPLAY_STORE, "worker replay " },
		{ &fake.link, ERR_LINK_MISMATCH, "worker replay link " },
		{ &fake.find, ERR_USER_UNKNOWN, "worker replay link find " },
		{ &fake.policy, ERR_USER_INACTIVE,
		    "worker replay link find policy " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCENE(s, AUTHENTICATE);

		*rows[i].fails = rows[i].reason;
		assert_err(sign_in_with(&s, XML), rows[i].reason);
		assert_string_equal(fake.calls, rows[i].calls);
		assert_int_equal(s.login.session_end, 0);
	}
}

static void
a_worker_that_fails_as_a_program_has_one_reason(void **state)
{
	static const enum err ways[] = {
		ERR_WIRE_CLOSED, ERR_WIRE_SYNTAX, ERR_WIRE_UNEXPECTED,
		ERR_WIRE_VERSION, ERR_TIMEOUT,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		SCENE(s, AUTHENTICATE);

		fake.claims = ways[i];
		assert_err(sign_in_with(&s, XML), ERR_WORKER);
		assert_string_equal(fake.calls, "worker ");
	}
}

static void
a_worker_that_dies_at_once_is_a_denial(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	fake.worker_hangs_up = true;
	assert_err(sign_in_with(&s, XML), ERR_WORKER);
	assert_string_equal(fake.calls, "");
}

/* -- account and reply ---------------------------------------------------- */

static void
an_account_needs_directory_and_policy_only(void **state)
{
	SCENE(s, ACCOUNT);

	(void)state;
	assert_err(account(&s.login, &s.diag), ERR_OK);
	assert_string_equal(fake.calls, "find policy ");
	no_more(&s);
}

static void
an_account_that_is_not_allowed_is_told_so(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, ACCOUNT);

	(void)state;
	fake.policy = ERR_USER_NOT_ALLOWED;
	assert_err(account(&s.login, &s.diag), ERR_USER_NOT_ALLOWED);
	reply_send(&s.login, ERR_USER_NOT_ALLOWED, &s.diag);
	next(&s, WIRE_INFO, &msg);
	assert_int_equal(wire_get_u64(&msg, INFO_ERROR), 1);
	assert_string_equal(wire_get_text(&msg, INFO_WORDS),
	    "Your account is not allowed on this host.\n"
	    "Your administrator finds the reason in the log (30313233).");
	next(&s, WIRE_RESULT, &msg);
	assert_int_equal(wire_get_u64(&msg, RESULT_VERDICT), WIRE_DENIED);
	assert_string_equal(wire_get_text(&msg, RESULT_REASON),
	    "user-not-allowed");
}

static void
a_grant_is_silent_and_names_the_request(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, ACCOUNT);

	(void)state;
	s.login.session_end = 3000;
	reply_send(&s.login, ERR_OK, &s.diag);
	next(&s, WIRE_RESULT, &msg);
	assert_int_equal(msg.field[RESULT_NONCE].len, 16);
	assert_memory_equal(msg.field[RESULT_NONCE].data, "0123456789abcde",
	    16);
	assert_int_equal(wire_get_u64(&msg, RESULT_OPERATION), WIRE_ACCOUNT);
	assert_string_equal(wire_get_text(&msg, RESULT_USER), "b.simon");
	assert_int_equal(wire_get_u64(&msg, RESULT_VERDICT), WIRE_GRANTED);
	assert_string_equal(wire_get_text(&msg, RESULT_REASON), "ok");
	assert_int_equal(wire_get_u64(&msg, RESULT_SESSION_END), 3000);
}

static void
every_reason_but_ok_is_a_denial(void **state)
{
	(void)state;
	for (int reason = 1; reason < ERR_COUNT; reason++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		SCENE(s, AUTHENTICATE);

		reply_send(&s.login, (enum err)reason, &s.diag);
		next(&s, WIRE_INFO, &msg);
		next(&s, WIRE_RESULT, &msg);
		assert_true(wire_get_u64(&msg, RESULT_VERDICT) !=
		    WIRE_GRANTED);
		assert_string_equal(wire_get_text(&msg, RESULT_REASON),
		    err_name((enum err)reason));
	}
}

static void
the_log_has_one_line_with_foreign_text_escaped(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	(void)fail(&s.diag, ERR_SAML_AUDIENCE, "audience \"x\"\n\x1b[2J");
	reply_send(&s.login, ERR_SAML_AUDIENCE, &s.diag);
	assert_string_equal(logged, "<4>op=authenticate user=\"b.simon\" "
	    "service=\"sshd\" rhost=\"192.0.2.7\\x0a\" tty=\"ssh\" "
	    "result=denied reason=saml-audience login=30313233 "
	    "detail=\"audience \\x22x\\x22\\x0a\\x1b[2J\"");
	reply_send(&s.login, ERR_OK, &s.diag);
	assert_string_equal(logged, "<5>op=authenticate user=\"b.simon\" "
	    "service=\"sshd\" rhost=\"192.0.2.7\\x0a\" tty=\"ssh\" "
	    "result=granted reason=ok login=30313233");
}

static void
a_grant_that_nobody_hears_is_logged_as_none(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	channel_close(&s.module);
	reply_send(&s.login, ERR_OK, &s.diag);
	assert_non_null(strstr(logged, "result=denied reason=wire-closed "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_response_is_granted_after_every_check),
		cmocka_unit_test(the_prompt_carries_everything),
		cmocka_unit_test(the_prompt_is_the_same_for_every_account),
		cmocka_unit_test(the_worker_is_told_what_to_demand),
		cmocka_unit_test(
		    pieces_are_put_together_until_the_response_ends),
		cmocka_unit_test(
		    an_empty_line_ends_what_does_not_look_complete),
		cmocka_unit_test(
		    answers_that_are_none_are_refused_without_a_worker),
		cmocka_unit_test(
		    a1_pieces_that_are_too_much_together_are_refused),
		cmocka_unit_test(too_many_pieces_are_refused),
		cmocka_unit_test(a_module_that_goes_away_ends_the_login),
		cmocka_unit_test(nobody_who_answers_is_a_timeout),
		cmocka_unit_test(a_message_that_is_no_answer_ends_the_login),
		cmocka_unit_test(
		    nothing_is_asked_on_a_host_that_is_not_set_up),
		cmocka_unit_test(the_login_url_may_come_from_the_metadata),
		cmocka_unit_test(the_first_check_that_fails_is_the_reason),
		cmocka_unit_test(
		    a_worker_that_fails_as_a_program_has_one_reason),
		cmocka_unit_test(a_worker_that_dies_at_once_is_a_denial),
		cmocka_unit_test(an_account_needs_directory_and_policy_only),
		cmocka_unit_test(an_account_that_is_not_allowed_is_told_so),
		cmocka_unit_test(a_grant_is_silent_and_names_the_request),
		cmocka_unit_test(every_reason_but_ok_is_a_denial),
		cmocka_unit_test(
		    the_log_has_one_line_with_foreign_text_escaped),
		cmocka_unit_test(a_grant_that_nobody_hears_is_logged_as_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
