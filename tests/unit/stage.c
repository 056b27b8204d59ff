/* SPDX-License-Identifier: BSD-2-Clause */
#include "stage.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>

#include "auth/flows.h"
#include "auth/jwk_wire.h"
#include "auth/oidc_fetch.h"
#include "auth/replay.h"
#include "base/clock.h"
#include "directory/jit.h"
#include "sys/qr.h"

#define TIME_MAX 100000000

struct stage_fake stage;
int64_t stage_ms;
char stage_seen[65536];
char stage_log[16384];

/* Nobody sleeps while somebody acts. */
static bool inside;

static struct stage_act acts[STAGE_ACTS_MAX];
static size_t act_count;
static struct play *now_playing;

/* The program that confirms, while it runs. */
static pid_t confirm_pid;

/* The one worker that is alive. */
static struct {
	int far_fd;			/* the helper's end */
	struct channel ch;
	int64_t next_ms;
	int64_t ends_ms;
	int64_t expires_ms;
	int polls;
	enum { AT_CODE, AT_POLL, AT_KEYS, AT_END } step;
} worker;

static void
called(const char *what)
{
	size_t len = strlen(stage.calls);

	(void)snprintf(stage.calls + len, sizeof(stage.calls) - len, "%s ",
	    what);
}

static enum err
answer(const char *what, enum err r, struct diag *diag)
{
	called(what);
	return r == ERR_OK ? ERR_OK : fail(diag, r, "%s", what);
}

/* -- the time -------------------------------------------------------------- */

int64_t
clock_now(void)
{
	return STAGE_NOW + stage_ms / 1000;
}

int64_t
clock_monotonic_ms(void)
{
	return stage_ms;
}

int
clock_left_ms(int64_t deadline_ms)
{
	int64_t left = deadline_ms - stage_ms;

	return left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

void
clock_format(int64_t now, char text[static CLOCK_TEXT_SIZE])
{
	(void)now;
	text[0] = '\0';
}

/* -- the module and the person --------------------------------------------- */

static void
write_down(const struct wire_msg *msg)
{
	size_t len = strlen(stage_seen);
	char *to = stage_seen + len;
	size_t room = sizeof(stage_seen) - len;
	long ms = (long)stage_ms;

	switch (msg->type) {
	case WIRE_PROMPT:
		(void)snprintf(to, room, "%ld PROMPT %s\n", ms,
		    wire_get_text(msg, PROMPT_WORDS));
		assert_int_equal(wire_get_u64(msg, PROMPT_ECHO), 0);
		break;
	case WIRE_INFO:
		(void)snprintf(to, room, "%ld INFO %s\n", ms,
		    wire_get_text(msg, INFO_WORDS));
		break;
	case WIRE_WAIT:
		(void)snprintf(to, room, "%ld WAIT %d\n", ms,
		    (int)wire_get_u64(msg, WAIT_SECONDS));
		break;
	default:
		(void)snprintf(to, room, "%ld RESULT %c\n", ms,
		    (int)wire_get_u64(msg, RESULT_VERDICT));
	}
}

static bool
has_news(int fd)
{
	static const struct timespec none = { 0, 0 };
	struct pollfd p = { fd, POLLIN, 0 };

	return fd >= 0 && ppoll(&p, 1, &none, NULL) == 1 &&
	    (p.revents & POLLIN) != 0;
}

static void
listen_to_helper(void)
{
	struct channel *module = &now_playing->module;
	bool before = inside;

	inside = true;
	while (has_news(module->fd)) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;

		module->deadline_ms = INT64_MAX;
		if (channel_recv(module, &msg, NULL) != ERR_OK)
			break;
		write_down(&msg);
	}
	inside = before;
}

static void
send_answer(enum wire_answer status, const char *text)
{
	now_playing->module.deadline_ms = INT64_MAX;
	assert_err(CHANNEL_SEND(&now_playing->module, ANSWER, NULL,
	    wire_u64(status), wire_bytes(text, strlen(text))), ERR_OK);
}

static void
act(const struct stage_act *a)
{
	switch (a->what) {
	case STAGE_TYPE:
		send_answer(WIRE_ANSWERED, a->text);
		break;
	case STAGE_FAIL:
		send_answer(WIRE_ANSWER_FAILED, "");
		break;
	case STAGE_TOO_LONG:
		send_answer(WIRE_ANSWER_TOO_LONG, "");
		break;
	case STAGE_HANG_UP:
		channel_close(&now_playing->module);
		break;
	case STAGE_CALL:
		a->call();
		break;
	default:
		break;
	}
}

