# SPDX-License-Identifier: BSD-2-Clause
# Prints "file:line:code" of C files without comments and without what is
# inside quotes.  The name printed is FILENAME.

FNR == 1 { inside = 0 }

{
	text = $0
	code = ""
	while (text != "") {
		if (inside) {
			end = index(text, "*/")
			if (end == 0)
				break
			text = substr(text, end + 2)
			inside = 0
			continue
		}
		if (match(text, /^"([^"\\]|\\.)*"/)) {
			code = code "\"\""
		} else if (match(text, /^'([^'\\]|\\.)+'/)) {
			code = code "' '"
		} else if (match(text, /^\/\*/)) {
			inside = 1
		} else if (match(text, /^\/\/.*/)) {
			# the rest of the line
		} else {
			match(text, /^./)
			code = code substr(text, 1, 1)
		}
		text = substr(text, RLENGTH + 1)
	}
	print FILENAME ":" FNR ":" code
}
