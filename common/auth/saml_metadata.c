/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/saml_metadata.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/parse.h"
#include "sys/crypto.h"
#include "sys/xml.h"

#define NS_METADATA "urn:oasis:names:tc:SAML:2.0:metadata"
#define NS_PROTOCOL "urn:oasis:names:tc:SAML:2.0:protocol"
#define NS_DSIG "http://www.w3.org/2000/09/xmldsig#"
#define BINDING_REDIRECT \
	"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END "-----END CERTIFICATE-----"
#define XML_SPACE " \t\r\n"

_Static_assert(sizeof(((struct idp_key *)0)->n) == RSA_N_MAX &&
    sizeof(((struct idp_key *)0)->e) == RSA_E_MAX &&
    sizeof(((struct idp_key *)0)->cert_sha256) == SHA256_SIZE,
    "a pinned key has room for every key that is accepted");

/* -- certificates -------------------------------------------------------- */

static enum err
key_from_der(const uint8_t *der, size_t len, struct idp_key *ret,
    struct diag *diag)
{
	struct crypto_certificate cert;
	struct idp_key key = { .n_len = 0 };
	enum err r = crypto_certificate_parse(der, len, &cert, diag);

	if (r != ERR_OK)
		return r;
	memcpy(key.n, cert.n, cert.n_len);
	key.n_len = cert.n_len;
	memcpy(key.e, cert.e, cert.e_len);
	key.e_len = cert.e_len;
	memcpy(key.cert_sha256, cert.sha256, sizeof(key.cert_sha256));
	(void)snprintf(key.subject, sizeof(key.subject), "%s", cert.subject);
	key.not_before = cert.not_before;
	key.not_after = cert.not_after;
	*ret = key;
	return ERR_OK;
}

/* White space is dropped: documents that people edit indent their text. */
static enum err
key_from_base64(const char *text, size_t len, struct idp_key *ret,
    struct diag *diag)
{
	AUTO(buf) struct buf packed = BUF_INIT(METADATA_MAX);
	AUTO(buf) struct buf der = BUF_INIT(METADATA_MAX);
	enum err r = ERR_OK;

	for (size_t i = 0; i < len && r == ERR_OK; i++)
		if (text[i] == '\0' || strchr(XML_SPACE, text[i]) == NULL)
			r = buf_putc(&packed, text[i]);
	if (r == ERR_OK)
		r = base64_decode(&der, buf_str(&packed), packed.len, false);
	if (r == ERR_NOMEM)
		return fail(diag, r, "certificate");
	if (r != ERR_OK || der.len == 0)
		return fail(diag, ERR_IDP_CERTIFICATE, "not base64");
	return key_from_der(der.data, der.len, ret, diag);
}

static bool
takes_prefix(const char **text, size_t *len, const char *prefix)
{
	size_t n = strlen(prefix);

	if (*len < n || memcmp(*text, prefix, n) != 0)
		return false;
	*text += n;
	*len -= n;
	return true;
}

static bool
takes_suffix(const char *text, size_t *len, const char *suffix)
{
	size_t n = strlen(suffix);

	if (*len < n || memcmp(text + *len - n, suffix, n) != 0)
		return false;
	*len -= n;
	return true;
}

static void
trim(const char **text, size_t *len)
{
	while (*len > 0 && strchr(XML_SPACE, **text) != NULL && **text != '\0') {
		(*text)++;
		(*len)--;
	}
	while (*len > 0 && (*text)[*len - 1] != '\0' &&
	    strchr(XML_SPACE, (*text)[*len - 1]) != NULL)
		(*len)--;
}

enum err
saml_certificate_parse(const void *data, size_t len, struct idp_key *ret,
    struct diag *diag)
{
	const char *text = data;

	if (len == 0 || len > METADATA_MAX)
		return fail(diag, ERR_IDP_CERTIFICATE, "%zu bytes", len);
	if (*text == 0x30)	/* DER: a SEQUENCE; '0' begins no certificate */
		return key_from_der(data, len, ret, diag);
	trim(&text, &len);
	if (takes_prefix(&text, &len, PEM_BEGIN) !=
	    takes_suffix(text, &len, PEM_END))
		return fail(diag, ERR_IDP_CERTIFICATE, "text around \""
		    PEM_BEGIN "\" ... \"" PEM_END "\"");
	return key_from_base64(text, len, ret, diag);
}

/* -- metadata ------------------------------------------------------------ */

static bool
is_metadata(const struct xml_node *node, const char *name)
{
	return xml_is(node, NS_METADATA, name);
}

