/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes to decision.  The input is tried as base64 and as the XML in it.
 *
 * Accept implies known-good signed bytes: whatever is accepted says exactly
 * what one of the good files of tests/vectors/saml says (the key has signed
 * nothing else that may be accepted), and its Assertion, read and
 * canonicalised by other code, is byte by byte that file's.  An input that
 * is the same in other words (references, quotes, prefixes, blanks, what
 * nobody signed) keeps both.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "auth/saml_response.h"
#include "base/base64.h"
#include "base/limits.h"
#include "fuzz.h"
#include "../lib/saml_vector.h"
#include "signed_bytes.h"
#include "sys/crypto.h"

#define KNOWN_MAX 64
#define XML_BUF BUF_INIT(1024u * 1024)

/* Of what is in the claims, and of the bytes that are signed. */
struct verdict {
	uint8_t claims[SHA256_SIZE];
	uint8_t bytes[SHA256_SIZE];
};

static struct idp_keys keys;
static struct verdict known[KNOWN_MAX];
static size_t known_count;
static unsigned int accepted_count;
static char lesson[KNOWN_MAX][NAME_MAX + 1];	/* the files */
static size_t lesson_count;

static bool
is_known(const struct verdict *verdict)
{
	for (size_t i = 0; i < known_count; i++)
		if (memcmp(&known[i], verdict, sizeof(*verdict)) == 0)
			return true;
	return false;
}

static void
learn(const struct verdict *verdict)
{
	accepted_count++;
	if (is_known(verdict))
		return;
	demand(known_count < KNOWN_MAX);
	known[known_count++] = *verdict;
}

static void
demand_known(const struct verdict *verdict)
{
	demand(is_known(verdict));
}

static void
judge(const struct saml_check *check, const struct claims *claims,
    void (*accepted)(const struct verdict *))
{
	AUTO(buf) struct buf xml = XML_BUF;
	AUTO(buf) struct buf bytes = XML_BUF;
	struct verdict verdict;

	demand(base64_decode(&xml, check->response, check->response_len,
	    true) == ERR_OK);
	demand(signed_bytes(&bytes, xml.data, xml.len));
	demand(crypto_sha256(bytes.data, bytes.len, verdict.bytes) == ERR_OK);
	demand(vector_hash(claims, verdict.claims));
	accepted(&verdict);
}

/* Base64 of a Response: with a tenant and a request, without, and where both
 * have to be signed. */
static void
decide(const void *text, size_t len, void (*accepted)(const struct verdict *))
{
	static const struct {
		const char *tenant;
		uint64_t flags;
	} cases[] = {
		{ VECTOR_TENANT, WIRE_SAML_FORCE_AUTHN },
		{ "", WIRE_SAML_UNSOLICITED },
		{ "", WIRE_SAML_FORCE_AUTHN | WIRE_SAML_RESPONSE_SIGNED },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(claims) struct claims *claims = NULL;
		struct saml_check check = vector_check(&keys);
		struct diag diag = DIAG_INIT;
		enum err r;

		check.response = text;
		check.response_len = len;
		check.tenant = cases[i].tenant;
		check.flags = cases[i].flags;
		r = saml_response_verify(&check, &claims, &diag);
		/* Two verifiers that disagree are a finding too. */
		demand(r != ERR_SAML_DIFFERENTIAL && r != ERR_INTERNAL);
		demand((r == ERR_OK) == (claims != NULL));
		demand(r == ERR_OK || diag.code == r);
		if (r == ERR_OK)
			judge(&check, claims, accepted);
	}
}

static void
decide_xml(const uint8_t *xml, size_t len,
    void (*accepted)(const struct verdict *))
{
	AUTO(buf) struct buf text = XML_BUF;

	if (base64_encode(&text, xml, len) == ERR_OK)
		decide(text.data, text.len, accepted);
}

/* The good ones, and those that are refused only for what nobody asks for
 * here: a tenant, a second factor, another time. */
static bool
is_good(const char *name)
{
	static const char *const others[] = {
		"a15-object-is-no-guid.xml", "d2-no-object-claim.xml",
		"d2-no-tenant-claim.xml", "d2-other-tenant-claim.xml",
		"d7-confirmation-ends-first.xml", "d9-old-authn.xml",
		"d10-no-mfa.xml",
	};

	if (strncmp(name, "good", 4) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (strcmp(others[i], name) == 0)
			return true;
	return false;
}

static void
learn_vector(const char *name)
{
	AUTO(buf) struct buf xml = XML_BUF;
	unsigned int before = accepted_count;

	demand(vector_load(name, &xml));
	decide_xml(xml.data, xml.len, learn);
	demand(accepted_count > before && lesson_count < KNOWN_MAX);
	(void)snprintf(lesson[lesson_count++], sizeof(lesson[0]), "%s", name);
}

static void
learn_vectors(void)
{
	const char *top = getenv("top_srcdir");
	AUTO(buf) struct buf path = BUF_INIT(4096);
	const struct dirent *entry;
	DIR *dir;

	demand(vector_key("idp", &keys));
	demand(buf_printf(&path, "%s/tests/vectors/saml",
	    top == NULL ? "." : top) == ERR_OK);
	dir = opendir(buf_str(&path));
	demand(dir != NULL);
	for (entry = readdir(dir); entry != NULL; entry = readdir(dir))
		if (is_good(entry->d_name))
			learn_vector(entry->d_name);
	(void)closedir(dir);
	demand(known_count > 0);
}

bool
fuzz_known(size_t number, struct buf *out)
{
	if (lesson_count == 0)
		learn_vectors();
	return vector_load(lesson[number % lesson_count], out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (known_count == 0)
		learn_vectors();
	decide(data, size, demand_known);
	decide_xml(data, size, demand_known);
	return 0;
}
