/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Just in time: somebody whom no listing has had yet, but whom the provider
 * vouches for, is written down at their first sign-in (DESIGN.md 4).
 *
 * Only where [users] jit is yes, and only at the host's own screen: sshd and
 * everything else that comes from a network looks the name up before it asks
 * PAM, shows prompts to anybody, and would let strangers start sign-ins.
 *
 * The record's scim_id is JIT_ID_PREFIX and the subject it is pinned to, so
 * the same person has the same id on every host that creates them.  seen_at
 * is the last sign-in; it stands for the last sync, which does not know them,
 * until a listing does: then it is 0, and the record is one like all others.
 */
#ifndef DIRECTORY_JIT_H
#define DIRECTORY_JIT_H

#include "directory/link.h"
#include "directory/update.h"

#define JIT_ID_PREFIX "jit:"

/* May a login that comes from there create its person?  As PAM says:
 * PAM_SERVICE and PAM_RHOST, "" for this host. */
bool jit_allowed(const struct conf *conf, const char *service,
	const char *rhost) MUST_USE;

/*
 * Is there any hope for this name, before anybody has proven anything?  It
 * belongs to no record, people may still be created, and [access] would admit
 * one of this name.  ERR_USER_UNKNOWN, ERR_JIT_LIMIT, policy_check()'s,
 * ERR_STORE.
 */
enum err jit_expect(struct store *store, const struct conf *conf,
	const char *login, int64_t now, struct diag *diag) MUST_USE;

/* Would somebody whom no listing has had yet be admitted after signing in now,
 * though it is too long ago?  ERR_DIRECTORY_STALE: it is another account.
 * policy_check()'s, ERR_USER_UNKNOWN, ERR_STORE. */
enum err jit_expect_again(struct store *store, const struct conf *conf,
	const char *login, int64_t now, struct diag *diag) MUST_USE;

/*
 * Creates the person of these claims, who signs in as `login`, and pins them,
 * in one transaction; or nothing.  The caller has asked jit_allowed() and got
 * ERR_USER_UNKNOWN from link_check().  Names and ids follow the rules of
 * names.h, with which `login` must be exactly the name of person->user_claim,
 * of a domain in [users] jit_domains.
 *
 * ERR_EXISTS: another login of the same person was faster; link_check() knows
 * them now.  ERR_LINK_MISMATCH: the name is not this person's, who may have
 * another account.  ERR_USER_UNKNOWN: a record with this userName is there,
 * refused, or gone.  ERR_JIT_DOMAIN, ERR_JIT_LIMIT; names.h's ERR_NAME_* and
 * ERR_ID_*; what policy_check() has against them; link_subject()'s, ERR_STORE,
 * ERR_IO (local files).
 */
enum err jit_create(struct store *store, const struct conf *conf,
	const struct link_person *person, const char *login, int64_t now,
	struct diag *diag) MUST_USE;

/* This account has signed in: if no listing has had it yet, it was seen just
 * now, as long as jit is yes.  ERR_STORE. */
enum err jit_renew(struct store *store, const struct conf *conf,
	const char *login, int64_t now, struct diag *diag) MUST_USE;

/*
 * A part of update.h, inside its transaction, before records are applied: a
 * listed record that has the userName of somebody who was created here is
 * that person's (the first, in the order (created, id)), now and from now on,
 * whatever it is renamed to: its id in temp.listing becomes theirs.  Uid, names
 * and pin stay, so that whoever got an old userName gets no account with it.
 * ERR_STORE.
 */
enum err jit_recognise(struct store *store, struct diag *diag) MUST_USE;

#endif
