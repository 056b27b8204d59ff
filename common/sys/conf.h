/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file /etc/8x8sso/8x8sso.conf (inih underneath).
 *
 * One table (conf_keys) says for every key its section, name, type, default
 * and meaning; the parser, `8x8sso check` and the table of 8x8sso.conf(5) all
 * come from it.  Strict: unknown section or key, a key given twice, a bad
 * value, a line that is neither, or a file that somebody else could write is
 * an error that names file, line and remedy.  No secret is in this file.
 */
#ifndef SYS_CONF_H
#define SYS_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/diag.h"
#include "base/limits.h"

#define CONF_PATH SYSCONFDIR "/8x8sso/8x8sso.conf"

/* A comma-separated list; items are trimmed and never empty. */
struct conf_list {
	char **item;
	size_t count;
};

enum conf_name { CONF_NAME_LOCAL_PART, CONF_NAME_USER_NAME };
enum conf_link { CONF_LINK_USER_NAME, CONF_LINK_EXTERNAL_ID };

/* Strings are never NULL; "" means not set. */
struct conf {
	/* [idp]: the four portal values, or metadata */
	char *idp_issuer;		/* Azure AD Identifier = entityID */
	char *idp_login_url;
	char *idp_logout_url;
	char *idp_certificate;		/* path, PEM ("Certificate (Base64)") */
	char *idp_metadata;		/* path or address */
	char *idp_ca_file;		/* for the address, and so the next */
	char *idp_proxy;
	int64_t idp_max_age;		/* seconds; 0: no limit */
	char *idp_tenant;		/* GUID; "" for a provider that is not Entra */
	/* [saml] */
	char *saml_entity_id;
	char *saml_acs_url;
	bool saml_idp_initiated;
	bool saml_force_authn;
	bool saml_require_mfa;
	bool saml_require_response_signature;
	int64_t saml_clock_skew;	/* seconds, and so all times */
	int64_t saml_max_age;
	int64_t saml_unsolicited_max_age;
	char *saml_subject_attribute;	/* "": persistent NameID (not Entra) */
	char *saml_user_attribute;	/* compared with userName at first login */
	/* [device] */
	bool device_enabled;
	char *device_client_id;
	char *device_issuer;		/* "": Entra's, see conf_device_issuer() */
	struct conf_list device_hosts;
	char *device_device_endpoint;	/* all three, or discovery */
	char *device_token_endpoint;
	char *device_jwks_uri;
	struct conf_list device_verification_uri;
	struct conf_list device_services; /* PAM services, or * */
	struct conf_list device_networks; /* *, local, addresses/bits */
	struct conf_list device_after_key; /* PAM services, or * */
	int64_t device_timeout;
	int64_t device_keys_max_age;
	char *device_user_claim;	/* compared with userName at first login */
	char *device_require_acrs;	/* "": none */
	int64_t device_auth_max_age;	/* 0: any */
	struct conf_list device_require_groups; /* object ids; one of them */
	struct conf_list device_browser_networks; /* source, addresses/bits */
	char *device_confirm;		/* path of a program; "": none */
	uint64_t device_per_user;	/* in DEVICE_LIMIT_SECONDS, and so */
	uint64_t device_per_source;	/* the next two */
	uint64_t device_per_host;
	uint64_t device_concurrent;
	/* [prompt] */
	bool prompt_qr;
	uint64_t prompt_columns;	/* over ssh */
	int64_t prompt_ssh_grace;	/* LoginGraceTime; 0: none */
	int64_t prompt_login_grace;	/* LOGIN_TIMEOUT; 0: none */
	/* [scim] */
	char *scim_url;
	char *scim_token_file;
	char *scim_ca_file;
	char *scim_proxy;
	uint64_t scim_page_size;
	uint64_t scim_max_users;
	int64_t scim_timeout;
	/* [users] */
	enum conf_name users_name;
	enum conf_link users_link_by;
	bool users_guests;
	struct conf_list users_link_local; /* account:userName */
	uint64_t users_min_local_uid;
	char *users_uid_attribute;	/* RFC 7644 path; "": none */
	bool users_jit;
	struct conf_list users_jit_domains;
	uint64_t users_jit_max;
	char *users_home;		/* template, %u = login name */
	char *users_shell;
	uint64_t users_min_id;
	uint64_t users_max_id;
	/* [groups] */
	struct conf_list groups_attributes; /* department, site, title */
	bool groups_scim;
	char *groups_gid_attribute;	/* RFC 7644 path; "": none */
	/* [access] */
	struct conf_list access_allow;	/* *, login names, @groups */
	struct conf_list access_sites;	/* empty: all */
	int64_t access_max_age;		/* of the last good sync; 0: no limit */
	/* [host] */
	char *host_state_dir;
	char *host_libexec_dir;
	char *host_user;		/* "": stay who we are (tests) */
};

