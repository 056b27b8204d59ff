/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "../lib/saml_vector.h"
#include "sys/crypto.h"

static struct idp_keys keys;

static int
setup(void **state)
{
	(void)state;
	return vector_key("idp", &keys) && vector_key("other", &keys) ? 0 : -1;
}

static struct crypto_key *
make_key(const struct idp_key *pinned)
{
	struct crypto_key *key = NULL;

	assert_err(crypto_key_new(pinned->n, pinned->n_len, pinned->e,
	    pinned->e_len, &key, NULL), ERR_OK);
	assert_int_equal(crypto_key_size(key), pinned->n_len);
	return key;
}

static void
sha256_is_that_of_fips_180(void **state)
{
	static const uint8_t want[SHA256_SIZE] = {
		0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
		0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
		0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
		0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
	};
	uint8_t got[SHA256_SIZE];

	(void)state;
	assert_err(crypto_sha256("abc", 3, got), ERR_OK);
	assert_memory_equal(got, want, sizeof(want));
}

static bool
verifies(const char *file, const struct idp_key *pinned, const char *text)
{
	AUTO(buf) struct buf sig = BUF_INIT(4096);
	AUTO(crypto_key) struct crypto_key *key = make_key(pinned);

	assert_true(vector_load(file, &sig));
	assert_int_equal(sig.len, 256);
	return crypto_rs256_verify(key, text, strlen(text), sig.data, sig.len);
}

static void
c5_rs256_verifies_its_own_signature_only(void **state)
{
	(void)state;
	assert_true(verifies("rs256.sig", &keys.key[0], "abc"));
	assert_false(verifies("rs256.sig", &keys.key[0], "abd"));
	assert_false(verifies("rs256.sig", &keys.key[0], ""));
	assert_false(verifies("rs256.sig", &keys.key[1], "abc"));
	assert_false(verifies("rs512.sig", &keys.key[0], "abc"));
	assert_false(verifies("ps256.sig", &keys.key[0], "abc"));
}

static void
c5_signature_has_the_length_of_the_modulus(void **state)
{
	AUTO(buf) struct buf sig = BUF_INIT(4096);
	AUTO(crypto_key) struct crypto_key *key = make_key(&keys.key[0]);

	(void)state;
	assert_err(buf_putc(&sig, '\0'), ERR_OK);
	assert_true(vector_load("rs256.sig", &sig));
	assert_true(crypto_rs256_verify(key, "abc", 3, sig.data + 1, 256));
	assert_false(crypto_rs256_verify(key, "abc", 3, sig.data, 257));
	assert_false(crypto_rs256_verify(key, "abc", 3, sig.data + 1, 255));
	assert_false(crypto_rs256_verify(key, "abc", 3, sig.data, 0));
}

