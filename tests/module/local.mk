# SPDX-License-Identifier: BSD-2-Clause
# The modules under the programs that load them.

if BUILD_NSS
check_LTLIBRARIES += tests/module/libnss_8x8.la
tests_module_libnss_8x8_la_SOURCES = tests/module/nss_path.c
tests_module_libnss_8x8_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir) \
	-DTEST_NSS_CACHE='"$(abs_top_builddir)/tests/module/nss.cache"'
# -rpath: without it libtool makes no shared object.
tests_module_libnss_8x8_la_LDFLAGS = $(nss_ldflags) \
	-rpath $(abs_top_builddir)/tests/module
tests_module_libnss_8x8_la_LIBADD = nss_8x8/libnss.la
CLEANFILES += tests/module/nss.cache
TESTS += tests/module/nss.sh
endif
EXTRA_DIST += tests/module/nss.sh

# The fetch worker, sync and idp, against a server in Python.
TESTS += tests/module/fetch.sh tests/module/idp.sh tests/module/oidc.sh \
	tests/module/ids.sh tests/module/publish.sh \
	tests/module/sync.sh tests/module/sync_faults.sh
EXTRA_DIST += tests/module/fetch.sh tests/module/idp.sh \
	tests/module/oidc.sh tests/module/ids.sh \
	tests/module/publish.sh tests/module/sync.sh \
	tests/module/sync_faults.sh \
	tests/lib/ask_fetch.py tests/lib/kill_writes.py \
	tests/lib/loopback.sh tests/lib/scim_server.py

# The command, against a worker in Python.
TESTS += tests/module/fetch_liar.sh
EXTRA_DIST += tests/module/fetch_liar.sh tests/lib/lying_fetch.py

# The groups that a sync made.
TESTS += tests/module/group.sh
EXTRA_DIST += tests/module/group.sh

# The device worker, against a provider in Python.
TESTS += tests/module/device.sh
EXTRA_DIST += tests/module/device.sh tests/lib/ask_device.py \
	tests/lib/device_server.py

# The PAM module as it is built: test_pam calls its functions, test_stack runs
# it in a stack.  fake_helper stands in for 8x8sso-helper.
check_PROGRAMS += tests/module/fake_helper
tests_module_fake_helper_SOURCES = tests/module/fake_helper.c
tests_module_fake_helper_LDADD = common/wire/libwire.la common/base/libbase.la

if HAVE_CMOCKA
module_test_programs = tests/module/test_publisher tests/module/test_pam \
	tests/module/test_session tests/module/test_stack
module_test_ldadd = common/cache/libwriter.la common/base/libbase.la \
	$(CMOCKA_LIBS) $(PAM_LIBS)
module_test_needs = pam_8x8sso.la tests/module/fake_helper

check_PROGRAMS += $(module_test_programs)
TESTS += $(module_test_programs)
tests_module_test_publisher_SOURCES = tests/module/test_publisher.c \
	tests/module/world.c tests/module/world.h
tests_module_test_publisher_LDFLAGS = -export-dynamic
tests_module_test_publisher_LDADD = $(module_test_ldadd)
EXTRA_tests_module_test_publisher_DEPENDENCIES = $(module_test_needs)

tests_module_test_pam_SOURCES = tests/module/test_pam.c \
	tests/module/world.c tests/module/world.h
tests_module_test_pam_LDFLAGS = -export-dynamic
tests_module_test_pam_LDADD = $(module_test_ldadd)
EXTRA_tests_module_test_pam_DEPENDENCIES = $(module_test_needs)

check_LTLIBRARIES += tests/module/pam_peek.la
tests_module_pam_peek_la_SOURCES = tests/module/pam_peek.c
tests_module_pam_peek_la_LDFLAGS = -module -avoid-version $(MODULE_LDFLAGS) \
	-rpath $(abs_top_builddir)/tests/module
tests_module_pam_peek_la_LIBADD = $(PAM_LIBS)

tests_module_test_session_SOURCES = tests/module/test_session.c \
	tests/module/world.c tests/module/world.h
tests_module_test_session_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
tests_module_test_session_LDFLAGS = -export-dynamic
tests_module_test_session_LDADD = $(module_test_ldadd)
EXTRA_tests_module_test_session_DEPENDENCIES = $(module_test_needs) \
	tests/module/pam_peek.la

tests_module_test_stack_SOURCES = tests/module/test_stack.c \
	tests/module/world.c tests/module/world.h
tests_module_test_stack_LDFLAGS = -export-dynamic
tests_module_test_stack_LDADD = $(module_test_ldadd)
EXTRA_tests_module_test_stack_DEPENDENCIES = $(module_test_needs)
endif
