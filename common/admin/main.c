/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/admin.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/print.h"
#include "base/clock.h"
#include "base/log.h"
#include "sys/json.h"
#include "sys/sandbox.h"

/* What a command wants before it is called. */
enum command_needs {
	NEEDS_ROOT = 1,		/* unless [host] user is empty */
	NEEDS_CONF = 2,
};

static const struct command {
	const char *name;
	const char *usage;
	const char *help;
	int (*run)(struct admin *admin, int argc, char **argv);
	unsigned int needs;
} commands[] = {
	{ "check", "check",
	    "test configuration, files, keys, cache and connection",
	    admin_check, 0 },
	{ "deliver", "deliver < RESPONSE",
	    "give a SAML response to the login that waits for it",
	    admin_deliver, NEEDS_ROOT | NEEDS_CONF },
	{ "group", "group list [--refused] | group show NAME",
	    "list the groups, or show one and who is in it",
	    admin_group, NEEDS_ROOT | NEEDS_CONF },
	{ "idp", "idp show | idp accept [FINGERPRINT]",
	    "show the provider's keys, or take whatever keys it has now",
	    admin_idp, NEEDS_ROOT | NEEDS_CONF },
	{ "ids", "ids export | ids import FILE",
	    "print the ids of users and groups, or register another host's",
	    admin_ids, NEEDS_ROOT | NEEDS_CONF },
	{ "publish", "publish",
	    "tell this host again what is known, without asking the server",
	    admin_publish, NEEDS_ROOT | NEEDS_CONF },
	{ "status", "status",
	    "show the last sync, users, keys and cache",
	    admin_status, NEEDS_ROOT | NEEDS_CONF },
	{ "sync", "sync [--accept-loss] [--dry-run] [--from FILE]",
	    "fetch users and keys, and publish them to this host",
	    admin_sync, NEEDS_ROOT | NEEDS_CONF },
	{ "user", "user list [--refused|--inactive] | user show NAME | "
	    "user adopt NAME | user relink NAME",
	    "list the provisioned users, show or change one",
	    admin_user, NEEDS_ROOT | NEEDS_CONF },
};

static const struct option {
	const char *name;
	const char *value;	/* its name in the help, or NULL */
	const char *help;
} options[] = {
	{ "--config", "FILE", "configuration [" CONF_PATH "]" },
	{ "--help", NULL, "show this help, or a command's" },
	{ "--json", NULL, "print one JSON document" },
	{ "--quiet", NULL, "print errors only" },
	{ "--version", NULL, "print the version" },
};

enum option_place { OPT_CONFIG, OPT_HELP, OPT_JSON, OPT_QUIET, OPT_VERSION };
_Static_assert(ARRAY_LEN(options) == OPT_VERSION + 1, "one place per option");

int
admin_fail(const struct admin *admin, const struct diag *diag)
{
	if (admin->json) {
		struct json_writer w = JSON_WRITER_INIT(stdout);

		json_begin(&w, NULL, '{');
		json_put_string(&w, "error", err_name(diag->code));
		json_put_string(&w, "detail", diag->text);
		json_end(&w, '}');
	}
	(void)fputs("8x8sso: ", stderr);
	print_safe(stderr, diag->text);
	(void)fprintf(stderr, " (%s: %s)\n", err_name(diag->code),
	    err_text(diag->code));
	return ADMIN_FAILED;
}

int
admin_usage(const char *what)
{
	(void)fputs("8x8sso: ", stderr);
	print_safe(stderr, what);
	(void)fputs("; see 8x8sso --help\n", stderr);
	return ADMIN_USAGE;
}

enum err
admin_store_open(const struct admin *admin, bool create, struct store **ret,
    struct diag *diag)
{
	char path[PATH_MAX];
	enum err r = sandbox_as(admin->conf.host_user, diag);

	if (r != ERR_OK)
		return r;
	conf_state_path(&admin->conf, path, sizeof(path));
	return store_open(path, create, ret, diag);
}

enum err
admin_with_store(const struct admin *admin,
    enum err (*read)(struct store *store, void *context, struct diag *diag),
    void *context, struct diag *diag)
{
	struct store *store = NULL;
	enum err r = admin_store_open(admin, false, &store, diag);
	enum err back;

	if (r == ERR_OK)
		r = read(store, context, diag);
	store_free(&store);
	back = sandbox_as_root(r == ERR_OK ? diag : NULL);
	return r != ERR_OK ? r : back;
}

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* The usage of a command, or the meaning of a reason in the log. */
static int
show_topic(const char *name)
{
	const struct command *command = find_command(name);
	enum err reason = err_from_name(name);

	if (command != NULL)
		(void)printf("8x8sso %s\n\t%s\n", command->usage,
		    command->help);
	else if (strcmp(err_name(reason), name) == 0)
		(void)printf("%s: %s\n", name, err_text(reason));
	else
		return admin_usage("there is no such command or reason");
	return ADMIN_OK;
}

