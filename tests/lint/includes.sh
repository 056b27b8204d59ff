#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Includes go down only; outside headers are included by common/sys only; the
# two modules use what may run inside other people's processes.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
. "$top_srcdir/tests/lint/lib.sh"

include_direction() # TREE
{
	lint_folders="pam_8x8sso nss_8x8 common" files "$1" '*.[ch]' |
		(cd "$1" && xargs grep -n '^[ 	]*#[ 	]*include' /dev/null) |
		awk -F: -v tree="$1" '
	BEGIN {
		layer["common/base"] = 0
		layer["common/wire"] = layer["common/cache"] = 1
		layer["common/sys"] = 2
		layer["common/auth"] = 3
		layer["common/directory"] = 4
		layer["common/workers"] = layer["common/admin"] = 5
		layer["pam_8x8sso/helper"] = 5
		# In-process: everything that they may include, by name.
		only["pam_8x8sso"] = "^(base/.*|wire/.*|cache/reader\\.h)$"
		only["nss_8x8"] = "^(base/.*|cache/reader\\.h)$"
		split("arpa/inet byteswap ctype dirent dlfcn endian errno " \
		    "fcntl fnmatch getopt grp inttypes limits net/if netdb " \
		    "netinet/in poll pwd sched search shadow signal " \
		    "spawn stdalign stdarg stdbool stddef stdint stdio stdlib string syslog " \
		    "termios time unistd", list, " ")
		for (i in list)
			libc[list[i] ".h"] = 1
	}
	function bad(what) { print $1 ":" $2 ": " what; failed = 1 }
	function folder_of(path) { sub("/[^/]*$", "", path); return path }
	{
		dir = folder_of($1)
		name = $0
		sub("^[^<\"]*[<\"]", "", name)
		sub("[>\"].*$", "", name)
		outside = $0 ~ /include[ \t]*</
	}
	!(dir in layer) && !(dir in only) { bad("folder has no layer"); next }
	outside && ((name in libc) || name ~ "^(sys|linux)/") { next }
	outside && dir == "common/sys" { next }
	outside && dir == "pam_8x8sso" && name ~ "^security/" { next }
	outside && dir == "nss_8x8" && name == "nss.h" { next }
	# pthread_setcancelstate(), and no thread.
	outside && $1 == "common/cache/reader.c" && name == "pthread.h" { next }
	outside { bad("<" name "> is for common/sys only"); next }
	name !~ "/" {
		if (system("test -f \"" tree "/" dir "/" name "\"") != 0)
			bad(name " is not in this folder")
		next
	}
	dir in only {
		if (name !~ only[dir])
			bad(name " must not run in a foreign process")
		next
	}
	{
		target = "common/" folder_of(name)
		if (target == dir)
			next
		if (!(target in layer) || layer[target] >= layer[dir])
			bad(name " is not below " dir)
	}
	END { exit failed }'
}

plant common/base/a.h <<'E1'
#include <stdint.h>
#include <sys/stat.h>
#include "wire/b.h" /* BAD */
#include <openssl/evp.h> /* BAD */
E1
plant common/wire/b.h <<'E1'
#include "base/a.h"
#include "cache/reader.h" /* BAD */
E1
plant common/auth/c.c <<'E1'
#include "sys/x.h"
#include "auth/d.h"
#include "directory/e.h" /* BAD */
# include <jansson.h> /* BAD */
E1
plant common/directory/e.c <<'E1'
#include "auth/d.h"
#include "admin/f.h" /* BAD */
E1
plant common/sys/x.c <<'E1'
#include <curl/curl.h>
#include "sys/x.h"
#include "auth/d.h" /* BAD */
E1
plant common/admin/f.c <<'E1'
#include "admin/f.h"
#include "workers/g.h" /* BAD */
E1
plant pam_8x8sso/m.c <<'E1'
#include <security/pam_modules.h>
#include "m.h" /* BAD */
#include "wire/b.h"
#include "cache/writer.h" /* BAD */
#include "nss_8x8/n.h" /* BAD */
#include "sys/x.h" /* BAD */
E1
plant nss_8x8/n.c <<'E1'
#include <nss.h>
#include "n.h"
#include "cache/reader.h"
#include "wire/b.h" /* BAD */
#include <security/pam_modules.h> /* BAD */
E1
plant nss_8x8/n.h <<'E1'
#include "base/a.h"
E1
plant pam_8x8sso/helper/h.c <<'E1'
#include "auth/d.h"
#include "admin/f.h" /* BAD */
E1
plant common/new/z.c <<'E1'
#include <stdio.h> /* BAD */
E1
must_find "include direction" include_direction

# Who can fill claims: the verifiers of signed bytes, and what copies them.
claims_pen() # TREE
{
	lint_folders="pam_8x8sso nss_8x8 common" files "$1" '*.[ch]' |
		(cd "$1" && xargs grep -n '"auth/claims_fill\.h"' /dev/null) |
		grep -vE '^common/auth/(claims|jwt|saml_response|saml_statements)\.c:' |
		none
}

plant common/auth/saml_response.c <<'E1'
#include "auth/claims_fill.h"
E1
plant common/directory/g.c <<'E1'
#include "auth/claims_fill.h" /* BAD */
E1
plant pam_8x8sso/helper/i.h <<'E1'
#include "auth/claims_fill.h" /* BAD */
E1
must_find "claims filled by others" claims_pen

# Who can write to a server: nobody but the flow that signs people in.  A
# SCIM server is only ever read.
posts() # TREE
{
	lint_folders="pam_8x8sso nss_8x8 common" files "$1" '*.[ch]' |
		(cd "$1" && xargs grep -nw http_post /dev/null) |
		grep -vE '^common/(auth/device\.h|sys/http\.[ch]|workers/device\.c):' |
		none
}

plant common/workers/device.c <<'E1'
	http_post(h);
E1
plant common/workers/fetch.c <<'E1'
	http_post(h); /* BAD */
	not_http_post(h);
E1
plant common/directory/scim.c <<'E1'
	server.post = http_post; /* BAD */
E1
must_find "requests that write" posts
check "includes go down only" include_direction "$top_srcdir"
check "only verifiers fill claims" claims_pen "$top_srcdir"
check "only the device worker sends forms" posts "$top_srcdir"

finish
