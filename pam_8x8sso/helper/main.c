/* SPDX-License-Identifier: BSD-2-Clause */
#include "helper.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>

#include "base/limits.h"
#include "base/log.h"
#include "sys/sandbox.h"

static const struct {
	struct option option;
	const char *argument;
	const char *help;
} options[] = {
	{ { "config", required_argument, NULL, 'c' }, " FILE",
	    "read this configuration [" CONF_PATH "]" },
	{ { "help", no_argument, NULL, 'h' }, "", "show this and exit" },
	{ { "version", no_argument, NULL, 'V' }, "",
	    "show the version and exit" },
};

static const struct {
	enum wire_operation operation;
	enum err (*handle)(struct login *login, struct diag *diag);
} operations[] = {
	{ WIRE_AUTHENTICATE, authenticate },
	{ WIRE_ACCOUNT, account },
	{ WIRE_DELIVER, deliver },
};

static int
show_help(FILE *out)
{
	(void)fprintf(out, "Usage: 8x8sso-helper [OPTION]...\n"
	    "Decides one login for pam_8x8sso(8), which starts it with a "
	    "socket as\nstandard input.\n\n");
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		int width = fprintf(out, "  --%s%s", options[i].option.name,
		    options[i].argument);

		(void)fprintf(out, "%*s%s\n", width < 18 ? 18 - width : 1, "",
		    options[i].help);
	}
	return out == stdout ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Sets *ret_exit and returns false when there is nothing more to do. */
static bool
parse_options(int argc, char **argv, const char **ret_config, int *ret_exit)
{
	struct option table[ARRAY_LEN(options) + 1] = { { 0 } };
	int c;

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		table[i] = options[i].option;
	for (;;) {
		c = getopt_long(argc, argv, "", table, NULL);
		if (c != 'c')
			break;
		*ret_config = optarg;
	}
	if (c == -1 && optind == argc)
		return true;
	*ret_exit = EXIT_SUCCESS;
	if (c == 'V')
		(void)printf("8x8sso-helper %s\n", PACKAGE_VERSION);
	else
		*ret_exit = show_help(c == 'h' ? stdout : stderr);
	return false;
}

/* The configuration is root's to read; nothing else is. */
static enum err
set_up(const char *config, struct conf *conf, struct diag *diag)
{
	enum err r = conf_load(config, conf, diag);

	if (r != ERR_OK)
		return r;
	return sandbox_enter(conf->host_user, diag);
}

static enum err
run(struct login *login, struct diag *diag)
{
	__attribute__((cleanup(store_auto))) struct store *store = NULL;
	char path[PATH_MAX];
	enum err r;

	conf_state_path(login->conf, path, sizeof(path));
	r = store_open(path, false, &store, diag);
	if (r != ERR_OK)
		return r;
	login->store = store;
	for (size_t i = 0; i < ARRAY_LEN(operations); i++)
		if (operations[i].operation == login->operation)
			return operations[i].handle(login, diag);
	return fail(diag, ERR_WIRE_UNEXPECTED, "operation %d",
	    (int)login->operation);
}

static void
begin(struct login *login, const struct wire_msg *msg)
{
	const uint8_t *nonce = msg->field[BEGIN_NONCE].data;

	login->begin = msg;
	login->operation = (enum wire_operation)wire_get_u64(msg,
	    BEGIN_OPERATION);
	(void)snprintf(login->who.user, sizeof(login->who.user), "%s",
	    wire_get_text(msg, BEGIN_USER));
	(void)snprintf(login->who.service, sizeof(login->who.service), "%s",
	    wire_get_text(msg, BEGIN_SERVICE));
	(void)snprintf(login->who.rhost, sizeof(login->who.rhost), "%s",
	    wire_get_text(msg, BEGIN_RHOST));
	login->user = login->who.user;
	for (size_t i = 0; i < WIRE_NONCE_SIZE; i++)
		(void)snprintf(login->id + 2 * i, 3, "%02x", nonce[i]);
	(void)snprintf(login->tag, sizeof(login->tag), "%.8s", login->id);
}

/* Without a BEGIN there is nobody to answer: the exit status says it. */
static int
serve(const char *config)
{
	AUTO(channel) struct channel ch = { STDIN_FILENO, 0 };
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(conf) struct conf conf = { 0 };
	struct diag setup = DIAG_INIT;
	struct diag diag = DIAG_INIT;
	struct login login = { .conf = &conf, .ch = &ch };
	enum err r = set_up(config, &conf, &setup);
	enum err received;

	channel_set_timeout(&ch, LOGIN_BEGIN_MS);
	received = channel_expect(&ch, WIRE_BEGIN, &msg, &diag);
	if (received == ERR_OK &&
	    msg.field[BEGIN_NONCE].len != WIRE_NONCE_SIZE)
		received = fail(&diag, ERR_WIRE_SYNTAX, "nonce");
	if (received != ERR_OK) {
		log_event(LOG_ERR, "op=begin result=denied reason=%s",
		    err_name(received));
		return EXIT_FAILURE;
	}
	login_extend(&login, LOGIN_MS);
	begin(&login, &msg);
	if (r == ERR_OK)
		r = run(&login, &diag);
	reply_send(&login, r, setup.code != ERR_OK ? &setup : &diag);
	return r == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool
is_socket(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

int
main(int argc, char **argv)
{
	const char *config = CONF_PATH;
	int status = EXIT_FAILURE;

	if (!parse_options(argc, argv, &config, &status))
		return status;
	if (!is_socket(STDIN_FILENO)) {
		(void)fprintf(stderr, "8x8sso-helper: standard input is not "
		    "a socket: pam_8x8sso(8) starts this program\n");
		return EXIT_FAILURE;
	}
	(void)umask(077);
	(void)alarm(LOGIN_MS / 1000);
	log_open("8x8sso-helper");
	return serve(config);
}
