/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/saml_signature.h"

#include <stdio.h>
#include <string.h>

#include "auth/saml_grammar.h"
#include "base/base64.h"
#include "sys/xmlsig.h"

#define URI_SIZE 132	/* '#' and an ID */

/* Of an NCName in ASCII. */
#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZ_" \
	"abcdefghijklmnopqrstuvwxyz0123456789.-"

static enum err
check_algorithm(const struct xml_node *parent, const char *method,
    const char *wanted, enum err reason, struct diag *diag)
{
	const char *algorithm = xml_get(saml_child(parent, method),
	    "Algorithm");

	if (strcmp(algorithm, wanted) != 0)
		return fail(diag, reason, "%s %.128s", method, algorithm);
	return ERR_OK;
}

static enum err
find_suite(const struct xml_node *info, struct xmlsig *sig, struct diag *diag)
{
	const char *method = xml_get(saml_child(info, "SignatureMethod"),
	    "Algorithm");

	sig->suite = xmlsig_suite(method);
	if (sig->suite == NULL)
		return fail(diag, strstr(method, "#hmac-") != NULL ?
		    ERR_SAML_HMAC : ERR_SAML_ALGORITHM,
		    "SignatureMethod %.128s", method);
	return ERR_OK;
}

/* Why a fragment that is not the wanted one points elsewhere: as a scheme of
 * XPointer, as a name that nobody has, or as anybody else's (B11, B12, B16). */
static enum err
fragment_reason(const struct xml_node *reference, const char *fragment)
{
	char end = fragment[strspn(fragment, NAME_BYTES)];

	if (end == '(')
		return ERR_SAML_REFERENCE_POINTER;
	if (end == '\0' && !saml_is_id(reference, fragment))
		return ERR_SAML_REFERENCE_VOID;
	return ERR_SAML_REFERENCE_URI;
}

/* Only '#' and the ID of the very element (B11-B14, B16). */
static enum err
check_uri(const struct xml_node *reference, const char *wanted,
    struct diag *diag)
{
	const char *uri = xml_get(reference, "URI");

	if (*uri == '\0')
		return fail(diag, ERR_SAML_REFERENCE_EMPTY, "URI=\"\"");
	if (*uri != '#')
		return fail(diag, ERR_SAML_REFERENCE_EXTERNAL,
		    "URI=\"%.128s\"", uri);
	if (strcmp(uri, wanted) != 0)
		return fail(diag, fragment_reason(reference, uri + 1),
		    "URI=\"%.128s\", the parent is %s", uri, wanted);
	return ERR_OK;
}

/* NCNames in ASCII, one space between them, a few (B19). */
static bool
prefixes_are_plain(const char *list)
{
	size_t count = 0;

	do {
		size_t len = strspn(list, NAME_BYTES);

		if (len == 0 || strchr("0123456789.-", *list) != NULL)
			return false;
		list += len;
		count++;
	} while (*list++ == ' ');
	return list[-1] == '\0' && count <= XMLSIG_PREFIXES_MAX;
}

static enum err
check_transforms(const struct xml_node *reference, struct xmlsig *sig,
    struct diag *diag)
{
	const struct xml_node *first =
	    xml_first(saml_child(reference, "Transforms"));
	const struct xml_node *second = xml_next(first);
	const struct xml_node *prefixes = xml_first(second);

	if (strcmp(xml_get(first, "Algorithm"), XMLSIG_ENVELOPED) != 0 ||
	    strcmp(xml_get(second, "Algorithm"), XMLSIG_C14N) != 0 ||
	    xml_first(first) != NULL)
		return fail(diag, ERR_SAML_TRANSFORMS, "%.128s, %.128s",
		    xml_get(first, "Algorithm"), xml_get(second, "Algorithm"));
	if (prefixes == NULL)
		return ERR_OK;
	sig->prefixes = xml_get(prefixes, "PrefixList");
	if (!prefixes_are_plain(sig->prefixes))
		return fail(diag, ERR_SAML_C14N, "PrefixList \"%.128s\"",
		    sig->prefixes);
	return ERR_OK;
}

static enum err
decode(const struct xml_node *leaf, struct buf *out, struct diag *diag)
{
	const char *text = xml_text(leaf);
	enum err r = base64_decode(out, text, strlen(text), true);

	if (r == ERR_NOMEM)
		return fail(diag, r, "<%s>", xml_name(leaf));
	if (r != ERR_OK)
		return fail(diag, ERR_SAML_SIG_VALUE,
		    "<%s> is not base64 of at most %zu bytes",
		    xml_name(leaf), out->max);
	return ERR_OK;
}

static enum err
check_digest(const struct xml_node *reference, struct xmlsig *sig,
    struct diag *diag)
{
	AUTO(buf) struct buf digest = BUF_INIT(SHA256_SIZE);
	enum err r = decode(saml_child(reference, "DigestValue"), &digest,
	    diag);

	if (r != ERR_OK)
		return r;
	if (digest.len != sig->suite->digest_size)
		return fail(diag, ERR_SAML_SIG_VALUE, "digest of %zu bytes",
		    digest.len);
	memcpy(sig->digest, digest.data, digest.len);
	return ERR_OK;
}

/* Everything in SignedInfo, before any of it is believed. */
static enum err
check_signed_info(struct xmlsig *sig, struct diag *diag)
{
	const struct xml_node *info = sig->signed_info;
	const struct xml_node *reference = saml_child(info, "Reference");
	enum err r = check_algorithm(info, "CanonicalizationMethod",
	    XMLSIG_C14N, ERR_SAML_C14N, diag);

	if (r == ERR_OK)
		r = find_suite(info, sig, diag);
	if (r == ERR_OK)
		r = check_uri(reference, sig->uri, diag);
	if (r == ERR_OK)
		r = check_transforms(reference, sig, diag);
	if (r == ERR_OK)
		r = check_algorithm(reference, "DigestMethod",
		    sig->suite->digest, ERR_SAML_ALGORITHM, diag);
	if (r == ERR_OK)
		r = check_digest(reference, sig, diag);
	return r;
}

