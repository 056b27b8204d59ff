/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an id_token says: who it is, for whom, how sure, and when.  A claim
 * that is there and of another type is a reason to refuse, wanted or not.
 */
#include "auth/jwt_verifier.h"

#include <string.h>

#include "base/base64.h"
#include "base/parse.h"
#include "sys/crypto.h"
#include "sys/json.h"

#define ISSUER_V1 "https://sts.windows.net/"
#define TIME_MIN 946684800	/* 2000-01-01 */
#define TIME_MAX 4102444800	/* 2100-01-01 */
#define HALF_HASH (SHA256_SIZE / 2)

/* A string; NULL when it is absent or something else. */
static const char *
text_of(struct jwt_verifier *v, const char *name)
{
	return json_string_of(json_member(v->payload, name));
}

static bool
has(struct jwt_verifier *v, const char *name)
{
	return json_member(v->payload, name) != NULL;
}

static bool
equals(const char *text, const char *want)
{
	return text != NULL && strcmp(text, want) == 0;
}

static const char *
shown(const char *text)
{
	return text == NULL ? "missing or no string" : text;
}

static bool
is_guid(const char *text)
{
	return text != NULL && parse_is_guid(text, strlen(text));
}

/* What access tokens and logout tokens have, and id_tokens have not. */
enum err
jwt_check_kind(struct jwt_verifier *v, struct diag *diag)
{
	static const char *const foreign[] = { "scp", "appid", "events" };

	for (size_t i = 0; i < ARRAY_LEN(foreign); i++)
		if (has(v, foreign[i]))
			return fail(diag, ERR_JWT_TYPE, "it has %s",
			    foreign[i]);
	return ERR_OK;
}

enum err
jwt_check_issuer(struct jwt_verifier *v, struct diag *diag)
{
	const char *iss = text_of(v, "iss");

	if (!equals(iss, v->check->issuer))
		return fail(diag, ERR_JWT_ISSUER, "iss is %.256s",
		    shown(iss));
	return ERR_OK;
}

/* Anybody can have an account in the consumers' tenant. */
enum err
jwt_check_tenant(struct jwt_verifier *v, struct diag *diag)
{
	const char *tid = text_of(v, "tid");

	if (!is_guid(tid) || !parse_equal_nocase(tid, v->check->tenant) ||
	    parse_equal_nocase(tid, TENANT_CONSUMERS))
		return fail(diag, ERR_JWT_TENANT, "tid is %.64s", shown(tid));
	v->tid = tid;
	return ERR_OK;
}

enum err
jwt_check_guest(struct jwt_verifier *v, struct diag *diag)
{
	struct json *acct = json_member(v->payload, "acct");
	const char *idp = text_of(v, "idp");
	int64_t kind = 0;

	if ((acct != NULL && !json_int_of(acct, &kind)) ||
	    (has(v, "idp") && idp == NULL))
		return fail(diag, ERR_LINK_GUEST, "acct or idp is malformed");
	if (v->check->guests)
		return ERR_OK;
	if (kind != 0)
		return fail(diag, ERR_LINK_GUEST, "acct is %lld",
		    (long long)kind);
	if (idp != NULL && strcmp(idp, v->check->issuer) != 0)
		return fail(diag, ERR_LINK_GUEST, "idp is %.256s", idp);
	return ERR_OK;
}

enum err
jwt_check_audience(struct jwt_verifier *v, struct diag *diag)
{
	struct json *aud = json_member(v->payload, "aud");
	const char *one = json_string_of(json_count(aud) == 1 ?
	    json_item(aud, 0) : aud);

	if (!equals(one, v->check->audience))
		return fail(diag, ERR_JWT_AUDIENCE, "aud is %.256s",
		    one == NULL ? "not one string" : one);
	if (has(v, "azp") && !equals(text_of(v, "azp"), v->check->audience))
		return fail(diag, ERR_JWT_AUDIENCE, "azp is %.256s",
		    shown(text_of(v, "azp")));
	return ERR_OK;
}