/* An absent validUntil is for ever; *earliest is 0 or an earlier one. */
static enum err
check_valid_until(const struct xml_node *node, int64_t now,
    int64_t *earliest, struct diag *diag)
{
	const char *text = xml_get(node, "validUntil");
	int64_t until = 0;

	if (text == NULL)
		return ERR_OK;
	if (!parse_instant(text, strlen(text), &until))
		return fail(diag, ERR_IDP_METADATA, "validUntil=\"%.64s\"",
		    text);
	if (now >= until)
		return fail(diag, ERR_IDP_METADATA, "expired at %.64s", text);
	if (*earliest == 0 || until < *earliest)
		*earliest = until;
	return ERR_OK;
}

/* True when the blank-separated list names SAML 2.0. */
static bool
supports_saml2(const char *list)
{
	size_t n = sizeof(NS_PROTOCOL) - 1;

	while (list != NULL && *list != '\0') {
		list += strspn(list, XML_SPACE);
		if (strcspn(list, XML_SPACE) == n &&
		    memcmp(list, NS_PROTOCOL, n) == 0)
			return true;
		list += strcspn(list, XML_SPACE);
	}
	return false;
}

static enum err
find_role(const struct xml_node *entity, const struct xml_node **ret,
    struct diag *diag)
{
	const struct xml_node *found = NULL;

	for (const struct xml_node *n = xml_first(entity); n != NULL;
	    n = xml_next(n)) {
		if (!is_metadata(n, "IDPSSODescriptor"))
			continue;
		if (found != NULL)
			return fail(diag, ERR_IDP_METADATA,
			    "more than one IDPSSODescriptor");
		found = n;
	}
	if (found == NULL)
		return fail(diag, ERR_IDP_METADATA, "no IDPSSODescriptor: "
		    "this is not an identity provider's metadata");
	if (!supports_saml2(xml_get(found, "protocolSupportEnumeration")))
		return fail(diag, ERR_IDP_METADATA,
		    "IDPSSODescriptor is not for SAML 2.0");
	*ret = found;
	return ERR_OK;
}

static enum err
add_key(struct idp_keys *keys, const struct idp_key *key, struct diag *diag)
{
	if (idp_keys_find(keys, key->cert_sha256) != NULL)
		return ERR_OK;
	if (keys->count == SAML_KEYS_MAX)
		return fail(diag, ERR_IDP_METADATA, "more than %d signing "
		    "keys; use the application's own metadata (?appid=)",
		    SAML_KEYS_MAX);
	keys->key[keys->count++] = *key;
	return ERR_OK;
}

/*
 * The certificate of a KeyInfo, or NULL.  All that stands in one KeyInfo is
 * about one key, so that a second certificate is an authority's, which signs
 * no assertions (C3).  Which of them does is not said.
 */
static enum err
find_certificate(const struct xml_node *info, const struct xml_node **ret,
    struct diag *diag)
{
	const struct xml_node *found = NULL;

	for (const struct xml_node *x509 = xml_first(info); x509 != NULL;
	    x509 = xml_next(x509)) {
		if (!xml_is(x509, NS_DSIG, "X509Data"))
			continue;
		for (const struct xml_node *n = xml_first(x509); n != NULL;
		    n = xml_next(n)) {
			if (!xml_is(n, NS_DSIG, "X509Certificate"))
				continue;
			if (found != NULL)
				return fail(diag, ERR_IDP_METADATA, "several "
				    "certificates in one KeyInfo; configure "
				    "the one that signs as [idp] certificate");
			found = n;
		}
	}
	*ret = found;
	return ERR_OK;
}

/* KeyInfo/X509Data/X509Certificate of one KeyDescriptor, if it is for signing
 * and nothing else (C7, C8). */
static enum err
add_descriptor(const struct xml_node *descriptor, struct idp_keys *keys,
    struct diag *diag)
{
	const char *use = xml_get(descriptor, "use");
	const struct xml_node *info = xml_first(descriptor);
	const struct xml_node *certificate = NULL;
	struct idp_key key;
	const char *text;
	enum err r;

	if (use == NULL || strcmp(use, "encryption") == 0)
		return ERR_OK;
	if (strcmp(use, "signing") != 0)
		return fail(diag, ERR_IDP_METADATA, "KeyDescriptor "
		    "use=\"%.32s\"", use);
	if (info == NULL || !xml_is(info, NS_DSIG, "KeyInfo"))
		return fail(diag, ERR_IDP_METADATA,
		    "KeyDescriptor without KeyInfo");
	r = find_certificate(info, &certificate, diag);
	if (r != ERR_OK || certificate == NULL)
		return r;
	text = xml_text(certificate);
	if (text == NULL)
		return fail(diag, ERR_IDP_METADATA, "empty X509Certificate");
	r = key_from_base64(text, strlen(text), &key, diag);
	return r != ERR_OK ? r : add_key(keys, &key, diag);
}

