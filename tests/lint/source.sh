#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The rules of the house that a script can see.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
. "$top_srcdir/tests/lint/lib.sh"

# Our C code without comments and strings, as "file:line:code".
code() # TREE PATTERN...
{
	code_tree=$1
	files "$@" > "$lint_tmp/files"
	(cd "$code_tree" && xargs awk -f "$top_srcdir/tests/lint/strip.awk" \
		/dev/null < "$lint_tmp/files")
}

# Prints lines of code in which one of these words is used.
words() # LIST [CALL]
{
	grep -E "^[^:]*:[0-9]+:(.*[^A-Za-z0-9_])?($1)${2-}"
}

CALL='[ 	]*\('
NAME='([^A-Za-z0-9_]|$)'

banned_calls() # TREE
{
	code "$1" '*.[ch]' | words "strcpy|strcat|sprintf|vsprintf|strtok|\
atoi|atol|atoll|strtol|strtoll|strtoul|strtoull|system|popen|getenv|gets|\
alloca|scanf|sscanf|fscanf|tmpnam|mktemp" "$CALL" |
		grep -v '^tests/' | none
}

plant common/base/a.c <<'E1'
	strcpy(a, b); /* BAD */
	x = atoi (b); /* BAD */
	my_strcpy(a, b); strtok_count = 1;
	puts("system(1)"); /* strcpy(a, b) */
	/* gets(
	 * atoi(1) */ y = '"'; popen("x", 1); /* BAD */
	snprintf(a, 1, "\"sprintf("); vsnprintf(a); mkstemp(a);
E1
plant tests/unit/t.c <<'E1'
	strcpy(a, b);
E1
must_find "banned calls" banned_calls
check "no banned call" banned_calls "$top_srcdir"

# What a process that is not ours must never see us do.
in_process() # TREE
{
	lint_folders="pam_8x8sso nss_8x8 common/base common/wire common/cache" \
		code "$1" '*.[ch]' | grep -v '^pam_8x8sso/helper/' |
		words "exit|_exit|abort|assert|pthread_create|signal|\
sigaction|sigprocmask|pthread_sigmask|getenv|secure_getenv|setenv|setlocale|\
fork|vfork|sleep|usleep" "$CALL" | none
}

plant nss_8x8/a.c <<'E1'
	abort(); /* BAD */
	_Static_assert(1, "x");
E1
plant pam_8x8sso/a.c <<'E1'
	exit(1); /* BAD */
	at_exit(1); posix_spawnattr_setsigmask(1);
E1
plant pam_8x8sso/helper/a.c <<'E1'
	exit(1);
E1
plant common/sys/a.c <<'E1'
	sigaction(1);
E1
must_find "in-process code" in_process
check "in-process code does nothing to its host" in_process "$top_srcdir"

syntax() # TREE
{
	code "$1" '*.[ch]' | words "goto|typedef[ 	]+(struct|union)" "$NAME" |
		none
}

plant common/base/a.c <<'E1'
	goto out; /* BAD */
typedef struct x x_t; /* BAD */
	not_goto = 1; /* goto */
E1
must_find "syntax" syntax
check "no goto and no typedef'd struct" syntax "$top_srcdir"

verdicts() # TREE
{
	lint_folders=pam_8x8sso code "$1" '*.[ch]' |
		grep -v '^pam_8x8sso/verdict\.c:' |
		words 'PAM_SUCCESS|PAM_IGNORE' "$NAME" | none
}

plant pam_8x8sso/verdict.c <<'E1'
	return PAM_SUCCESS;
E1
plant pam_8x8sso/relay.c <<'E1'
	return PAM_SUCCESS; /* BAD */
	return PAM_SUCCESS_2;
	if (r == PAM_IGNORE) /* BAD */
E1
must_find "verdicts" verdicts
check "PAM_SUCCESS and PAM_IGNORE are spelled in verdict.c only" \
	verdicts "$top_srcdir"

# A function begins with '{' in the first column and ends with '}' there.
function_length() # TREE
{
	files "$1" '*.[ch]' | (cd "$1" && xargs awk '
	FNR == 1 { start = 0 }
	/^{/ { start = FNR }
	/^}/ && start {
		if (FNR - start - 1 > 60) {
			print FILENAME ":" FNR ": function of " \
			    FNR - start - 1 " lines"
			failed = 1
		}
		start = 0
	}
	END { exit failed }' /dev/null)
}

# A list of cases is easier to read in one file than in two.
file_length() # TREE
{
	files "$1" '*.[ch]' | (cd "$1" && xargs awk '
	FNR == 1 { limit = FILENAME ~ "^tests/" ? 1000 : 500 }
	FNR == limit + 1 {
		print FILENAME ":" FNR ": longer than " limit " lines"
		failed = 1
	}
	END { exit failed }' /dev/null)
}

function_of() # LINES ENDING
{
	echo 'int f(void)'
	echo '{'
	awk -v n="$1" 'BEGIN { while (n-- > 0) print "\tx();" }'
	echo "$2"
}

{ function_of 60 '}'; function_of 61 '} /* BAD */'; } |
	plant common/base/a.c
must_find "function length" function_length
check "functions have at most 60 lines" function_length "$top_srcdir"

lines() # COUNT
{
	awk -v n="$1" 'BEGIN { while (n-- > 0) print "" }'
}

lines 500 | plant common/base/a.c
{ lines 500; echo '/* BAD */'; } | plant common/base/b.c
lines 1000 | plant tests/unit/a.c
{ lines 1000; echo '/* BAD */'; } | plant tests/unit/b.c
must_find "file length" file_length
check "files have at most 500 lines, tests 1000" file_length "$top_srcdir"

spdx() # TREE
{
	files "$1" '*.[ch]' '*.sh' '*.mk' '*.awk' '*.map' '*.[58]' '*.in' \
		'*.py' '*.php' '*.mjs' '*.cjs' '*.js' '*.service' '*.timer' \
		'*.example' > "$lint_tmp/files"
	(cd "$1" && xargs grep -LE \
		'SPDX-License-Identifier: BSD-2-Clause( \*/)?$' \
		< "$lint_tmp/files") | sed 's/$/:1: no SPDX line/' | none
}

echo '/* SPDX-License-Identifier: BSD-2-Clause */' | plant common/a.c
echo '# SPDX-License-Identifier: BSD-2-Clause' | plant tests/a.sh
echo '# SPDX-License-Identifier: GPL-2.0 BAD' | plant tests/b.sh
echo 'BAD' | plant common/a.h
must_find "SPDX" spdx
check "every file says its licence" spdx "$top_srcdir"

finish
