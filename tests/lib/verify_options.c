/* SPDX-License-Identifier: BSD-2-Clause */
#include "verify_options.h"

#include <string.h>

#include "arguments.h"
#include "auth/saml_metadata.h"
#include "base/base64.h"
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

static const struct argument_option table[OPTION_COUNT] = {
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

/* -- what has to be there ------------------------------------------------ */

static enum err
check_needed(const struct arguments *given, struct diag *diag)
{
	static const enum option needed[] = {
		ISSUER, AUDIENCE, RECIPIENT, NOW
	};

	if (given->operands == 0)
		return fail(diag, ERR_USAGE, "no FILE");
	if (arguments_has(given, CERT) == arguments_has(given, METADATA))
		return fail(diag, ERR_USAGE,
		    "either --cert or --metadata has to be given");
	if (arguments_has(given, REQUEST_ID) && arguments_has(given, UNSOLICITED))
		return fail(diag, ERR_USAGE,
		    "--request-id and --unsolicited exclude each other");
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (!arguments_has(given, SIGNATURE_ONLY) &&
		    !arguments_has(given, needed[i]))
			return fail(diag, ERR_USAGE, "%s has to be given",
			    table[needed[i]].name);
	return ERR_OK;
}

static enum err
read_times(const struct arguments *given, struct verify_options *ret,
    struct diag *diag)
{
	int64_t max_age = MAX_AGE;
	enum err r = arguments_seconds(given, MAXIMUM_AGE, MAX_AGE_MAX,
	    &max_age, diag);

	if (r == ERR_OK)
		r = arguments_time(given, NOW, &ret->check.now, diag);
	ret->pending.time = ret->check.now - max_age;
	if (r == ERR_OK)
		r = arguments_time(given, REQUEST_TIME, &ret->pending.time,
		    diag);
	ret->check.max_age = max_age;
	ret->check.unsolicited_max_age = max_age;
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
read_check(const struct arguments *given, struct verify_options *ret,
    struct diag *diag)
{
	struct saml_check *check = &ret->check;

	ret->file = given->operand[0];
	ret->signature_only = arguments_has(given, SIGNATURE_ONLY);
	ret->pending.id = arguments_get(given, REQUEST_ID);
	read_tenant(arguments_get(given, ISSUER), ret->tenant);
	check->issuer = arguments_get(given, ISSUER);
	check->audience = arguments_get(given, AUDIENCE);
	check->recipient = arguments_get(given, RECIPIENT);
	check->tenant = ret->tenant;
	check->pending = &ret->pending;
	check->pending_count = given->count[REQUEST_ID];
	check->skew = SKEW;
	check->keys = &ret->keys;
	if (arguments_has(given, UNSOLICITED))
		check->flags |= WIRE_SAML_UNSOLICITED;
	if (!arguments_has(given, NO_FORCE_AUTHN))
		check->flags |= WIRE_SAML_FORCE_AUTHN;
	return read_times(given, ret, diag);
}

/* -- files --------------------------------------------------------------- */

static enum err
add_certificate(const char *path, struct idp_keys *keys, struct diag *diag)
{
	AUTO(buf) struct buf pem = BUF_INIT(METADATA_MAX);
	enum err r = arguments_read_file(path, ERR_IDP_CERTIFICATE, &pem, diag);

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
read_metadata(const char *path, const struct arguments *given,
    struct verify_options *ret, struct diag *diag)
{
	AUTO(buf) struct buf metadata = BUF_INIT(METADATA_MAX);
	AUTO(xml_doc) struct xml_doc *doc = NULL;
	AUTO_FREE struct saml_idp *idp = calloc(1, sizeof(*idp));
	const char *issuer = arguments_get(given, ISSUER);
	enum err r = idp == NULL ? fail(diag, ERR_NOMEM, "metadata") :
	    arguments_read_file(path, ERR_IDP_METADATA, &metadata, diag);

	if (r == ERR_OK && !arguments_has(given, ISSUER))
		r = find_issuer(&metadata, &doc, &issuer, diag);
	if (r == ERR_OK)
		r = saml_metadata_parse(metadata.data, metadata.len, issuer,
		    ret->check.now, idp, diag);
	if (r == ERR_OK)
		ret->keys = idp->keys;
	return r;
}

static enum err
read_keys(const struct arguments *given, struct verify_options *ret,
    struct diag *diag)
{
	enum err r = ERR_OK;

	if (arguments_has(given, METADATA))
		return read_metadata(arguments_get(given, METADATA), given, ret,
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
	struct arguments given = {
		.table = table, .options = OPTION_COUNT, .operands_max = 1,
	};
	enum err r;

	memset(ret, 0, sizeof(*ret));
	r = argc == 0 ? fail(diag, ERR_USAGE, "no arguments") :
	    arguments_take(&given, argv, diag);
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
	enum err r = arguments_read_file(file, ERR_SAML_TOO_LONG, &content, diag);

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
