/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key sets between our processes: the messages JWK and END of wire.h.  Whoever
 * receives one checks its form again, for a worker wrote it.
 */
#ifndef AUTH_JWK_WIRE_H
#define AUTH_JWK_WIRE_H

#include "auth/jwks.h"
#include "wire/channel.h"

/* Sends one JWK.  As channel_send(). */
enum err jwk_send(struct channel *ch, const struct jwk *key,
	struct diag *diag) MUST_USE;

/* Adds the key of a received JWK to keys, which is untouched on failure.
 * ERR_WIRE_SYNTAX: not the form of struct jwk, a kid that is there already,
 * or more than JWKS_KEYS_MAX. */
enum err jwk_take(const struct wire_msg *msg, struct jwks *keys,
	struct diag *diag) MUST_USE;

/* Sends every key, and END.  As channel_send(). */
enum err jwks_send(struct channel *ch, const struct jwks *keys,
	struct diag *diag) MUST_USE;

/* Receives keys, perhaps none, until END.  left_out of *ret is 0: it is not in
 * these messages.  As channel_recv(), jwk_take(), ERR_WIRE_UNEXPECTED. */
enum err jwks_recv(struct channel *ch, struct jwks *ret, struct diag *diag)
	MUST_USE;

#endif
