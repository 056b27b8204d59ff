/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a login and `sync` believe of the fetch worker.  The program is its own
 * worker: the account that it should become says how it behaves.
 */
#include "unit.h"

#include <limits.h>
#include <stdlib.h>

#include "auth/jwk_wire.h"
#include "auth/oidc_fetch.h"

#define ISSUER "https://login.example/t/v2.0"
#define DOCUMENT ISSUER "/.well-known/openid-configuration"
#define KEYS "https://login.example/keys"

static char folder[] = "/tmp/oidc_fetch_XXXXXX";
static char worker[PATH_MAX];

/* -- the worker ------------------------------------------------------------ */

static enum err
send_endpoints(struct channel *ch, const char *device, uint64_t left_out)
{
	bool found = device[0] != '\0';

	return CHANNEL_SEND(ch, OIDC, NULL, wire_text(device),
	    wire_text(found ? "https://login.example/token" : ""),
	    wire_text(found ? KEYS : ""), wire_u64(left_out));
}

static enum err
send_keys(struct channel *ch, size_t count)
{
	struct jwks keys = { .count = count };

	for (size_t i = 0; i < count; i++) {
		struct jwk *key = &keys.key[i];

		*key = (struct jwk){ .n_len = 256, .e = { 1, 0, 1 },
		    .e_len = 3 };
		memset(key->n, 0xa5, key->n_len);
		(void)snprintf(key->kid, sizeof(key->kid), "k%zu", i);
	}
	return jwks_send(ch, &keys, NULL);
}

/* The request back to the tester, as a reason's detail. */
static enum err
tell_request(struct channel *ch, const struct wire_msg *msg)
{
	struct diag diag = DIAG_INIT;

	(void)fail(&diag, ERR_JSON, "%s|%s|%s|%s|%s|%s",
	    wire_get_text(msg, FETCH_OIDC_URL),
	    wire_get_text(msg, FETCH_OIDC_JWKS_URI),
	    wire_get_text(msg, FETCH_OIDC_ISSUER),
	    wire_get_text(msg, FETCH_OIDC_HOSTS),
	    wire_get_text(msg, FETCH_OIDC_CA_FILE),
	    wire_get_text(msg, FETCH_OIDC_PROXY));
	return channel_refuse(ch, diag.code, &diag);
}

static enum err
refuse(struct channel *ch, const char *reason)
{
	return CHANNEL_SEND(ch, REFUSE, NULL, wire_text(reason),
	    wire_text("because"));
}

static const char good[] = "https://login.example/device";

static enum err
good_worker(struct channel *ch)
{
	enum err r = send_endpoints(ch, good, 3);

	return r != ERR_OK ? r : send_keys(ch, 2);
}

static enum err
keys_only_worker(struct channel *ch)
{
	enum err r = send_endpoints(ch, "", 0);

	return r != ERR_OK ? r : send_keys(ch, 1);
}

static enum err
foreign_worker(struct channel *ch)
{
	enum err r = send_endpoints(ch, "https://other.example/device", 0);

	return r != ERR_OK ? r : send_keys(ch, 1);
}

static enum err
http_worker(struct channel *ch)
{
	enum err r = send_endpoints(ch, "http://login.example/device", 0);

	return r != ERR_OK ? r : send_keys(ch, 1);
}

static enum err
no_key_worker(struct channel *ch)
{
	enum err r = send_endpoints(ch, good, 0);

	return r != ERR_OK ? r : send_keys(ch, 0);
}

static enum err
half_worker(struct channel *ch)
{
	return send_endpoints(ch, good, 0);
}

static enum err
refusing_worker(struct channel *ch)
{
	return refuse(ch, "oidc-host");
}

static enum err
contented_worker(struct channel *ch)
{
	return refuse(ch, "ok");
}

static enum err
silent_worker(struct channel *ch)
{
	(void)ch;
	return ERR_OK;
}

static enum err
slow_worker(struct channel *ch)
{
	(void)ch;
	(void)pause();
	return ERR_OK;
}

static const struct {
	const char *name;
	enum err (*run)(struct channel *ch);
} workers[] = {
	{ "good", good_worker },
	{ "keys-only", keys_only_worker },
	{ "foreign", foreign_worker },
	{ "http", http_worker },
	{ "no-key", no_key_worker },
	{ "half", half_worker },
	{ "refuses", refusing_worker },
	{ "refuses-with-ok", contented_worker },
	{ "silent", silent_worker },
	{ "slow", slow_worker },
};

