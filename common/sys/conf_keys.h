/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the configuration share: conf.c reads the file,
 * conf_keys.c has the table and turns one value into a field, conf_check.c
 * looks at values together, conf_device.c at those of [device], and conf_users.c
 * at those of [users], [groups] and [access].
 */
#ifndef SYS_CONF_KEYS_H
#define SYS_CONF_KEYS_H

#include "sys/conf.h"

#define CONF_KEYS_MAX 96

/* The key of this section, or NULL.  With a NULL name: any key of it. */
const struct conf_key *conf_key_find(const char *section, const char *name);

/* Sets the key's field, which must be unset (zero), from the file's notation.
 * ERR_CONF_VALUE with what is wrong with the value, without file and key;
 * ERR_NOMEM. */
enum err conf_key_set(const struct conf_key *key, struct conf *conf,
	const char *value, struct diag *diag) MUST_USE;

/* Frees the key's field. */
void conf_key_clear(const struct conf_key *key, struct conf *conf);

/*
 * The rules that look at several keys.  ERR_CONF_VALUE or ERR_CONF_MISSING,
 * with what is wrong in diag, and *ret_field the offset of the field at fault.
 */
enum err conf_check(const struct conf *conf, size_t *ret_field,
	struct diag *diag) MUST_USE;

/* For the rules: a string that is not set is "". */
static inline bool
is_set(const char *text)
{
	return text[0] != '\0';
}

/* Says what is wrong with a field, or NULL. */
struct conf_rule {
	size_t field;
	const char *(*check)(const struct conf *conf);
};

extern const struct conf_rule conf_device_rules[];
extern const size_t conf_device_rule_count;
extern const struct conf_rule conf_users_rules[];
extern const size_t conf_users_rule_count;

#endif
