/* SPDX-License-Identifier: BSD-2-Clause */
#include "device.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Rows of the screen besides the picture. */
#define WORDS_ROWS 9
/* An INFO is shorter than a PROMPT. */
#define DEVICE_PICTURE_MAX (12u * 1024)
#define COLUMNS_MAX 80

/* Short ones are read as they are, and the provider's own groups stay. */
void
device_group(const char *user_code, char *ret, size_t size)
{
	size_t len = strlen(user_code);
	size_t group = len % 4 == 0 ? 4 : 3;
	size_t n = 0;

	ret[0] = '\0';
	if (len < 7 || strchr(user_code, '-') != NULL ||
	    len + len / group + 1 > size)
		return;
	for (size_t i = 0; i < len; i++) {
		if (i > 0 && i % group == 0)
			ret[n++] = ' ';
		ret[n++] = user_code[i];
	}
	ret[n] = '\0';
}

static enum err
write_head(const struct login *login, struct buf *out)
{
	const char *user = prompt_printable(login->user);
	const char *rhost = prompt_printable(login->who.rhost);
	char host[HOST_NAME_MAX + 1] = "";
	bool fits;

	(void)gethostname(host, sizeof(host) - 1);
	fits = strlen(user) + strlen(host) + strlen(rhost) +
	    sizeof("Company sign-in for  on , from ") - 1 <= COLUMNS_MAX;
	return buf_printf(out, "Company sign-in for %s on %s%s%s%s\n"
	    "Only continue if you started this login yourself.\n", user,
	    prompt_printable(host), rhost[0] == '\0' ? "" : ",",
	    rhost[0] == '\0' ? "" : fits ? " from " : "\nfrom ", rhost);
}

static enum err
write_time(const struct talk *talk, int64_t seconds, struct buf *out)
{
	if (talk->grace.limit == 0)
		return buf_printf(out, "You have %lld seconds.\n",
		    (long long)seconds);
	return buf_printf(out, "This host ends logins after %lld seconds "
	    "(%s):\nyou have %lld.\n", (long long)talk->grace.limit,
	    talk->grace.name, (long long)seconds);
}

enum err
device_words(const struct talk *talk, int64_t seconds, struct buf *out)
{
	AUTO(buf) struct buf picture = BUF_INIT(DEVICE_PICTURE_MAX);
	const struct flow_code *code = &talk->code;
	char group[2 * sizeof(code->user_code)];
	enum err r = picture_write(talk->login, code->uri, WORDS_ROWS,
	    &picture);

	if (r == ERR_OK && talk->renewed)
		r = buf_puts(out, "The code has expired.  Here is another "
		    "one, the last.\n");
	if (r == ERR_OK)
		r = write_head(talk->login, out);
	device_group(code->user_code, group, sizeof(group));
	if (r == ERR_OK)
		r = buf_printf(out, "%s  Open   %s\n  Enter  %s%s%s%s\n",
		    buf_str(&picture), code->uri, code->user_code,
		    group[0] == '\0' ? "" : "   (", group,
		    group[0] == '\0' ? "" : ")");
	if (r == ERR_OK)
		r = write_time(talk, seconds, out);
	if (r == ERR_OK && !talk->at_once &&
	    saml_offered(talk->login, NULL) == ERR_OK)
		r = buf_puts(out, "Or type \"saml\" to sign in with a SAML "
		    "response.\n");
	explicit_bzero(group, sizeof(group));
	return r;
}
