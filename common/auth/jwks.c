/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/jwks.h"

#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "sys/crypto.h"
#include "sys/json.h"

/* -- the mark of ROCA ------------------------------------------------------ */

/*
 * CVE-2017-15361: chips of Infineon made both primes of a key from powers of
 * 65537, so its modulus is one, too, modulo every small prime (Nemec et al.,
 * "The Return of Coppersmith's Attack", CCS 2017, section 2.3).  For a modulus
 * of 2048 bits that holds up to 701; up to 353 it holds for one number of
 * 2^85 by chance.
 */
static const unsigned int small_primes[] = {
	3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67,
	71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139,
	149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223,
	227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293,
	307, 311, 313, 317, 331, 337, 347, 349, 353,
};

static unsigned int
remainder_of(const uint8_t *n, size_t len, unsigned int prime)
{
	unsigned int rest = 0;

	for (size_t i = 0; i < len; i++)
		rest = (rest << 8 | n[i]) % prime;
	return rest;
}

static bool
is_power_of_65537(unsigned int rest, unsigned int prime)
{
	unsigned int power = 1;

	do {
		if (power == rest)
			return true;
		power = power * (65537 % prime) % prime;
	} while (power != 1);
	return false;
}

static bool
has_mark_of_roca(const uint8_t *n, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(small_primes); i++)
		if (!is_power_of_65537(remainder_of(n, len, small_primes[i]),
		    small_primes[i]))
			return false;
	return true;
}

/* -- one key --------------------------------------------------------------- */

static bool
is_text(struct json *value, const char *text)
{
	const char *string = json_string_of(value);

	return string != NULL && strcmp(string, text) == 0;
}

/* Is the member absent, or this text? */
static bool
may_say(struct json *entry, const char *name, const char *text)
{
	struct json *value = json_member(entry, name);

	return value == NULL || is_text(value, text);
}

static bool
is_for_verifying(struct json *entry)
{
	struct json *operations = json_member(entry, "key_ops");

	return operations == NULL || (json_count(operations) == 1 &&
	    is_text(json_item(operations, 0), "verify"));
}

static bool
is_for_us(struct json *entry)
{
	return is_text(json_member(entry, "kty"), "RSA") &&
	    may_say(entry, "use", "sig") && may_say(entry, "alg", "RS256") &&
	    is_for_verifying(entry);
}

static bool
copy_kid(struct json *entry, struct jwk *key)
{
	const char *kid = json_string_of(json_member(entry, "kid"));

	if (kid == NULL || !jwks_is_kid(kid))
		return false;
	memcpy(key->kid, kid, strlen(kid) + 1);
	return true;
}

/* One that is said must be one: "" would be anybody. */
static bool
copy_issuer(struct json *entry, struct jwk *key)
{
	struct json *value = json_member(entry, "issuer");
	const char *issuer = value == NULL ? "" : json_string_of(value);

	if (issuer == NULL || strlen(issuer) >= sizeof(key->issuer) ||
	    (value != NULL && *issuer == '\0'))
		return false;
	memcpy(key->issuer, issuer, strlen(issuer) + 1);
	return true;
}

/* ERR_IDP_KEY_WEAK for what is no canonical number, or one too long for out,
 * which is empty. */
static enum err
decode_number(struct json *value, struct buf *out, struct diag *diag)
{
	const char *text = json_string_of(value);
	enum err r = text == NULL ? ERR_SYNTAX :
	    base64url_decode(out, text, strlen(text));

	if (r == ERR_NOMEM)
		return fail(diag, r, "key");
	if (r != ERR_OK || out->len == 0)
		return fail(diag, ERR_IDP_KEY_WEAK, "of strange numbers");
	return ERR_OK;
}

static enum err
copy_numbers(struct json *entry, struct jwk *key, struct diag *diag)
{
	AUTO(buf) struct buf n = BUF_INIT(sizeof(key->n) + 1);
	AUTO(buf) struct buf e = BUF_INIT(sizeof(key->e));
	size_t zero;
	enum err r = decode_number(json_member(entry, "n"), &n, diag);

	if (r == ERR_OK)
		r = decode_number(json_member(entry, "e"), &e, diag);
	if (r != ERR_OK)
		return r;
	/* RFC 7518, 6.3.1.1: some programs write the zero that ASN.1 wants
	 * before a high bit, and should not.  It says nothing. */
	zero = n.data[0] == 0;
	if (n.len - zero > sizeof(key->n))
		return fail(diag, ERR_IDP_KEY_WEAK, "of a long modulus");
	key->n_len = n.len - zero;
	memcpy(key->n, n.data + zero, key->n_len);
	key->e_len = e.len;
	memcpy(key->e, e.data, key->e_len);
	return ERR_OK;
}

