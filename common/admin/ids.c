/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 8x8sso ids export | ids import FILE
 *
 * For fleets: the ids of one host, registered at another.
 */
#include "admin/admin.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "admin/state_dir.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "directory/registry_file.h"
#include "sys/json.h"
#include "sys/sandbox.h"

/* -- ids export ------------------------------------------------------------ */

/* Written to memory first: it is printed whole or not at all. */
struct exporting {
	FILE *out;
	bool json;
	struct json_writer writer;
};

static enum err
export_text(const struct registry_entry *entry, void *context,
    struct diag *diag)
{
	AUTO(buf) struct buf line = BUF_INIT(REGISTRY_KEY_MAX * 3 + 32);
	struct exporting *exporting = context;
	enum err r = registry_format(entry, &line);

	if (r != ERR_OK)
		return fail(diag, r, "id %" PRIu32, entry->id);
	(void)fwrite(line.data, 1, line.len, exporting->out);
	return ERR_OK;
}

static enum err
export_json(const struct registry_entry *entry, void *context,
    struct diag *diag)
{
	struct exporting *exporting = context;
	const char kind[] = { (char)entry->kind, '\0' };
	struct json_writer *w = &exporting->writer;

	(void)diag;
	json_begin(w, NULL, '{');
	json_put_string(w, "kind", kind);
	json_put_int(w, "id", entry->id);
	json_put_string(w, "key", entry->key);
	json_end(w, '}');
	return ERR_OK;
}

static enum err
export_all(struct store *store, void *context, struct diag *diag)
{
	struct exporting *exporting = context;
	enum err r;

	if (!exporting->json)
		return registry_each(store, export_text, exporting, diag);
	json_begin(&exporting->writer, NULL, '[');
	r = registry_each(store, export_json, exporting, diag);
	json_end(&exporting->writer, ']');
	return r;
}

static int
ids_export(struct admin *admin, int argc, char **argv)
{
	struct exporting exporting = { .json = admin->json };
	struct diag diag = DIAG_INIT;
	AUTO_FREE char *text = NULL;
	size_t len = 0;
	enum err r;

	(void)argv;
	if (argc != 0)
		return admin_usage("ids export takes no argument");
	exporting.out = open_memstream(&text, &len);
	if (exporting.out == NULL) {
		(void)fail_errno(&diag, ERR_NOMEM, "the ids");
		return admin_fail(admin, &diag);
	}
	exporting.writer =
	    (struct json_writer)JSON_WRITER_INIT(exporting.out);
	r = admin_with_store(admin, export_all, &exporting, &diag);
	if (fclose(exporting.out) != 0 && r == ERR_OK)
		r = fail_errno(&diag, ERR_NOMEM, "the ids");
	if (r != ERR_OK)
		return admin_fail(admin, &diag);
	(void)fwrite(text, 1, len, stdout);
	return ADMIN_OK;
}

/* -- ids import ------------------------------------------------------------ */

static enum err
read_file(const char *path, struct buf *text, struct diag *diag)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct diag why = DIAG_INIT;
	enum err r;

	if (fd < 0)
		return fail_errno(diag, ERR_IO, "%s", path);
	r = io_read_all(fd, text, &why);
	return r == ERR_OK ? r : fail(diag, r, "%s: %s", path, why.text);
}

/* The file is read by root, and understood by the service account. */
static enum err
import(const struct admin *admin, const char *path,
    struct registry_imported *ret, struct diag *diag)
{
	AUTO_CLOSE int lock = -1;
	AUTO(store) struct store *store = NULL;
	AUTO(local) struct local *local = NULL;
	AUTO(buf) struct buf text = BUF_INIT(REGISTRY_FILE_MAX);
	struct diag why = DIAG_INIT;
	enum err r = read_file(path, &text, diag);

	/* A host that has not synced yet is where to do it. */
	if (r == ERR_OK)
		r = state_dir_make(&admin->conf, diag);
	if (r == ERR_OK)
		r = state_dir_lock(&admin->conf, &lock, diag);
	if (r == ERR_OK)
		r = admin_store_open(admin, true, &store, diag);
	if (r == ERR_OK)
		r = local_load_host(&local, diag);
	if (r != ERR_OK)
		return r;
	r = registry_import(store, &admin->conf, local, &text, ret, &why);
	return r == ERR_OK ? r : fail(diag, r, "%s: %s", path, why.text);
}

static int
ids_import(struct admin *admin, int argc, char **argv)
{
	struct json_writer w = JSON_WRITER_INIT(stdout);
	struct registry_imported done = { 0, 0 };
	struct diag diag = DIAG_INIT;

	if (argc != 1)
		return admin_usage("ids import takes one file");
	if (import(admin, argv[0], &done, &diag) != ERR_OK)
		return admin_fail(admin, &diag);
	log_event(LOG_NOTICE, "ids command=import added=%" PRIu64 " known=%"
	    PRIu64, done.added, done.known);
	if (!admin->json && !admin->quiet)
		(void)printf("ids: %" PRIu64 " registered, %" PRIu64
		    " known already\n", done.added, done.known);
	if (!admin->json)
		return ADMIN_OK;
	json_begin(&w, NULL, '{');
	json_put_int(&w, "added", (int64_t)done.added);
	json_put_int(&w, "known", (int64_t)done.known);
	json_end(&w, '}');
	return ADMIN_OK;
}

int
admin_ids(struct admin *admin, int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "export") == 0)
		return ids_export(admin, argc - 2, argv + 2);
	if (argc > 1 && strcmp(argv[1], "import") == 0)
		return ids_import(admin, argc - 2, argv + 2);
	return admin_usage("ids export or ids import FILE");
}