static void
c5_every_flipped_bit_is_refused(void **state)
{
	AUTO(buf) struct buf sig = BUF_INIT(4096);
	AUTO(crypto_key) struct crypto_key *key = make_key(&keys.key[0]);

	(void)state;
	assert_true(vector_load("rs256.sig", &sig));
	for (size_t i = 0; i < sig.len * 8; i++) {
		sig.data[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_false(crypto_rs256_verify(key, "abc", 3, sig.data,
		    sig.len));
		sig.data[i / 8] ^= (uint8_t)(1u << i % 8);
	}
}

static enum err
key_reason(size_t n_len, uint8_t last, const char *e, size_t e_len)
{
	AUTO(crypto_key) struct crypto_key *key = NULL;
	uint8_t n[RSA_N_MAX + 1];
	enum err r;

	memset(n, 0xff, sizeof(n));
	if (n_len > 0)
		n[n_len - 1] = last;
	r = crypto_key_new(n, n_len, (const uint8_t *)e, e_len, &key, NULL);
	assert_true((r == ERR_OK) == (key != NULL));
	return r;
}

static void
c4_weak_keys_are_refused(void **state)
{
	(void)state;
	assert_err(key_reason(256, 1, "\1\0\1", 3), ERR_OK);
	assert_err(key_reason(1024, 1, "\1\0\1", 3), ERR_OK);
	assert_err(key_reason(256, 1, "\1\0\0\0\0\0\0\1", 8), ERR_OK);
	assert_err(key_reason(255, 1, "\1\0\1", 3), ERR_IDP_KEY_WEAK);
	assert_err(key_reason(1025, 1, "\1\0\1", 3), ERR_IDP_KEY_WEAK);
	assert_err(key_reason(0, 1, "\1\0\1", 3), ERR_IDP_KEY_WEAK);
	assert_err(key_reason(256, 2, "\1\0\1", 3), ERR_IDP_KEY_WEAK);
	assert_err(key_reason(256, 1, "\3", 1), ERR_IDP_KEY_WEAK);
	assert_err(key_reason(256, 1, "\1\0\2", 3), ERR_IDP_KEY_WEAK);
	assert_err(key_reason(256, 1, "\0\1\0\1", 4), ERR_IDP_KEY_WEAK);
	assert_err(key_reason(256, 1, "", 0), ERR_IDP_KEY_WEAK);
	assert_err(key_reason(256, 1, "\1\0\0\0\0\0\0\0\1", 9),
	    ERR_IDP_KEY_WEAK);
}

/* A modulus that says 256 bytes and means fewer would shorten signatures. */
static void
c4_leading_zero_of_a_modulus_is_refused(void **state)
{
	AUTO(crypto_key) struct crypto_key *key = NULL;
	uint8_t n[257] = { 0 };

	(void)state;
	memcpy(n + 1, keys.key[0].n, 256);
	assert_err(crypto_key_new(n, sizeof(n), keys.key[0].e, 3, &key, NULL),
	    ERR_IDP_KEY_WEAK);
}

/* -- a ring ---------------------------------------------------------------- */

static struct crypto_numbers
numbers_of(const struct idp_key *key)
{
	return (struct crypto_numbers){
		key->n, key->n_len, key->e, key->e_len
	};
}

static const struct crypto_key *
get(struct crypto_keyring *ring, const struct crypto_numbers *numbers)
{
	const struct crypto_key *key = NULL;

	assert_err(crypto_keyring_get(ring, numbers, &key, NULL), ERR_OK);
	assert_non_null(key);
	return key;
}

static bool
verifies_vector(const struct crypto_key *key)
{
	AUTO(buf) struct buf sig = BUF_INIT(4096);

	assert_true(vector_load("rs256.sig", &sig));
	return crypto_rs256_verify(key, "abc", 3, sig.data, sig.len);
}

static void
c1_a_ring_gives_the_key_of_these_numbers_and_no_other(void **state)
{
	AUTO(crypto_keyring) struct crypto_keyring ring = { { NULL } };
	struct idp_key changing = keys.key[0];
	struct crypto_numbers numbers = numbers_of(&changing);
	const struct crypto_key *first = get(&ring, &numbers);

	(void)state;
	assert_ptr_equal(get(&ring, &numbers), first);
	assert_true(verifies_vector(first));
	/* The same place in the caller's list holds another key by now. */
	changing = keys.key[1];
	numbers = numbers_of(&changing);
	assert_false(verifies_vector(get(&ring, &numbers)));
	changing = keys.key[0];
	changing.n[0] ^= 1;
	numbers = numbers_of(&changing);
	assert_false(verifies_vector(get(&ring, &numbers)));
	changing = keys.key[0];
	changing.e[0] ^= 2;
	assert_false(verifies_vector(get(&ring, &numbers)));
	numbers = numbers_of(&keys.key[0]);
	assert_ptr_equal(get(&ring, &numbers), first);
}

static void
c5_a_kept_key_verifies_its_own_signature_only(void **state)
{
	AUTO(crypto_keyring) struct crypto_keyring ring = { { NULL } };
	AUTO(buf) struct buf sig = BUF_INIT(4096);
	struct crypto_numbers numbers = numbers_of(&keys.key[0]);
	const struct crypto_key *key = get(&ring, &numbers);

	(void)state;
	assert_true(vector_load("rs256.sig", &sig));
	for (size_t i = 0; i < sig.len; i += 51) {
		sig.data[i] ^= 1;
		assert_false(crypto_rs256_verify(key, "abc", 3, sig.data,
		    sig.len));
		sig.data[i] ^= 1;
		assert_false(crypto_rs256_verify(key, "abd", 3, sig.data,
		    sig.len));
		assert_false(crypto_rs256_verify(key, "abc", 3, sig.data,
		    sig.len - 1));
		assert_true(crypto_rs256_verify(key, "abc", 3, sig.data,
		    sig.len));
	}
	buf_reset(&sig);
	assert_true(vector_load("ps256.sig", &sig));
	assert_false(crypto_rs256_verify(key, "abc", 3, sig.data, sig.len));
	buf_reset(&sig);
	assert_true(vector_load("rs512.sig", &sig));
	assert_false(crypto_rs256_verify(key, "abc", 3, sig.data, sig.len));
}

static void
a_full_ring_takes_another_key(void **state)
{
	AUTO(crypto_keyring) struct crypto_keyring ring = { { NULL } };
	struct idp_key changing = keys.key[0];
	struct crypto_numbers numbers = numbers_of(&changing);

	(void)state;
	for (int i = 0; i < 3 * CRYPTO_KEYRING_MAX; i++) {
		changing.n[1] = (uint8_t)i;
		assert_non_null(get(&ring, &numbers));
		assert_ptr_equal(get(&ring, &numbers), get(&ring, &numbers));
	}
	changing = keys.key[0];
	assert_true(verifies_vector(get(&ring, &numbers)));
}

static void
c4_a_ring_takes_no_weak_key(void **state)
{
	AUTO(crypto_keyring) struct crypto_keyring ring = { { NULL } };
	struct crypto_numbers numbers = numbers_of(&keys.key[0]);
	const struct crypto_key *key = NULL;

	(void)state;
	numbers.n_len = 128;
	assert_err(crypto_keyring_get(&ring, &numbers, &key, NULL),
	    ERR_IDP_KEY_WEAK);
	assert_null(key);
	assert_null(ring.key[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    c1_a_ring_gives_the_key_of_these_numbers_and_no_other),
		cmocka_unit_test(
		    c5_a_kept_key_verifies_its_own_signature_only),
		cmocka_unit_test(a_full_ring_takes_another_key),
		cmocka_unit_test(c4_a_ring_takes_no_weak_key),
		cmocka_unit_test(sha256_is_that_of_fips_180),
		cmocka_unit_test(c5_rs256_verifies_its_own_signature_only),
		cmocka_unit_test(c5_signature_has_the_length_of_the_modulus),
		cmocka_unit_test(c5_every_flipped_bit_is_refused),
		cmocka_unit_test(c4_weak_keys_are_refused),
		cmocka_unit_test(c4_leading_zero_of_a_modulus_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