static bool
read_time(struct jwt_verifier *v, const char *name, int64_t *ret)
{
	int64_t time = 0;

	if (!json_int_of(json_member(v->payload, name), &time) ||
	    time < TIME_MIN || time > TIME_MAX)
		return false;
	*ret = time;
	return true;
}

enum err
jwt_check_times(struct jwt_verifier *v, struct diag *diag)
{
	const int64_t now = v->check->now;
	const int64_t skew = v->check->skew;
	int64_t nbf = 0;

	if (!read_time(v, "exp", &v->exp) || !read_time(v, "nbf", &nbf) ||
	    !read_time(v, "iat", &v->iat))
		return fail(diag, ERR_JWT_TIME, "exp, nbf or iat");
	if (v->exp <= now - skew)
		return fail(diag, ERR_JWT_EXPIRED, "%lld s ago",
		    (long long)(now - v->exp));
	if (nbf > now + skew || v->iat > now + skew)
		return fail(diag, ERR_JWT_NOT_YET, "for another %lld s",
		    (long long)((nbf > v->iat ? nbf : v->iat) - now));
	return ERR_OK;
}

enum err
jwt_check_age(struct jwt_verifier *v, struct diag *diag)
{
	const struct jwt_check *check = v->check;

	if (check->begun != 0 &&
	    v->iat + JWT_BACKDATED < check->begun - check->skew)
		return fail(diag, ERR_JWT_STALE, "issued %lld s before this "
		    "login", (long long)(check->begun - v->iat));
	if (check->lifetime_max != 0 &&
	    v->exp - v->iat > check->lifetime_max)
		return fail(diag, ERR_JWT_STALE, "good for %lld s",
		    (long long)(v->exp - v->iat));
	return ERR_OK;
}

enum err
jwt_check_nonce(struct jwt_verifier *v, struct diag *diag)
{
	if (*v->check->nonce == '\0' && has(v, "nonce"))
		return fail(diag, ERR_JWT_NONCE, "none was sent");
	if (*v->check->nonce != '\0' &&
	    !equals(text_of(v, "nonce"), v->check->nonce))
		return fail(diag, ERR_JWT_NONCE, "another was sent");
	return ERR_OK;
}

enum err
jwt_check_subject(struct jwt_verifier *v, struct diag *diag)
{
	const char *sub = text_of(v, "sub");
	const char *oid = text_of(v, "oid");

	if (sub == NULL || *sub == '\0')
		return fail(diag, ERR_JWT_SUBJECT, "sub is %s",
		    sub == NULL ? "missing or no string" : "empty");
	if (!is_guid(oid))
		return fail(diag, ERR_JWT_SUBJECT, "oid is %.64s",
		    shown(oid));
	v->sub = sub;
	v->oid = oid;
	return ERR_OK;
}

enum err
jwt_check_version(struct jwt_verifier *v, struct diag *diag)
{
	bool v1 = strncmp(v->check->issuer, ISSUER_V1,
	    sizeof(ISSUER_V1) - 1) == 0;
	const char *ver = text_of(v, "ver");

	if (!equals(ver, v1 ? "1.0" : "2.0"))
		return fail(diag, ERR_JWT_VERSION, "ver is %.16s",
		    shown(ver));
	return ERR_OK;
}

/* Is json an array of strings?  Then *ret says whether one is wanted. */
static bool
find_string(struct json *json, const char *want, bool *ret)
{
	bool found = false;

	for (size_t i = 0; i < json_count(json); i++) {
		const char *text = json_string_of(json_item(json, i));

		if (text == NULL)
			return false;
		found = found || strcmp(text, want) == 0;
	}
	*ret = found;
	return json_kind_of(json) == JSON_KIND_ARRAY;
}

enum err
jwt_check_context(struct jwt_verifier *v, struct diag *diag)
{
	const char *want = v->check->require_acrs;
	struct json *acrs = json_member(v->payload, "acrs");
	const char *text = json_string_of(acrs);
	bool found = text != NULL && strcmp(text, want) == 0;

	if (acrs != NULL && text == NULL && !find_string(acrs, want, &found))
		return fail(diag, ERR_JWT_ACRS, "acrs is malformed");
	if (*want != '\0' && !found)
		return fail(diag, ERR_JWT_ACRS, "acrs lacks %s", want);
	return ERR_OK;
}

