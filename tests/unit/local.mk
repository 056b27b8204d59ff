# SPDX-License-Identifier: BSD-2-Clause
# One test_foo.c per foo.c.  A program here needs nothing but a compiler and
# cmocka: no root, no network.

if HAVE_CMOCKA
unit_programs =

# -- common/base, common/wire, common/cache

unit_programs += tests/unit/test_base tests/unit/test_parse
tests_unit_test_base_SOURCES = tests/unit/test_base.c tests/unit/unit.h
tests_unit_test_base_LDADD = common/base/libbase.la $(CMOCKA_LIBS)
tests_unit_test_parse_SOURCES = tests/unit/test_parse.c
tests_unit_test_parse_LDADD = common/base/libbase.la $(CMOCKA_LIBS)

unit_wire_libs = common/wire/libwire.la common/base/libbase.la $(CMOCKA_LIBS)
unit_programs += tests/unit/test_channel tests/unit/test_codec \
	tests/unit/test_spawn
tests_unit_test_channel_SOURCES = tests/unit/test_channel.c
tests_unit_test_channel_LDADD = $(unit_wire_libs)
tests_unit_test_codec_SOURCES = tests/unit/test_codec.c
tests_unit_test_codec_LDADD = $(unit_wire_libs)
tests_unit_test_spawn_SOURCES = tests/unit/test_spawn.c
tests_unit_test_spawn_LDADD = $(unit_wire_libs)

unit_cache_libs = common/cache/libreader.la common/cache/libwriter.la \
	$(CMOCKA_LIBS)
unit_programs += tests/unit/test_cache_damage tests/unit/test_cache_reader \
	tests/unit/test_cache_writer
tests_unit_test_cache_damage_SOURCES = tests/unit/test_cache_damage.c \
	tests/lib/cache.c tests/lib/cache.h
tests_unit_test_cache_damage_LDADD = $(unit_cache_libs)
tests_unit_test_cache_reader_SOURCES = tests/unit/test_cache_reader.c \
	tests/lib/cache.c tests/lib/cache.h
tests_unit_test_cache_reader_LDADD = $(unit_cache_libs)
tests_unit_test_cache_writer_SOURCES = tests/unit/test_cache_writer.c
tests_unit_test_cache_writer_LDADD = $(unit_cache_libs)

# -- nss_8x8

if BUILD_NSS
unit_programs += tests/unit/test_initgroups tests/unit/test_nss
unit_nss_libs = nss_8x8/libnss.la common/cache/libwriter.la $(CMOCKA_LIBS)
tests_unit_test_initgroups_SOURCES = tests/unit/test_initgroups.c \
	tests/lib/cache.c tests/lib/cache.h
tests_unit_test_initgroups_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir) \
	-DTEST_NSS_CACHE='"$(abs_builddir)/tests/unit/test_initgroups.cache"'
tests_unit_test_initgroups_LDADD = $(unit_nss_libs)
tests_unit_test_nss_SOURCES = tests/unit/test_nss.c \
	tests/lib/cache.c tests/lib/cache.h
tests_unit_test_nss_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir) \
	-DTEST_NSS_CACHE='"$(abs_builddir)/tests/unit/test_nss.cache"'
tests_unit_test_nss_LDADD = $(unit_nss_libs) -lpthread
endif

# -- pam_8x8sso; scene.c is what the helper's tests share

unit_module_libs = $(module_libs) $(PAM_LIBS) $(CMOCKA_LIBS)
unit_programs += tests/unit/test_args tests/unit/test_relay \
	tests/unit/test_terminal tests/unit/test_verdict
tests_unit_test_args_SOURCES = tests/unit/test_args.c
tests_unit_test_args_LDADD = $(unit_module_libs)
tests_unit_test_relay_SOURCES = tests/unit/test_relay.c
tests_unit_test_relay_LDADD = $(unit_module_libs)
tests_unit_test_terminal_SOURCES = tests/unit/test_terminal.c
tests_unit_test_terminal_LDADD = $(unit_module_libs)
tests_unit_test_verdict_SOURCES = tests/unit/test_verdict.c
tests_unit_test_verdict_LDADD = $(unit_module_libs)

unit_helper_libs = pam_8x8sso/helper/libhelper.la \
	common/auth/librequest.la common/auth/librules.la \
	common/sys/libconf.la common/sys/libqr.la common/wire/libwire.la \
	common/base/libbase.la $(CMOCKA_LIBS)