void
stage_at(int64_t ms, enum stage_do what, const char *text)
{
	assert_true(act_count < STAGE_ACTS_MAX);
	acts[act_count++] = (struct stage_act){ ms, what, text, NULL };
}

void
stage_call_at(int64_t ms, void (*call)(void))
{
	stage_at(ms, STAGE_CALL, "");
	acts[act_count - 1].call = call;
}

/* -- the worker ------------------------------------------------------------ */

#define SAY(message, ...) \
	assert_err(CHANNEL_SEND(&worker.ch, message, NULL, __VA_ARGS__), \
	    ERR_OK)

static void
refuse(enum err reason)
{
	struct diag detail = DIAG_INIT;

	(void)fail(&detail, reason, "AADSTS70000");
	assert_err(channel_refuse(&worker.ch, reason, &detail), ERR_OK);
	worker.step = AT_END;
	worker.next_ms = INT64_MAX;
}

static void
read_start(void)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;

	assert_err(channel_expect(&worker.ch, WIRE_DEVICE_START, &msg, NULL),
	    ERR_OK);
	assert_string_equal(wire_get_text(&msg, DEVICE_START_CLIENT_ID),
	    "client");
	assert_string_equal(wire_get_text(&msg, DEVICE_START_DEVICE_ENDPOINT),
	    "https://login.example/device");
	assert_string_equal(wire_get_text(&msg, DEVICE_START_TOKEN_ENDPOINT),
	    "https://login.example/token");
	assert_string_equal(wire_get_text(&msg, DEVICE_START_ISSUER),
	    STAGE_ISSUER);
	assert_string_equal(wire_get_text(&msg, DEVICE_START_TENANT),
	    "tenant");
	(void)snprintf(stage.start_uris, sizeof(stage.start_uris), "%s",
	    wire_get_text(&msg, DEVICE_START_URIS));
	(void)snprintf(stage.start_checks, sizeof(stage.start_checks),
	    "acrs=%s groups=%s skew=%d age=%d flags=%d",
	    wire_get_text(&msg, DEVICE_START_ACRS),
	    wire_get_text(&msg, DEVICE_START_GROUPS),
	    (int)wire_get_u64(&msg, DEVICE_START_SKEW),
	    (int)wire_get_u64(&msg, DEVICE_START_AUTH_MAX_AGE),
	    (int)wire_get_u64(&msg, DEVICE_START_FLAGS));
	stage.start_seconds = wire_get_u64(&msg, DEVICE_START_SECONDS);
	worker.ends_ms = stage_ms + (int64_t)stage.start_seconds * 1000;
}

static void
give_code(void)
{
	read_start();
	if (stage.refusal_at_once != ERR_OK) {
		refuse(stage.refusal_at_once);
		return;
	}
	for (int i = 0; i < (stage.two_codes ? 2 : 1); i++)
		SAY(DEVICE_CODE, wire_text(stage.code.user_code),
		    wire_text(stage.code.uri),
		    wire_u64((uint64_t)stage.code.expires_in),
		    wire_u64((uint64_t)stage.code.interval));
	worker.expires_ms = stage_ms + stage.code.expires_in * 1000;
	worker.step = AT_POLL;
	worker.next_ms = stage_ms + stage.code.interval * 1000 +
	    stage.took_ms;
}

static void
accept_person(void)
{
	const struct {
		const char *name;
		const char *value;
	} claims[] = {
		{ CLAIM_TENANT, stage.tenant },
		{ CLAIM_OBJECT, "oid" },
		{ "preferred_username", "b.simon@example.com" },
		{ "ipaddr", stage.ipaddr },
	};

	for (size_t i = 0; i < ARRAY_LEN(claims); i++)
		if (claims[i].value != NULL)
			SAY(CLAIM, wire_text(claims[i].name),
			    wire_text(claims[i].value));
	SAY(ACCEPT, wire_text(stage.issuer), wire_text("uti"),
	    wire_text("sub"), wire_text(""), wire_text(""), wire_u64(2000),
	    wire_u64(0), wire_u64(0));
	worker.step = AT_END;
	worker.next_ms = INT64_MAX;
}