enum err
jwt_check_auth_time(struct jwt_verifier *v, struct diag *diag)
{
	const struct jwt_check *check = v->check;
	bool said = has(v, "auth_time");

	if (said && !read_time(v, "auth_time", &v->auth_time))
		return fail(diag, ERR_JWT_AUTH_OLD, "auth_time is malformed");
	if (said && v->auth_time > check->now + check->skew)
		return fail(diag, ERR_JWT_AUTH_OLD, "auth_time is to come");
	if (check->auth_max_age == 0)
		return ERR_OK;
	if (!said)
		return fail(diag, ERR_JWT_AUTH_OLD, "auth_time is missing "
		    "(have the application emit it)");
	if (check->now - v->auth_time > check->auth_max_age + check->skew)
		return fail(diag, ERR_JWT_AUTH_OLD, "%lld s ago",
		    (long long)(check->now - v->auth_time));
	return ERR_OK;
}

/* The left half of the access token's SHA-256 (OpenID Connect Core,
 * 3.1.3.6).  The access token is not looked at otherwise. */
static enum err
check_at_hash(struct jwt_verifier *v, const char *text, struct diag *diag)
{
	const char *token = v->check->access_token;
	AUTO(buf) struct buf half = BUF_INIT(HALF_HASH);
	uint8_t hash[SHA256_SIZE];
	enum err r = base64url_decode(&half, text, strlen(text));

	if (r == ERR_NOMEM)
		return fail(diag, r, "at_hash");
	if (crypto_sha256(token, strlen(token), hash) != ERR_OK)
		return fail(diag, ERR_INTERNAL, "SHA-256");
	if (r != ERR_OK || *token == '\0' || half.len != HALF_HASH ||
	    memcmp(half.data, hash, HALF_HASH) != 0)
		return fail(diag, ERR_JWT_HASH, "at_hash");
	return ERR_OK;
}

enum err
jwt_check_hashes(struct jwt_verifier *v, struct diag *diag)
{
	const char *at_hash = text_of(v, "at_hash");

	if (has(v, "c_hash"))
		return fail(diag, ERR_JWT_HASH, "c_hash, and there was no "
		    "code");
	if (at_hash != NULL)
		return check_at_hash(v, at_hash, diag);
	if (has(v, "at_hash"))
		return fail(diag, ERR_JWT_HASH, "at_hash is no string");
	return ERR_OK;
}

static bool
is_wanted(const struct jwt_check *check, const char *group)
{
	for (size_t i = 0; i < check->group_count; i++)
		if (parse_equal_nocase(group, check->groups[i]))
			return true;
	return false;
}

/* Who is in too many groups has a pointer to a list instead of the list:
 * nobody follows it, and what is not known is not so. */
enum err
jwt_check_groups(struct jwt_verifier *v, struct diag *diag)
{
	struct json *groups = json_member(v->payload, "groups");
	bool found = false;

	if (groups != NULL && json_kind_of(groups) != JSON_KIND_ARRAY)
		return fail(diag, ERR_JWT_GROUPS, "groups is no array");
	for (size_t i = 0; i < json_count(groups); i++) {
		const char *group = json_string_of(json_item(groups, i));

		if (group == NULL)
			return fail(diag, ERR_JWT_GROUPS, "no string");
		found = found || (is_wanted(v->check, group) &&
		    is_guid(group));
	}
	if (v->check->group_count == 0)
		return ERR_OK;
	if (has(v, "hasgroups") || json_member(json_member(v->payload,
	    "_claim_names"), "groups") != NULL)
		return fail(diag, ERR_JWT_GROUPS, "in too many groups for "
		    "the token to list them");
	if (!found)
		return fail(diag, ERR_JWT_GROUPS, "in none of %zu groups",
		    v->check->group_count);
	return ERR_OK;
}