unit_programs += tests/unit/test_authenticate tests/unit/test_deliver \
	tests/unit/test_handover tests/unit/test_picture tests/unit/test_reply
tests_unit_test_authenticate_SOURCES = tests/unit/test_authenticate.c \
	tests/unit/scene.c tests/unit/scene.h
tests_unit_test_authenticate_LDADD = $(unit_helper_libs)
tests_unit_test_deliver_SOURCES = tests/unit/test_deliver.c \
	tests/unit/scene.c tests/unit/scene.h
tests_unit_test_deliver_LDADD = $(unit_helper_libs)
tests_unit_test_handover_SOURCES = tests/unit/test_handover.c \
	tests/unit/scene.c tests/unit/scene.h
tests_unit_test_handover_LDADD = $(unit_helper_libs)
tests_unit_test_picture_SOURCES = tests/unit/test_picture.c
tests_unit_test_picture_LDADD = $(unit_helper_libs)
tests_unit_test_reply_SOURCES = tests/unit/test_reply.c \
	tests/unit/scene.c tests/unit/scene.h
tests_unit_test_reply_LDADD = $(unit_helper_libs)

unit_programs += tests/unit/test_newcomer
tests_unit_test_newcomer_SOURCES = tests/unit/test_newcomer.c \
	tests/unit/scene.c tests/unit/scene.h
tests_unit_test_newcomer_LDADD = $(unit_helper_libs)

# -- the device flow in the helper; stage.c is what its tests share

unit_programs += tests/unit/test_device_accept tests/unit/test_device_login \
	tests/unit/test_grace
tests_unit_test_device_accept_SOURCES = tests/unit/test_device_accept.c \
	tests/unit/stage.c tests/unit/stage.h
tests_unit_test_device_accept_LDADD = $(unit_helper_libs)
tests_unit_test_grace_SOURCES = tests/unit/test_grace.c
tests_unit_test_grace_LDADD = $(unit_helper_libs)
tests_unit_test_device_login_SOURCES = tests/unit/test_device_login.c \
	tests/unit/stage.c tests/unit/stage.h
tests_unit_test_device_login_LDADD = $(unit_helper_libs)

# -- common/sys, common/admin

unit_programs += tests/unit/test_admin tests/unit/test_admin_deliver \
	tests/unit/test_conf tests/unit/test_http tests/unit/test_json \
	tests/unit/test_qr tests/unit/test_sandbox tests/unit/test_xml \
	tests/unit/test_xml_layers tests/unit/test_xml_memory
tests_unit_test_admin_SOURCES = tests/unit/test_admin.c \
	common/admin/nsswitch.c common/admin/print.c
tests_unit_test_admin_LDADD = common/base/libbase.la $(CMOCKA_LIBS)
tests_unit_test_admin_deliver_SOURCES = tests/unit/test_admin_deliver.c \
	common/admin/deliver.c common/admin/print.c
tests_unit_test_admin_deliver_LDADD = common/sys/libconf.la \
	common/sys/libjson.la common/wire/libwire.la common/base/libbase.la \
	$(CMOCKA_LIBS)
tests_unit_test_conf_SOURCES = tests/unit/test_conf.c
tests_unit_test_conf_LDADD = common/sys/libconf.la $(CMOCKA_LIBS)
tests_unit_test_http_SOURCES = tests/unit/test_http.c
tests_unit_test_http_LDFLAGS = -Wl,--wrap=getaddrinfo
tests_unit_test_http_LDADD = common/sys/libhttp.la $(CMOCKA_LIBS)
tests_unit_test_json_SOURCES = tests/unit/test_json.c
tests_unit_test_json_LDFLAGS = -Wl,--wrap=free
tests_unit_test_json_LDADD = common/sys/libjson.la $(CMOCKA_LIBS)
unit_programs += tests/unit/test_json_quick
tests_unit_test_json_quick_SOURCES = tests/unit/test_json_quick.c
tests_unit_test_json_quick_LDADD = common/sys/libjson.la $(CMOCKA_LIBS)
tests_unit_test_qr_SOURCES = tests/unit/test_qr.c
tests_unit_test_qr_CFLAGS = $(AM_CFLAGS) $(QRENCODE_CFLAGS)
tests_unit_test_qr_LDADD = common/sys/libqr.la $(QRENCODE_LIBS) $(CMOCKA_LIBS)
tests_unit_test_sandbox_SOURCES = tests/unit/test_sandbox.c
tests_unit_test_sandbox_LDADD = common/sys/libsandbox.la $(CMOCKA_LIBS)
tests_unit_test_xml_SOURCES = tests/unit/test_xml.c
tests_unit_test_xml_LDADD = common/sys/libxml.la $(CMOCKA_LIBS)
tests_unit_test_xml_memory_SOURCES = tests/unit/test_xml_memory.c
tests_unit_test_xml_memory_LDADD = common/sys/libxml.la $(CMOCKA_LIBS)
tests_unit_test_xml_layers_SOURCES = tests/unit/test_xml_layers.c
tests_unit_test_xml_layers_CFLAGS = $(AM_CFLAGS) $(XML_CFLAGS)
tests_unit_test_xml_layers_LDFLAGS = -Wl,--wrap=memchr \
	-Wl,--wrap=xmlCtxtReadMemory
