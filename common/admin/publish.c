/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 8x8sso publish
 *
 * Asks nobody and parses nothing: the directory as it is, for the host to
 * see.  The PAM module runs it for somebody who was created at sign-in.
 */
#include "admin/publish.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "admin/state_dir.h"
#include "base/limits.h"
#include "base/log.h"
#include "sys/json.h"
#include "sys/sandbox.h"

/* With the lock. */
static enum err
build_and_write(const struct conf *conf, struct store *store,
    struct publish_report *ret, struct diag *diag)
{
	AUTO(buf) struct buf bytes = BUF_INIT(CACHE_SIZE_MAX);
	struct publish_report report = { 0 };
	char path[PATH_MAX];
	enum err r = sandbox_as(conf->host_user, diag);

	if (r == ERR_OK)
		r = publish_build(store, conf, &bytes, &report, diag);
	/* The file is root's: what is in it is what everybody believes. */
	if (r == ERR_OK)
		r = sandbox_as_root(diag);
	if (r != ERR_OK)
		return r;
	conf_cache_path(conf, path, sizeof(path));
	r = publish_write(path, &bytes, &report, diag);
	if (r != ERR_OK)
		return r;
	*ret = report;
	return ERR_OK;
}

enum err
publish_now(const struct admin *admin, struct store *store,
    struct publish_report *ret, struct diag *diag)
{
	AUTO_CLOSE int lock = -1;
	enum err r = sandbox_as_root(diag);
	enum err back;

	if (r == ERR_OK)
		r = state_dir_lock_publish(&admin->conf, &lock, diag);
	if (r == ERR_OK)
		r = build_and_write(&admin->conf, store, ret, diag);
	back = sandbox_as_root(r == ERR_OK ? diag : NULL);
	return r != ERR_OK ? r : back;
}

static void
print_report(const struct admin *admin, const struct publish_report *report)
{
	struct json_writer w = JSON_WRITER_INIT(stdout);

	if (!admin->json) {
		if (!admin->quiet)
			(void)printf("users: %" PRIu64 " published, groups: %"
			    PRIu64 ", left out: %" PRIu64 "%s\n",
			    report->users, report->groups, report->left_out,
			    report->unchanged ? " (as before)" : "");
		return;
	}
	json_begin(&w, NULL, '{');
	json_put_int(&w, "published", (int64_t)report->users);
	json_put_int(&w, "groups", (int64_t)report->groups);
	json_put_int(&w, "left_out", (int64_t)report->left_out);
	json_put_bool(&w, "cache_unchanged", report->unchanged);
	json_end(&w, '}');
}

/* The PAM module hears no more than the exit code. */
static int
report_failure(const struct admin *admin, const struct diag *diag)
{
	AUTO(buf) struct buf detail = BUF_INIT(DIAG_TEXT_MAX * 4);

	log_escape(&detail, diag->text, strlen(diag->text));
	log_event(LOG_WARNING, "publish result=%s detail=\"%s\"",
	    err_name(diag->code), buf_str(&detail));
	return admin_fail(admin, diag);
}

int
admin_publish(struct admin *admin, int argc, char **argv)
{
	AUTO(store) struct store *store = NULL;
	struct publish_report report = { 0 };
	struct diag diag = DIAG_INIT;
	enum err r;

	(void)argv;
	if (argc != 1)
		return admin_usage("publish takes no argument");
	r = state_dir_make(&admin->conf, &diag);
	if (r == ERR_OK)
		r = admin_store_open(admin, false, &store, &diag);
	if (r == ERR_OK)
		r = publish_now(admin, store, &report, &diag);
	if (r != ERR_OK)
		return report_failure(admin, &diag);
	if (!report.unchanged)
		log_event(LOG_NOTICE, "publish result=ok users=%" PRIu64
		    " groups=%" PRIu64 " left_out=%" PRIu64, report.users,
		    report.groups, report.left_out);
	print_report(admin, &report);
	return ADMIN_OK;
}
