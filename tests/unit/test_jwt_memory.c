/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every allocation fails once, alone and with all that follow: our own (by the
 * linker's --wrap), jansson's (that json.c makes), and OpenSSL's (by its
 * hooks).  What comes out is what comes out otherwise, or a refusal; and but
 * for half a JSON document (json.c says why) nothing stays allocated.
 */
#include "jwt_case.h"

#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "auth/oidc.h"
#include "sys/crypto.h"
#include "scarce.h"

/* What OpenSSL may keep of a failure that it did not see before. */
#define THEIRS_MAX 2

static void *
openssl_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size == 0 ? NULL : __wrap_malloc(size);
}

static void
openssl_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	__wrap_free(p);
}

static void *
openssl_realloc(void *p, size_t size, const char *file, int line)
{
	if (p == NULL)
		return openssl_malloc(size, file, line);
	if (size > 0)
		return scarce_fails() ? NULL : realloc(p, size);
	openssl_free(p, file, line);
	return NULL;
}

/* They are counted above. */
const char *__lsan_default_suppressions(void);

__attribute__((visibility("default"))) const char *
__lsan_default_suppressions(void)
{
	return "leak:libcrypto.so\nleak:libjansson.so\n";
}

/* -- what is tried --------------------------------------------------------- */

/* Does it, and says how it ended; *ret_other is set when what came out is not
 * what should. */
typedef enum err attempt_fn(const void *input, bool *ret_other);

static enum err
run(attempt_fn *attempt, const void *input, size_t number, bool after)
{
	bool other = false;
	long before = scarce_living;
	enum err r;

	scarce_arm(number, after);
	r = attempt(input, &other);
	scarce_disarm();
	ERR_clear_error();
	assert_false(other);
	if (number != SCARCE_NEVER && r != ERR_NOMEM &&
	    scarce_living > before + THEIRS_MAX)
		fail_msg("allocation %zu: %ld stay", number,
		    scarce_living - before);
	return r;
}

/* How it ends without a failure; with one the same, or a refusal. */
static enum err
assert_harmless(attempt_fn *attempt, const void *input)
{
	enum err expected = run(attempt, input, SCARCE_NEVER, false);
	size_t tried = 0;

	for (int after = 0; after < 2; after++) {
		for (size_t k = 1; k == 1 || scarce_asked >= k - 1; k++) {
			enum err r = run(attempt, input, k, after != 0);

			assert_true(r != ERR_OK || expected == ERR_OK);
			tried++;
		}
	}
	assert_true(tried > 10);
	return expected;
}

static enum err
verify(const void *input, bool *ret_other)
{
	const struct jwt_check *check = input;
	struct claims *claims = NULL;
	enum err r = jwt_verify(check, &claims, NULL);

	scarce_disarm();
	*ret_other = (r == ERR_OK) != (claims != NULL) ||
	    (claims != NULL && (claims_count(claims, "groups") != 0 ||
	    strcmp(claims_get(claims, CLAIM_OBJECT), CASE_OBJECT) != 0 ||
	    strcmp(claims_get(claims, "acrs"), "c1") != 0 ||
	    *claims_fixed(claims)->assertion_id == '\0'));
	claims_free(&claims);
	return r;
}

static enum err
try_case(struct jwt_case *c)
{
	AUTO(buf) struct buf token = TOKEN_BUF;

	case_set(&c->payload, "acrs", "[\"c1\"]");
	case_set(&c->payload, "at_hash", "\"77QmUPtjPfzWtF2AnpK9RQ\"");
	c->check.access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
	case_write(c, &token);
	c->check.token = buf_str(&token);
	c->check.token_len = token.len;
	return assert_harmless(verify, &c->check);
}

static void
a_good_token_without_memory_is_refused_or_the_same(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	assert_err(try_case(&c), ERR_OK);
	case_init(&c);
	case_set(&c.payload, "uti", NULL);
	assert_err(try_case(&c), ERR_OK);
}

