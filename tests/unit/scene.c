/* SPDX-License-Identifier: BSD-2-Clause */
#include "scene.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <syslog.h>

#include "auth/idp_keys.h"
#include "auth/policy.h"
#include "auth/replay.h"
#include "base/clock.h"
#include "directory/jit.h"
#include "wire/spawn.h"

struct scene_fake fake;
char logged[8192];
static struct claims_fixed fixed;

static void
called(const char *what)
{
	size_t len = strlen(fake.calls);

	(void)snprintf(fake.calls + len, sizeof(fake.calls) - len, "%s ",
	    what);
}

static enum err
answer(const char *what, enum err r, struct diag *diag)
{
	called(what);
	return r == ERR_OK ? ERR_OK : fail(diag, r, "%s", what);
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
idp_origin_verify(struct store *store, int64_t max_age, int64_t now,
    struct diag *diag)
{
	(void)store;
	assert_int_equal(max_age, SCENE_IDP_MAX_AGE);
	assert_true(now > 0);
	return fake.origin == ERR_OK ? ERR_OK : fail(diag, fake.origin, "age");
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
device_offered(const struct login *login, struct diag *diag)
{
	(void)login;
	return fake.device_offered == ERR_OK ? ERR_OK :
	    fail(diag, fake.device_offered, "device");
}

enum err
device_sign_in(struct login *login, struct diag *diag)
{
	called("device");
	assert_string_equal(login->way, "device");
	login->pass_on = fake.device_passes_on;
	return fake.device == ERR_OK ? ERR_OK :
	    fail(diag, fake.device, "device");
}

/* Only SO_PEERCRED is asked for. */
int
getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	(void)fd;
	assert_int_equal(level, SOL_SOCKET);
	assert_int_equal(name, SO_PEERCRED);
	assert_int_equal(*len, sizeof(struct ucred));
	((struct ucred *)value)->uid = fake.caller;
	return 0;
}

uid_t
getuid(void)
{
	return fake.self;
}

enum err
link_find(struct store *store, const struct conf *conf,
    const struct link_person *person,
    char login[static LOGIN_NAME_MAX_LEN + 1], struct diag *diag)
{
	(void)store;
	(void)conf;
	(void)person;
	called("who");
	if (fake.found == NULL)
		return fail(diag, ERR_USER_UNKNOWN, "who");
	(void)snprintf(login, LOGIN_NAME_MAX_LEN + 1, "%s", fake.found);
	return ERR_OK;
}

enum err
link_check(struct store *store, const struct conf *conf,
    const struct link_person *person, const char *login,
    struct diag *diag)
{
	if (fake.at_link != NULL)
		fake.at_link(store);
	(void)conf;
	(void)person;
	assert_string_equal(login, "b.simon");
	return answer("link", strstr(fake.calls, "create ") == NULL ?
	    fake.link : fake.link_again, diag);
}

bool
jit_allowed(const struct conf *conf, const char *service, const char *rhost)
{
	(void)conf;
	assert_string_equal(service, "sshd");
	assert_string_equal(rhost, "192.0.2.7\n");
	return fake.jit;
}

enum err
jit_expect(struct store *store, const struct conf *conf, const char *login,
    int64_t now, struct diag *diag)
{
	(void)store;
	(void)conf;
	(void)now;
	assert_string_equal(login, "b.simon");
	return answer("expect", fake.expect, diag);
}

enum err
jit_expect_again(struct store *store, const struct conf *conf,
    const char *login, int64_t now, struct diag *diag)
{
	(void)store;
	(void)conf;
	(void)now;
	assert_string_equal(login, "b.simon");
	return answer("expect-again", fake.expect_again, diag);
}

enum err
jit_create(struct store *store, const struct conf *conf,
    const struct link_person *person, const char *login, int64_t now,
    struct diag *diag)
{
	(void)store;
	(void)conf;
	(void)person;
	assert_string_equal(login, "b.simon");
	assert_true(now > 1700000000);
	return answer("create", fake.create, diag);
}

enum err
jit_renew(struct store *store, const struct conf *conf, const char *login,
    int64_t now, struct diag *diag)
{
	(void)store;
	assert_true(conf->users_jit);
	assert_string_equal(login, "b.simon");
	assert_true(now > 1700000000);
	return answer("renew", fake.renew, diag);
}

/* The request's ID in what waits for the worker, which tests read later. */
static const char *
asked_request(void)
{
	static char bytes[256 * 1024];
	static const char digits[] = "0123456789abcdef";
	ssize_t n = recv(fake.worker.fd, bytes, sizeof(bytes) - 1, MSG_PEEK);

	assert_true(n > 0);
	bytes[n] = '\0';
	for (ssize_t i = 0; i < n; i++)
		if (bytes[i] == '_' && strspn(bytes + i + 1, digits) == 32 &&
		    bytes[i + 33] == '\0')
			return bytes + i;
	fail_msg("no request ID");
	return "";
}

enum err
claims_recv(struct channel *ch, struct claims **ret, struct diag *diag)
{
	(void)ch;
	(void)ret;
	called("worker");
	fixed.issuer = fake.issuer != NULL ? fake.issuer :
	    "https://sts.example/";
	fixed.in_response_to = fake.in_response_to != NULL ?
	    fake.in_response_to : asked_request();
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

void
scene_clear(struct scene *s)
{
	channel_close(&s->module);
	channel_close(&s->ch);
	channel_close(&fake.worker);
	wire_msg_clear(&s->begin);
	store_free(&s->store);
	assert_int_equal(unlink(s->path), 0);
	assert_int_equal(rmdir(s->dir), 0);
}

static void
make_store(struct scene *s)
{
	(void)snprintf(s->dir, sizeof(s->dir), "/tmp/8x8sso-scene-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	(void)snprintf(s->path, sizeof(s->path), "%s/state.db", s->dir);
	s->store = NULL;
	assert_err(store_open(s->path, true, &s->store, NULL), ERR_OK);
}

char *
scene_text(const char *constant)
{
	return (char *)(uintptr_t)constant;
}

void
scene_open(struct scene *s, enum wire_operation operation)
{
	int fd[2];

	make_store(s);
	memset(&fake, 0, sizeof(fake));
	fake.self = geteuid();
	fake.device_offered = ERR_CONF_MISSING;
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
		.idp_issuer = scene_text("https://sts.example/"),
		.idp_login_url = scene_text(SCENE_LOGIN_URL),
		.idp_tenant = scene_text("tenant"),
		.idp_max_age = SCENE_IDP_MAX_AGE,
		.saml_entity_id = scene_text("https://sp.example"),
		.saml_acs_url = scene_text("https://sp.example/acs"),
		.saml_force_authn = true,
		.saml_clock_skew = 30,
		.saml_max_age = 300,
		.saml_unsolicited_max_age = 60,
		.host_libexec_dir = scene_text("/libexec"),
		.host_user = scene_text("_8x8sso"),
	};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	s->module = (struct channel){ fd[0], 0 };
	s->ch = (struct channel){ fd[1], 0 };
	channel_set_timeout(&s->module, 60000);
	channel_set_timeout(&s->ch, 60000);
	s->begin = (struct wire_msg)WIRE_MSG_INIT;
	assert_err(CHANNEL_SEND(&s->module, BEGIN, NULL, wire_u64(operation),
	    wire_bytes("0123456789abcde", 16), wire_text("b.simon"),
	    wire_text("sshd"), wire_text("192.0.2.7\n"), wire_text("ssh"),
	    wire_u64(0), wire_u64(0), wire_u64(0), wire_u64(0)), ERR_OK);
	assert_err(channel_recv(&s->ch, &s->begin, NULL), ERR_OK);
	s->diag = (struct diag)DIAG_INIT;
	s->login = (struct login){
		.conf = &s->conf,
		.store = s->store,
		.ch = &s->ch,
		.begin = &s->begin,
		.operation = operation,
		.who = { .user = "b.simon", .service = "sshd",
		    .rhost = "192.0.2.7\n" },
		.tag = "30313233",
	};
	s->login.user = s->login.who.user;
}

void
scene_wait(struct scene *s, const char *request_id, const char *user)
{
	struct pending login = {
		.service = "sshd",
		.rhost = "192.0.2.7",
		.created = clock_now(),
	};

	(void)snprintf(login.request_id, sizeof(login.request_id), "%s",
	    request_id);
	(void)snprintf(login.user, sizeof(login.user), "%s", user);
	assert_err(pending_add(s->store, &login, NULL), ERR_OK);
}

int64_t
scene_count(struct store *store, const char *sql)
{
	int64_t count = -1;

	assert_err(store_query_int(store, sql, &count, NULL), ERR_OK);
	return count;
}

void
scene_answer(struct scene *s, const char *words)
{
	assert_err(CHANNEL_SEND(&s->module, ANSWER, NULL,
	    wire_u64(WIRE_ANSWERED), wire_bytes(words, strlen(words))),
	    ERR_OK);
}

void
scene_next(struct scene *s, enum wire_type type, struct wire_msg *msg)
{
	channel_set_timeout(&s->module, 0);
	assert_err(channel_expect(&s->module, type, msg, NULL), ERR_OK);
}

void
scene_no_more(struct scene *s)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;

	channel_set_timeout(&s->module, 0);
	assert_err(channel_recv(&s->module, &msg, NULL), ERR_TIMEOUT);
}
