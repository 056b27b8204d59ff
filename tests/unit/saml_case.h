/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Response, what is expected of it, and the verdict.
 */
#ifndef TESTS_UNIT_SAML_CASE_H
#define TESTS_UNIT_SAML_CASE_H

#include "unit.h"

#include "auth/saml_response.h"
#include "../lib/saml_vector.h"

/* Of a document that may be longer than any that is accepted. */
#define XML_BUF BUF_INIT(1024u * 1024)

/* That of the vectors, after a group's setup. */
extern struct idp_keys keys;
int setup_keys(void **state);

/* The verdict on XML text, and on a vector by its name without ".xml". */
enum err verify_bytes(struct saml_check check, const void *xml, size_t len,
	struct claims **ret);
enum err verify_file(struct saml_check check, const char *name,
	struct claims **ret);

/* A refusal leaves no claims behind. */
void assert_refused(struct saml_check check, const char *name,
	enum err reason);

/* The caller ends with claims_free(). */
struct claims *assert_accepted(struct saml_check check, const char *name);

/* A test that is one file, under the usual expectations. */
#define REFUSAL(test, file, reason) \
	static void \
	test(void **state) \
	{ \
		(void)state; \
		assert_refused(vector_check(&keys), file, ERR_##reason); \
	}
#define ACCEPTANCE(test, file) \
	static void \
	test(void **state) \
	{ \
		AUTO(claims) struct claims *claims = NULL; \
		(void)state; \
		claims = assert_accepted(vector_check(&keys), file); \
		assert_string_equal(claims_get(claims, CLAIM_OBJECT), \
		    VECTOR_OBJECT); \
	}

/* The vector with the first occurrence of a text replaced, which has to be
 * there; "" and "" change nothing.  Appended. */
void load_edited(const char *name, const char *old, const char *new,
	struct buf *out);

/* Where an element is in a text; names have their prefix, occurrences count
 * from 1, and none holds one of its own name. */
struct span {
	const char *from;
	const char *to;
};
struct span find_element(const char *text, const char *name, int occurrence);

#endif