tests_unit_test_xml_layers_LDADD = common/sys/libxml.la $(CMOCKA_LIBS)

# -- the provider's token keys on their way; sign-in by code and the host

unit_programs += tests/unit/test_admin_grace tests/unit/test_jwk_wire \
	tests/unit/test_oidc_fetch tests/unit/test_oidc_print
tests_unit_test_admin_grace_SOURCES = tests/unit/test_admin_grace.c \
	common/admin/grace.c
tests_unit_test_admin_grace_LDADD = common/base/libbase.la $(CMOCKA_LIBS)
tests_unit_test_jwk_wire_SOURCES = tests/unit/test_jwk_wire.c
tests_unit_test_jwk_wire_LDADD = common/auth/libclaims.la $(CMOCKA_LIBS)
tests_unit_test_oidc_fetch_SOURCES = tests/unit/test_oidc_fetch.c
tests_unit_test_oidc_fetch_LDADD = common/auth/librules.la $(CMOCKA_LIBS)
tests_unit_test_oidc_print_SOURCES = tests/unit/test_oidc_print.c \
	common/admin/idp_print.c common/admin/idp_store.c \
	common/admin/oidc_print.c common/admin/print.c
tests_unit_test_oidc_print_LDADD = common/auth/librules.la \
	common/sys/libjson.la $(CMOCKA_LIBS)

# -- the SAML verifier: vectors in tests/vectors/saml

unit_saml_libs = tests/lib/libvector.la $(CMOCKA_LIBS)
unit_saml_programs = tests/unit/test_attack \
	tests/unit/test_claims tests/unit/test_crypto \
	tests/unit/test_differential tests/unit/test_saml_memory \
	tests/unit/test_saml_metadata tests/unit/test_saml_prove \
	tests/unit/test_saml_layers tests/unit/test_saml_request \
	tests/unit/test_saml_response tests/unit/test_saml_rows \
	tests/unit/test_xmlsig
unit_programs += $(unit_saml_programs) tests/unit/test_saml_worker
tests_unit_test_attack_SOURCES = tests/unit/test_attack.c \
	tests/lib/attack.c tests/lib/attack.h
tests_unit_test_attack_LDADD = tests/lib/libvector.la \
	common/sys/libdeflate.la $(CMOCKA_LIBS)
saml_case = tests/unit/saml_case.c tests/unit/saml_case.h
tests_unit_test_claims_SOURCES = tests/unit/test_claims.c
tests_unit_test_claims_LDADD = common/auth/libclaims.la $(CMOCKA_LIBS)
tests_unit_test_crypto_SOURCES = tests/unit/test_crypto.c
tests_unit_test_crypto_LDADD = $(unit_saml_libs)
tests_unit_test_differential_SOURCES = tests/unit/test_differential.c
tests_unit_test_differential_CFLAGS = $(AM_CFLAGS) $(XMLSEC_CFLAGS)
tests_unit_test_differential_LDFLAGS = \
	-Wl,--wrap=xmlSecDSigCtxVerify,--wrap=crypto_rs256_verify
tests_unit_test_differential_LDADD = $(unit_saml_libs)
# Programs whose allocations fail.
scarce = tests/unit/scarce.c tests/unit/scarce.h
scarce_ldflags = -Wl,--wrap=malloc,--wrap=calloc -Wl,--wrap=strdup,--wrap=free
tests_unit_test_saml_memory_SOURCES = tests/unit/test_saml_memory.c $(scarce)
tests_unit_test_saml_memory_CFLAGS = $(AM_CFLAGS) $(XML_CFLAGS) \
	$(CRYPTO_CFLAGS)
