/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a verifier behind a command line says: one line of JSON,
 *
 *	{"verdict":"reject","reason":"saml-audience","row":"D3","claims":{},
 *	"detail":"audience is https://other.example"}
 *
 * and an exit status: 0 accepted, 1 rejected, 2 wrong usage.
 */
#ifndef TESTS_VERDICT_LINE_H
#define TESTS_VERDICT_LINE_H

#include "auth/claims.h"

/* Prints the line; claims: NULL for none.  The exit status, which is that of
 * wrong usage when stdout cannot be written. */
int verdict_print(enum err reason, const struct claims *claims,
	const struct diag *diag) MUST_USE;

/* Says on stderr what is wrong, and how name is used.  The exit status. */
int verdict_usage(char **argv, const char *name, const char *usage,
	const struct diag *diag) MUST_USE;

#endif
