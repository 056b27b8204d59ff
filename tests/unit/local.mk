# SPDX-License-Identifier: BSD-2-Clause
# One test_foo.c per foo.c.  A program here needs nothing but a compiler and
# cmocka.

if HAVE_CMOCKA
unit_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS)

unit_programs = tests/unit/test_base
tests_unit_test_base_SOURCES = tests/unit/test_base.c tests/unit/unit.h
tests_unit_test_base_CFLAGS = $(unit_cflags)
tests_unit_test_base_LDADD = common/base/libbase.la $(CMOCKA_LIBS)

check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)
endif