tests_unit_test_saml_memory_LDFLAGS = $(scarce_ldflags)
tests_unit_test_saml_memory_LDADD = $(unit_saml_libs) \
	common/auth/librequest.la $(XML_LIBS) $(CRYPTO_LIBS)
tests_unit_test_saml_metadata_SOURCES = tests/unit/test_saml_metadata.c
tests_unit_test_saml_metadata_LDADD = $(unit_saml_libs)
tests_unit_test_saml_prove_SOURCES = tests/unit/test_saml_prove.c
tests_unit_test_saml_prove_LDADD = $(unit_saml_libs)
tests_unit_test_saml_request_SOURCES = tests/unit/test_saml_request.c \
	tests/lib/redirect.c tests/lib/redirect.h
tests_unit_test_saml_request_LDADD = common/auth/librequest.la $(ZLIB_LIBS) \
	$(CMOCKA_LIBS)
tests_unit_test_xmlsig_SOURCES = tests/unit/test_xmlsig.c
# The linker wants to see in the wrappers what the library calls itself.
tests_unit_test_xmlsig_CFLAGS = $(AM_CFLAGS) $(XMLSEC_CFLAGS) \
	-fvisibility=default
tests_unit_test_xmlsig_LDFLAGS = -Wl,--wrap=xmlAddID \
	-Wl,--wrap=xmlC14NExecute -Wl,--wrap=xmlGetID \
	-Wl,--wrap=xmlSecCheckVersionExt -Wl,--wrap=xmlSecDSigCtxVerify \
	-Wl,--wrap=xmlSecDSigReferenceCtxGetPreDigestBuffer \
	-Wl,--wrap=xmlSecKeySetValue
tests_unit_test_xmlsig_LDADD = $(unit_saml_libs) $(XMLSEC_LIBS)
tests_unit_test_saml_layers_SOURCES = tests/unit/test_saml_layers.c \
	$(saml_case)
tests_unit_test_saml_layers_CFLAGS = $(AM_CFLAGS) $(XML_CFLAGS)
tests_unit_test_saml_layers_LDFLAGS = -Wl,--wrap=saml_signature_verify \
	-Wl,--wrap=xml_parse
tests_unit_test_saml_layers_LDADD = $(unit_saml_libs)
tests_unit_test_saml_response_SOURCES = tests/unit/test_saml_response.c \
	$(saml_case)
tests_unit_test_saml_response_LDADD = $(unit_saml_libs)
tests_unit_test_saml_rows_SOURCES = tests/unit/test_saml_rows.c $(saml_case)
tests_unit_test_saml_rows_LDADD = $(unit_saml_libs)
tests_unit_test_saml_worker_SOURCES = tests/unit/test_saml_worker.c
tests_unit_test_saml_worker_LDADD = $(unit_saml_libs)

# -- id_tokens; jwt_case.c signs them with keys that it makes

jwt_case = tests/unit/jwt_case.c tests/unit/jwt_case.h
jwt_cflags = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
jwt_ldadd = common/auth/libjose.la $(CRYPTO_LIBS) $(CMOCKA_LIBS)
unit_programs += tests/unit/test_jwks tests/unit/test_jws \
	tests/unit/test_jwt tests/unit/test_jwt_rows \
	tests/unit/test_jwt_memory tests/unit/test_jwt_trust \
	tests/unit/test_oidc
tests_unit_test_jwks_SOURCES = tests/unit/test_jwks.c $(jwt_case)
tests_unit_test_jwks_CFLAGS = $(jwt_cflags)
tests_unit_test_jwks_LDADD = $(jwt_ldadd)
tests_unit_test_jws_SOURCES = tests/unit/test_jws.c $(jwt_case)
tests_unit_test_jws_CFLAGS = $(jwt_cflags)
tests_unit_test_jws_LDADD = $(jwt_ldadd)
tests_unit_test_jwt_SOURCES = tests/unit/test_jwt.c $(jwt_case)
tests_unit_test_jwt_CFLAGS = $(jwt_cflags)
tests_unit_test_jwt_LDADD = $(jwt_ldadd)
tests_unit_test_jwt_rows_SOURCES = tests/unit/test_jwt_rows.c $(jwt_case)
tests_unit_test_jwt_rows_CFLAGS = $(jwt_cflags)
tests_unit_test_jwt_rows_LDADD = $(jwt_ldadd)
tests_unit_test_jwt_memory_SOURCES = tests/unit/test_jwt_memory.c $(jwt_case) \
	$(scarce)