/* A key that is too weak, or of another kind, signs nothing that is accepted
 * (C4), and costs nobody the good ones beside it. */
static enum err
read_keys(const struct xml_node *role, struct saml_idp *idp,
    struct diag *diag)
{
	struct diag weak = DIAG_INIT;

	for (const struct xml_node *n = xml_first(role); n != NULL;
	    n = xml_next(n)) {
		struct diag why = DIAG_INIT;
		enum err r = ERR_OK;

		if (is_metadata(n, "KeyDescriptor"))
			r = add_descriptor(n, &idp->keys, &why);
		if (r == ERR_IDP_KEY_WEAK) {
			weak = why;
			idp->keys_weak++;
		} else if (r != ERR_OK) {
			return fail(diag, r, "%s", why.text);
		}
	}
	if (idp->keys.count == 0 && idp->keys_weak > 0)
		return fail(diag, weak.code, "%s", weak.text);
	if (idp->keys.count == 0)
		return fail(diag, ERR_IDP_METADATA, "no key with "
		    "use=\"signing\"; one without use has to be configured "
		    "as [idp] certificate");
	return ERR_OK;
}

static bool
is_web_address(const char *url)
{
	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		return false;
	for (; *url != '\0'; url++)
		if (*url <= 0x20 || *url >= 0x7f)
			return false;
	return true;
}

/* The first endpoint of this name with the Redirect binding; "" without. */
static enum err
read_endpoint(const struct xml_node *role, const char *name, char *url,
    size_t size, struct diag *diag)
{
	for (const struct xml_node *n = xml_first(role); n != NULL;
	    n = xml_next(n)) {
		const char *binding = xml_get(n, "Binding");
		const char *location = xml_get(n, "Location");

		if (!is_metadata(n, name) || binding == NULL ||
		    strcmp(binding, BINDING_REDIRECT) != 0)
			continue;
		if (location == NULL || strlen(location) >= size ||
		    !is_web_address(location))
			return fail(diag, ERR_IDP_METADATA,
			    "Location of %s", name);
		(void)snprintf(url, size, "%s", location);
		return ERR_OK;
	}
	url[0] = '\0';
	return ERR_OK;
}

static enum err
read_entity(const struct xml_node *entity, const char *issuer, int64_t now,
    struct saml_idp *idp, struct diag *diag)
{
	const char *id = xml_get(entity, "entityID");
	const struct xml_node *role = NULL;
	enum err r;

	if (!is_metadata(entity, "EntityDescriptor"))
		return fail(diag, ERR_IDP_METADATA, "<%.64s> instead of one "
		    "EntityDescriptor", xml_name(entity));
	if (id == NULL || strcmp(id, issuer) != 0 ||
	    strlen(id) >= sizeof(idp->entity_id))
		return fail(diag, ERR_IDP_METADATA, "entityID is \"%.200s\", "
		    "the configured issuer \"%.200s\"", id == NULL ? "" : id,
		    issuer);
	(void)snprintf(idp->entity_id, sizeof(idp->entity_id), "%s", id);
	r = check_valid_until(entity, now, &idp->valid_until, diag);
	if (r == ERR_OK)
		r = find_role(entity, &role, diag);
	if (r == ERR_OK)
		r = check_valid_until(role, now, &idp->valid_until, diag);
	if (r == ERR_OK)
		r = read_keys(role, idp, diag);
	if (r == ERR_OK)
		r = read_endpoint(role, "SingleSignOnService", idp->login_url,
		    sizeof(idp->login_url), diag);
	if (r == ERR_OK)
		r = read_endpoint(role, "SingleLogoutService",
		    idp->logout_url, sizeof(idp->logout_url), diag);
	return r;
}

enum err
saml_metadata_parse(const void *data, size_t len, const char *issuer,
    int64_t now, struct saml_idp *ret, struct diag *diag)
{
	static const struct xml_limits limits = {
		.bytes = METADATA_MAX,
		.nodes = METADATA_NODES_MAX,
		.depth = SAML_DEPTH_MAX,
		.attributes = SAML_ATTRIBUTES_MAX,
		.namespaces = SAML_NAMESPACES_MAX,
		.bom = true,
	};
	AUTO(xml_doc) struct xml_doc *doc = NULL;
	AUTO_FREE struct saml_idp *idp = calloc(1, sizeof(*idp));
	enum err r;

	if (idp == NULL)
		return fail(diag, ERR_NOMEM, "metadata");
	r = xml_parse(data, len, &limits, &doc, diag);
	if (r == ERR_OK)
		r = read_entity(xml_doc_root(doc), issuer, now, idp, diag);
	if (r != ERR_OK)
		return r;
	*ret = *idp;
	return ERR_OK;
}