static int
work(const char *name)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(channel) struct channel ch = { 0, 0 };
	enum err r;

	channel_set_timeout(&ch, 10000);
	r = channel_expect(&ch, WIRE_FETCH_OIDC, &msg, NULL);
	if (r == ERR_OK && strcmp(name, "tells") == 0)
		r = tell_request(&ch, &msg);
	if (r == ERR_OK && strcmp(name, "keys-first") == 0)
		r = send_keys(&ch, 1);
	for (size_t i = 0; i < ARRAY_LEN(workers) && r == ERR_OK; i++)
		if (strcmp(workers[i].name, name) == 0)
			r = workers[i].run(&ch);
	return r != ERR_OK;
}

/* -- the tests ------------------------------------------------------------- */

static char *hosts[] = { NULL, NULL };
static char empty[] = "";
static char ca_file[] = "/ca.pem";
static char proxy[] = "http://proxy:3128";

static struct conf
make_conf(void)
{
	return (struct conf){ .host_libexec_dir = folder,
	    .idp_ca_file = empty, .idp_proxy = empty };
}

static struct oidc_ask
make_ask(const char *name)
{
	return (struct oidc_ask){ .user = name, .issuer = ISSUER,
	    .url = DOCUMENT, .jwks_uri = KEYS };
}

/* Nothing is given out with a failure. */
static void
fails_with(const struct oidc_ask *ask, enum err want, const char *words)
{
	struct conf conf = make_conf();
	struct oidc_endpoints endpoints = { "before", "", "" };
	struct jwks keys = { .count = 99 };
	struct diag diag = DIAG_INIT;

	assert_err(oidc_fetch(&conf, ask, &endpoints, &keys, &diag), want);
	assert_non_null(strstr(diag.text, words));
	assert_string_equal(endpoints.device, "before");
	assert_int_equal(keys.count, 99);
}

static void
endpoints_and_keys_are_received(void **state)
{
	struct conf conf = make_conf();
	struct oidc_ask ask = make_ask("good");
	struct oidc_endpoints endpoints;
	struct jwks keys;

	(void)state;
	assert_err(oidc_fetch(&conf, &ask, &endpoints, &keys, NULL), ERR_OK);
	assert_string_equal(endpoints.device, good);
	assert_string_equal(endpoints.token, "https://login.example/token");
	assert_string_equal(endpoints.jwks_uri, KEYS);
	assert_int_equal(keys.count, 2);
	assert_int_equal(keys.left_out, 3);
	assert_string_equal(keys.key[1].kid, "k1");
	assert_err(oidc_fetch(&conf, &ask, NULL, &keys, NULL), ERR_OK);
}

static void
keys_alone_are_received(void **state)
{
	struct conf conf = make_conf();
	struct oidc_ask ask = make_ask("keys-only");
	struct oidc_endpoints endpoints = { "before", "", "" };
	struct jwks keys;

	(void)state;
	ask.url = "";
	assert_err(oidc_fetch(&conf, &ask, &endpoints, &keys, NULL), ERR_OK);
	assert_string_equal(endpoints.device, "");
	assert_int_equal(keys.count, 1);
}

static void
the_worker_is_told_what_is_configured(void **state)
{
	static char first[] = "a.example";
	static char second[] = "b.example:8443";
	struct conf conf = make_conf();
	struct oidc_ask ask = make_ask("tells");
	struct diag diag = DIAG_INIT;
	struct jwks keys;

	(void)state;
	hosts[0] = first;
	hosts[1] = second;
	conf.device_hosts = (struct conf_list){ hosts, 2 };
	conf.idp_ca_file = ca_file;
	conf.idp_proxy = proxy;
	assert_err(oidc_fetch(&conf, &ask, NULL, &keys, &diag), ERR_JSON);
	assert_string_equal(diag.text, DOCUMENT "||" ISSUER
	    "|a.example\nb.example:8443|/ca.pem|http://proxy:3128");
	ask.url = "";
	conf.device_hosts.count = 0;
	assert_err(oidc_fetch(&conf, &ask, NULL, &keys, &diag), ERR_JSON);
	assert_string_equal(diag.text, "|" KEYS "|" ISSUER
	    "||/ca.pem|http://proxy:3128");
}

static void
a_refusal_keeps_its_reason(void **state)
{
	struct oidc_ask ask = make_ask("refuses");

	(void)state;
	fails_with(&ask, ERR_OIDC_HOST, "because");
}

static void
a_refusal_is_never_a_success(void **state)
{
	struct oidc_ask ask = make_ask("refuses-with-ok");

	(void)state;
	fails_with(&ask, ERR_WORKER, "because");
}