tests_unit_test_jwt_memory_CFLAGS = $(jwt_cflags)
tests_unit_test_jwt_memory_LDFLAGS = $(scarce_ldflags)
tests_unit_test_jwt_memory_LDADD = $(jwt_ldadd)
tests_unit_test_jwt_trust_SOURCES = tests/unit/test_jwt_trust.c $(jwt_case)
tests_unit_test_jwt_trust_CFLAGS = $(jwt_cflags)
tests_unit_test_jwt_trust_LDADD = $(jwt_ldadd)
tests_unit_test_oidc_SOURCES = tests/unit/test_oidc.c
tests_unit_test_oidc_LDADD = $(jwt_ldadd)

# -- what the rows of the catalogue show, where other programs do not

unit_programs += tests/unit/test_http_policy
tests_unit_test_http_policy_SOURCES = tests/unit/test_http_policy.c
tests_unit_test_http_policy_LDFLAGS = -Wl,--wrap=curl_easy_setopt
tests_unit_test_http_policy_LDADD = common/sys/libhttp.la $(CMOCKA_LIBS)
unit_programs += tests/unit/test_jose_rows
tests_unit_test_jose_rows_SOURCES = tests/unit/test_jose_rows.c $(jwt_case)
tests_unit_test_jose_rows_CFLAGS = $(jwt_cflags)
tests_unit_test_jose_rows_LDADD = $(jwt_ldadd)

# -- the device flow

unit_programs += tests/unit/test_device tests/unit/test_device_answer \
	tests/unit/test_device_error tests/unit/test_device_worker
tests_unit_test_device_SOURCES = tests/unit/test_device.c
tests_unit_test_device_LDADD = common/auth/libdevice.la $(CMOCKA_LIBS)
tests_unit_test_device_answer_SOURCES = tests/unit/test_device_answer.c
tests_unit_test_device_answer_LDADD = common/auth/libdevice.la $(CMOCKA_LIBS)
tests_unit_test_device_error_SOURCES = tests/unit/test_device_error.c
tests_unit_test_device_error_LDADD = common/auth/libdevice.la $(CMOCKA_LIBS)
tests_unit_test_device_worker_SOURCES = tests/unit/test_device_worker.c
tests_unit_test_device_worker_LDADD = common/auth/libclaims.la $(CMOCKA_LIBS)

# -- the SCIM client

scim_fake = tests/unit/scim_fake.c tests/unit/scim_fake.h
unit_programs += tests/unit/test_scim tests/unit/test_scim_page \
	tests/unit/test_scim_retry
tests_unit_test_scim_SOURCES = tests/unit/test_scim.c $(scim_fake)
tests_unit_test_scim_LDADD = common/directory/libscim.la $(CMOCKA_LIBS)
tests_unit_test_scim_page_SOURCES = tests/unit/test_scim_page.c
tests_unit_test_scim_page_LDADD = common/directory/libscim.la $(CMOCKA_LIBS)
tests_unit_test_scim_retry_SOURCES = tests/unit/test_scim_retry.c $(scim_fake)
tests_unit_test_scim_retry_LDADD = common/directory/libscim.la $(CMOCKA_LIBS)

# -- groups, ids and validators of a listing

unit_programs += tests/unit/test_scim_etags tests/unit/test_scim_groups \
	tests/unit/test_scim_resource
tests_unit_test_scim_etags_SOURCES = tests/unit/test_scim_etags.c $(scim_fake)
tests_unit_test_scim_etags_LDADD = common/directory/libscim.la $(CMOCKA_LIBS)
tests_unit_test_scim_groups_SOURCES = tests/unit/test_scim_groups.c $(scim_fake)
tests_unit_test_scim_groups_LDADD = common/directory/libscim.la $(CMOCKA_LIBS)
tests_unit_test_scim_resource_SOURCES = tests/unit/test_scim_resource.c
tests_unit_test_scim_resource_LDADD = common/directory/libscim.la $(CMOCKA_LIBS)

