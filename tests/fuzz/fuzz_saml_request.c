/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a configuration may hold -> the address of a request.  The input is a
 * byte of flags, eight of time, and login_url, entity_id and acs_url with a
 * NUL between them.  An address that comes out is read the way an identity
 * provider reads it, and must say exactly what was asked for.
 */
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "auth/saml_request.h"
#include "base/limits.h"
#include "base/parse.h"
#include "fuzz.h"
#include "../lib/redirect.h"

#define ID "_0123456789abcdef0123456789abcdef"
#define NS_SAML "urn:oasis:names:tc:SAML:2.0:assertion"
#define NS_SAMLP "urn:oasis:names:tc:SAML:2.0:protocol"
#define HEAD_SIZE 9
#define PARAMETER "SAMLRequest="

enum { LOGIN_URL, ENTITY_ID, ACS_URL, TEXTS };

static bool
is_element(const xmlNode *node, const char *ns, const char *name)
{
	return node != NULL && node->type == XML_ELEMENT_NODE &&
	    node->ns != NULL &&
	    strcmp((const char *)node->ns->href, ns) == 0 &&
	    strcmp((const char *)node->name, name) == 0;
}

/* The one text below, of an element or an attribute. */
static const char *
text_of(const xmlNode *text)
{
	demand(text != NULL && text->next == NULL &&
	    text->type == XML_TEXT_NODE);
	return (const char *)text->content;
}

static void
demand_instant(const char *text, int64_t now)
{
	int64_t got = 0;

	demand(parse_instant(text, strlen(text), &got) && got == now);
}

static void
demand_attributes(const xmlNode *root, const struct saml_request *request)
{
	const struct {
		const char *name;
		const char *value;	/* NULL: the time */
	} wanted[] = {
		{ "ID", ID },
		{ "Version", "2.0" },
		{ "IssueInstant", NULL },
		{ "Destination", request->login_url },
		{ "ProtocolBinding",
		    "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" },
		{ "AssertionConsumerServiceURL", request->acs_url },
		{ "ForceAuthn", "true" },
	};
	size_t left = ARRAY_LEN(wanted) - !request->force_authn;

	for (const xmlAttr *attr = root->properties; attr != NULL;
	    attr = attr->next) {
		const char *name = (const char *)attr->name;
		const char *value = text_of(attr->children);
		size_t i = 0;

		while (i < ARRAY_LEN(wanted) &&
		    strcmp(wanted[i].name, name) != 0)
			i++;
		demand(attr->ns == NULL && i < ARRAY_LEN(wanted));
		if (wanted[i].value == NULL)
			demand_instant(value, request->now);
		else
			demand(strcmp(value, wanted[i].value) == 0);
		demand(left-- > 0);
	}
	demand(left == 0);
}

static void
demand_xml(const struct buf *xml, const struct saml_request *request)
{
	xmlDoc *doc = xmlReadMemory((const char *)xml->data, (int)xml->len,
	    NULL, NULL, XML_PARSE_NONET);
	const xmlNode *root;

	demand(doc != NULL);
	root = xmlDocGetRootElement(doc);
	demand(is_element(root, NS_SAMLP, "AuthnRequest"));
	demand_attributes(root, request);
	demand(is_element(root->children, NS_SAML, "Issuer"));
	demand(root->children->next == NULL);
	demand(root->children->properties == NULL);
	demand(strcmp(text_of(root->children->children),
	    request->entity_id) == 0);
	xmlFreeDoc(doc);
}

/* The login URL is there as it was, and our parameter is its last one and the
 * only one of this name. */
static const char *
value_in(const char *url, const char *login_url)
{
	size_t len = strlen(login_url);
	bool has_query = strchr(login_url, '?') != NULL;
	const char *query = strchr(url, '?');
	const char *value = url + len + 1 + strlen(PARAMETER);
	unsigned int found = 0;

	demand(strncmp(url, login_url, len) == 0);
	demand(url[len] == (has_query ? '&' : '?'));
	demand(strncmp(url + len + 1, PARAMETER, strlen(PARAMETER)) == 0);
	demand(strchr(value, '&') == NULL);
	for (const char *p = query; p != NULL; p = strchr(p + 1, '&'))
		found += strncmp(p + 1, PARAMETER, strlen(PARAMETER)) == 0;
	demand(found == 1);
	return value;
}

static void
demand_url(const struct buf *url, const struct saml_request *request)
{
	AUTO(buf) struct buf xml = BUF_INIT(SAML_REQUEST_MAX);

	demand(url->len <= SAML_REQUEST_URL_MAX);
	demand(strlen(buf_str(url)) == url->len);
	for (size_t i = 0; i < url->len; i++)
		demand(url->data[i] > ' ' && url->data[i] <= '~' &&
		    url->data[i] != '#');
	demand(redirect_decode(&xml, value_in(buf_str(url),
	    request->login_url)));
	demand_xml(&xml, request);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *copy = NULL;
	AUTO(buf) struct buf url = BUF_INIT(1024u * 1024);
	struct saml_request request = { .now = 0 };
	const char *text[TEXTS];
	char *at, *end;

	if (size < HEAD_SIZE)
		return 0;
	/* Two NULs more than there are: three texts come out of any input. */
	copy = calloc(1, size - HEAD_SIZE + TEXTS);
	demand(copy != NULL);
	memcpy(copy, data + HEAD_SIZE, size - HEAD_SIZE);
	at = copy;
	end = copy + size - HEAD_SIZE;
	for (size_t i = 0; i < TEXTS; i++) {
		text[i] = at;
		at += strlen(at) + (at < end);
	}
	memcpy(&request.now, data + 1, sizeof(request.now));
	request.force_authn = data[0] % 2 == 1;
	request.login_url = text[LOGIN_URL];
	request.entity_id = text[ENTITY_ID];
	request.acs_url = text[ACS_URL];
	if (saml_request_url(&request, ID, &url, NULL) == ERR_OK)
		demand_url(&url, &request);
	else
		demand(url.len == 0);
	return 0;
}
