/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/saml_response.h"

#include <string.h>

#include "auth/claims_fill.h"
#include "auth/saml_grammar.h"
#include "auth/saml_signature.h"
#include "auth/saml_verifier.h"
#include "base/base64.h"
#include "sys/xmlsig.h"

#define NS_SAML1P "urn:oasis:names:tc:SAML:1.0:protocol"
#define STATUS_SUCCESS "urn:oasis:names:tc:SAML:2.0:status:Success"
#define ID_LEN_MIN 16
#define ID_LEN_MAX 128

static const struct xml_limits limits = {
	.bytes = SAML_XML_MAX,
	.nodes = SAML_NODES_MAX,
	.depth = SAML_DEPTH_MAX,
	.attributes = SAML_ATTRIBUTES_MAX,
	.namespaces = SAML_NAMESPACES_MAX,
	.bom = false,
};

/* -- the received document ----------------------------------------------- */

static enum err
check_keys(struct saml_verifier *v, struct diag *diag)
{
	size_t count = v->check->keys->count;

	if (count == 0 || count > SAML_KEYS_MAX)
		return fail(diag, ERR_IDP_NO_KEYS, "%zu keys", count);
	return ERR_OK;
}

static enum err
decode_base64(struct saml_verifier *v, struct diag *diag)
{
	const struct saml_check *check = v->check;
	enum err r;

	if (check->response_len > SAML_BASE64_MAX)
		return fail(diag, ERR_SAML_TOO_LONG, "%zu bytes of base64",
		    check->response_len);
	r = base64_decode(&v->xml, check->response, check->response_len, true);
	if (r == ERR_TOO_LONG)
		return fail(diag, ERR_SAML_TOO_LONG, "more than %zu bytes",
		    v->xml.max);
	if (r == ERR_SYNTAX)
		return fail(diag, ERR_SAML_BASE64, "%zu bytes",
		    check->response_len);
	if (r != ERR_OK)
		return fail(diag, r, "base64");
	return ERR_OK;
}

static enum err
parse_received(struct saml_verifier *v, struct diag *diag)
{
	enum err r = xml_parse(v->xml.data, v->xml.len, &limits, &v->received,
	    diag);

	if (r != ERR_OK)
		return r;
	v->response = xml_doc_root(v->received);
	if (xml_is(v->response, NS_SAML1P, "Response"))
		return fail(diag, ERR_SAML_VERSION, "SAML 1");
	if (!xml_is(v->response, NS_SAMLP, "Response"))
		return fail(diag, ERR_SAML_GRAMMAR, "<%.64s> is no Response",
		    xml_name(v->response));
	return ERR_OK;
}

/* A failure has no Assertion; without this it would be refused for that.
 * What it says is nobody's word, and only for the log. */
static enum err
check_status(struct saml_verifier *v, struct diag *diag)
{
	const struct xml_node *status = saml_child(v->response, "Status");
	const struct xml_node *code = status == NULL ? NULL :
	    saml_child(status, "StatusCode");
	const struct xml_node *message = status == NULL ? NULL :
	    saml_child(status, "StatusMessage");
	const char *value = code == NULL ? NULL : xml_get(code, "Value");
	const char *text = message == NULL ? NULL : xml_text(message);

	if (value == NULL || strcmp(value, STATUS_SUCCESS) != 0)
		return fail(diag, ERR_SAML_STATUS, "%.96s: %.256s",
		    value == NULL ? "no status" : value,
		    text == NULL ? "no message" : text);
	return ERR_OK;
}

static enum err
match_received(struct saml_verifier *v, struct diag *diag)
{
	return saml_grammar_check(v->response, SAML_ROOT_RESPONSE, diag);
}

/* An ASCII NCName of a sensible length: it becomes part of an XPointer. */
static bool
is_id(const char *id)
{
	size_t len = strlen(id);

	return len >= ID_LEN_MIN && len <= ID_LEN_MAX &&
	    strchr("0123456789.-", id[0]) == NULL &&
	    id[strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	    "abcdefghijklmnopqrstuvwxyz0123456789.-")] == '\0';
}

static enum err
check_version(const struct xml_node *node, struct diag *diag)
{
	if (strcmp(xml_get(node, "Version"), "2.0") != 0)
		return fail(diag, ERR_SAML_VERSION, "<%s> of version %.16s",
		    xml_name(node), xml_get(node, "Version"));
	if (!is_id(xml_get(node, "ID")))
		return fail(diag, ERR_SAML_VERSION, "ID \"%.128s\" of <%s>",
		    xml_get(node, "ID"), xml_name(node));
	return ERR_OK;
}

