/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/jwk_wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum err
jwk_send(struct channel *ch, const struct jwk *key, struct diag *diag)
{
	return CHANNEL_SEND(ch, JWK, diag, wire_text(key->kid),
	    wire_bytes(key->n, key->n_len), wire_bytes(key->e, key->e_len),
	    wire_text(key->issuer));
}

/* An unsigned number as struct jwk has it. */
static bool
take_number(const struct wire_field *field, uint8_t *to, size_t max,
    size_t *ret_len)
{
	const uint8_t *bytes = field->data;

	if (field->len == 0 || field->len > max || bytes[0] == 0)
		return false;
	memcpy(to, bytes, field->len);
	*ret_len = field->len;
	return true;
}

enum err
jwk_take(const struct wire_msg *msg, struct jwks *keys, struct diag *diag)
{
	const char *kid = wire_get_text(msg, JWK_KID);
	struct jwk key = { .n_len = 0 };

	if (keys->count >= JWKS_KEYS_MAX)
		return fail(diag, ERR_WIRE_SYNTAX, "more than %d keys",
		    JWKS_KEYS_MAX);
	if (!jwks_is_kid(kid))
		return fail(diag, ERR_WIRE_SYNTAX, "malformed kid");
	if (jwks_find(keys, kid) != NULL)
		return fail(diag, ERR_WIRE_SYNTAX, "kid %s twice", kid);
	if (!take_number(&msg->field[JWK_N], key.n, sizeof(key.n),
	    &key.n_len) || !take_number(&msg->field[JWK_E], key.e,
	    sizeof(key.e), &key.e_len))
		return fail(diag, ERR_WIRE_SYNTAX, "malformed key");
	(void)snprintf(key.kid, sizeof(key.kid), "%s", kid);
	(void)snprintf(key.issuer, sizeof(key.issuer), "%s",
	    wire_get_text(msg, JWK_ISSUER));
	keys->key[keys->count] = key;
	keys->count++;
	return ERR_OK;
}

enum err
jwks_send(struct channel *ch, const struct jwks *keys, struct diag *diag)
{
	enum err r = ERR_OK;

	for (size_t i = 0; i < keys->count && r == ERR_OK; i++)
		r = jwk_send(ch, &keys->key[i], diag);
	if (r != ERR_OK)
		return r;
	return CHANNEL_SEND(ch, END, diag, wire_u64(keys->count),
	    wire_u64(keys->count));
}

enum err
jwks_recv(struct channel *ch, struct jwks *ret, struct diag *diag)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	struct jwks keys = { .count = 0 };
	enum err r = channel_recv(ch, &msg, diag);

	while (r == ERR_OK && msg.type == WIRE_JWK) {
		r = jwk_take(&msg, &keys, diag);
		if (r == ERR_OK)
			r = channel_recv(ch, &msg, diag);
	}
	if (r != ERR_OK)
		return r;
	if (msg.type != WIRE_END)
		return fail(diag, ERR_WIRE_UNEXPECTED, "%s instead of a key",
		    wire_type_name(msg.type));
	if (wire_get_u64(&msg, END_COUNT) != keys.count)
		return fail(diag, ERR_WIRE_SYNTAX, "%" PRIu64 " keys "
		    "announced, %zu came", wire_get_u64(&msg, END_COUNT),
		    keys.count);
	*ret = keys;
	return ERR_OK;
}
