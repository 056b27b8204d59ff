/* SPDX-License-Identifier: BSD-2-Clause */
#include "verify_options.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "auth/saml_metadata.h"
#include "base/base64.h"
#include "base/io.h"
#include "base/parse.h"
#include "sys/xml.h"

#define ENTRA_ISSUER "https://sts.windows.net/"
#define GUID_LEN 36
#define SKEW 30
#define MAX_AGE 300
#define MAX_AGE_MAX 4102444800u	/* 2100-01-01: longer is a mistake */

enum option {
	CERT, METADATA, ISSUER, AUDIENCE, RECIPIENT, REQUEST_ID, UNSOLICITED,
	NOW, REQUEST_TIME, NO_FORCE_AUTHN, MAXIMUM_AGE, SIGNATURE_ONLY,
	OPTION_COUNT
};

static const struct {
	const char *name;
	bool has_value;
	unsigned int max;	/* times it may be given */
} table[OPTION_COUNT] = {
	[CERT] = { "--cert", true, SAML_KEYS_MAX },
	[METADATA] = { "--metadata", true, 1 },
	[ISSUER] = { "--issuer", true, 1 },
	[AUDIENCE] = { "--audience", true, 1 },
	[RECIPIENT] = { "--recipient", true, 1 },
	[REQUEST_ID] = { "--request-id", true, 1 },
	[UNSOLICITED] = { "--unsolicited", false, 1 },
	[NOW] = { "--now", true, 1 },
	[REQUEST_TIME] = { "--request-time", true, 1 },
	[NO_FORCE_AUTHN] = { "--no-force-authn", false, 1 },
	[MAXIMUM_AGE] = { "--max-age", true, 1 },
	[SIGNATURE_ONLY] = { "--signature-only", false, 1 },
};

/* What was given; of a flag the value is its name. */
struct given {
	const char *value[OPTION_COUNT][SAML_KEYS_MAX];
	unsigned int count[OPTION_COUNT];
	const char *file;
};

static const char *
value_of(const struct given *given, enum option option)
{
	return given->count[option] == 0 ? "" : given->value[option][0];
}

static bool
is_given(const struct given *given, enum option option)
{
	return given->count[option] != 0;
}

/* -- argv ---------------------------------------------------------------- */

static enum err
find_option(const char *arg, size_t len, enum option *ret, struct diag *diag)
{
	for (unsigned int i = 0; i < OPTION_COUNT; i++)
		if (strlen(table[i].name) == len &&
		    memcmp(table[i].name, arg, len) == 0) {
			*ret = (enum option)i;
			return ERR_OK;
		}
	return fail(diag, ERR_USAGE, "%s: no such option", arg);
}

/* *argv points at the option, and afterwards at its last argument. */
static enum err
take_option(char ***argv, struct given *given, struct diag *diag)
{
	const char *arg = **argv;
	const char *value = strchr(arg, '=');
	enum option option = OPTION_COUNT;
	enum err r = find_option(arg, strcspn(arg, "="), &option, diag);

	if (r != ERR_OK)
		return r;
	if (given->count[option] == table[option].max)
		return fail(diag, ERR_USAGE, "%s: given more than %u times",
		    table[option].name, table[option].max);
	if (!table[option].has_value && value != NULL)
		return fail(diag, ERR_USAGE, "%s: takes no value",
		    table[option].name);
	if (!table[option].has_value)
		value = arg;
	else if (value != NULL)
		value++;
	else
		value = *++*argv;
	if (value == NULL || *value == '\0')
		return fail(diag, ERR_USAGE, "%s: has no value",
		    table[option].name);
	given->value[option][given->count[option]++] = value;
	return ERR_OK;
}

static enum err
take_arguments(char **argv, struct given *given, struct diag *diag)
{
	bool options = true;

	while (*++argv != NULL) {
		enum err r = ERR_OK;

		if (options && strcmp(*argv, "--") == 0)
			options = false;
		else if (options && strncmp(*argv, "--", 2) == 0)
			r = take_option(&argv, given, diag);
		else if (given->file != NULL)
			r = fail(diag, ERR_USAGE, "%s: a second FILE", *argv);
		else
			given->file = *argv;
		if (r != ERR_OK)
			return r;
	}
	return ERR_OK;
}