static int
show_help(const char *name)
{
	if (name != NULL)
		return show_topic(name);
	(void)puts("8x8sso [OPTION]... COMMAND [ARGUMENT]...\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		(void)printf("  %-10s %s\n", commands[i].name,
		    commands[i].help);
	(void)puts("  help       show a command's usage, or what a reason in the "
	    "log means\n");
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		(void)printf("  %-10s %-4s  %s\n", options[i].name,
		    options[i].value == NULL ? "" : options[i].value,
		    options[i].help);
	(void)puts("\nSee 8x8sso(8) and 8x8sso.conf(5).");
	return ADMIN_OK;
}

/* What the options say, and the words that are left over. */
struct line {
	bool help;
	bool version;
	int argc;
	char **argv;
};

/*
 * Takes the global options out of argv, wherever they stand; "--" ends them.
 * Others are the command's.  Returns what is wrong, or NULL.
 */
static const char *
take_options(struct admin *admin, struct line *line, int argc, char **argv)
{
	int i;

	line->argv = argv;
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		size_t place = 0;

		while (place < ARRAY_LEN(options) &&
		    strcmp(argv[i], options[place].name) != 0)
			place++;
		switch (place) {
		case OPT_CONFIG:
			if (i + 1 == argc)
				return "--config wants a file";
			admin->conf_path = argv[++i];
			break;
		case OPT_HELP:
			line->help = true;
			break;
		case OPT_JSON:
			admin->json = true;
			break;
		case OPT_QUIET:
			admin->quiet = true;
			break;
		case OPT_VERSION:
			line->version = true;
			break;
		default:
			line->argv[line->argc++] = argv[i];
		}
	}
	/* The command sees what follows "--", not the "--" itself. */
	for (i++; i < argc; i++)
		line->argv[line->argc++] = argv[i];
	line->argv[line->argc] = NULL;
	return NULL;
}

/* The configuration, and root where the command needs it. */
static enum err
prepare(struct admin *admin, const struct command *command, struct diag *diag)
{
	enum err r;

	if ((command->needs & NEEDS_CONF) == 0)
		return ERR_OK;
	r = conf_load(admin->conf_path, &admin->conf, diag);
	if (r != ERR_OK)
		return r;
	if ((command->needs & NEEDS_ROOT) != 0 && geteuid() != 0 &&
	    admin->conf.host_user[0] != '\0')
		return fail(diag, ERR_NOT_ROOT, "%s", command->name);
	return ERR_OK;
}

static int
run_command(struct admin *admin, const struct line *line)
{
	const struct command *command = find_command(line->argv[0]);
	struct diag diag = DIAG_INIT;
	enum err r;

	if (command == NULL)
		return admin_usage("there is no such command");
	r = prepare(admin, command, &diag);
	if (r != ERR_OK) {
		(void)admin_fail(admin, &diag);
		return r == ERR_NOT_FOUND ? ADMIN_NOT_CONFIGURED :
		    ADMIN_FAILED;
	}
	return command->run(admin, line->argc, line->argv);
}

static int
run(struct admin *admin, int argc, char **argv)
{
	struct line line = { .argc = 0 };
	const char *wrong = take_options(admin, &line, argc, argv);

	if (wrong != NULL)
		return admin_usage(wrong);
	if (line.version) {
		(void)printf("8x8sso %s\n", PACKAGE_VERSION);
		return ADMIN_OK;
	}
	if (line.argc > 0 && strcmp(line.argv[0], "help") == 0)
		return show_help(line.argv[1]);
	if (line.help)
		return show_help(line.argv[0]);
	if (line.argc == 0)
		return admin_usage("name a command");
	if (line.argv[0][0] == '-')
		return admin_usage("there is no such option");
	return run_command(admin, &line);
}

/*
 * Whoever starts us with one of them closed must not have the log's socket or
 * a file of ours in its place: there is nothing to read, and what is printed
 * fails.
 */
static bool
have_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", O_RDONLY) != fd)
			return false;
	return true;
}

int
main(int argc, char **argv)
{
	struct admin admin = { .conf_path = CONF_PATH, .now = clock_now() };
	struct diag diag = DIAG_INIT;
	int code;

	if (!have_standard_descriptors())
		return ADMIN_FAILED;
	(void)umask(022);
	log_open("8x8sso");
	/* Stays who it is, but no core file gets the token. */
	code = sandbox_enter("", &diag) == ERR_OK ? run(&admin, argc, argv) :
	    admin_fail(&admin, &diag);
	conf_clear(&admin.conf);
	/* A full disk or a closed pipe must not look like success. */
	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		code = code == ADMIN_OK ? ADMIN_FAILED : code;
	return code;
}