static void
poll_server(void)
{
	if (worker.polls++ == stage.polls) {
		if (stage.dies) {
			channel_close(&worker.ch);
			worker.next_ms = INT64_MAX;
		} else if (stage.refusal != ERR_OK) {
			refuse(stage.refusal);
		} else if (stage.no_kid) {
			accept_person();
		} else {
			SAY(DEVICE_KID, wire_text("kid-1"));
			worker.step = AT_KEYS;
			worker.next_ms = stage_ms + 1;
		}
		return;
	}
	/* As auth/device.c does it: when there is no time for another poll. */
	if (stage_ms + stage.code.interval * 1000 >= worker.expires_ms ||
	    stage_ms + stage.code.interval * 1000 >= worker.ends_ms) {
		refuse(worker.expires_ms < worker.ends_ms ?
		    ERR_DEVICE_EXPIRED : ERR_DEVICE_TIME);
		return;
	}
	SAY(DEVICE_PENDING, wire_u64((uint64_t)stage.code.interval));
	worker.next_ms += stage.code.interval * 1000 + stage.took_ms;
}

/* The keys may take the helper a while. */
static void
take_keys(void)
{
	if (!has_news(worker.ch.fd)) {
		worker.next_ms = stage_ms + 50;
		return;
	}
	assert_err(jwks_recv(&worker.ch, &stage.sent, NULL), ERR_OK);
	if (jwks_find(&stage.sent, "kid-1") == NULL)
		refuse(ERR_JWT_KEY_UNKNOWN);
	else
		accept_person();
}

static void
step_worker(void)
{
	static void (*const steps[])(void) = {
		[AT_CODE] = give_code,
		[AT_POLL] = poll_server,
		[AT_KEYS] = take_keys,
	};

	worker.ch.deadline_ms = INT64_MAX;
	steps[worker.step]();
}

static void let_confirm_end(void);

/* -- sleeping -------------------------------------------------------------- */

static int64_t
next_time(void)
{
	int64_t next = worker.ch.fd >= 0 ? worker.next_ms : INT64_MAX;

	for (size_t i = 0; i < act_count; i++)
		if (acts[i].what != STAGE_NONE && acts[i].at_ms < next)
			next = acts[i].at_ms;
	return next;
}

static void
happen(void)
{
	for (size_t i = 0; i < act_count; i++)
		if (acts[i].what != STAGE_NONE && acts[i].at_ms <= stage_ms) {
			struct stage_act a = acts[i];

			acts[i].what = STAGE_NONE;
			act(&a);
		}
	if (worker.ch.fd >= 0 && worker.next_ms <= stage_ms)
		step_worker();
}

int
poll(struct pollfd *fds, nfds_t count, int timeout)
{
	static const struct timespec none = { 0, 0 };
	int64_t until = stage_ms + timeout;
	int ready;

	if (inside)
		return ppoll(fds, count, &none, NULL);
	inside = true;
	let_confirm_end();
	for (;;) {
		int64_t next = next_time();

		listen_to_helper();
		ready = ppoll(fds, count, &none, NULL);
		if (ready != 0 || (stage_ms >= until && next > stage_ms))
			break;
		if (next > until)
			next = until;
		if (next > stage_ms)
			stage_ms = next;
		if (stage_ms >= TIME_MAX) {
			inside = false;
			fail_msg("nothing happens any more:\n%s", stage_seen);
		}
		happen();
	}
	inside = false;
	return ready;
}

/* -- processes ------------------------------------------------------------- */

static enum err
start_confirm(struct peer *peer, int fd[2])
{
	peer->pid = fork();
	assert_true(peer->pid >= 0);
	if (peer->pid == 0) {
		char text[4096];
		FILE *out = fopen(stage.confirm_path, "w");
		ssize_t n;

		(void)close(fd[0]);
		while (stage.confirm_hangs)
			(void)pause();
		while ((n = read(fd[1], text, sizeof(text))) > 0)
			(void)fwrite(text, 1, (size_t)n, out);
		(void)fclose(out);
		_exit(stage.confirm_status);
	}
	(void)close(fd[1]);
	confirm_pid = peer->pid;
	return ERR_OK;
}

/* Its time is the real one, and no other passes until it has ended. */
static void
let_confirm_end(void)
{
	siginfo_t info;

	if (confirm_pid > 0 && !stage.confirm_hangs)
		(void)waitid(P_PID, (id_t)confirm_pid, &info,
		    WEXITED | WNOWAIT);
	confirm_pid = 0;
}

enum err
peer_start(struct peer *peer, char *const argv[], int extra_fd,
    struct diag *diag)
{
	int fd[2];