unit_programs += tests/unit/test_net
tests_unit_test_net_SOURCES = tests/unit/test_net.c
tests_unit_test_net_LDADD = common/base/libbase.la $(CMOCKA_LIBS)

# -- the rules and their state; state.c is what these tests share

state_sources = tests/unit/state.c tests/unit/state.h
state_ldflags = -Wl,--wrap=local_load_host
state_ldadd = common/directory/libdirectory.la common/auth/librules.la \
	$(CMOCKA_LIBS)
unit_programs += tests/unit/test_code
tests_unit_test_code_SOURCES = tests/unit/test_code.c $(state_sources)
tests_unit_test_code_LDFLAGS = $(state_ldflags)
tests_unit_test_code_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_decoy
tests_unit_test_decoy_SOURCES = tests/unit/test_decoy.c $(state_sources)
tests_unit_test_decoy_LDFLAGS = $(state_ldflags)
tests_unit_test_decoy_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_amend
tests_unit_test_amend_SOURCES = tests/unit/test_amend.c $(state_sources)
tests_unit_test_amend_LDFLAGS = $(state_ldflags)
tests_unit_test_amend_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_directory
tests_unit_test_directory_SOURCES = tests/unit/test_directory.c $(state_sources)
tests_unit_test_directory_LDFLAGS = $(state_ldflags)
tests_unit_test_directory_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_links
tests_unit_test_links_SOURCES = tests/unit/test_links.c $(state_sources)
tests_unit_test_links_LDFLAGS = $(state_ldflags)
tests_unit_test_links_LDADD = common/cache/libreader.la $(state_ldadd)
unit_programs += tests/unit/test_flows
tests_unit_test_flows_SOURCES = tests/unit/test_flows.c $(state_sources)
tests_unit_test_flows_LDFLAGS = $(state_ldflags)
tests_unit_test_flows_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_group_nesting
tests_unit_test_group_nesting_SOURCES = tests/unit/test_group_nesting.c \
	$(state_sources)
tests_unit_test_group_nesting_LDFLAGS = $(state_ldflags)
tests_unit_test_group_nesting_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_group_names
tests_unit_test_group_names_SOURCES = tests/unit/test_group_names.c \
	$(state_sources)
tests_unit_test_group_names_LDFLAGS = $(state_ldflags)
tests_unit_test_group_names_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_groups
tests_unit_test_groups_SOURCES = tests/unit/test_groups.c $(state_sources)
tests_unit_test_groups_LDFLAGS = $(state_ldflags)
tests_unit_test_groups_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_idp_keys
tests_unit_test_idp_keys_SOURCES = tests/unit/test_idp_keys.c $(state_sources)
tests_unit_test_idp_keys_LDFLAGS = $(state_ldflags)
tests_unit_test_idp_keys_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_idp_store
tests_unit_test_idp_store_SOURCES = tests/unit/test_idp_store.c \
	common/admin/idp_store.c common/admin/print.c $(state_sources)
tests_unit_test_idp_store_LDFLAGS = $(state_ldflags)
tests_unit_test_idp_store_LDADD = $(state_ldadd)
claims_fake = tests/unit/claims_fake.c tests/unit/claims_fake.h
unit_programs += tests/unit/test_jit
tests_unit_test_jit_SOURCES = tests/unit/test_jit.c $(claims_fake) \
	$(state_sources)
tests_unit_test_jit_LDFLAGS = $(state_ldflags)
tests_unit_test_jit_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_link
tests_unit_test_link_SOURCES = tests/unit/test_link.c $(claims_fake) \
	$(state_sources)
tests_unit_test_link_LDFLAGS = $(state_ldflags)
tests_unit_test_link_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_names
tests_unit_test_names_SOURCES = tests/unit/test_names.c $(state_sources)
tests_unit_test_names_LDFLAGS = $(state_ldflags)
tests_unit_test_names_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_names_home
tests_unit_test_names_home_SOURCES = tests/unit/test_names_home.c \
	$(state_sources)