static void
a_bad_token_without_memory_is_still_refused(void **state)
{
	static const struct {
		const char *name;
		const char *value;
		enum err reason;
	} bad[] = {
		{ "iss", "\"x\"", ERR_JWT_ISSUER },
		{ "aud", "\"x\"", ERR_JWT_AUDIENCE },
		{ "exp", "1795170000", ERR_JWT_EXPIRED },
		{ "acct", "1", ERR_LINK_GUEST },
		{ "nonce", "\"x\"", ERR_JWT_NONCE },
	};
	struct jwt_case c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		case_init(&c);
		case_set(&c.payload, bad[i].name, bad[i].value);
		assert_err(try_case(&c), bad[i].reason);
	}
	case_init(&c);
	c.key = 1;
	assert_err(try_case(&c), ERR_JWT_SIGNATURE);
	case_init(&c);
	case_add(&c.payload, "tid", "\"" CASE_TENANT "\"");
	assert_err(try_case(&c), ERR_JSON);
	case_init(&c);
	case_set(&c.header, "crit", "[\"exp\"]");
	assert_err(try_case(&c), ERR_JWT_CRIT);
}

static enum err
parse_set(const void *input, bool *ret_other)
{
	static struct jwks set;
	const struct buf *text = input;
	enum err r;

	memset(&set, 0, sizeof(set));
	r = jwks_parse(text->data, text->len, &set, NULL);
	scarce_disarm();
	*ret_other = (r == ERR_OK) != (set.count == 2 && set.left_out == 1);
	return r;
}

/* Not even a set with a key less. */
static void
a_key_set_is_read_whole_or_not(void **state)
{
	AUTO(buf) struct buf text = TOKEN_BUF;

	(void)state;
	assert_err(buf_puts(&text, "{\"keys\":["), ERR_OK);
	put_jwk(&text, 0, "a", "");
	assert_err(buf_puts(&text, ",{\"kty\":\"EC\"},"), ERR_OK);
	put_jwk(&text, 1, "b", "");
	assert_err(buf_puts(&text, "]}"), ERR_OK);
	assert_err(assert_harmless(parse_set, &text), ERR_OK);
	buf_reset(&text);
	assert_err(buf_puts(&text, "{\"keys\":["), ERR_OK);
	put_jwk(&text, 0, "a", "");
	assert_err(buf_putc(&text, ','), ERR_OK);
	put_jwk(&text, 1, "a", "");
	assert_err(buf_puts(&text, ",{}]}"), ERR_OK);
	assert_err(assert_harmless(parse_set, &text), ERR_JWKS);
}

static enum err
parse_discovery(const void *input, bool *ret_other)
{
	struct oidc_endpoints found = { .device = "" };
	enum err r = oidc_parse(input, strlen(input), "https://x/i", "",
	    &found, NULL);

	scarce_disarm();
	*ret_other = (r == ERR_OK) != (strcmp(found.device, "https://x/d") ==
	    0 && strcmp(found.jwks_uri, "https://x/k") == 0);
	return r;
}

static void
discovery_without_memory_is_refused_or_the_same(void **state)
{
	(void)state;
	assert_err(assert_harmless(parse_discovery,
	    "{\"issuer\":\"https://x/i\",\"token_endpoint\":\"https://x/t\","
	    "\"device_authorization_endpoint\":\"https://x/d\","
	    "\"jwks_uri\":\"https://x/k\"}"), ERR_OK);
	assert_err(assert_harmless(parse_discovery,
	    "{\"issuer\":\"https://x/i\",\"token_endpoint\":\"https://y/t\","
	    "\"device_authorization_endpoint\":\"https://x/d\","
	    "\"jwks_uri\":\"https://x/k\"}"), ERR_OIDC_HOST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_good_token_without_memory_is_refused_or_the_same),
		cmocka_unit_test(a_bad_token_without_memory_is_still_refused),
		cmocka_unit_test(a_key_set_is_read_whole_or_not),
		cmocka_unit_test(
		    discovery_without_memory_is_refused_or_the_same),
	};

	if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc,
	    openssl_free) != 1)
		return 1;
	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