static enum err
check_ids(struct saml_verifier *v, struct diag *diag)
{
	const struct xml_node *assertion =
	    saml_child(v->response, "Assertion");
	enum err r = check_version(v->response, diag);

	if (r == ERR_OK)
		r = check_version(assertion, diag);
	if (r != ERR_OK)
		return r;
	if (strcmp(xml_get(v->response, "ID"), xml_get(assertion, "ID")) == 0)
		return fail(diag, ERR_SAML_ID_DUPLICATE,
		    "Response and Assertion");
	return ERR_OK;
}

/* -- what is signed ------------------------------------------------------ */

static enum err
check_signatures_present(struct saml_verifier *v, struct diag *diag)
{
	const struct xml_node *assertion =
	    saml_child(v->response, "Assertion");

	if (saml_child(assertion, "Signature") == NULL)
		return fail(diag, ERR_SAML_SIG_MISSING, "have the identity "
		    "provider sign the assertion");
	if ((v->check->flags & WIRE_SAML_RESPONSE_SIGNED) != 0 &&
	    saml_child(v->response, "Signature") == NULL)
		return fail(diag, ERR_SAML_RESPONSE_UNSIGNED, "have the "
		    "identity provider sign response and assertion");
	return ERR_OK;
}

static enum err
register_ids(struct saml_verifier *v, struct diag *diag)
{
	enum err r = xmlsig_register_id(v->response, diag);

	if (r == ERR_OK)
		r = xmlsig_register_id(saml_child(v->response, "Assertion"),
		    diag);
	return r;
}

static enum err
verify_signature(struct saml_verifier *v, struct xml_node *node,
    struct buf *out, struct diag *diag)
{
	struct crypto_keyring *ring =
	    v->check->ring != NULL ? v->check->ring : &v->ring;

	return saml_signature_verify(node, v->check->keys, ring, out, diag);
}

static enum err
verify_assertion(struct saml_verifier *v, struct diag *diag)
{
	return verify_signature(v, saml_child(v->response, "Assertion"),
	    &v->assertion_bytes, diag);
}

static enum err
verify_response(struct saml_verifier *v, struct diag *diag)
{
	if (saml_child(v->response, "Signature") == NULL)
		return ERR_OK;
	return verify_signature(v, v->response, &v->response_bytes, diag);
}

/* Digested bytes go through the whole language again, and must be the
 * element whose signature it was. */
static enum err
reparse(const struct buf *bytes, enum saml_root root, const char *id,
    struct xml_doc **ret, struct diag *diag)
{
	struct xml_node *node;
	enum err r = xml_parse(bytes->data, bytes->len, &limits, ret, diag);

	if (r != ERR_OK)
		return r;
	node = xml_doc_root(*ret);
	r = saml_grammar_check(node, root, diag);
	if (r == ERR_OK)
		r = check_version(node, diag);
	if (r != ERR_OK)
		return r;
	if (saml_child(node, "Signature") != NULL ||
	    strcmp(xml_get(node, "ID"), id) != 0)
		return fail(diag, ERR_SAML_REFERENCE_URI,
		    "signed bytes are not %s", id);
	return ERR_OK;
}

static enum err
reparse_assertion(struct saml_verifier *v, struct diag *diag)
{
	const struct xml_node *received = saml_child(v->response, "Assertion");
	enum err r = reparse(&v->assertion_bytes, SAML_ROOT_ASSERTION,
	    xml_get(received, "ID"), &v->assertion_doc, diag);

	if (r == ERR_OK)
		v->assertion = xml_doc_root(v->assertion_doc);
	return r;
}

static enum err
reparse_response(struct saml_verifier *v, struct diag *diag)
{
	struct xml_node *root;
	enum err r;

	if (v->response_bytes.len == 0)
		return ERR_OK;
	r = reparse(&v->response_bytes, SAML_ROOT_RESPONSE,
	    xml_get(v->response, "ID"), &v->response_doc, diag);
	if (r != ERR_OK)
		return r;
	root = xml_doc_root(v->response_doc);
	if (strcmp(xml_get(saml_child(root, "Assertion"), "ID"),
	    xml_get(v->assertion, "ID")) != 0)
		return fail(diag, ERR_SAML_ASSERTIONS,
		    "signed response holds another assertion");
	v->response = root;
	return ERR_OK;
}

/* -- the verdict --------------------------------------------------------- */

