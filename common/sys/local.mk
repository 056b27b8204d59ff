# SPDX-License-Identifier: BSD-2-Clause
# L2: one wrapper per outside thing; the only folder that includes
# third-party headers.  One library each, so that a program links only what
# it uses.

noinst_LTLIBRARIES += \
	common/sys/libconf.la \
	common/sys/libcrypto8.la \
	common/sys/libdeflate.la \
	common/sys/libhttp.la \
	common/sys/libjson.la \
	common/sys/libqr.la \
	common/sys/libsandbox.la \
	common/sys/libstore.la \
	common/sys/libxml.la \
	common/sys/libxmlsig.la

common_sys_libconf_la_SOURCES = \
	common/sys/conf.c common/sys/conf.h \
	common/sys/conf_check.c common/sys/conf_device.c \
	common/sys/conf_users.c \
	common/sys/conf_keys.c common/sys/conf_keys.h
common_sys_libconf_la_CFLAGS = $(AM_CFLAGS) $(INIH_CFLAGS)
common_sys_libconf_la_LIBADD = common/base/libbase.la $(INIH_LIBS)

common_sys_libcrypto8_la_SOURCES = common/sys/crypto.c common/sys/crypto.h
common_sys_libcrypto8_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
common_sys_libcrypto8_la_LIBADD = common/base/libbase.la $(CRYPTO_LIBS)

common_sys_libdeflate_la_SOURCES = common/sys/deflate.c common/sys/deflate.h
common_sys_libdeflate_la_CFLAGS = $(AM_CFLAGS) $(ZLIB_CFLAGS)
common_sys_libdeflate_la_LIBADD = common/base/libbase.la $(ZLIB_LIBS)

common_sys_libhttp_la_SOURCES = \
	common/sys/http.c common/sys/http.h \
	common/sys/http_etag.c common/sys/http_etag.h common/sys/http_form.c \
	common/sys/http_impl.h \
	common/sys/http_resolve.c common/sys/http_resolve.h \
	common/sys/http_transfer.c
common_sys_libhttp_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
common_sys_libhttp_la_LIBADD = common/base/libbase.la $(CURL_LIBS)

common_sys_libjson_la_SOURCES = common/sys/json.c common/sys/json.h \
	common/sys/json_quick.c common/sys/json_quick.h
common_sys_libjson_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
common_sys_libjson_la_LIBADD = common/base/libbase.la $(JANSSON_LIBS)

common_sys_libqr_la_SOURCES = common/sys/qr.c common/sys/qr.h
common_sys_libqr_la_CFLAGS = $(AM_CFLAGS) $(QRENCODE_CFLAGS)
common_sys_libqr_la_LIBADD = common/base/libbase.la $(QRENCODE_LIBS)

common_sys_libsandbox_la_SOURCES = common/sys/sandbox.c common/sys/sandbox.h
common_sys_libsandbox_la_LIBADD = common/base/libbase.la

common_sys_libstore_la_SOURCES = \
	common/sys/store.c common/sys/store.h \
	common/sys/store_impl.h common/sys/store_meta.c \
	common/sys/store_open.c common/sys/store_run.c \
	common/sys/store_stmt.c \
	common/sys/store_schema.c common/sys/store_schema.h
common_sys_libstore_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
common_sys_libstore_la_LIBADD = common/base/libbase.la $(SQLITE_LIBS)

common_sys_libxml_la_SOURCES = common/sys/xml.c common/sys/xml.h \
	common/sys/xml_memory.c common/sys/xml_memory.h \
	common/sys/xml_node.c
common_sys_libxml_la_CFLAGS = $(AM_CFLAGS) $(XML_CFLAGS)
common_sys_libxml_la_LIBADD = common/base/libbase.la $(XML_LIBS)

common_sys_libxmlsig_la_SOURCES = common/sys/xmlsig.c common/sys/xmlsig.h
common_sys_libxmlsig_la_CFLAGS = $(AM_CFLAGS) $(XMLSEC_CFLAGS) \
	$(CRYPTO_CFLAGS)
common_sys_libxmlsig_la_LIBADD = common/sys/libxml.la \
	common/sys/libcrypto8.la $(XMLSEC_LIBS) $(CRYPTO_LIBS)
