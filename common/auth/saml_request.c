/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/saml_request.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/parse.h"
#include "sys/deflate.h"

enum err
saml_request_new_id(char id[static SAML_REQUEST_ID_SIZE], struct diag *diag)
{
	uint8_t bits[(SAML_REQUEST_ID_SIZE - 2) / 2];

	if (getrandom(bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
		return fail_errno(diag, ERR_INTERNAL, "getrandom");
	id[0] = '_';
	for (size_t i = 0; i < sizeof(bits); i++)
		(void)snprintf(id + 1 + 2 * i, 3, "%02x", bits[i]);
	return ERR_OK;
}

/* What a terminal may show and a browser will open: no blanks, quotes or
 * control bytes, and no fragment, which would swallow the query. */
static bool
is_web_address(const char *url)
{
	size_t start = strncmp(url, "https://", 8) == 0 ? 8 :
	    strncmp(url, "http://", 7) == 0 ? 7 : 0;

	if (start == 0 || url[start] == '\0')
		return false;
	for (const char *p = url; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr("\"#<>\\^`{|}", *p) != NULL)
			return false;
	return true;
}

/* A provider would have two to choose from. */
static bool
has_request(const char *url)
{
	static const char name[] = "SAMLRequest=";

	for (const char *p = strchr(url, '?'); p != NULL;
	    p = strchr(p + 1, '&'))
		if (strncmp(p + 1, name, sizeof(name) - 1) == 0)
			return true;
	return false;
}

/* What an element of XML 1.0 can hold and a reader gives back as it is: no
 * control bytes, not U+FFFE and U+FFFF. */
static bool
is_xml_text(const char *text)
{
	if (*text == '\0' || !parse_is_utf8(text, strlen(text)))
		return false;
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == '\x7f' ||
		    strncmp(p, "\xef\xbf\xbe", 3) == 0 ||
		    strncmp(p, "\xef\xbf\xbf", 3) == 0)
			return false;
	return true;
}

/* A value between double quotes, or an element's text. */
static enum err
put_escaped(struct buf *out, const char *text)
{
	enum err r = ERR_OK;

	for (const char *p = text; *p != '\0' && r == ERR_OK; p++) {
		switch (*p) {
		case '&':
			r = buf_puts(out, "&amp;");
			break;
		case '<':
			r = buf_puts(out, "&lt;");
			break;
		case '>':
			r = buf_puts(out, "&gt;");
			break;
		case '"':
			r = buf_puts(out, "&quot;");
			break;
		default:
			r = buf_putc(out, *p);
		}
	}
	return r;
}

static enum err
put_attribute(struct buf *out, const char *name, const char *value)
{
	enum err r = buf_printf(out, " %s=\"", name);

	if (r == ERR_OK)
		r = put_escaped(out, value);
	return r == ERR_OK ? buf_putc(out, '"') : r;
}

static enum err
put_xml(struct buf *out, const struct saml_request *request, const char *id)
{
	char instant[CLOCK_TEXT_SIZE];
	const struct {
		const char *name;
		const char *value;	/* NULL: left out */
	} attributes[] = {
		{ "ID", id },
		{ "Version", "2.0" },
		{ "IssueInstant", instant },
		{ "Destination", request->login_url },
		{ "ForceAuthn", request->force_authn ? "true" : NULL },
		{ "ProtocolBinding",
		    "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" },
		{ "AssertionConsumerServiceURL", request->acs_url },
	};
	enum err r = buf_puts(out, "<samlp:AuthnRequest "
	    "xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" "
	    "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"");

	clock_format(request->now, instant);
	for (size_t i = 0; i < ARRAY_LEN(attributes) && r == ERR_OK; i++)
		if (attributes[i].value != NULL)
			r = put_attribute(out, attributes[i].name,
			    attributes[i].value);
	if (r == ERR_OK)
		r = buf_puts(out, "><saml:Issuer>");
	if (r == ERR_OK)
		r = put_escaped(out, request->entity_id);
	return r == ERR_OK ?
	    buf_puts(out, "</saml:Issuer></samlp:AuthnRequest>") : r;
}

/* Base64 has three characters that mean something else in a query. */
static enum err
put_query_value(struct buf *out, const struct buf *base64)
{
	enum err r = ERR_OK;

	for (size_t i = 0; i < base64->len && r == ERR_OK; i++) {
		char c = (char)base64->data[i];

		if (c == '+' || c == '/' || c == '=')
			r = buf_printf(out, "%%%02X", (unsigned int)c);
		else
			r = buf_putc(out, c);
	}
	return r;
}

static enum err
put_url(struct buf *out, const char *login_url, const struct buf *xml,
    struct diag *diag)
{
	AUTO(buf) struct buf deflated = BUF_INIT(2 * SAML_REQUEST_MAX);
	AUTO(buf) struct buf base64 = BUF_INIT(SAML_REQUEST_URL_MAX);
	enum err r = deflate_raw(&deflated, xml->data, xml->len, diag);

	if (r == ERR_OK)
		r = base64_encode(&base64, deflated.data, deflated.len);
	if (r == ERR_OK)
		r = buf_printf(out, "%s%cSAMLRequest=", login_url,
		    strchr(login_url, '?') == NULL ? '?' : '&');
	return r == ERR_OK ? put_query_value(out, &base64) : r;
}

static enum err
check_request(const struct saml_request *request, struct diag *diag)
{
	char instant[CLOCK_TEXT_SIZE];
	int64_t read_back = 0;

	if (!is_web_address(request->login_url))
		return fail(diag, ERR_SYNTAX, "login URL is not a web address");
	if (has_request(request->login_url))
		return fail(diag, ERR_SYNTAX, "login URL has a SAMLRequest");
	if (!is_web_address(request->acs_url))
		return fail(diag, ERR_SYNTAX, "acs_url is not a web address");
	if (!is_xml_text(request->entity_id))
		return fail(diag, ERR_SYNTAX, "entity_id is empty or not text");
	clock_format(request->now, instant);
	if (!parse_instant(instant, strlen(instant), &read_back))
		return fail(diag, ERR_CLOCK, "it says %lld",
		    (long long)request->now);
	return ERR_OK;
}

enum err
saml_request_url(const struct saml_request *request, const char *id,
    struct buf *out, struct diag *diag)
{
	AUTO(buf) struct buf xml = BUF_INIT(SAML_REQUEST_MAX);
	AUTO(buf) struct buf url = BUF_INIT(SAML_REQUEST_URL_MAX);
	enum err r = check_request(request, diag);

	if (r != ERR_OK)
		return r;
	r = put_xml(&xml, request, id);
	if (r == ERR_OK)
		r = put_url(&url, request->login_url, &xml, diag);
	if (r == ERR_OK)
		r = buf_put(out, url.data, url.len);
	if (r != ERR_OK)
		return fail(diag, r, "request for %s", request->login_url);
	return ERR_OK;
}
