/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every allocation fails once: our own (by the linker's --wrap), libxml2's
 * and xmlsec's, and OpenSSL's (by their hooks).  What comes out is what comes
 * out otherwise, or a refusal; never more, never a crash; and nothing stays
 * allocated, but for a block or two that a library itself loses or keeps.
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/wait.h>

#include <libxml/xmlerror.h>
#include <libxml/xmlmemory.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "auth/saml_metadata.h"
#include "auth/saml_request.h"
#include "base/base64.h"
#include "../lib/saml_vector.h"
#include "scarce.h"

#define XML_BUF BUF_INIT(1024u * 1024)

static long living_theirs;

/* What was seen of libxml2 2.9, xmlsec 1.2 and OpenSSL 3.0.  What we forgot of
 * theirs would be more: a document, a key, a context. */
#define THEIRS_MAX 2

/* -- the libraries' ------------------------------------------------------ */

static void *
counted_theirs(void *p)
{
	living_theirs += p != NULL;
	return p;
}

static void *
xml_malloc(size_t size)
{
	return scarce_fails() ? NULL : counted_theirs(__real_malloc(size));
}

static void *
xml_realloc(void *p, size_t size)
{
	if (p == NULL)
		return xml_malloc(size);
	return scarce_fails() ? NULL : realloc(p, size);
}

static char *
xml_strdup(const char *text)
{
	return scarce_fails() ? NULL : counted_theirs(__real_strdup(text));
}

static void
xml_free(void *p)
{
	living_theirs -= p != NULL;
	__real_free(p);
}

static void *
openssl_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size == 0 ? NULL : xml_malloc(size);
}

static void
openssl_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	xml_free(p);
}

static void *
openssl_realloc(void *p, size_t size, const char *file, int line)
{
	if (size > 0)
		return xml_realloc(p, size);
	openssl_free(p, file, line);
	return NULL;
}

/* They are counted above. */
const char *__lsan_default_suppressions(void);

__attribute__((visibility("default"))) const char *
__lsan_default_suppressions(void)
{
	return "leak:libxml2.so\nleak:libxmlsec1\nleak:libcrypto.so\n";
}

/* libxml2 says on standard error what has no parser to be reported to. */
static void
say_nothing(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

static bool
set_hooks(void)
{
	if (xmlMemSetup(xml_free, xml_malloc, xml_realloc, xml_strdup) != 0)
		return false;
	if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc,
	    openssl_free) != 1)
		return false;
	xmlSetGenericErrorFunc(NULL, say_nothing);
	return true;
}

/* -- what is tried ------------------------------------------------------- */

struct outcome {
	enum err reason;
	uint8_t hash[SHA256_SIZE];	/* of what came out */
};

/* Does it with the allocations armed, and disarms them when it is done. */
typedef void attempt_fn(const void *input, struct outcome *ret);

static void
run(attempt_fn *attempt, const void *input, struct outcome *ret)
{
	memset(ret, 0, sizeof(*ret));
	attempt(input, ret);
	scarce_disarm();
	/* What they remember of the last error. */
	xmlResetLastError();
	ERR_clear_error();
}

/* With allocation number k failed, for each k: as expected, or refused. */
static void
assert_no_harm(attempt_fn *attempt, const void *input,
    const struct outcome *expected, bool after)
{
	for (size_t k = 1; k == 1 || scarce_asked >= k - 1; k++) {
		struct outcome got;
		long ours = scarce_living;
		long theirs = living_theirs;

		scarce_arm(k, after);
		run(attempt, input, &got);
		if (got.reason == ERR_OK) {
			assert_err(expected->reason, ERR_OK);
			assert_memory_equal(got.hash, expected->hash,
			    sizeof(got.hash));
		}
		if (scarce_living != ours || living_theirs > theirs + THEIRS_MAX)
			fail_msg("allocation %zu: %ld of ours stay, %ld of "
			    "the libraries", k, scarce_living - ours,
			    living_theirs - theirs);
	}
}

/* Each alone, and each with all behind it; returns how it ends without. */
static enum err
assert_harmless(attempt_fn *attempt, const void *input)
{
	struct outcome expected;

	/* Libraries allocate the first time what they keep. */
	run(attempt, input, &expected);
	assert_no_harm(attempt, input, &expected, false);
	assert_no_harm(attempt, input, &expected, true);
	return expected.reason;
}

/* -- Responses ----------------------------------------------------------- */

static struct idp_keys keys;

static int
setup(void **state)
{
	(void)state;
	return vector_key("idp", &keys) ? 0 : -1;
}

static void
verify(const void *input, struct outcome *ret)
{
	struct claims *claims = NULL;
	struct diag diag = DIAG_INIT;

	ret->reason = saml_response_verify(input, &claims, &diag);
	scarce_disarm();
	assert_true((ret->reason == ERR_OK) == (claims != NULL));
	if (claims != NULL)
		assert_true(vector_hash(claims, ret->hash));
	claims_free(&claims);
}

static enum err
try_response(const char *file)
{
	AUTO(buf) struct buf xml = XML_BUF;
	AUTO(buf) struct buf text = XML_BUF;
	struct saml_check check = vector_check(&keys);

	assert_true(vector_load(file, &xml));
	assert_err(base64_encode(&text, xml.data, xml.len), ERR_OK);
	check.response = text.data;
	check.response_len = text.len;
	check.tenant = "";
	check.flags = WIRE_SAML_FORCE_AUTHN;
	return assert_harmless(verify, &check);
}

static void
good_response_without_memory_is_refused_or_the_same(void **state)
{
	(void)state;
	assert_err(try_response("good-both.xml"), ERR_OK);
	assert_err(try_response("good-prefixes.xml"), ERR_OK);
}

