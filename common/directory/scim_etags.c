/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/scim_etags.h"

#include <inttypes.h>
#include <string.h>

#include "base/parse.h"

#define NONE "none"

/* With the space before what follows. */
static const char *const sections[SCIM_TYPES] = {
	[SCIM_USERS] = "Users ", [SCIM_GROUPS] = "Groups ",
};

/* -- writing --------------------------------------------------------------- */

static const char *
path_or_dash(const char *path)
{
	return path[0] == '\0' ? "-" : path;
}

enum err
scim_etags_begin(const struct scim_request *request, struct buf *out)
{
	return buf_printf(out, PACKAGE_VERSION " %s %" PRIu64 " %d %s %s\n",
	    request->url, request->page_size, request->groups ? 1 : 0,
	    path_or_dash(request->uid_attribute),
	    path_or_dash(request->gid_attribute));
}

enum err
scim_etags_section(enum scim_type type, bool exists, uint64_t total,
    struct buf *out)
{
	if (!exists)
		return buf_printf(out, "%s" NONE "\n", sections[type]);
	return buf_printf(out, "%s%" PRIu64 "\n", sections[type], total);
}

enum err
scim_etags_page(size_t first, const char *etag, struct buf *out)
{
	if (!http_is_etag(etag, strlen(etag)))
		return ERR_SYNTAX;
	return buf_printf(out, "%zu %s\n", first, etag);
}

/* -- reading --------------------------------------------------------------- */

/* Where the reader is. */
struct reader {
	const struct scim_request *request;
	struct scim_known *known;
	enum scim_type type;	/* of the section; SCIM_TYPES before any */
	bool open;		/* the section's pages may come */
	size_t last;		/* first resource of the page before; 0: none */
};

void
scim_known_clear(struct scim_known *known)
{
	free(known->page);
	free(known->text);
	*known = (struct scim_known)SCIM_KNOWN_INIT;
}

/* A section that is there has at least one page. */
static bool
ends_well(const struct reader *r)
{
	return !r->open || r->last > 0;
}

static bool
read_section(struct reader *r, enum scim_type type, const char *value)
{
	uint64_t total = 0;
	bool missing = type == SCIM_GROUPS && strcmp(value, NONE) == 0;
	enum scim_type due = r->type == SCIM_TYPES ? SCIM_USERS : SCIM_GROUPS;

	if (type != due || r->type == SCIM_GROUPS || !ends_well(r) ||
	    (type == SCIM_GROUPS && !r->request->groups) ||
	    (!missing && !parse_u64(value, strlen(value), INT64_MAX,
	    &total)))
		return false;
	r->type = type;
	r->open = !missing;
	r->last = 0;
	if (type == SCIM_USERS)
		r->known->total = total;
	else
		r->known->has_groups = !missing;
	return type == SCIM_GROUPS || total <= r->request->max_users;
}

/* known->page has room: it is counted in lines. */
static bool
read_page(struct reader *r, const char *line)
{
	size_t digits = strcspn(line, " ");
	const char *etag = line + digits + (line[digits] == ' ');
	uint64_t first = 0;

	if (!r->open || !parse_u64(line, digits, INT64_MAX, &first) ||
	    !http_is_etag(etag, strlen(etag)) ||
	    (r->last == 0 ? first != 1 : first <= r->last))
		return false;
	r->last = (size_t)first;
	r->known->page[r->known->pages] = (struct scim_validator){
		r->type, (size_t)first, etag
	};
	r->known->pages++;
	return true;
}

static bool
read_line(struct reader *r, const char *line)
{
	for (int i = 0; i < SCIM_TYPES; i++) {
		size_t len = strlen(sections[i]);

		if (strncmp(line, sections[i], len) == 0)
			return read_section(r, (enum scim_type)i, line + len);
	}
	return read_page(r, line);
}

/* Is the first line of text the one that would be written now?  *ret is what
 * follows it. */
static bool
is_about(const struct scim_request *request, char *text, char **ret)
{
	AUTO(buf) struct buf line = BUF_INIT(SCIM_ETAGS_MAX);

	if (scim_etags_begin(request, &line) != ERR_OK ||
	    strncmp(text, buf_str(&line), line.len) != 0)
		return false;
	*ret = text + line.len;
	return true;
}

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

bool
scim_etags_read(const struct scim_request *request, struct scim_known *ret)
{
	AUTO(scim_known) struct scim_known known = SCIM_KNOWN_INIT;
	struct reader r = { request, &known, SCIM_TYPES, false, 0 };
	char *line = NULL;
	char *end;

	if (request->etags[0] == '\0')
		return false;
	known.text = strdup(request->etags);
	known.page = calloc(count_lines(request->etags) + 1,
	    sizeof(*known.page));
	if (known.text == NULL || known.page == NULL ||
	    !is_about(request, known.text, &line))
		return false;
	for (; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		if (end == NULL)
			return false;
		*end = '\0';
		if (!read_line(&r, line))
			return false;
	}
	if (!ends_well(&r) || r.type == SCIM_TYPES ||
	    (request->groups && r.type != SCIM_GROUPS))
		return false;
	*ret = known;
	known = (struct scim_known)SCIM_KNOWN_INIT;
	return true;
}
