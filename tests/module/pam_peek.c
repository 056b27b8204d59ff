/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A module in pam_systemd's place: at the opening of a session it tells the
 * test, in the PAM environment, which limit it was given ("none" for none).
 * With an argument it is one that comes first, and sets the limit.
 */
#include <stdio.h>

#include <security/pam_modules.h>

#define LIMIT "systemd.runtime_max_sec"
#define EXPORT __attribute__((visibility("default")))

static void
forget(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)data;
	(void)status;
}

EXPORT int
pam_sm_open_session(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	static char limit[32];
	const void *given = NULL;
	char text[64];

	(void)flags;
	if (argc > 0) {
		(void)snprintf(limit, sizeof(limit), "%s", argv[0]);
		return pam_set_data(pamh, LIMIT, limit, forget);
	}
	if (pam_get_data(pamh, LIMIT, &given) != PAM_SUCCESS || given == NULL)
		given = "none";
	(void)snprintf(text, sizeof(text), "LIMIT=%s", (const char *)given);
	return pam_putenv(pamh, text);
}

EXPORT int
pam_sm_close_session(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}
