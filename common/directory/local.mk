# SPDX-License-Identifier: BSD-2-Clause
# L3: the provisioned users.  libscim is the fetch worker's, libdirectory the
# helper's and the command's.

noinst_LTLIBRARIES += common/directory/libscim.la \
	common/directory/libdirectory.la
common_directory_libscim_la_SOURCES = \
	common/directory/record.h \
	common/directory/scim.c common/directory/scim.h \
	common/directory/scim_ask.c common/directory/scim_ask.h \
	common/directory/scim_etags.c common/directory/scim_etags.h \
	common/directory/scim_page.c common/directory/scim_page.h \
	common/directory/scim_resource.c common/directory/scim_resource.h
common_directory_libscim_la_LIBADD = common/sys/libhttp.la \
	common/sys/libjson.la common/wire/libwire.la common/base/libbase.la

common_directory_libdirectory_la_SOURCES = \
	common/directory/amend.c common/directory/amend.h \
	common/directory/directory.c common/directory/directory.h \
	common/directory/group_nesting.c \
	common/directory/group_nesting.h \
	common/directory/groups.c common/directory/groups.h \
	common/directory/home.c common/directory/home.h \
	common/directory/jit.c common/directory/jit.h \
	common/directory/jit_recognise.c \
	common/directory/link.c common/directory/link.h \
	common/directory/links.c common/directory/links.h \
	common/directory/local.c common/directory/local.h \
	common/directory/memberships.c \
	common/directory/memberships.h \
	common/directory/names.c common/directory/names.h \
	common/directory/names_decide.c common/directory/names_impl.h \
	common/directory/newcomers.c common/directory/newcomers.h \
	common/directory/publish.c common/directory/publish.h \
	common/directory/record.h \
	common/directory/registry.c common/directory/registry.h \
	common/directory/registry_file.c \
	common/directory/registry_file.h \
	common/directory/update.c common/directory/update.h \
	common/directory/update_differ.c \
	common/directory/update_history.c \
	common/directory/update_impl.h \
	common/directory/update_records.c
common_directory_libdirectory_la_LIBADD = common/sys/libstore.la \
	common/sys/libcrypto8.la common/cache/libwriter.la \
	common/wire/libwire.la common/base/libbase.la
