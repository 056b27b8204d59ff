/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every maximum of the project, in one place.  Sizes are bytes unless the
 * name says otherwise.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* Login and group names: [a-z][a-z0-9._@-]*, see parse_login_name(). */
#define LOGIN_NAME_MAX_LEN 64

/* Ids that a cache may ever hold (DESIGN.md 4): outside systemd's, container
 * and subuid ranges, and below systemd's reserved range at the top. */
#define ID_MIN 1879048192u
#define ID_MAX 2147352575u

/* nss.cache: of the file, of one field of a user (gecos, home, shell), and
 * the supplementary groups of one user (NGROUPS_MAX). */
#define CACHE_SIZE_MAX (1024u * 1024 * 1024)
#define CACHE_FIELD_MAX 1024u
#define CACHE_GIDS_MAX 65536u
#define CACHE_LINKS_MAX 1000u	/* local accounts of provisioned people */

/* Local people: systemd and the distributions keep what is below, and
 * LOCAL_UID_NOT_MIN to _MAX (homed, dynamic, nobody). */
#define LOCAL_UID_MIN 1000u
#define LOCAL_UID_NOT_MIN 60001u
#define LOCAL_UID_NOT_MAX 65535u
#define LOCAL_NAME_MAX_LEN 32	/* useradd(8) */

/* SAML (catalogue A1). */
#define SAML_BASE64_MAX (96u * 1024)
#define SAML_XML_MAX (64u * 1024)
#define SAML_DEPTH_MAX 32
#define SAML_NODES_MAX 2000
#define SAML_ATTRIBUTES_MAX 32
#define SAML_NAMESPACES_MAX 64
#define SAML_CLAIMS_MAX 64
#define SAML_CLAIM_VALUES_MAX 512
#define SAML_CLAIM_NAME_MAX 1024
#define SAML_CLAIM_VALUE_MAX 8192
#define SAML_NAME_ID_MAX 1024
#define SAML_ENTITY_ID_MAX 1024	/* SAML 2.0 core, 8.3.6 */
#define SAML_KEYS_MAX 16		/* pinned */
#define SAML_CANDIDATES_MAX 4	/* tried for one signature */
#define SAML_PENDING_MAX 512	/* requests that wait for an answer */
#define METADATA_MAX (128u * 1024)
#define METADATA_NODES_MAX 20000
#define METADATA_MS 30000	/* for the provider to send it */

/* One conversation. */
#define ANSWER_MAX SAML_BASE64_MAX
#define ANSWER_PIECES_MAX 512
#define PROMPT_MAX (64u * 1024)
#define PICTURE_MAX (91u * (181 * 3 + 1))	/* the largest QR code */
#define SAML_REQUEST_MAX (8u * 1024)	/* XML of an AuthnRequest */
#define SAML_REQUEST_URL_MAX (12u * 1024)

/* One login, as the module and the helper see it. */
#define RELAY_MESSAGES_MAX 2048		/* from one helper */
#define RELAY_TURN_MS 30000		/* the helper's time to react */
#define LOGIN_BEGIN_MS 10000		/* the module's time to begin */
#define LOGIN_MS 600000			/* the whole login, people included */
#define WORKER_MS 10000			/* one SAML check */
#define SESSION_END_MAX 253402300799u	/* 9999-12-31T23:59:59Z */
#define EARLIEST_NOW 1767225600	/* 2026-01-01: older than the code */

/* The hand-over code.  A delivery in vain costs some 20 ms of CPU: strangers
 * who post junk to a web ACS get a tenth of one. */
#define CODE_SYMBOLS 9			/* of 5 bits */
#define CODE_SECONDS 120
#define CODE_TRIES_MAX 3		/* wrong ones, in one login */
#define CODE_WRONG_MAX 10		/* of one user from one place, in */
#define CODE_WRONG_SECONDS 900
#define DELIVER_FAILED_MAX 300		/* on one host, in */
#define DELIVER_FAILED_SECONDS 60
#define DELIVER_READ_MS 30000		/* for a program to give it */
#define RATES_MAX 10000			/* counters of one kind */