enum conf_type {
	CONF_STRING, CONF_URL, CONF_PATH_VALUE, CONF_SOURCE, CONF_PROXY,
	CONF_GUID, CONF_BOOL, CONF_NUMBER, CONF_DURATION, CONF_LIST,
	CONF_NAME, CONF_LINK, CONF_TYPE_COUNT,
};

/* "duration": the word that 8x8sso.conf(5) explains. */
const char *conf_type_name(enum conf_type type);

struct conf_key {
	const char *section;
	const char *name;
	enum conf_type type;
	size_t offset;			/* in struct conf */
	uint64_t min;			/* of a number or duration */
	uint64_t max;
	const char *preset;		/* default, in the file's notation */
	const char *help;		/* one line; also the man page's */
};

extern const struct conf_key conf_keys[];
extern const size_t conf_key_count;

/* Reads and checks the file; *ret_conf is untouched on failure, and the
 * caller ends with conf_clear().  ERR_NOT_FOUND (not configured),
 * ERR_UNSAFE_FILE, ERR_CONF_*; the detail is "FILE:LINE: what; remedy". */
enum err conf_load(const char *path, struct conf *ret_conf, struct diag *diag)
	MUST_USE;

void conf_clear(struct conf *conf);
DEFINE_AUTO(conf, struct conf, conf_clear);

/* Appends the items, one per line, without a newline at the end: lists on the
 * wire.  ERR_TOO_LONG, ERR_NOMEM. */
enum err conf_list_lines(const struct conf_list *list, struct buf *out)
	MUST_USE;

/* The issuer of id_tokens: [device] issuer, or else that of the tenant in
 * Entra's global cloud; "" without either.  Into a caller's buffer, which
 * 1025 bytes are enough for. */
void conf_device_issuer(const struct conf *conf, char *issuer, size_t size);

/* One item of [users] link_local. */
struct conf_link_local {
	char name[LOCAL_NAME_MAX_LEN + 1];
	const char *user_name;		/* borrowed */
};

/* The index-th item; false when there is none. */
bool conf_link_local(const struct conf *conf, size_t i,
	struct conf_link_local *ret) MUST_USE;

/* Where the provider's keys come from: [idp] metadata, or else certificate;
 * "" when neither is set. */
const char *conf_idp_source(const struct conf *conf);

/* A value "path or address" is an address, which is fetched, and no file of
 * root's. */
static inline bool
conf_is_address(const char *source)
{
	return source[0] != '\0' && source[0] != '/';
}

/* <state_dir>/nss.cache and <state_dir>/state/state.db, into caller's PATH_MAX
 * buffers. */
void conf_cache_path(const struct conf *conf, char *path, size_t size);
void conf_state_path(const struct conf *conf, char *path, size_t size);

/* <libexec_dir>/name, a program of ours, into a caller's PATH_MAX buffer.
 * ERR_CONF_VALUE when it does not fit. */
enum err conf_program_path(const struct conf *conf, const char *name,
	char *path, size_t size, struct diag *diag) MUST_USE;

#endif