	assert_int_equal(extra_fd, -1);
	assert_null(argv[1]);
	if (stage.spawn != ERR_OK)
		return fail(diag, stage.spawn, "%s", argv[0]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	peer->ch.fd = fd[0];
	if (strcmp(argv[0], "/bin/true") == 0)
		return start_confirm(peer, fd);
	assert_string_equal(argv[0], "/libexec/8x8sso-device");
	assert_int_equal(worker.ch.fd, -1);
	stage.workers++;
	stage.alive++;
	worker.ch.fd = fd[1];
	worker.far_fd = fd[0];
	worker.step = AT_CODE;
	worker.polls = 0;
	worker.next_ms = stage_ms + stage.took_ms;
	return ERR_OK;
}

int
peer_end(struct peer *peer)
{
	bool is_worker = peer->ch.fd >= 0 && peer->ch.fd == worker.far_fd;

	channel_close(&peer->ch);
	if (peer->pid > 0) {
		(void)kill(peer->pid, SIGKILL);
		(void)waitpid(peer->pid, NULL, 0);
		peer->pid = 0;
	} else if (is_worker) {
		worker.far_fd = -1;
		channel_close(&worker.ch);
		stage.alive--;
		stage.ended_ms = stage_ms;
	}
	return 0;
}

/* -- everybody else -------------------------------------------------------- */

void
vsyslog(int priority, const char *fmt, va_list ap)
{
	size_t len = strlen(stage_log);
	int n;

	stage.priority = priority;
	n = vsnprintf(stage_log + len, sizeof(stage_log) - len - 1, fmt, ap);
	if (n > 0)
		(void)snprintf(stage_log + strlen(stage_log), 2, "\n");
}

int
gethostname(char *name, size_t size)
{
	(void)snprintf(name, size, "host");
	return 0;
}

enum err
qr_draw(const char *text, size_t columns, size_t rows, struct buf *out)
{
	(void)columns;
	(void)rows;
	return buf_printf(out, "<QR %s>\n", text);
}

enum err
saml_offered(const struct login *login, struct diag *diag)
{
	(void)login;
	return stage.saml == ERR_OK ? ERR_OK : fail(diag, stage.saml, "saml");
}

enum err
account_decide(const struct login *login, int64_t now, struct diag *diag)
{
	bool again = strstr(stage.calls, "account ") != NULL;

	assert_string_equal(login->user, "b.simon");
	assert_true(now >= STAGE_NOW);
	return answer("account", again ? stage.account_again : stage.account,
	    diag);
}

enum err
replay_accept(struct store *store, const char *issuer,
    const char *assertion_id, int64_t until, int64_t now, struct diag *diag)
{
	(void)store;
	(void)now;
	assert_string_equal(issuer, STAGE_ISSUER);
	assert_string_equal(assertion_id, "uti");
	assert_int_equal(until, 2000);
	return answer("replay", stage.replay, diag);
}

enum err
link_check(struct store *store, const struct conf *conf,
    const struct link_person *person, const char *login, struct diag *diag)
{
	(void)store;
	(void)conf;
	assert_string_equal(person->user_claim, "preferred_username");
	assert_string_equal(claims_get(person->claims, CLAIM_OBJECT), "oid");
	assert_string_equal(login, "b.simon");
	return answer("link", stage.link, diag);
}

bool
jit_allowed(const struct conf *conf, const char *service, const char *rhost)
{
	(void)conf;
	(void)service;
	(void)rhost;
	return stage.jit;
}

enum err
jit_expect(struct store *store, const struct conf *conf, const char *login,
    int64_t now, struct diag *diag)
{
	(void)store;
	(void)conf;
	assert_string_equal(login, "b.simon");
	assert_int_equal(now, clock_now());
	return answer("expect", stage.expect, diag);
}

enum err
jit_expect_again(struct store *store, const struct conf *conf,
    const char *login, int64_t now, struct diag *diag)
{
	(void)store;
	(void)conf;
	(void)now;
	assert_string_equal(login, "b.simon");
	return answer("expect-again", stage.expect_again, diag);
}

enum err
jit_create(struct store *store, const struct conf *conf,
    const struct link_person *person, const char *login, int64_t now,
    struct diag *diag)
{
	(void)store;
	(void)conf;
	assert_string_equal(claims_get(person->claims, CLAIM_OBJECT), "oid");
	assert_string_equal(login, "b.simon");
	assert_int_equal(now, clock_now());
	return answer("create", stage.create, diag);
}

enum err
jit_renew(struct store *store, const struct conf *conf, const char *login,
    int64_t now, struct diag *diag)
{
	(void)store;
	(void)conf;
	(void)login;
	(void)now;
	return answer("renew", ERR_OK, diag);
}

enum err
flows_begin(struct store *store, const struct conf *conf,
    const struct flow_claim *claim, int64_t now, struct diag *diag)
{
	(void)store;
	(void)conf;
	(void)now;
	assert_string_equal(claim->id, "30313233");
	assert_string_equal(claim->user, "b.simon");
	assert_true(claim->until > now);
	(void)snprintf(stage.source, sizeof(stage.source), "%s",
	    claim->source);
	return answer("flows", stage.flows, diag);
}

void
flows_end(struct store *store, const char *id)
{
	(void)store;
	assert_string_equal(id, "30313233");
	called("end");
}

void
flows_remember(struct store *store, const char *user, const char *source,
    int64_t now)
{
	(void)store;
	(void)now;
	assert_string_equal(user, "b.simon");
	assert_string_equal(source, stage.source);
	called("remember");
}

void
decoy_learn(struct store *store, const struct decoy_picture *real,
    int64_t now)
{
	(void)store;
	(void)now;
	stage.lesson = *real;
	stage.lessons++;
}

enum err
decoy_draw(struct store *store, const struct conf *conf, int64_t now,
    struct decoy_picture *ret, struct diag *diag)
{
	(void)store;
	(void)conf;
	(void)now;
	if (stage.draw != ERR_OK)
		return answer("draw", stage.draw, diag);
	called("draw");
	*ret = stage.picture;
	return ERR_OK;
}

struct grace
grace_find(const struct login *login)
{
	(void)login;
	return stage.grace;
}

enum err
oidc_store_load(struct store *store, const char *issuer,
    struct oidc_record *ret, struct diag *diag)
{
	(void)store;
	assert_string_equal(issuer, STAGE_ISSUER);
	stage.loads++;
	if (stage.load != ERR_OK)
		return fail(diag, stage.load, "load");
	*ret = stage.record;
	return ERR_OK;
}

enum err
oidc_store_save(struct store *store, const char *issuer,
    const struct oidc_endpoints *endpoints, const struct jwks *keys,
    int64_t now, struct diag *diag)
{
	(void)store;
	assert_string_equal(issuer, STAGE_ISSUER);
	assert_null(endpoints);
	stage.record.keys = *keys;
	stage.record.fetched = now;
	return stage.save == ERR_OK ? ERR_OK : fail(diag, stage.save, "save");
}

enum err
oidc_store_turn(struct store *store, int64_t since, int64_t now,
    enum oidc_turn *ret, struct diag *diag)
{
	(void)store;
	(void)diag;
	assert_int_equal(since, stage.record.fetched);
	assert_true(now >= STAGE_NOW);
	*ret = stage.turn;
	return ERR_OK;
}

enum err
oidc_fetch(const struct conf *conf, const struct oidc_ask *ask,
    struct oidc_endpoints *ret_endpoints, struct jwks *ret,
    struct diag *diag)
{
	(void)conf;
	assert_null(ret_endpoints);
	assert_string_equal(ask->url, "");
	assert_string_equal(ask->jwks_uri, "https://login.example/keys");
	assert_string_equal(ask->issuer, STAGE_ISSUER);
	assert_int_equal(ask->timeout_ms, OIDC_MS);
	stage.fetches++;
	if (stage.fetch != ERR_OK)
		return fail(diag, stage.fetch, "fetch");
	*ret = stage.record.keys;
	(void)snprintf(ret->key[0].kid, sizeof(ret->key[0].kid), "%s",
	    stage.new_kid);
	return ERR_OK;
}

/* -- the play -------------------------------------------------------------- */

char *
stage_text(const char *constant)
{
	return (char *)(uintptr_t)constant;
}

int
stage_count(const char *text)
{
	int count = 0;

	for (const char *p = stage_seen; (p = strstr(p, text)) != NULL; p++)
		count++;
	return count;
}

static void
set_fake(void)
{
	stage = (struct stage_fake){
		.grace = { 0, "", INT64_MAX },
		.code = { STAGE_REAL_CODE, STAGE_URI, 900, 5 },
		.took_ms = 120,
		.polls = -1,
		.saml = ERR_CONF_MISSING,
		.issuer = STAGE_ISSUER,
		.tenant = "tenant",
		.picture = {
			.user_code = STAGE_DECOY_CODE, .uri = STAGE_URI,
			.expires_in = 900, .interval = 5, .took_ms = 120,
			.poll_ms = 120,
		},
		.turn = OIDC_TURN_NOBODYS,
		.new_kid = "kid-1",
	};
	stage.record = (struct oidc_record){
		.endpoints = { "https://login.example/device",
		    "https://login.example/token",
		    "https://login.example/keys" },
		.fetched = STAGE_NOW - 100,
		.keys = { .count = 1 },
	};
	(void)snprintf(stage.record.keys.key[0].kid, KID_MAX_LEN, "kid-1");
	memset(stage.record.keys.key[0].n, 0xab, 256);
	stage.record.keys.key[0].n_len = 256;
	memcpy(stage.record.keys.key[0].e, "\1\0\1", 3);
	stage.record.keys.key[0].e_len = 3;
}

static struct conf
make_conf(void)
{
	static char *any[] = { (char *)(uintptr_t)"*" };
	static char *uris[] = { (char *)(uintptr_t)"https://login.example/x",
	    (char *)(uintptr_t)STAGE_URI };

	return (struct conf){
		.idp_issuer = stage_text(""),
		.idp_tenant = stage_text("tenant"),
		.idp_ca_file = stage_text(""),
		.idp_proxy = stage_text(""),
		.saml_clock_skew = 30,
		.device_enabled = true,
		.device_client_id = stage_text("client"),
		.device_issuer = stage_text(STAGE_ISSUER),
		.device_device_endpoint = stage_text(""),
		.device_token_endpoint = stage_text(""),
		.device_jwks_uri = stage_text(""),
		.device_verification_uri = { uris, 2 },
		.device_services = { any, 1 },
		.device_networks = { any, 1 },
		.device_timeout = 180,
		.device_keys_max_age = 86400,
		.device_user_claim = stage_text("preferred_username"),
		.device_require_acrs = stage_text(""),
		.device_confirm = stage_text(""),
		.prompt_qr = true,
		.prompt_columns = 80,
		.host_libexec_dir = stage_text("/libexec"),
	};
}

void
stage_open(struct play *play, uint64_t columns)
{
	int fd[2];

	set_fake();
	(void)snprintf(stage.confirm_path, sizeof(stage.confirm_path),
	    "/tmp/8x8sso-stage-%ld", (long)getpid());
	inside = false;
	stage_ms = 1000000;
	stage_seen[0] = '\0';
	stage_log[0] = '\0';
	act_count = 0;
	worker.ch.fd = -1;
	worker.far_fd = -1;
	now_playing = play;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	*play = (struct play){
		.conf = make_conf(),
		.module = { fd[0], INT64_MAX },
		.ch = { fd[1], INT64_MAX },
		.begin = WIRE_MSG_INIT,
		.diag = DIAG_INIT,
	};
	assert_err(CHANNEL_SEND(&play->module, BEGIN, NULL,
	    wire_u64(WIRE_AUTHENTICATE), wire_bytes("0123456789abcde", 16),
	    wire_text("b.simon"), wire_text("sshd"), wire_text("192.0.2.7"),
	    wire_text(columns == 0 ? "ssh" : "pts/3"), wire_u64(columns),
	    wire_u64(columns == 0 ? 0 : 50), wire_u64(0), wire_u64(0)),
	    ERR_OK);
	assert_err(channel_recv(&play->ch, &play->begin, NULL), ERR_OK);
	play->login = (struct login){
		.conf = &play->conf,
		.ch = &play->ch,
		.begin = &play->begin,
		.operation = WIRE_AUTHENTICATE,
		.who = { .user = "b.simon", .service = "sshd",
		    .rhost = "192.0.2.7" },
		.tag = "30313233",
		.id = "30313233",
		.way = "device",
	};
	play->login.user = play->login.who.user;
}

void
stage_clear(struct play *play)
{
	(void)alarm(0);
	(void)unlink(stage.confirm_path);
	channel_close(&play->module);
	channel_close(&play->ch);
	channel_close(&worker.ch);
	wire_msg_clear(&play->begin);
	now_playing = NULL;
}

enum err
stage_run(struct play *play)
{
	int64_t began = stage_ms;
	enum err r;

	for (size_t i = 0; i < act_count; i++)
		acts[i].at_ms += began;
	r = device_sign_in(&play->login, &play->diag);
	if (!play->login.pass_on)
		reply_send(&play->login, r, &play->diag);
	listen_to_helper();
	assert_int_equal(stage.alive, 0);
	return r;
}