/* The device flow (catalogue J9, J11, J29, V4, V5; RFC 8628). */
#define JWT_MAX (16u * 1024)
#define JWT_HEADER_MAX 1024u
#define JWT_DEPTH_MAX 8
#define JWT_MEMBERS_MAX 128u		/* of one object */
#define JWT_STRING_MAX 4096u
#define KID_MAX_LEN 128
#define JWKS_MAX (256u * 1024)
#define JWKS_KEYS_MAX 64
#define JWKS_REFRESH_SECONDS 300	/* at most one fetch by logins in */
#define OIDC_MAX (64u * 1024)		/* discovery, device and token answers */
#define OIDC_MS 30000			/* for the provider to send one */
#define DEVICE_CODE_MAX_LEN 4096
#define USER_CODE_MIN_LEN 4
#define USER_CODE_MAX_LEN 16
#define DEVICE_INTERVAL_MIN 5		/* seconds; also where none is given */
#define DEVICE_INTERVAL_MAX 300
#define DEVICE_REQUEST_MS 15000		/* one request of the flow */
#define DEVICE_ENTER_MS 60000		/* to press Enter, once signed in */
#define DEVICE_LIMIT_SECONDS 900	/* in which flows are counted */
#define DEVICE_HOME_SECONDS 2592000	/* that a place of a user is known */
#define DEVICE_HOMES_MAX 20		/* of one user */
#define WAIT_MAX_S 60			/* that a WAIT may ask for */

/* The wire. */
#define WIRE_PAYLOAD_MAX (256u * 1024)

/* JSON documents. */
#define JSON_DEPTH_MAX 32
#define JSON_VALUES_MAX 8000000u

/* Provisioning. */
#define CONF_FILE_MAX (256u * 1024)
#define CONF_LINE_MAX 4096
#define SCIM_PATH_MAX 256u	/* of an attribute: URN, name, part */
#define SCIM_NUMBER_MAX 32u	/* uidNumber as text */
#define SCIM_ETAG_MAX 256u
#define SCIM_ETAGS_MAX (128u * 1024)	/* of all pages */
#define SCIM_ETAGS_SECONDS 86400	/* then they are not relied on */
#define SCIM_GROUPS_MAX 100000u
#define SCIM_MEMBERS_MAX 10000000u	/* of all groups */
#define SCIM_NESTING_MAX 16	/* groups in groups */
#define SCIM_NESTED_MAX 1000000u /* of them, at whatever depth */
#define SCIM_PAGE_MAX (16u * 1024 * 1024)
#define SCIM_SAVED_MAX (128u * 1024 * 1024)
#define SCIM_PAGES_MAX 100000u
#define SCIM_USERS_MAX 2000000u
#define SCIM_STRING_MAX 1024u
#define SCIM_TOKEN_MAX 8192u
#define SCIM_URL_MAX 2048u
#define SCIM_CURSOR_MAX 1024u
#define SCIM_CREATED_MAX 64u
#define SCIM_LISTING_MAX (1024u * 1024 * 1024)	/* memory, all records */
#define SCIM_ATTEMPTS_MAX 3	/* listings that the server changes meanwhile */
#define SCIM_RETRIES_MAX 6	/* per page: waits of 1, 2, 4 ... 32 s, a minute */
#define SCIM_RETRY_AFTER_MAX 120	/* seconds that a server may ask for */

/* The directory. */
#define LOCAL_FILE_MAX (64u * 1024 * 1024) /* /etc/passwd, /etc/group */
#define GECOS_MAX_LEN 255
#define HOME_MAX_LEN 1023
#define SUBJECT_MAX_LEN 4096	/* whom an account is pinned to */
#define SYNC_HISTORY_MAX 100
#define REGISTRY_KEY_MAX (SCIM_STRING_MAX + 32)	/* and "department:" */
#define REGISTRY_FILE_MAX (512u * 1024 * 1024)	/* `8x8sso ids import` */
#define LOSS_PERCENT 20		/* more of them, and at least so many: */
#define LOSS_MIN 10		/* no listing that is believed */
#define PUBLISH_MS 25000	/* `8x8sso publish`, in a login */
#define PUBLISH_LOCK_MS 20000	/* of these, for others who publish */

#endif
