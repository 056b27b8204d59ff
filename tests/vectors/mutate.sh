#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A share of all mutants of all samples, which is the same in every run;
# make mutations runs the whole.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir}"

# Sanitizers need several times as long.
share=1/60
[ -z "${SANITIZE:-}" ] || share=1/120

exec "$top_builddir/tests/vectors/saml-mutate" --tap --share $share \
	--out "${TMPDIR:-$top_builddir/tests/vectors}" \
	--samples "$top_srcdir/tests/vectors/samples"
