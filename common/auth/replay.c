/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/replay.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "sys/crypto.h"

/* The NUL between the two keeps ("ab", "c") and ("a", "bc") apart. */
static enum err
make_key(const char *issuer, const char *assertion_id,
    uint8_t key[static SHA256_SIZE])
{
	AUTO(buf) struct buf text = BUF_INIT(SAML_XML_MAX);
	enum err r = buf_put(&text, issuer, strlen(issuer) + 1);

	if (r == ERR_OK)
		r = buf_puts(&text, assertion_id);
	if (r == ERR_OK)
		r = crypto_sha256(text.data, text.len, key);
	return r;
}

static enum err
forget_expired(struct store *store, int64_t now, struct diag *diag)
{
	return STORE_RUN(store, diag,
	    "DELETE FROM replay WHERE expires <= ?1", store_int_value(now));
}

static enum err
insert(struct store *store, const uint8_t key[static SHA256_SIZE],
    int64_t until, struct diag *diag)
{
	return STORE_RUN(store, diag,
	    "INSERT INTO replay(key, expires) VALUES (?1, ?2)",
	    store_blob_value(key, SHA256_SIZE), store_int_value(until));
}

static enum err
accept_key(struct store *store, const uint8_t key[static SHA256_SIZE],
    int64_t until, int64_t now, struct diag *diag)
{
	enum err r = store_begin(store, diag);

	if (r == ERR_OK)
		r = forget_expired(store, now, diag);
	if (r == ERR_OK)
		r = insert(store, key, until, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	return r;
}

enum err
replay_accept(struct store *store, const char *issuer,
    const char *assertion_id, int64_t until, int64_t now, struct diag *diag)
{
	uint8_t key[SHA256_SIZE];
	struct diag why = DIAG_INIT;
	enum err r;

	/* It would be forgotten, and could come again. */
	if (until <= now)
		return fail(diag, ERR_SAML_EXPIRED, "before it was recorded");
	if (make_key(issuer, assertion_id, key) != ERR_OK)
		return fail(diag, ERR_REPLAY_STORE, "key of the assertion");
	r = accept_key(store, key, until, now, &why);
	if (r == ERR_EXISTS)
		return fail(diag, ERR_REPLAY, "the assertion was used before");
	if (r != ERR_OK)
		return fail(diag, ERR_REPLAY_STORE, "%s", why.text);
	return ERR_OK;
}
