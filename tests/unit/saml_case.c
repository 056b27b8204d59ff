/* SPDX-License-Identifier: BSD-2-Clause */
#include "saml_case.h"

#include "base/base64.h"

struct idp_keys keys;

int
setup_keys(void **state)
{
	(void)state;
	keys.count = 0;
	return vector_key("idp", &keys) ? 0 : -1;
}

enum err
verify_bytes(struct saml_check check, const void *xml, size_t len,
    struct claims **ret)
{
	AUTO(buf) struct buf text = XML_BUF;
	struct diag diag = DIAG_INIT;
	enum err r;

	assert_err(base64_encode(&text, xml, len), ERR_OK);
	check.response = text.data;
	check.response_len = text.len;
	r = saml_response_verify(&check, ret, &diag);
	if (r != ERR_OK) {
		assert_err(diag.code, r);
		assert_string_not_equal(diag.text, "");
	}
	return r;
}

void
load_edited(const char *name, const char *old, const char *new,
    struct buf *out)
{
	AUTO(buf) struct buf xml = XML_BUF;
	char file[128];
	const char *at;
	size_t before;

	(void)snprintf(file, sizeof(file), "%s.xml", name);
	assert_true(vector_load(file, &xml));
	at = memmem(xml.data, xml.len, old, strlen(old));
	if (at == NULL)
		fail_msg("%s has no %s", file, old);
	before = (size_t)(at - (const char *)xml.data);
	assert_err(buf_put(out, xml.data, before), ERR_OK);
	assert_err(buf_puts(out, new), ERR_OK);
	assert_err(buf_put(out, at + strlen(old),
	    xml.len - before - strlen(old)), ERR_OK);
}

enum err
verify_file(struct saml_check check, const char *name, struct claims **ret)
{
	AUTO(buf) struct buf xml = XML_BUF;

	load_edited(name, "", "", &xml);
	return verify_bytes(check, xml.data, xml.len, ret);
}

void
assert_refused(struct saml_check check, const char *name, enum err reason)
{
	struct claims *claims = NULL;

	assert_err(verify_file(check, name, &claims), reason);
	assert_null(claims);
}

struct claims *
assert_accepted(struct saml_check check, const char *name)
{
	struct claims *claims = NULL;

	assert_err(verify_file(check, name, &claims), ERR_OK);
	assert_non_null(claims);
	return claims;
}

struct span
find_element(const char *text, const char *name, int occurrence)
{
	struct span span = { NULL, NULL };
	const char *next = text;
	char tag[64];

	(void)snprintf(tag, sizeof(tag), "<%s", name);
	while (occurrence > 0) {
		span.from = strstr(next, tag);
		assert_non_null(span.from);
		next = span.from + strlen(tag);
		occurrence -= strchr(" >/", *next) != NULL;
	}
	next = strchr(next, '>');
	if (next[-1] == '/') {
		span.to = next + 1;
		return span;
	}
	(void)snprintf(tag, sizeof(tag), "</%s>", name);
	next = strstr(next, tag);
	assert_non_null(next);
	span.to = next + strlen(tag);
	return span;
}
