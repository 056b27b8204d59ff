/* SPDX-License-Identifier: BSD-2-Clause */
#include "helper.h"

#include <limits.h>
#include <unistd.h>

#include "base/limits.h"

/* Rows of the screen that the words take, besides the address. */
#define WORDS_ROWS 6

_Static_assert(PICTURE_MAX + SAML_REQUEST_URL_MAX + 2048 <= PROMPT_MAX,
    "a picture must not displace the words");

const char *
prompt_printable(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			return "";
	return text;
}

const char prompt_again[] = "That code is not right.\n"
    "Type the code, or paste the response: ";

/* Everything stands in the prompt: sshd holds other texts back until the
 * next one. */
enum err
prompt_write(const struct login *login, const char *url, struct buf *out)
{
	const char *rhost = prompt_printable(wire_get_text(login->begin,
	    BEGIN_RHOST));
	char host[HOST_NAME_MAX + 1] = "";
	AUTO(buf) struct buf picture = BUF_INIT(PICTURE_MAX);
	enum err r = picture_write(login, url, WORDS_ROWS, &picture);

	if (r != ERR_OK)
		return r;
	(void)gethostname(host, sizeof(host) - 1);
	return buf_printf(out, "Company sign-in for %s on %s%s%s\n"
	    "Open this address in a browser and sign in:\n"
	    "%s%s\n"
	    "Then type the code that you get, or paste the SAML response and "
	    "end it with\nan empty line: ",
	    prompt_printable(login->user), prompt_printable(host),
	    rhost[0] != '\0' ? ", from " : "", rhost, buf_str(&picture), url);
}
