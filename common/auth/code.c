/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/code.h"

#include <string.h>

#include "auth/pending.h"
#include "auth/rate.h"
#include "auth/symbols.h"
#include "base/buf.h"
#include "sys/crypto.h"

#define TYPED_MAX 64	/* with blanks and hyphens */
#define MISTYPED_MAX 12	/* symbols; no terminal cuts a Response that short */

static bool
is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

bool
code_is_one(const char *text, size_t len)
{
	size_t count = 0;
	bool hyphen = false;

	if (len > TYPED_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!symbols_is_gap(text[i]) && !is_alphanumeric(text[i]))
			return false;
		hyphen = hyphen || text[i] == '-';
		if (!symbols_is_gap(text[i]))
			count++;
	}
	return count > 0 && (hyphen || count <= MISTYPED_MAX);
}

/* SHA-256 of the symbols that are meant; of how many of them it is does not
 * matter, only nine are ever recorded. */
static enum err
hash_typed(const char *text, size_t len, uint8_t hash[static SHA256_SIZE],
    struct diag *diag)
{
	char plain[TYPED_MAX + 1];
	enum err r = ERR_INTERNAL;

	if (symbols_meant(text, len, plain, sizeof(plain)))
		r = crypto_sha256(plain, strlen(plain), hash);
	explicit_bzero(plain, sizeof(plain));
	if (r != ERR_OK)
		return fail(diag, ERR_INTERNAL, "hash of a code");
	return ERR_OK;
}

static enum err
make(char code[static CODE_SIZE], struct diag *diag)
{
	char plain[CODE_SYMBOLS + 1];
	char *p = code;
	enum err r = symbols_random(CODE_SYMBOLS, plain, diag);

	if (r != ERR_OK)
		return r;
	for (size_t i = 0; i < CODE_SYMBOLS; i++) {
		if (i > 0 && i % 3 == 0)
			*p++ = '-';
		*p++ = plain[i];
	}
	*p = '\0';
	explicit_bzero(plain, sizeof(plain));
	return ERR_OK;
}

/* The expired ones, and the one that is replaced. */
static enum err
remove_old(struct store *store, const struct code_grant *grant, int64_t now,
    struct diag *diag)
{
	return STORE_RUN(store, diag, "DELETE FROM codes WHERE "
	    "expires <= ?1 OR (user = ?2 AND request_id = ?3)",
	    store_int_value(now), store_text_value(grant->user),
	    store_text_value(grant->request_id));
}

static enum err
insert(struct store *store, const struct code_grant *grant,
    const uint8_t hash[static SHA256_SIZE], int64_t expires,
    struct diag *diag)
{
	return STORE_RUN(store, diag, "INSERT INTO codes(code, user, "
	    "request_id, session_end, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
	    store_blob_value(hash, SHA256_SIZE),
	    store_text_value(grant->user),
	    store_text_value(grant->request_id),
	    store_int_value(grant->session_end),
	    store_int_value(expires));
}

static enum err
record(struct store *store, const struct code_grant *grant,
    const uint8_t hash[static SHA256_SIZE], int64_t now, struct diag *diag)
{
	enum err r = store_begin(store, diag);

	if (r == ERR_OK && grant->request_id[0] != '\0')
		r = pending_check(store, grant->request_id, now, diag);
	if (r == ERR_OK)
		r = remove_old(store, grant, now, diag);
	if (r == ERR_OK)
		r = insert(store, grant, hash, now + CODE_SECONDS, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	return r;
}

enum err
code_issue(struct store *store, const struct code_grant *grant, int64_t now,
    char ret_code[static CODE_SIZE], int64_t *ret_expires, struct diag *diag)
{
	char code[CODE_SIZE];
	uint8_t hash[SHA256_SIZE];
	enum err r = make(code, diag);

	if (r == ERR_OK)
		r = hash_typed(code, strlen(code), hash, diag);
	if (r == ERR_OK)
		r = record(store, grant, hash, now, diag);
	if (r == ERR_OK) {
		memcpy(ret_code, code, sizeof(code));
		*ret_expires = now + CODE_SECONDS;
	}
	explicit_bzero(code, sizeof(code));
	return r;
}

/* The session end of the code, if it is one for this login. */
static enum err
find(struct store *store, const struct code_try *attempt,
    const uint8_t hash[static SHA256_SIZE], int64_t now,
    int64_t *ret_session_end, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag,
	    "SELECT session_end FROM codes "
	    "WHERE code = ?1 AND expires > ?2 AND user = ?3 AND "
	    "(request_id = ?4 OR (request_id = '' AND ?5 <> 0))",
	    store_blob_value(hash, SHA256_SIZE), store_int_value(now),
	    store_text_value(attempt->user),
	    store_text_value(attempt->request_id),
	    store_int_value(attempt->unsolicited));

	if (r != ERR_OK)
		return r;
	if (stmt == NULL)
		return fail(diag, ERR_CODE_WRONG, "no code for this login");
	*ret_session_end = store_int(stmt, 0);
	return ERR_OK;
}

static enum err
use_up(struct store *store, const uint8_t hash[static SHA256_SIZE],
    struct diag *diag)
{
	enum err r = STORE_RUN(store, diag, "DELETE FROM codes WHERE code = ?1",
	    store_blob_value(hash, SHA256_SIZE));

	if (r == ERR_OK && store_changes(store) != 1)
		r = fail(diag, ERR_STORE, "a code could not be used up");
	return r;
}

/* Inside the transaction, which is committed after ERR_CODE_WRONG too: the
 * try counts. */
static enum err
try_code(struct store *store, const struct code_try *attempt,
    const uint8_t hash[static SHA256_SIZE], int64_t now,
    int64_t *ret_session_end, struct diag *diag)
{
	AUTO(buf) struct buf key = BUF_INIT(1024);
	struct rate rate = {
		.limit = CODE_WRONG_MAX,
		.seconds = CODE_WRONG_SECONDS,
		.reason = ERR_CODE_LIMIT,
	};
	enum err r = buf_printf(&key, "code %s %s", attempt->user,
	    attempt->source);

	if (r != ERR_OK)
		return fail(diag, ERR_INTERNAL, "key of a counter");
	rate.key = buf_str(&key);
	r = rate_take(store, &rate, now, diag);
	if (r == ERR_OK)
		r = find(store, attempt, hash, now, ret_session_end, diag);
	if (r == ERR_OK)
		r = use_up(store, hash, diag);
	if (r == ERR_OK)
		r = rate_give_back(store, &rate, diag);
	return r;
}

enum err
code_redeem(struct store *store, const struct code_try *attempt,
    const char *text, size_t len, int64_t now, int64_t *ret_session_end,
    struct diag *diag)
{
	uint8_t hash[SHA256_SIZE];
	int64_t session_end = 0;
	enum err committed;
	enum err r = hash_typed(text, len, hash, diag);

	if (r == ERR_OK)
		r = store_begin(store, diag);
	if (r != ERR_OK)
		return r;
	r = try_code(store, attempt, hash, now, &session_end, diag);
	if (r == ERR_OK || r == ERR_CODE_WRONG) {
		committed = store_commit(store, r == ERR_OK ? diag : NULL);
		r = committed != ERR_OK ? committed : r;
	}
	store_rollback(store);
	if (r != ERR_OK)
		return r;
	*ret_session_end = session_end;
	return ERR_OK;
}