/* A worker that lost its way says what the document may not. */
static void
j26_a_foreign_host_is_refused_again(void **state)
{
	struct oidc_ask ask = make_ask("foreign");
	static char other[] = "other.example";
	struct conf conf = make_conf();
	struct oidc_endpoints endpoints;
	struct jwks keys;

	(void)state;
	fails_with(&ask, ERR_OIDC_HOST, "https://other.example/device; if "
	    "that is right, name its host in [device] hosts");
	hosts[0] = other;
	conf.device_hosts = (struct conf_list){ hosts, 1 };
	assert_err(oidc_fetch(&conf, &ask, &endpoints, &keys, NULL), ERR_OK);
	assert_string_equal(endpoints.device, "https://other.example/device");
}

static void
j26_an_unsafe_address_is_refused_again(void **state)
{
	struct oidc_ask ask = make_ask("http");

	(void)state;
	fails_with(&ask, ERR_WORKER, "malformed address");
}

static void
endpoints_are_missed(void **state)
{
	struct oidc_ask ask = make_ask("keys-only");

	(void)state;
	fails_with(&ask, ERR_WORKER, "malformed address");
}

static void
endpoints_that_nobody_asked_for_are_refused(void **state)
{
	struct oidc_ask ask = make_ask("good");

	(void)state;
	ask.url = "";
	fails_with(&ask, ERR_WORKER, "malformed address");
}

static void
an_empty_set_is_refused(void **state)
{
	struct oidc_ask ask = make_ask("no-key");

	(void)state;
	fails_with(&ask, ERR_WORKER, "no key");
}

static void
keys_before_endpoints_are_refused(void **state)
{
	struct oidc_ask ask = make_ask("keys-first");

	(void)state;
	fails_with(&ask, ERR_WORKER, "JWK out of turn");
}

static void
a_worker_that_dies_is_one_that_failed(void **state)
{
	struct oidc_ask half = make_ask("half");
	struct oidc_ask silent = make_ask("silent");

	(void)state;
	fails_with(&half, ERR_WORKER, "wire-closed");
	fails_with(&silent, ERR_WORKER, "wire-closed");
}

static void
v8_a_worker_that_does_not_answer_is_not_waited_for(void **state)
{
	struct oidc_ask ask = make_ask("slow");

	(void)state;
	ask.timeout_ms = 50;
	fails_with(&ask, ERR_TIMEOUT, "");
}

static void
a_worker_that_is_missing_is_an_error(void **state)
{
	static char nowhere[] = "/nonexistent";
	struct oidc_ask ask = make_ask("good");
	struct conf conf = make_conf();
	struct jwks keys;

	(void)state;
	conf.host_libexec_dir = nowhere;
	assert_err(oidc_fetch(&conf, &ask, NULL, &keys, NULL), ERR_SPAWN);
}

static void
hosts_that_fit_no_message_are_an_error(void **state)
{
	static char item[9000];
	struct oidc_ask ask = make_ask("good");
	struct conf conf = make_conf();
	struct jwks keys;

	(void)state;
	memset(item, 'a', sizeof(item) - 1);
	hosts[0] = item;
	conf.device_hosts = (struct conf_list){ hosts, 1 };
	assert_err(oidc_fetch(&conf, &ask, NULL, &keys, NULL),
	    ERR_CONF_VALUE);
}

static int
make_worker(void **state)
{
	char self[PATH_MAX] = "";

	(void)state;
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 ||
	    mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(worker, sizeof(worker), "%s/8x8sso-fetch", folder);
	return symlink(self, worker);
}

static int
remove_worker(void **state)
{
	(void)state;
	return unlink(worker) == 0 && rmdir(folder) == 0 ? 0 : -1;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endpoints_and_keys_are_received),
		cmocka_unit_test(keys_alone_are_received),
		cmocka_unit_test(the_worker_is_told_what_is_configured),
		cmocka_unit_test(a_refusal_keeps_its_reason),
		cmocka_unit_test(a_refusal_is_never_a_success),
		cmocka_unit_test(j26_a_foreign_host_is_refused_again),
		cmocka_unit_test(j26_an_unsafe_address_is_refused_again),
		cmocka_unit_test(endpoints_are_missed),
		cmocka_unit_test(endpoints_that_nobody_asked_for_are_refused),
		cmocka_unit_test(an_empty_set_is_refused),
		cmocka_unit_test(keys_before_endpoints_are_refused),
		cmocka_unit_test(a_worker_that_dies_is_one_that_failed),
		cmocka_unit_test(
		    v8_a_worker_that_does_not_answer_is_not_waited_for),
		cmocka_unit_test(a_worker_that_is_missing_is_an_error),
		cmocka_unit_test(hosts_that_fit_no_message_are_an_error),
	};

	if (argc > 1)
		return work(argv[1]);
	return cmocka_run_group_tests(tests, make_worker, remove_worker);
}