/* -- what has to be there ------------------------------------------------ */

static enum err
check_needed(const struct given *given, struct diag *diag)
{
	static const enum option needed[] = {
		ISSUER, AUDIENCE, RECIPIENT, NOW
	};

	if (given->file == NULL)
		return fail(diag, ERR_USAGE, "no FILE");
	if (is_given(given, CERT) == is_given(given, METADATA))
		return fail(diag, ERR_USAGE,
		    "either --cert or --metadata has to be given");
	if (is_given(given, REQUEST_ID) && is_given(given, UNSOLICITED))
		return fail(diag, ERR_USAGE,
		    "--request-id and --unsolicited exclude each other");
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (!is_given(given, SIGNATURE_ONLY) &&
		    !is_given(given, needed[i]))
			return fail(diag, ERR_USAGE, "%s has to be given",
			    table[needed[i]].name);
	return ERR_OK;
}

/* Leaves *ret alone when the option was not given. */
static enum err
read_time(const struct given *given, enum option option, int64_t *ret,
    struct diag *diag)
{
	const char *text = value_of(given, option);

	if (is_given(given, option) &&
	    !parse_instant(text, strlen(text), ret))
		return fail(diag, ERR_USAGE, "%s: \"%s\" is no time such as "
		    "2022-02-23T17:50:00Z", table[option].name, text);
	return ERR_OK;
}

static enum err
read_times(const struct given *given, struct verify_options *ret,
    struct diag *diag)
{
	const char *text = value_of(given, MAXIMUM_AGE);
	uint64_t max_age = MAX_AGE;
	enum err r;

	if (is_given(given, MAXIMUM_AGE) &&
	    !parse_u64(text, strlen(text), MAX_AGE_MAX, &max_age))
		return fail(diag, ERR_USAGE, "--max-age: \"%s\" is no number "
		    "of seconds", text);
	r = read_time(given, NOW, &ret->check.now, diag);
	ret->pending.time = ret->check.now - (int64_t)max_age;
	if (r == ERR_OK)
		r = read_time(given, REQUEST_TIME, &ret->pending.time, diag);
	ret->check.max_age = (int64_t)max_age;
	ret->check.unsolicited_max_age = (int64_t)max_age;
	return r;
}

/* The configuration of a host must name the tenant of an Entra issuer, and
 * none but that. */
static void
read_tenant(const char *issuer, char tenant[static GUID_LEN + 1])
{
	size_t prefix = sizeof(ENTRA_ISSUER) - 1;

	if (strncmp(issuer, ENTRA_ISSUER, prefix) == 0 &&
	    strlen(issuer) == prefix + GUID_LEN + 1 &&
	    issuer[prefix + GUID_LEN] == '/' &&
	    parse_is_guid(issuer + prefix, GUID_LEN))
		memcpy(tenant, issuer + prefix, GUID_LEN);
}

static enum err
read_check(const struct given *given, struct verify_options *ret,
    struct diag *diag)
{
	struct saml_check *check = &ret->check;

	ret->file = given->file;
	ret->signature_only = is_given(given, SIGNATURE_ONLY);
	ret->pending.id = value_of(given, REQUEST_ID);
	read_tenant(value_of(given, ISSUER), ret->tenant);
	check->issuer = value_of(given, ISSUER);
	check->audience = value_of(given, AUDIENCE);
	check->recipient = value_of(given, RECIPIENT);
	check->tenant = ret->tenant;
	check->pending = &ret->pending;
	check->pending_count = given->count[REQUEST_ID];
	check->skew = SKEW;
	check->keys = &ret->keys;
	if (is_given(given, UNSOLICITED))
		check->flags |= WIRE_SAML_UNSOLICITED;
	if (!is_given(given, NO_FORCE_AUTHN))
		check->flags |= WIRE_SAML_FORCE_AUTHN;
	return read_times(given, ret, diag);
}

/* -- files --------------------------------------------------------------- */

/* too_long is the reason for a file above out's maximum. */
static enum err
read_file(const char *path, enum err too_long, struct buf *out,
    struct diag *diag)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err r;

	if (fd < 0)
		return fail_errno(diag, ERR_USAGE, "%s", path);
	r = io_read_all(fd, out, diag);
	if (r == ERR_IO)
		return fail_errno(diag, ERR_USAGE, "%s", path);
	if (r == ERR_TOO_LONG)
		return fail(diag, too_long, "%s: more than %zu bytes", path,
		    out->max);
	return r;
}

