# SPDX-License-Identifier: BSD-2-Clause
#
# Reads *.mutants: blocks like those of a diff, without line numbers.
#
#	file common/auth/saml_signature.c
#	tests test_saml_response test_saml_rows
#
#	B13 an empty URI is one like any other
#	 	const char *uri = xml_get(reference, "URI");
#
#	-	if (*uri == '\0')
#	+	if (uri == NULL)
#
# "file" and "tests" hold until the next one.  A mutant is a line with its row
# and the mistake in words; lines that stay (" "), the one line that is
# changed ("-"), what it becomes ("+", or nothing).  Together they must be in
# the file exactly once; blanks, empty lines and comments of a block do not
# count.
#
#	awk -f table.awk TABLE			list: NUMBER ROW FILE TESTS TITLE,
#						separated by tabs
#	awk -v number=N -f table.awk TABLE FILE	FILE with mutant N

function squeeze(text)
{
	gsub(/[ \t]+/, " ", text)
	sub(/^ /, "", text)
	sub(/ $/, "", text)
	return text
}

function complain(what)
{
	print FILENAME ":" FNR ": " what > "/dev/stderr"
	failed = 1
	exit 2
}

# The table's block is complete.
function close_block()
{
	if (title == "")
		return
	if (removed != 1 || added > 1)
		complain("a mutant changes one line: " title)
	if (number == "")
		print count "\t" row "\t" file "\t" tests "\t" title
	title = ""
}

function open_block()
{
	close_block()
	count++
	row = $1
	title = $0
	sub(/^[^ ]+ /, "", title)
	removed = added = 0
	if (file == "" || tests == "")
		complain("which file, and which tests?")
}

# One line of the block of the mutant that is wanted.
function keep(kind, text)
{
	if (count != number)
		return
	if (kind == "+") {
		new = text
		has_new = 1
	} else if (squeeze(text) != "") {
		size++
		block[size] = squeeze(text)
		if (kind == "-")
			place = size
	}
}

FILENAME != table && table != "" {
	# The source.
	line[FNR] = $0
	if (squeeze($0) != "") {
		lines++
		at[lines] = FNR
		text[lines] = squeeze($0)
	}
	total = FNR
	next
}

{ table = FILENAME }

/^#/ || /^$/ { next }

/^file / || /^tests / {
	close_block()
	if ($1 == "file")
		file = $2
	else {
		tests = $0
		sub(/^tests /, "", tests)
	}
	next
}

/^[A-Z][0-9]+ / { open_block(); next }

/^[-+ \t]/ && title != "" {
	kind = substr($0, 1, 1)
	removed += kind == "-"
	added += kind == "+"
	keep(kind, substr($0, 2))
	next
}

{ complain("neither a mutant nor a line of one") }

END {
	if (failed)
		exit 2
	close_block()
	if (failed)
		exit 2
	if (number == "")
		exit 0
	for (i = 1; i + size - 1 <= lines; i++) {
		for (j = 1; j <= size && text[i + j - 1] == block[j]; j++)
			;
		if (j > size) {
			found++
			where = at[i + place - 1]
		}
	}
	if (size == 0 || found != 1) {
		print "found " (found + 0) " times"
		exit 3
	}
	for (i = 1; i <= total; i++)
		if (i != where)
			print line[i]
		else if (has_new)
			print new
}