static void
b21_no_lack_of_memory_makes_a_signature_valid(void **state)
{
	(void)state;
	assert_err(try_response("b21-signature-wrong.xml"),
	    ERR_SAML_SIG_INVALID);
	assert_err(try_response("b21-content-changed.xml"),
	    ERR_SAML_SIG_INVALID);
	assert_err(try_response("c1-attackers-key-no-certificate.xml"),
	    ERR_SAML_SIG_INVALID);
}

static void
d3_no_lack_of_memory_makes_an_audience_ours(void **state)
{
	(void)state;
	assert_err(try_response("d3-second-restriction-not-us.xml"),
	    ERR_SAML_AUDIENCE);
}

static void
d16_no_lack_of_memory_hides_a_second_value(void **state)
{
	(void)state;
	assert_err(try_response("d16-same-name-twice.xml"),
	    ERR_SAML_CLAIM_DUPLICATE);
}

/* -- metadata, certificates, requests ------------------------------------ */

static void
hash(const void *data, size_t len, struct outcome *ret)
{
	scarce_disarm();
	assert_err(crypto_sha256(data, len, ret->hash), ERR_OK);
}

static void
parse_metadata(const void *input, struct outcome *ret)
{
	const struct buf *text = input;
	static struct saml_idp idp;	/* large */

	memset(&idp, 0, sizeof(idp));
	ret->reason = saml_metadata_parse(text->data, text->len,
	    VECTOR_ISSUER, VECTOR_ISSUED, &idp, NULL);
	hash(&idp, sizeof(idp), ret);
}

static void
metadata_without_memory_is_refused_or_the_same(void **state)
{
	AUTO(buf) struct buf text = XML_BUF;

	(void)state;
	assert_true(vector_load("metadata-entra.xml", &text));
	assert_err(assert_harmless(parse_metadata, &text), ERR_OK);
}

static void
parse_certificate(const void *input, struct outcome *ret)
{
	const struct buf *text = input;
	struct idp_key key;

	memset(&key, 0, sizeof(key));
	ret->reason = saml_certificate_parse(text->data, text->len, &key,
	    NULL);
	hash(&key, sizeof(key), ret);
}

static void
certificate_without_memory_is_refused_or_the_same(void **state)
{
	AUTO(buf) struct buf good = XML_BUF;
	AUTO(buf) struct buf small = XML_BUF;

	(void)state;
	assert_true(vector_load("idp-cert.pem", &good));
	assert_err(assert_harmless(parse_certificate, &good), ERR_OK);
	assert_true(vector_load("small-cert.pem", &small));
	assert_err(assert_harmless(parse_certificate, &small),
	    ERR_IDP_KEY_WEAK);
}

static void
make_request(const void *input, struct outcome *ret)
{
	AUTO(buf) struct buf url = XML_BUF;

	ret->reason = saml_request_url(input, VECTOR_REQUEST, &url, NULL);
	hash(url.data, url.len, ret);
}

static void
request_without_memory_is_refused_or_the_same(void **state)
{
	static const struct saml_request request = {
		.login_url = "https://login.example/saml2?a=b",
		.entity_id = VECTOR_AUDIENCE, .acs_url = VECTOR_ACS,
		.force_authn = true, .now = VECTOR_REQUESTED,
	};

	(void)state;
	assert_err(assert_harmless(make_request, &request), ERR_OK);
}

/* -- the beginning ------------------------------------------------------- */

enum beginning { SHUT = 10, OPEN, HAS_MEMORY, CANNOT_TELL };

/* Of a process in which nothing was prepared: what has failed once must not
 * count as ready. */
static enum beginning
begin_without_memory(size_t number, bool after)
{
	AUTO(buf) struct buf xml = XML_BUF;
	AUTO(buf) struct buf text = XML_BUF;
	struct saml_check check = vector_check(&keys);
	struct outcome got;
	size_t needed;

	if (!vector_load("b21-signature-wrong.xml", &xml) ||
	    base64_encode(&text, xml.data, xml.len) != ERR_OK)
		return CANNOT_TELL;
	check.response = text.data;
	check.response_len = text.len;
	scarce_arm(number, after);
	(void)(saml_response_init(NULL) == ERR_OK);
	needed = scarce_asked;
	scarce_disarm();
	run(verify, &check, &got);
	if (got.reason == ERR_OK)
		return OPEN;
	return needed < number ? HAS_MEMORY : SHUT;
}

static void
no_lack_of_memory_at_the_beginning_opens_the_door(void **state)
{
	enum beginning end = SHUT;

	(void)state;
	for (size_t k = 2; end != HAS_MEMORY; k++) {
		int status = 0;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit((int)begin_without_memory(k / 2, k % 2 == 0));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		end = (enum beginning)WEXITSTATUS(status);
		assert_true(end == SHUT || end == HAS_MEMORY);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		/* First: nothing is prepared yet. */
		cmocka_unit_test(
		    no_lack_of_memory_at_the_beginning_opens_the_door),
		cmocka_unit_test(
		    good_response_without_memory_is_refused_or_the_same),
		cmocka_unit_test(
		    b21_no_lack_of_memory_makes_a_signature_valid),
		cmocka_unit_test(
		    d3_no_lack_of_memory_makes_an_audience_ours),
		cmocka_unit_test(d16_no_lack_of_memory_hides_a_second_value),
		cmocka_unit_test(
		    metadata_without_memory_is_refused_or_the_same),
		cmocka_unit_test(
		    certificate_without_memory_is_refused_or_the_same),
		cmocka_unit_test(
		    request_without_memory_is_refused_or_the_same),
	};

	if (!set_hooks())
		return 2;
	return cmocka_run_group_tests(tests, setup, NULL);
}
