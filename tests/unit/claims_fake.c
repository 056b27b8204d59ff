/* SPDX-License-Identifier: BSD-2-Clause */
#include "claims_fake.h"

#include "unit.h"

enum err
claims_add(struct claims *claims, const char *name, const char *value)
{
	assert_true(claims->count < ARRAY_LEN(claims->row));
	claims->row[claims->count].name = name;
	claims->row[claims->count].value = value;
	claims->count++;
	return ERR_OK;
}

size_t
claims_count(const struct claims *claims, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < claims->count; i++)
		count += strcmp(claims->row[i].name, name) == 0;
	return count;
}

const char *
claims_get(const struct claims *claims, const char *name)
{
	if (claims_count(claims, name) != 1)
		return NULL;
	for (size_t i = 0; i < claims->count; i++)
		if (strcmp(claims->row[i].name, name) == 0)
			return claims->row[i].value;
	return NULL;
}

const struct claims_fixed *
claims_fixed(const struct claims *claims)
{
	return &claims->fixed;
}

struct claims
entra(const char *oid, const char *name)
{
	struct claims claims = {
		.fixed = { .issuer = ISSUER, .assertion_id = "_1",
			.name_id = name, .name_id_format = "",
			.in_response_to = "" },
	};

	assert_err(claims_add(&claims, CLAIM_TENANT, TENANT), ERR_OK);
	assert_err(claims_add(&claims, CLAIM_PROVIDER, ISSUER), ERR_OK);
	if (*oid != '\0')
		assert_err(claims_add(&claims, CLAIM_OBJECT, oid), ERR_OK);
	if (*name != '\0')
		assert_err(claims_add(&claims, CLAIM_USER_NAME, name), ERR_OK);
	return claims;
}