/*
 * An embedded certificate says which of the pinned keys is meant, and nothing
 * else (C1): *ret_hash is its SHA-256, *ret_present false without one.
 */
static enum err
read_certificate(const struct xml_node *signature,
    uint8_t ret_hash[static SHA256_SIZE], bool *ret_present,
    struct diag *diag)
{
	static const char *const path[] = {
		"KeyInfo", "X509Data", "X509Certificate", NULL
	};
	AUTO(buf) struct buf der = BUF_INIT(SAML_XML_MAX);
	struct xml_node *leaf = saml_child(signature, path[0]);
	enum err r;

	*ret_present = leaf != NULL;
	if (leaf == NULL)
		return ERR_OK;
	leaf = saml_path(leaf, path + 1);
	r = base64_decode(&der, xml_text(leaf), strlen(xml_text(leaf)), true);
	if (r == ERR_NOMEM)
		return fail(diag, r, "certificate");
	if (r != ERR_OK)
		return fail(diag, ERR_SAML_KEYINFO,
		    "certificate is not base64");
	if (crypto_sha256(der.data, der.len, ret_hash) != ERR_OK)
		return fail(diag, ERR_INTERNAL, "SHA-256");
	return ERR_OK;
}

struct candidates {
	const struct idp_key *key[SAML_CANDIDATES_MAX];
	size_t count;
};

static enum err
verify_with_key(const struct xmlsig *sig, const struct idp_key *pinned,
    struct crypto_keyring *ring, struct buf *out, struct diag *diag)
{
	const struct crypto_numbers numbers = {
		pinned->n, pinned->n_len, pinned->e, pinned->e_len
	};
	const struct crypto_key *key = NULL;
	enum err r = crypto_keyring_get(ring, &numbers, &key, diag);

	if (r != ERR_OK)
		return r;
	if (sig->value_len != crypto_key_size(key))
		return fail(diag, ERR_SAML_SIG_VALUE, "signature of %zu "
		    "bytes, the key has %zu", sig->value_len,
		    crypto_key_size(key));
	return xmlsig_verify(sig, key, out, diag);
}

/* Which of the pinned keys it may be: the one of the embedded certificate, or
 * all of them, as long as they are few enough to try. */
static enum err
choose_keys(const struct xml_node *signature, const struct idp_keys *keys,
    struct candidates *ret, struct diag *diag)
{
	uint8_t hash[SHA256_SIZE] = { 0 };
	bool selected = false;
	enum err r = read_certificate(signature, hash, &selected, diag);

	if (r != ERR_OK)
		return r;
	if (!selected && keys->count > SAML_CANDIDATES_MAX)
		return fail(diag, ERR_SAML_KEY_UNKNOWN, "no certificate in "
		    "the signature says which of the %zu pinned keys it is, "
		    "and at most %d are tried", keys->count,
		    SAML_CANDIDATES_MAX);
	ret->count = 0;
	for (size_t i = 0; i < keys->count &&
	    ret->count < SAML_CANDIDATES_MAX; i++)
		if (!selected || memcmp(keys->key[i].cert_sha256, hash,
		    sizeof(hash)) == 0)
			ret->key[ret->count++] = &keys->key[i];
	if (ret->count == 0)
		return fail(diag, ERR_SAML_KEY_UNKNOWN, "certificate in the "
		    "signature is none of the %zu pinned ones", keys->count);
	return ERR_OK;
}

/* The first candidate that verifies ends the search, and so does every error
 * but "not with this key".  A signature that fits no key in length is
 * malformed, one that fits some is wrong. */
static enum err
verify_with_keys(const struct xmlsig *sig, const struct idp_keys *keys,
    struct crypto_keyring *ring, struct buf *out, struct diag *diag)
{
	struct candidates candidates;
	enum err r = choose_keys(sig->signature, keys, &candidates, diag);
	bool fitted = false;

	if (r != ERR_OK)
		return r;
	for (size_t i = 0; i < candidates.count; i++) {
		r = verify_with_key(sig, candidates.key[i], ring, out,
		    diag);
		if (r != ERR_SAML_SIG_INVALID && r != ERR_SAML_SIG_VALUE)
			return r;
		fitted = fitted || r == ERR_SAML_SIG_INVALID;
	}
	return fail(diag, fitted ? ERR_SAML_SIG_INVALID : ERR_SAML_SIG_VALUE,
	    "%s of %s, with each of %zu keys", fitted ? "signature" :
	    "length of the signature", sig->uri, candidates.count);
}

enum err
saml_signature_verify(struct xml_node *node, const struct idp_keys *keys,
    struct crypto_keyring *ring, struct buf *out, struct diag *diag)
{
	AUTO(buf) struct buf value = BUF_INIT(RSA_N_MAX);
	char uri[URI_SIZE];
	struct xmlsig sig = { .uri = uri, .prefixes = "" };
	enum err r;

	sig.signature = saml_child(node, "Signature");
	sig.signed_info = saml_child(sig.signature, "SignedInfo");
	(void)snprintf(uri, sizeof(uri), "#%s", xml_get(node, "ID"));
	r = check_signed_info(&sig, diag);
	if (r != ERR_OK)
		return r;
	r = decode(saml_child(sig.signature, "SignatureValue"), &value, diag);
	if (r != ERR_OK)
		return r;
	sig.value = value.data;
	sig.value_len = value.len;
	return verify_with_keys(&sig, keys, ring, out, diag);
}