/* An empty expectation would be met by an empty value. */
static enum err
check_expectations(struct saml_verifier *v, struct diag *diag)
{
	const struct saml_check *check = v->check;

	if (check->now < check->clock_floor)
		return fail(diag, ERR_CLOCK, "it says %lld",
		    (long long)check->now);
	if (*check->issuer == '\0' || *check->audience == '\0' ||
	    *check->recipient == '\0')
		return fail(diag, ERR_CONF_MISSING,
		    "issuer, audience or recipient");
	return ERR_OK;
}

static enum err
finish(struct saml_verifier *v, struct diag *diag)
{
	v->fixed.issuer = v->check->issuer;
	v->fixed.assertion_id = xml_get(v->assertion, "ID");
	if (claims_set_fixed(v->claims, &v->fixed) != ERR_OK)
		return fail(diag, ERR_NOMEM, "claims");
	return ERR_OK;
}

enum part {
	PROOF,		/* which bytes did the provider sign? */
	MEANING,	/* do they let this person in here and now? */
};

/* In this order; the first that fails is the reason.  In the first part
 * nothing is believed, in the second only what is signed. */
static const struct {
	enum part part;
	enum err (*check)(struct saml_verifier *v, struct diag *diag);
} steps[] = {
	{ PROOF, check_keys },			/* C6 */
	{ PROOF, decode_base64 },		/* A1 A2 */
	{ PROOF, parse_received },		/* A1 A3-A13 A16 */
	{ PROOF, check_status },		/* D13 */
	{ PROOF, match_received },		/* A10 A14 B1-B5 B8 B10 B17 B18
						 * D12 D17 D18 */
	{ PROOF, check_ids },			/* B9 D14 */
	{ PROOF, check_signatures_present },	/* B4 */
	{ PROOF, register_ids },		/* B9 */
	{ PROOF, verify_assertion },		/* B6 B11-B21 C1-C5 */
	{ PROOF, verify_response },
	{ PROOF, reparse_assertion },		/* B7 B16 B18 B20 */
	{ PROOF, reparse_response },
	{ MEANING, check_expectations },	/* D8 */
	{ MEANING, check_status },		/* D13 */
	{ MEANING, saml_check_issuer },		/* D1 */
	{ MEANING, saml_check_tenant },		/* D2 */
	{ MEANING, saml_check_audience },	/* D3 */
	{ MEANING, saml_check_recipient },	/* D4 */
	{ MEANING, saml_check_request },	/* D5 */
	{ MEANING, saml_check_confirmation },	/* D6 */
	{ MEANING, saml_check_window },		/* D7 D8 */
	{ MEANING, saml_check_age },		/* D7 D8 */
	{ MEANING, saml_check_authn },		/* D9 */
	{ MEANING, saml_read_name_id },		/* D15 */
	{ MEANING, saml_read_claims },		/* D16 */
	{ MEANING, saml_check_identity },	/* D2 A15 */
	{ MEANING, saml_check_methods },	/* D10 */
	{ MEANING, finish },
};

static void
verifier_clear(struct saml_verifier *v)
{
	claims_free(&v->claims);
	xml_doc_free(&v->assertion_doc);
	xml_doc_free(&v->response_doc);
	xml_doc_free(&v->received);
	buf_clear(&v->assertion_bytes);
	buf_clear(&v->response_bytes);
	buf_clear(&v->xml);
	crypto_keyring_clear(&v->ring);
}

DEFINE_AUTO(verifier, struct saml_verifier, verifier_clear);

enum err
saml_response_init(struct diag *diag)
{
	return xmlsig_init(diag);
}

static enum err
run(enum part last, struct saml_verifier *v, struct diag *diag)
{
	for (size_t i = 0; i < ARRAY_LEN(steps) && steps[i].part <= last;
	    i++) {
		enum err r = steps[i].check(v, diag);

		if (r != ERR_OK)
			return r;
	}
	return ERR_OK;
}

#define VERIFIER(asked) { \
	.check = (asked), \
	.xml = BUF_INIT(SAML_XML_MAX), \
	.assertion_bytes = BUF_INIT(SAML_XML_MAX), \
	.response_bytes = BUF_INIT(SAML_XML_MAX), \
}

enum err
saml_response_prove(const struct saml_check *check, struct diag *diag)
{
	AUTO(verifier) struct saml_verifier v = VERIFIER(check);

	return run(PROOF, &v, diag);
}

enum err
saml_response_verify(const struct saml_check *check, struct claims **ret,
    struct diag *diag)
{
	AUTO(verifier) struct saml_verifier v = VERIFIER(check);
	enum err r = run(MEANING, &v, diag);

	if (r != ERR_OK)
		return r;
	*ret = TAKE(v.claims);
	return ERR_OK;
}