tests_unit_test_names_home_LDFLAGS = $(state_ldflags)
tests_unit_test_names_home_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_oidc_store
tests_unit_test_oidc_store_SOURCES = tests/unit/test_oidc_store.c $(state_sources)
tests_unit_test_oidc_store_LDFLAGS = $(state_ldflags)
tests_unit_test_oidc_store_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_pending
tests_unit_test_pending_SOURCES = tests/unit/test_pending.c $(state_sources)
tests_unit_test_pending_LDFLAGS = $(state_ldflags)
tests_unit_test_pending_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_publish
tests_unit_test_publish_SOURCES = tests/unit/test_publish.c $(state_sources)
tests_unit_test_publish_LDFLAGS = $(state_ldflags)
tests_unit_test_publish_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_rate
tests_unit_test_rate_SOURCES = tests/unit/test_rate.c $(state_sources)
tests_unit_test_rate_LDFLAGS = $(state_ldflags)
tests_unit_test_rate_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_registry
tests_unit_test_registry_SOURCES = tests/unit/test_registry.c $(state_sources)
tests_unit_test_registry_LDFLAGS = $(state_ldflags)
tests_unit_test_registry_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_registry_file
tests_unit_test_registry_file_SOURCES = tests/unit/test_registry_file.c $(state_sources)
tests_unit_test_registry_file_LDFLAGS = $(state_ldflags)
tests_unit_test_registry_file_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_registry_history
tests_unit_test_registry_history_SOURCES = tests/unit/test_registry_history.c $(state_sources)
tests_unit_test_registry_history_LDFLAGS = $(state_ldflags)
tests_unit_test_registry_history_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_replay
tests_unit_test_replay_SOURCES = tests/unit/test_replay.c $(state_sources)
tests_unit_test_replay_LDFLAGS = $(state_ldflags)
tests_unit_test_replay_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_store
tests_unit_test_store_SOURCES = tests/unit/test_store.c $(state_sources)
tests_unit_test_store_LDFLAGS = $(state_ldflags)
tests_unit_test_store_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_store_meta
tests_unit_test_store_meta_SOURCES = tests/unit/test_store_meta.c $(state_sources)
tests_unit_test_store_meta_LDFLAGS = $(state_ldflags)
tests_unit_test_store_meta_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_store_copy
tests_unit_test_store_copy_SOURCES = tests/unit/test_store_copy.c $(state_sources)
tests_unit_test_store_copy_LDFLAGS = $(state_ldflags)
tests_unit_test_store_copy_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_store_run
tests_unit_test_store_run_SOURCES = tests/unit/test_store_run.c $(state_sources)
tests_unit_test_store_run_LDFLAGS = $(state_ldflags)
tests_unit_test_store_run_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_store_upgrade
tests_unit_test_store_upgrade_SOURCES = tests/unit/test_store_upgrade.c \
	$(state_sources)
tests_unit_test_store_upgrade_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_upgrade_LDFLAGS = $(state_ldflags)
tests_unit_test_store_upgrade_LDADD = $(state_ldadd) $(SQLITE_LIBS)
unit_programs += tests/unit/test_update
tests_unit_test_update_SOURCES = tests/unit/test_update.c $(state_sources)
tests_unit_test_update_LDFLAGS = $(state_ldflags)
tests_unit_test_update_LDADD = $(state_ldadd)

unit_programs += tests/unit/test_update_differ
tests_unit_test_update_differ_SOURCES = tests/unit/test_update_differ.c $(state_sources)
tests_unit_test_update_differ_LDFLAGS = $(state_ldflags)
tests_unit_test_update_differ_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_update_guard
tests_unit_test_update_guard_SOURCES = tests/unit/test_update_guard.c $(state_sources)
tests_unit_test_update_guard_LDFLAGS = $(state_ldflags)
tests_unit_test_update_guard_LDADD = $(state_ldadd)
unit_programs += tests/unit/test_update_faults
tests_unit_test_update_faults_SOURCES = tests/unit/test_update_faults.c $(state_sources)
tests_unit_test_update_faults_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_update_faults_LDFLAGS = $(state_ldflags) \
	-Wl,--wrap=sqlite3_exec,--wrap=sqlite3_prepare_v2,--wrap=sqlite3_step
tests_unit_test_update_faults_LDADD = $(state_ldadd) $(SQLITE_LIBS)

unit_programs += tests/unit/test_local tests/unit/test_policy
tests_unit_test_local_SOURCES = tests/unit/test_local.c
tests_unit_test_local_LDADD = common/directory/libdirectory.la $(CMOCKA_LIBS)
tests_unit_test_policy_SOURCES = tests/unit/test_policy.c
tests_unit_test_policy_LDADD = common/auth/librules.la $(CMOCKA_LIBS)

check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)
endif