/* The rules for RSA keys are crypto_key_new()'s. */
static enum err
check_strength(const struct jwk *key, struct diag *diag)
{
	AUTO(crypto_key) struct crypto_key *made = NULL;
	enum err r = crypto_key_new(key->n, key->n_len, key->e, key->e_len,
	    &made, diag);

	if (r != ERR_OK)
		return r;
	if (has_mark_of_roca(key->n, key->n_len))
		return fail(diag, ERR_IDP_KEY_WEAK, "ROCA (CVE-2017-15361)");
	return ERR_OK;
}

/* ERR_IDP_KEY_WEAK when it is to be left out. */
static enum err
read_key(struct json *entry, struct jwk *key, struct diag *diag)
{
	enum err r;

	if (!is_for_us(entry))
		return fail(diag, ERR_IDP_KEY_WEAK, "of another kind");
	if (!copy_kid(entry, key))
		return fail(diag, ERR_IDP_KEY_WEAK, "without a key id");
	if (!copy_issuer(entry, key))
		return fail(diag, ERR_IDP_KEY_WEAK, "with a strange issuer");
	r = copy_numbers(entry, key, diag);
	if (r == ERR_OK)
		r = check_strength(key, diag);
	return r;
}

/* -- the set --------------------------------------------------------------- */

/* RFC 7518, 6.2.2 and 6.3.2: parameters of a private key.  "k" makes one key
 * an RSA key for this reader and a shared secret for that. */
static bool
has_secret(struct json *entry)
{
	static const char *const secrets[] = {
		"d", "p", "q", "dp", "dq", "qi", "oth",
	};

	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		if (json_member(entry, secrets[i]) != NULL)
			return true;
	return json_member(entry, "k") != NULL &&
	    is_text(json_member(entry, "kty"), "RSA");
}

/* Has one of the first entries the kid of this one?  Those that are left out
 * count: whoever wrote two of a name was not careful. */
static bool
is_kid_known(struct json *entries, size_t count, struct json *entry)
{
	const char *kid = json_string_of(json_member(entry, "kid"));

	for (size_t i = 0; i < count && kid != NULL; i++)
		if (is_text(json_member(json_item(entries, i), "kid"), kid))
			return true;
	return false;
}

static enum err
check_entry(struct json *entries, size_t place, struct diag *diag)
{
	struct json *entry = json_item(entries, place);

	if (json_kind_of(entry) != JSON_KIND_OBJECT)
		return fail(diag, ERR_JWKS, "entry %zu is no object", place);
	if (has_secret(entry))
		return fail(diag, ERR_JWKS, "entry %zu has a private key",
		    place);
	if (is_kid_known(entries, place, entry))
		return fail(diag, ERR_JWKS, "key id %.128s occurs twice",
		    json_string_of(json_member(entry, "kid")));
	return ERR_OK;
}

static enum err
read_set(struct json *entries, struct jwks *set, struct diag *diag)
{
	struct diag why = DIAG_INIT;

	for (size_t i = 0; i < json_count(entries); i++) {
		enum err r = check_entry(entries, i, diag);

		if (r != ERR_OK)
			return r;
		r = read_key(json_item(entries, i), &set->key[set->count],
		    &why);
		if (r != ERR_OK && r != ERR_IDP_KEY_WEAK)
			return fail(diag, r, "%s", why.text);
		set->count += r == ERR_OK;
		set->left_out += r != ERR_OK;
	}
	if (set->count == 0)
		return fail(diag, ERR_JWKS, "none of %zu keys can be used%s%s",
		    set->left_out, set->left_out > 0 ? "; the last: " : "",
		    why.text);
	return ERR_OK;
}

enum err
jwks_parse(const void *data, size_t len, struct jwks *ret, struct diag *diag)
{
	AUTO(json) struct json *json = NULL;
	AUTO_FREE struct jwks *set = NULL;
	struct json *entries;
	enum err r;

	if (len > JWKS_MAX)
		return fail(diag, ERR_JWKS_LIMITS, "%zu bytes", len);
	r = json_parse(data, len, &json, diag);
	if (r != ERR_OK)
		return r;
	entries = json_member(json, "keys");
	if (json_kind_of(entries) != JSON_KIND_ARRAY)
		return fail(diag, ERR_JWKS, "no array of keys");
	if (json_count(entries) > JWKS_KEYS_MAX)
		return fail(diag, ERR_JWKS_LIMITS, "%zu keys",
		    json_count(entries));
	set = calloc(1, sizeof(*set));
	if (set == NULL)
		return fail(diag, ERR_NOMEM, "key set");
	r = read_set(entries, set, diag);
	if (r != ERR_OK)
		return r;
	*ret = *set;
	return ERR_OK;
}