static enum err
add_certificate(const char *path, struct idp_keys *keys, struct diag *diag)
{
	AUTO(buf) struct buf pem = BUF_INIT(METADATA_MAX);
	enum err r = read_file(path, ERR_IDP_CERTIFICATE, &pem, diag);

	if (r == ERR_OK)
		r = saml_certificate_parse(pem.data, pem.len,
		    &keys->key[keys->count], diag);
	if (r == ERR_OK)
		keys->count++;
	return r;
}

/* Without --issuer it is whosever metadata this is. */
static enum err
find_issuer(const struct buf *metadata, struct xml_doc **ret_doc,
    const char **ret, struct diag *diag)
{
	static const struct xml_limits limits = {
		.bytes = METADATA_MAX,
		.nodes = METADATA_NODES_MAX,
		.depth = SAML_DEPTH_MAX,
		.attributes = SAML_ATTRIBUTES_MAX,
		.namespaces = SAML_NAMESPACES_MAX,
		.bom = true,
	};
	const char *id;
	enum err r = xml_parse(metadata->data, metadata->len, &limits,
	    ret_doc, diag);

	if (r != ERR_OK)
		return r;
	id = xml_get(xml_doc_root(*ret_doc), "entityID");
	*ret = id == NULL ? "" : id;
	return ERR_OK;
}

static enum err
read_metadata(const char *path, const struct given *given,
    struct verify_options *ret, struct diag *diag)
{
	AUTO(buf) struct buf metadata = BUF_INIT(METADATA_MAX);
	AUTO(xml_doc) struct xml_doc *doc = NULL;
	AUTO_FREE struct saml_idp *idp = calloc(1, sizeof(*idp));
	const char *issuer = value_of(given, ISSUER);
	enum err r = idp == NULL ? fail(diag, ERR_NOMEM, "metadata") :
	    read_file(path, ERR_IDP_METADATA, &metadata, diag);

	if (r == ERR_OK && !is_given(given, ISSUER))
		r = find_issuer(&metadata, &doc, &issuer, diag);
	if (r == ERR_OK)
		r = saml_metadata_parse(metadata.data, metadata.len, issuer,
		    ret->check.now, idp, diag);
	if (r == ERR_OK)
		ret->keys = idp->keys;
	return r;
}

static enum err
read_keys(const struct given *given, struct verify_options *ret,
    struct diag *diag)
{
	enum err r = ERR_OK;

	if (is_given(given, METADATA))
		return read_metadata(value_of(given, METADATA), given, ret,
		    diag);
	for (unsigned int i = 0; i < given->count[CERT] && r == ERR_OK; i++)
		r = add_certificate(given->value[CERT][i], &ret->keys, diag);
	return r;
}

/* -- what it is for ------------------------------------------------------ */

enum err
verify_options_parse(int argc, char **argv, struct verify_options *ret,
    struct diag *diag)
{
	struct given given = { .file = NULL };
	enum err r;

	memset(ret, 0, sizeof(*ret));
	r = argc == 0 ? fail(diag, ERR_USAGE, "no arguments") :
	    take_arguments(argv, &given, diag);
	if (r == ERR_OK)
		r = check_needed(&given, diag);
	if (r == ERR_OK)
		r = read_check(&given, ret, diag);
	if (r == ERR_OK)
		r = read_keys(&given, ret, diag);
	return r;
}

enum err
verify_options_load(const char *file, struct buf *out, struct diag *diag)
{
	AUTO(buf) struct buf content = BUF_INIT(SAML_BASE64_MAX);
	enum err r = read_file(file, ERR_SAML_TOO_LONG, &content, diag);

	if (r != ERR_OK)
		return r;
	if (content.len != 0 && memchr(content.data, '<', content.len) != NULL)
		r = base64_encode(out, content.data, content.len);
	else
		r = buf_put(out, content.data, content.len);
	if (r == ERR_TOO_LONG)
		return fail(diag, ERR_SAML_TOO_LONG, "%zu bytes",
		    content.len);
	return r;
}
