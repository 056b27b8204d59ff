/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/user.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "admin/print.h"
#include "admin/publish.h"
#include "admin/state_dir.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "directory/amend.h"
#include "sys/json.h"
#include "sys/sandbox.h"

/* The directory, for one change and no sync meanwhile. */
struct change {
	int lock;
	struct store *store;
};

static void
change_clear(struct change *change)
{
	store_free(&change->store);
	if (change->lock >= 0)
		(void)close(change->lock);
}
DEFINE_AUTO(change, struct change, change_clear);

/* From here on the process is the service account. */
static enum err
begin_change(const struct admin *admin, struct change *change,
    struct diag *diag)
{
	enum err r = state_dir_lock(&admin->conf, &change->lock, diag);

	return r != ERR_OK ? r :
	    admin_store_open(admin, false, &change->store, diag);
}

/* -- user adopt ------------------------------------------------------------ */

/* 'it'\''s', for a shell. */
static void
put_quoted(FILE *out, const char *text)
{
	(void)fputc('\'', out);
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			(void)fputs("'\\'", out);
		(void)fputc(*text, out);
	}
	(void)fputc('\'', out);
}

/*
 * Who was the owner, and who was the group, is each handed over for itself;
 * files of others stay theirs.  A link that the home directory is is followed,
 * and none in it is.
 */
static void
put_chown(FILE *out, const struct amend_adoption *a)
{
	(void)fprintf(out, "chown -RHh --from=%" PRIu32 " %" PRIu32 " -- ",
	    a->old_uid, a->uid);
	put_quoted(out, a->old_home);
	(void)fprintf(out, " && chown -RHh --from=:%" PRIu32 " :%" PRIu32
	    " -- ", a->old_uid, a->uid);
	put_quoted(out, a->old_home);
}

static void
print_adoption(const char *name, const struct amend_adoption *a)
{
	(void)printf("%s is ", name);
	print_safe(stdout, a->user_name);
	(void)printf("'s now, with uid %" PRIu32 " and home ", a->uid);
	print_safe(stdout, a->home);
	(void)putchar('\n');
	if (!a->old_home_exists)
		return;
	(void)fputs("files of uid ", stdout);
	(void)printf("%" PRIu32 " are still in ", a->old_uid);
	print_safe(stdout, a->old_home);
	(void)fputs("; to hand them over:\n", stdout);
	put_chown(stdout, a);
	(void)putchar('\n');
}

static void
print_adoption_json(const char *name, const struct amend_adoption *a)
{
	struct json_writer w = JSON_WRITER_INIT(stdout);
	AUTO_FREE char *command = NULL;
	size_t len = 0;
	FILE *out = a->old_home_exists ? open_memstream(&command, &len) :
	    NULL;

	if (out != NULL) {
		put_chown(out, a);
		(void)fclose(out);
	}
	json_begin(&w, NULL, '{');
	json_put_string(&w, "login", name);
	json_put_string(&w, "user_name", a->user_name);
	json_put_int(&w, "uid", a->uid);
	json_put_string(&w, "home", a->home);
	json_put_int(&w, "old_uid", a->old_uid);
	json_put_string(&w, "old_home", a->old_home);
	json_put_string(&w, "chown", command == NULL ? "" : command);
	json_end(&w, '}');
}

static enum err
adopt(const struct admin *admin, const char *name,
    struct amend_adoption *ret, struct diag *diag)
{
	AUTO(change) struct change change = { -1, NULL };
	AUTO(local) struct local *local = NULL;
	struct publish_report published;
	struct diag why = DIAG_INIT;
	enum err r = begin_change(admin, &change, diag);

	if (r == ERR_OK)
		r = local_load_host(&local, diag);
	if (r == ERR_OK)
		r = amend_adopt(change.store, &admin->conf, local, name, ret,
		    diag);
	if (r != ERR_OK)
		return r;
	log_event(LOG_NOTICE, "user command=adopt user=%s uid=%" PRIu32
	    " old_uid=%" PRIu32, name, ret->uid, ret->old_uid);
	r = publish_now(admin, change.store, &published, &why);
	if (r != ERR_OK)
		return fail(diag, r, "%s was adopted, but the host does not "
		    "see it until `8x8sso publish`: %s", name, why.text);
	return ERR_OK;
}

int
user_adopt(struct admin *admin, int argc, char **argv)
{
	struct amend_adoption adoption;
	struct diag diag = DIAG_INIT;

	if (argc != 1)
		return admin_usage("user adopt takes one login name");
	if (adopt(admin, argv[0], &adoption, &diag) != ERR_OK)
		return admin_fail(admin, &diag);
	if (admin->json)
		print_adoption_json(argv[0], &adoption);
	else if (!admin->quiet)
		print_adoption(argv[0], &adoption);
	return ADMIN_OK;
}

/* -- user relink ----------------------------------------------------------- */

static enum err
relink(const struct admin *admin, const char *name,
    char subject[static SUBJECT_MAX_LEN + 1], struct diag *diag)
{
	AUTO(buf) struct buf shown = BUF_INIT(SUBJECT_MAX_LEN * 4);
	AUTO(change) struct change change = { -1, NULL };
	enum err r = begin_change(admin, &change, diag);
	enum err back;

	if (r == ERR_OK)
		r = amend_relink(change.store, name, subject, diag);
	back = sandbox_as_root(r == ERR_OK ? diag : NULL);
	if (r != ERR_OK || back != ERR_OK)
		return r != ERR_OK ? r : back;
	log_escape(&shown, subject, strlen(subject));
	log_event(LOG_NOTICE, "user command=relink user=%s was=\"%s\"", name,
	    buf_str(&shown));
	return ERR_OK;
}

static void
print_relinked(const char *name, const char *subject)
{
	(void)printf("%s was pinned to ", name);
	print_safe(stdout, *subject == '\0' ? "nobody" : subject);
	(void)puts("; the next login pins");
}

int
user_relink(struct admin *admin, int argc, char **argv)
{
	struct json_writer w = JSON_WRITER_INIT(stdout);
	char subject[SUBJECT_MAX_LEN + 1];
	struct diag diag = DIAG_INIT;

	if (argc != 1)
		return admin_usage("user relink takes one login name");
	if (relink(admin, argv[0], subject, &diag) != ERR_OK)
		return admin_fail(admin, &diag);
	if (!admin->json && !admin->quiet)
		print_relinked(argv[0], subject);
	if (!admin->json)
		return ADMIN_OK;
	json_begin(&w, NULL, '{');
	json_put_string(&w, "login", argv[0]);
	json_put_string(&w, "was_pinned_to", subject);
	json_end(&w, '}');
	return ADMIN_OK;
}
