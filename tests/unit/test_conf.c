/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "sys/conf.h"

#define TENANT "c4b5cb3f-8c62-4a4d-9f61-9f5d1f1a6f2e"
#define IDP \
	"[idp]\n" \
	"issuer = https://sts.windows.net/" TENANT "/\n" \
	"tenant = " TENANT "\n" \
	"certificate = /etc/8x8sso/idp.pem\n" \
	"login_url = https://login.microsoftonline.com/" TENANT "/saml2\n"

static char dir[] = "/tmp/8x8sso-conf-XXXXXX";
static char path[64];
static struct diag diag;

static int
make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/8x8sso.conf", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

static void
write_bytes(const void *data, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0644), 0);
}

static enum err
load(const char *text, struct conf *conf)
{
	write_bytes(text, strlen(text));
	diag = (struct diag)DIAG_INIT;
	return conf_load(path, conf, &diag);
}

/* The text is refused with this reason, and the detail says so. */
static void
refused(const char *text, enum err want, const char *detail)
{
	struct conf conf = { .idp_issuer = NULL };

	assert_err(load(text, &conf), want);
	assert_err(diag.code, want);
	assert_memory_equal(diag.text, path, strlen(path));
	if (strstr(diag.text, detail) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", diag.text, detail);
	assert_null(conf.saml_entity_id);
}

static void
an_empty_file_gives_the_presets(void **state)
{
	AUTO(conf) struct conf conf = { 0 };

	(void)state;
	assert_err(load("", &conf), ERR_OK);
	assert_string_equal(conf.idp_issuer, "");
	assert_string_equal(conf_idp_source(&conf), "");
	assert_int_equal(conf.idp_max_age, 30 * 86400);
	assert_string_equal(conf.saml_entity_id, "https://sso.8x8.com/saml2");
	assert_string_equal(conf.saml_acs_url, "https://sso.8x8.com/saml2");
	assert_false(conf.saml_idp_initiated);
	assert_true(conf.saml_force_authn);
	assert_int_equal(conf.saml_clock_skew, 30);
	assert_int_equal(conf.saml_max_age, 300);
	assert_int_equal(conf.saml_unsolicited_max_age, 60);
	assert_true(conf.prompt_qr);
	assert_int_equal(conf.prompt_columns, 80);
	assert_int_equal(conf.scim_page_size, 100);
	assert_int_equal(conf.scim_timeout, 600);
	assert_int_equal(conf.users_name, CONF_NAME_LOCAL_PART);
	assert_int_equal(conf.users_link_by, CONF_LINK_USER_NAME);
	assert_string_equal(conf.users_home, "/home/%u");
	assert_int_equal(conf.users_min_id, ID_MIN);
	assert_int_equal(conf.users_max_id, ID_MAX);
	assert_int_equal(conf.access_allow.count, 0);
	assert_int_equal(conf.access_max_age, 7 * 86400);
	assert_string_equal(conf.host_state_dir, LOCALSTATEDIR "/lib/8x8sso");
	assert_string_equal(conf.host_user, "_8x8sso");
}

static void
a_full_file_is_read(void **state)
{
	AUTO(conf) struct conf conf = { 0 };

	(void)state;
	assert_err(load("# comment\n  ; another, indented\n\n" IDP
	    "logout_url =\n"
	    "[scim]\nurl=https://platform.8x8.com/udi/customers/C1/scim/v2\n"
	    "token_file\t=\t/etc/8x8sso/scim-token   \n"
	    "[access]\nallow = b.simon , @sales,*\nmax_age = 0\n"
	    "[users]\nname = user_name\nlink_by = external_id\n"
	    "[groups]\nattributes = department, site\n"
	    "[saml]\nidp_initiated = yes\nclock_skew = 1m\n"
	    "[prompt]\nqr = no\ncolumns = 500\n"
	    "[host]\nuser =", &conf), ERR_OK);
	assert_string_equal(conf.idp_tenant, TENANT);
	assert_string_equal(conf.idp_logout_url, "");
	assert_string_equal(conf.scim_token_file, "/etc/8x8sso/scim-token");
	assert_int_equal(conf.access_allow.count, 3);
	assert_string_equal(conf.access_allow.item[0], "b.simon");
	assert_string_equal(conf.access_allow.item[1], "@sales");
	assert_string_equal(conf.access_allow.item[2], "*");
	assert_int_equal(conf.access_max_age, 0);
	assert_int_equal(conf.users_name, CONF_NAME_USER_NAME);
	assert_int_equal(conf.users_link_by, CONF_LINK_EXTERNAL_ID);
	assert_int_equal(conf.groups_attributes.count, 2);
	assert_true(conf.saml_idp_initiated);
	assert_int_equal(conf.saml_clock_skew, 60);
	assert_false(conf.prompt_qr);
	assert_int_equal(conf.prompt_columns, 500);
	assert_string_equal(conf.host_user, "");
}

static void
metadata_replaces_the_certificate(void **state)
{
	AUTO(conf) struct conf conf = { 0 };

	(void)state;
	assert_err(load("[idp]\nissuer = urn:example:idp\n"
	    "metadata = /etc/8x8sso/metadata.xml\n", &conf), ERR_OK);
}

static void
metadata_may_be_a_file_or_an_address(void **state)
{
	static const struct {
		const char *source;
		bool is_address;
	} rows[] = {
		{ "/etc/8x8sso/metadata.xml", false },
		{ "/etc/https://example.com/", false },
		{ "https://login.example/federationmetadata.xml?appid=" TENANT,
		    true },
		{ "http://127.0.0.1:8080/metadata", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(conf) struct conf conf = { 0 };
		char text[512];

		(void)snprintf(text, sizeof(text), "[idp]\n"
		    "issuer = urn:example:idp\nmetadata = %s\n"
		    "ca_file = /etc/ca.pem\nproxy = http://proxy:3128\n"
		    "max_age = 0\n", rows[i].source);
		assert_err(load(text, &conf), ERR_OK);
		assert_string_equal(conf_idp_source(&conf), rows[i].source);
		assert_int_equal(conf_is_address(conf_idp_source(&conf)),
		    rows[i].is_address);
		assert_string_equal(conf.idp_ca_file, "/etc/ca.pem");
		assert_string_equal(conf.idp_proxy, "http://proxy:3128");
		assert_int_equal(conf.idp_max_age, 0);
	}
}

static void
the_certificate_is_a_source_of_keys_and_no_address(void **state)
{
	AUTO(conf) struct conf conf = { 0 };

	(void)state;
	assert_err(load(IDP, &conf), ERR_OK);
	assert_string_equal(conf_idp_source(&conf), "/etc/8x8sso/idp.pem");
	assert_false(conf_is_address(conf_idp_source(&conf)));
	assert_false(conf_is_address(""));
}

static void
lines_that_are_not_clear_are_refused(void **state)
{
	static const struct {
		const char *text;
		const char *detail;
	} cases[] = {
		{ "[idp]\nissuer\n", ":2: write [section]" },
		{ "[idp]\nissuer : x\n", ":2: write [section]" },
		{ "[idp]\nissuer:x = y\n", ":2: write [section]" },
		{ "[idp]\n= x\n", ":2: write [section]" },
		{ "[idp]\nIssuer = x\n", ":2: write [section]" },
		{ "[idp]\nissuer = urn:a\n  b\n", ":3: indented" },
		{ "[idp]\n\tissuer = urn:a\n", ":2: indented" },
		{ "[idp]\nissuer = \"urn:a\"\n", "without quotes" },
		{ "[idp]\nissuer = 'urn:a'\n", "without quotes" },
		{ "[idp]\nissuer = urn:a ; why\n", "line of its own" },
		{ "[idp]\nissuer = urn:a\t# why\n", "line of its own" },
		{ "[idp]\nissuer = ;\n", "line of its own" },
		{ "[idp] # x\n", ":1: a section is [name]" },
		{ "[idp\n", ":1: a section is [name]" },
		{ "[idp]]\n", ":1: a section is [name]" },
		{ "\xef\xbb\xbf[idp]\n", ":1: begins with a byte order" },
		{ "[idp]\r\n", "carriage return" },
		{ "[idp]\nissuer = a\x1b[31m\n", "control character" },
		{ "[idp]\nissuer = a\x7f\n", "control character" },
		{ "# \xff\n", "not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		refused(cases[i].text, ERR_CONF_SYNTAX, cases[i].detail);
}

static void
a_nul_byte_is_refused(void **state)
{
	static const char text[] = "[idp]\nissuer = urn:a\0b\n";
	struct conf conf = { .idp_issuer = NULL };

	(void)state;
	write_bytes(text, sizeof(text) - 1);
	assert_err(conf_load(path, &conf, &diag), ERR_CONF_SYNTAX);
	assert_non_null(strstr(diag.text, "control character"));
}

static void
unknown_sections_and_keys_are_refused(void **state)
{
	(void)state;
	refused("[ipd]\n", ERR_CONF_UNKNOWN, ":1: unknown section");
	refused("[]\n", ERR_CONF_UNKNOWN, ":1: unknown section");
	refused("[idp ]\n", ERR_CONF_UNKNOWN, ":1: unknown section");
	refused("[a_section_with_a_very_long_name_that_is_no_section]\n",
	    ERR_CONF_UNKNOWN, "unknown section");
	refused("[idp]\nisuer = x\n", ERR_CONF_UNKNOWN, ":2: unknown key");
	refused("[saml]\nissuer = x\n", ERR_CONF_UNKNOWN, ":2: unknown key");
	refused("issuer = x\n", ERR_CONF_UNKNOWN, ":1: key before the first");
	refused("[idp]\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = x\n",
	    ERR_CONF_UNKNOWN, "no key is that long");
}

static void
a_key_given_twice_is_refused(void **state)
{
	(void)state;
	refused("[idp]\nissuer = urn:a\n[saml]\n[idp]\nissuer = urn:a\n",
	    ERR_CONF_DUPLICATE, ":5: [idp] issuer: is set already in line 2");
}

static void
a_line_at_the_limit_is_read_and_one_above_it_refused(void **state)
{
	AUTO(conf) struct conf conf = { 0 };
	char text[CONF_LINE_MAX + 64];
	int n = snprintf(text, sizeof(text), "[scim]\nproxy = http://");
	size_t line = (size_t)n - strlen("[scim]\n");

	(void)state;
	memset(text + n, 'a', sizeof(text) - (size_t)n);
	text[(size_t)n + CONF_LINE_MAX - line] = '\0';
	assert_err(load(text, &conf), ERR_OK);
	assert_int_equal(strlen(conf.scim_proxy),
	    CONF_LINE_MAX - strlen("proxy = "));
	memset(text + n, 'a', sizeof(text) - (size_t)n);
	text[(size_t)n + CONF_LINE_MAX - line + 2] = '\0';
	refused(text, ERR_CONF_SYNTAX, ":2: the line is too long");
}

static void
an_issuer_longer_than_an_entity_id_is_refused(void **state)
{
	AUTO(conf) struct conf conf = { 0 };
	char text[SAML_ENTITY_ID_MAX + 64];
	char issuer[SAML_ENTITY_ID_MAX + 2];

	(void)state;
	memset(issuer, 'a', sizeof(issuer) - 1);
	issuer[SAML_ENTITY_ID_MAX + 1] = '\0';
	(void)snprintf(text, sizeof(text), "[idp]\nmetadata = /m\n"
	    "issuer = %s\n", issuer);
	refused(text, ERR_CONF_VALUE, ":3: [idp] issuer: is longer than");
	(void)snprintf(text, sizeof(text), "[idp]\nmetadata = /m\n"
	    "issuer = %s\n", issuer + 1);
	assert_err(load(text, &conf), ERR_OK);
}

static void
bad_values_are_refused(void **state)
{
	static const struct {
		const char *text;
		const char *detail;
	} cases[] = {
		{ "[idp]\nlogin_url = http://login.example/\n",
		    ":2: [idp] login_url: not an https:// address" },
		{ "[scim]\nurl = https://u:p@h/\n", "not an https://" },
		{ "[saml]\nacs_url = ftp://h/\n", "not an https://" },
		{ "[idp]\ncertificate = idp.pem\n", "not an absolute path" },
		{ "[idp]\nmetadata = metadata.xml\n",
		    "not an absolute path" },
		{ "[idp]\nmetadata = http://login.example/metadata\n",
		    ":2: [idp] metadata: not an https:// address" },
		{ "[idp]\nmetadata = file:///etc/metadata.xml\n",
		    "not an https://" },
		{ "[idp]\nmetadata = https://login.example/#x\n",
		    "not an https://" },
		{ "[idp]\ncertificate = https://login.example/idp.pem\n",
		    "not an absolute path" },
		{ "[idp]\nca_file = ca.pem\n", "not an absolute path" },
		{ "[idp]\nmax_age = 30 days\n", "write a duration" },
		{ "[idp]\nproxy = proxy:3128\n",
		    ":2: [idp] proxy: is not http://host:port" },
		{ "[idp]\nproxy = http://u:p@proxy:3128\n", "password" },
		{ "[scim]\nproxy = proxy:3128\n",
		    ":2: [scim] proxy: is not http://host:port" },
		{ "[scim]\nproxy = http://u:p@proxy:3128\n", "password" },
		{ "[idp]\ntenant = common\n", "not a GUID" },
		{ "[idp]\ntenant = contoso.com\n", "not a GUID" },
		{ "[saml]\nforce_authn = true\n", "write yes or no" },
		{ "[saml]\nforce_authn =\n", "write yes or no" },
		{ "[saml]\nclock_skew = 61s\n", "from 0s to 60s" },
		{ "[saml]\nmax_age = 0\n", "from 30s" },
		{ "[saml]\nmax_age = 5 m\n", "write a duration" },
		{ "[saml]\nmax_age = -5m\n", "write a duration" },
		{ "[prompt]\nqr = maybe\n", "write yes or no" },
		{ "[prompt]\ncolumns = 501\n", "from 0 to 500" },
		{ "[prompt]\ncolumns =\n", "from 0 to 500" },
		{ "[scim]\npage_size = 0\n", "from 1 to 1000" },
		{ "[scim]\npage_size = 1001\n", "from 1 to 1000" },
		{ "[scim]\npage_size = 010\n", "from 1 to 1000" },
		{ "[users]\nname = upn\n", "write local_part or user_name" },
		{ "[users]\nlink_by = mail\n", "user_name or external_id" },
		{ "[users]\nmin_id = 1000\n", "write a number from" },
		{ "[users]\nmax_id = 2147352576\n", "write a number from" },
		{ "[access]\nallow = a,,b\n", "surplus comma" },
		{ "[access]\nallow = a,\n", "surplus comma" },
		{ "[access]\nallow = ,\n", "surplus comma" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		refused(cases[i].text, ERR_CONF_VALUE, cases[i].detail);
}

static void
values_that_do_not_fit_together_are_refused(void **state)
{
	static const struct {
		const char *text;
		const char *detail;
	} cases[] = {
		{ IDP "metadata = /m.xml\n", "[idp] issuer: has both" },
		{ "[idp]\nissuer = urn:a\n", ":2: [idp] issuer: has no keys" },
		{ "[idp]\nissuer = https://sts.windows.net/" TENANT "/\n"
		    "metadata = /m\n"
		    "tenant = d4b5cb3f-8c62-4a4d-9f61-9f5d1f1a6f2e\n",
		    ":4: [idp] tenant: is not the tenant in" },
		{ "[idp]\nissuer = urn:a\nmetadata = /m\n"
		    "tenant = 9188040D-6c67-4c5b-b112-36a304b66dad\n",
		    "personal Microsoft accounts" },
		{ "[saml]\nentity_id =\n", "must not be empty" },
		{ "[saml]\nacs_url =\n", "must not be empty" },
		{ "[saml]\nuser_attribute =\n", "must not be empty" },
		{ "[idp]\nissuer = urn:a\nmetadata = https://h/m\n"
		    "certificate = /c\nlogin_url = https://h/\n",
		    "[idp] issuer: has both" },
		{ "[users]\njit = yes\n", "needs [users] jit_domains" },
		{ "[users]\njit = yes\njit_domains = *\n", "takes domains" },
		{ "[users]\njit_domains = a@contoso.com\n",
		    "takes domains" },
		{ "[users]\njit = yes\njit_domains = contoso.com\n"
		    "uid_attribute = uidNumber\n", "no uids to give" },
		{ "[users]\njit_max = 0\n", "write a number from" },
		{ "[users]\njit_max = 10001\n", "write a number from" },
		{ "[users]\nhome = home/%u\n", "must begin with /" },
		{ "[users]\nhome = /home\n", "must contain %u" },
		{ "[users]\nhome = /home/%u/%u\n", "no other %" },
		{ "[users]\nhome = /home/%d/%u\n", "no other %" },
		{ "[users]\nhome = /home/%u:x\n", "colon" },
		{ "[users]\nshell =\n", "must not be empty" },
		{ "[users]\nshell = /bin/sh:\n", "colon" },
		{ "[users]\nshell = bash\n", "not an absolute path" },
		{ "[users]\nmin_id = 2000000000\nmax_id = 2000000000\n",
		    ":3: [users] max_id: must be greater" },
		{ "[groups]\nattributes = manager\n", "department, site" },
		{ "[groups]\nattributes = site, site\n", "twice" },
		{ "[access]\nallow = B.Simon\n", "lower case" },
		{ "[access]\nallow = @\n", "@groups" },
		{ "[access]\nallow = all users\n", "separated by commas" },
		{ "[host]\nstate_dir =\n", "must not be empty" },
		{ "[host]\nlibexec_dir =\n", "must not be empty" },
		{ "[host]\nuser = root\n", "must not be root" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		refused(cases[i].text, ERR_CONF_VALUE, cases[i].detail);
}

static void
links_and_sites_are_read(void **state)
{
	AUTO(conf) struct conf conf = { 0 };
	struct conf_link_local link;

	(void)state;
	assert_err(load("", &conf), ERR_OK);
	assert_false(conf_link_local(&conf, 0, &link));
	assert_int_equal(conf.users_min_local_uid, 1000);
	assert_int_equal(conf.access_sites.count, 0);
	conf_clear(&conf);
	/* A linked account may have capitals, and be allowed with them. */
	assert_err(load("[users]\nlink_local = J.Smith:jane\n"
	    "[access]\nallow = J.Smith\n", &conf), ERR_OK);
	refused("[users]\nlink_local = J.Smith:jane\n"
	    "[access]\nallow = @J.Smith\n", ERR_CONF_VALUE, "lower case");
	conf_clear(&conf);
	assert_err(load("[users]\n"
	    "link_local = bsimon:B.Simon@contoso.com, J.Smith: jane:x\n"
	    "min_local_uid = 2000\n"
	    "[access]\nsites = Main, Berlin Mitte\n", &conf), ERR_OK);
	assert_true(conf_link_local(&conf, 0, &link));
	assert_string_equal(link.name, "bsimon");
	assert_string_equal(link.user_name, "B.Simon@contoso.com");
	assert_true(conf_link_local(&conf, 1, &link));
	assert_string_equal(link.name, "J.Smith");
	assert_string_equal(link.user_name, "jane:x");
	assert_false(conf_link_local(&conf, 2, &link));
	assert_int_equal(conf.users_min_local_uid, 2000);
	assert_int_equal(conf.access_sites.count, 2);
	assert_string_equal(conf.access_sites.item[1], "Berlin Mitte");
}

static void
i5_links_that_no_host_could_mean_are_refused(void **state)
{
	static const struct {
		const char *text;
		const char *detail;
	} cases[] = {
		{ "link_local = root:a@b", "never root" },
		{ "link_local = bsimon", "takes account:userName" },
		{ "link_local = bsimon:", "takes account:userName" },
		{ "link_local = :a@b", "takes account:userName" },
		{ "link_local = bsimon a@b", "takes account:userName" },
		{ "link_local = ../etc:a@b", "takes account:userName" },
		{ "link_local = -b:a@b", "takes account:userName" },
		{ "link_local = 0:a@b", "takes account:userName" },
		{ "link_local = b@c:a@b", "takes account:userName" },
		{ "link_local = abcdefghijklmnopabcdefghijklmnopq:a@b",
		    "takes account:userName" },
		{ "link_local = x:a@b, y", "takes account:userName" },
		{ "link_local = x:a@b, x:c@d", "twice" },
		{ "link_local = x:a@b, y:A@B", "twice" },
		{ "min_local_uid = 0", "min_local_uid" },
		{ "min_local_uid = 999", "min_local_uid" },
		{ "min_local_uid = 1879048192", "min_local_uid" },
		{ "min_local_uid = root", "min_local_uid" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[256];

		(void)snprintf(text, sizeof(text), "[users]\n%s\n",
		    cases[i].text);
		refused(text, ERR_CONF_VALUE, cases[i].detail);
	}
}

static void
keys_that_others_need_are_missed(void **state)
{
	(void)state;
	refused("[idp]\ncertificate = /c\n", ERR_CONF_MISSING,
	    "[idp] issuer: is missing");
	refused("[idp]\nissuer = urn:a\ncertificate = /c\n", ERR_CONF_MISSING,
	    "[idp] login_url: is missing");
	refused("[idp]\nissuer = https://sts.windows.net/" TENANT "/\n"
	    "metadata = /m\n", ERR_CONF_MISSING, "[idp] tenant: is missing");
	refused("[scim]\nurl = https://h/scim/v2\n", ERR_CONF_MISSING,
	    "[scim] token_file: and [scim] url go together");
	refused("[idp]\nmetadata = https://h/m\n", ERR_CONF_MISSING,
	    "[idp] issuer: is missing");
}

#define DEVICE "[idp]\ntenant = " TENANT "\n[device]\nenabled = yes\n" \
	"client_id = 6731de76-14a6-49ae-97bc-6eba6914391e\n"
#define OTHER_TENANT "d4b5cb3f-8c62-4a4d-9f61-9f5d1f1a6f2e"

static void
the_device_flow_needs_a_tenant_and_a_client_only(void **state)
{
	AUTO(conf) struct conf conf = { 0 };

	(void)state;
	assert_err(load(DEVICE, &conf), ERR_OK);
	assert_true(conf.device_enabled);
	assert_string_equal(conf.idp_issuer, "");
	assert_string_equal(conf.device_client_id,
	    "6731de76-14a6-49ae-97bc-6eba6914391e");
	assert_int_equal(conf.device_verification_uri.count, 3);
	assert_int_equal(conf.device_services.count, 1);
	assert_int_equal(conf.device_networks.count, 1);
	assert_int_equal(conf.device_after_key.count, 0);
	assert_int_equal(conf.device_timeout, 180);
	assert_string_equal(conf.device_user_claim, "preferred_username");
	assert_int_equal(conf.device_per_user, 10);
	assert_int_equal(conf.device_concurrent, 50);
}

static void
what_the_device_flow_needs_is_missed(void **state)
{
	(void)state;
	refused("[idp]\ntenant = " TENANT "\n[device]\nenabled = yes\n",
	    ERR_CONF_MISSING, "[device] client_id: is missing; set it to the "
	    "Application (client) ID");
	refused("[device]\nenabled = yes\nclient_id = x\n",
	    ERR_CONF_MISSING, "[idp] tenant: is missing; [device] enabled "
	    "needs it: set it to the Directory (tenant) ID");
	refused(DEVICE "token_endpoint = https://h/t\n", ERR_CONF_MISSING,
	    "[device] device_endpoint: token_endpoint and jwks_uri");
	/* Without it a tenant is half of SAML; SAML needs its issuer. */
	refused("[idp]\ntenant = " TENANT "\n", ERR_CONF_MISSING,
	    "[idp] issuer: is missing");
	refused("[idp]\nmetadata = /m\ntenant = " TENANT "\n"
	    "[device]\nenabled = yes\nclient_id = x\n", ERR_CONF_MISSING,
	    "[idp] issuer: is missing");
	refused("[idp]\ntenant = " TENANT "\nlogin_url = https://h/\n"
	    "[device]\nenabled = yes\nclient_id = x\n", ERR_CONF_MISSING,
	    "[idp] issuer: is missing");
}

static void
a_full_device_section_is_read(void **state)
{
	AUTO(conf) struct conf conf = { 0 };

	(void)state;
	assert_err(load(DEVICE
	    "issuer = https://login.microsoftonline.us/" TENANT "/v2.0\n"
	    "hosts = login.microsoftonline.us, h:8443, [::1]:80, 192.0.2.1\n"
	    "device_endpoint = https://h/d\ntoken_endpoint = https://h/t\n"
	    "jwks_uri = http://127.0.0.1:80/k\n"
	    "verification_uri = https://microsoft.com/deviceloginus, "
	    "http://127.0.0.1:8080/device\n"
	    "services = sshd, login, gdm-password\nafter_key = sshd\n"
	    "networks = local, 192.0.2.0/24, 2001:db8::/32, 192.0.2.1\n"
	    "browser_networks = source, 203.0.113.0/24\n"
	    "user_claim = upn\nrequire_acrs = c1\nauth_max_age = 10m\n"
	    "require_groups = " TENANT ", " OTHER_TENANT "\n"
	    "confirm = /usr/local/bin/send-code\n", &conf), ERR_OK);
	assert_int_equal(conf.device_hosts.count, 4);
	assert_int_equal(conf.device_networks.count, 4);
	assert_int_equal(conf.device_require_groups.count, 2);
	assert_string_equal(conf.device_confirm, "/usr/local/bin/send-code");
}

static const struct {
	const char *line;
	const char *detail;
} device_cases[] = {
	{ "issuer = https://login.microsoftonline.com/common/v2.0",
	    "[device] issuer: is that of many tenants; put the" },
	{ "issuer = https://login.microsoftonline.com/Organizations",
	    "[device] issuer: is that of many tenants" },
	{ "issuer = https://login.microsoftonline.com/consumers/v2.0",
	    "[device] issuer: is that of many tenants" },
	{ "issuer = https://login.microsoftonline.com/" OTHER_TENANT
	    "/v2.0", "[device] issuer: has the GUID of another" },
	{ "issuer = https://h/" OTHER_TENANT "/" TENANT,
	    "[device] issuer: has the GUID of another" },
	{ "issuer = http://login.example/", "not an https://" },
	{ "device_endpoint = https://h/common/d\n"
	    "token_endpoint = https://h/t\njwks_uri = https://h/k",
	    "[device] device_endpoint: or a neighbour is that of many" },
	{ "device_endpoint = https://h/d\n"
	    "token_endpoint = https://h/Organizations/t\n"
	    "jwks_uri = https://h/k", "is that of many tenants" },
	{ "device_endpoint = https://h/d\ntoken_endpoint = https://h/t\n"
	    "jwks_uri = https://h/consumers", "is that of many tenants" },
	{ "hosts = https://h", "[device] hosts: may hold names" },
	{ "hosts = h/x", "[device] hosts: may hold names" },
	{ "hosts = h?x", "[device] hosts: may hold names" },
	{ "hosts = a@h", "[device] hosts: may hold names" },
	{ "hosts = h:x", "[device] hosts: may hold names" },
	{ "hosts = *", "[device] hosts: may hold names" },
	{ "hosts = a b", "[device] hosts: may hold names" },
	{ "device_endpoint = https://h/d\njwks_uri = https://h/k",
	    "[device] device_endpoint: token_endpoint and jwks_uri" },
	{ "device_endpoint = https://h/d\n"
	    "token_endpoint = https://h/t", "go together; set all" },
	{ "device_endpoint = http://h/d", "not an https://" },
	{ "verification_uri =", "[device] verification_uri: must not "
	    "be empty; name the address" },
	{ "verification_uri = http://microsoft.com/devicelogin",
	    "[device] verification_uri: may hold https://" },
	{ "verification_uri = https://h/, javascript:x",
	    "[device] verification_uri: may hold https://" },
	{ "verification_uri = https://u@h/",
	    "[device] verification_uri: may hold https://" },
	{ "services = ssh d", "[device] services: may hold *" },
	{ "services = s\xc3\xa4", "[device] services: may hold *" },
	{ "after_key = a b", "[device] after_key: may hold *" },
	{ "networks = 192.0.2.1/24", "[device] networks: may hold *" },
	{ "networks = host.example", "[device] networks: may hold" },
	{ "networks = Local", "[device] networks: may hold" },
	{ "networks = source", "[device] networks: may hold" },
	{ "networks = 192.0.2.0/33", "[device] networks: may hold" },
	{ "browser_networks = *",
	    "[device] browser_networks: may hold source" },
	{ "browser_networks = local",
	    "[device] browser_networks: may hold source" },
	{ "browser_networks = 192.0.2.1/24",
	    "[device] browser_networks: may hold source" },
	{ "require_groups = Sales",
	    "[device] require_groups: may hold object ids" },
	{ "require_groups = " TENANT ", " TENANT "0",
	    "[device] require_groups: may hold object ids" },
	{ "user_claim =", "[device] user_claim: must be the name" },
	{ "user_claim = a b", "[device] user_claim: must be the" },
	{ "require_acrs = c1 c2", "[device] require_acrs: must be" },
	{ "confirm = send-code", "not an absolute path" },
	{ "timeout = 29s", "from 30s to" },
	{ "timeout = 16m", "from 30s to" },
	{ "keys_max_age = 2d", "write a duration from" },
	{ "per_user = 0", "from 1 to" },
	{ "concurrent = 0", "from 1 to" },
};

static void
bad_values_of_the_device_flow_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(device_cases); i++) {
		char text[1024];

		(void)snprintf(text, sizeof(text), "%s%s\n", DEVICE,
		    device_cases[i].line);
		refused(text, ERR_CONF_VALUE, device_cases[i].detail);
	}
}

static void
an_attribute_of_ids_may_be_named_in_every_way(void **state)
{
	static const char *const paths[] = {
		"", "uidNumber", "posix.uid", "x-uid_2",
		"urn:ietf:params:scim:schemas:extension:posix:2.0:User:"
		    "uidNumber",
		"urn:indigo-dc:scim:schemas:IndigoUser:ids.unix",
		"URN:example:posix:UIDNUMBER",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		AUTO(conf) struct conf conf = { 0 };
		char text[512];

		(void)snprintf(text, sizeof(text), "[users]\n"
		    "uid_attribute = %s\n[groups]\ngid_attribute = %s\n",
		    paths[i], paths[i]);
		assert_err(load(text, &conf), ERR_OK);
		assert_string_equal(conf.users_uid_attribute, paths[i]);
		assert_string_equal(conf.groups_gid_attribute, paths[i]);
	}
}

static void
an_attribute_of_ids_fits_on_the_wire(void **state)
{
	AUTO(conf) struct conf conf = { 0 };
	char text[1024];

	(void)state;
	(void)snprintf(text, sizeof(text), "[users]\nuid_attribute = a%0*d\n"
	    "[groups]\ngid_attribute = a%0*d\n", (int)SCIM_PATH_MAX - 1, 0,
	    (int)SCIM_PATH_MAX - 1, 0);
	assert_err(load(text, &conf), ERR_OK);
	(void)snprintf(text, sizeof(text), "[users]\nuid_attribute = a%0*d\n",
	    (int)SCIM_PATH_MAX, 0);
	refused(text, ERR_CONF_VALUE, "[users] uid_attribute: is no");
	(void)snprintf(text, sizeof(text), "[groups]\ngid_attribute = a%0*d\n",
	    (int)SCIM_PATH_MAX, 0);
	refused(text, ERR_CONF_VALUE, "[groups] gid_attribute: is no");
}

static void
what_is_no_attribute_of_ids_is_refused(void **state)
{
	static const char *const bad[] = {
		"uid Number", "uid\tNumber", "emails[type eq \"work\"].value",
		"uid/gid", "uid?", "a.b.c", ".uid", "uid.", ".", "a..b",
		"urn:x:User:", "urn:x:User:.uid", "urn:x:User:uid.",
		"urn:x:User:a.b.c", "http://example.com/uid", "x:uidNumber",
		":uidNumber", "uid\xc3\xb6", "uid,gid",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char text[512];

		(void)snprintf(text, sizeof(text), "[users]\n"
		    "uid_attribute = %s\n", bad[i]);
		refused(text, ERR_CONF_VALUE, "[users] uid_attribute: is no "
		    "attribute; write uidNumber, or with its schema");
		(void)snprintf(text, sizeof(text), "[groups]\n"
		    "gid_attribute = %s\n", bad[i]);
		refused(text, ERR_CONF_VALUE, "[groups] gid_attribute: is no "
		    "attribute");
	}
}

static void
v6_the_issuer_of_our_tenant_is_taken(void **state)
{
	static const char *const issuers[] = {
		"https://login.microsoftonline.com/" TENANT "/v2.0",
		"https://sts.windows.net/" TENANT "/",
		"https://common.example/commons/" TENANT,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(issuers); i++) {
		AUTO(conf) struct conf conf = { 0 };
		char text[1024];

		(void)snprintf(text, sizeof(text), "%sissuer = %s\n", DEVICE,
		    issuers[i]);
		assert_err(load(text, &conf), ERR_OK);
	}
}

static void
v6_an_issuer_of_many_tenants_is_refused(void **state)
{
	static const char *const many[] = {
		"common", "COMMON", "organizations", "consumers", "common/v2.0",
		TENANT "/common", "common?x",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(many); i++) {
		char text[1024];

		(void)snprintf(text, sizeof(text), "%sissuer = "
		    "https://login.microsoftonline.com/%s\n", DEVICE, many[i]);
		refused(text, ERR_CONF_VALUE,
		    "[device] issuer: is that of many tenants");
	}
}

static void
values_that_are_too_long_for_the_wire_are_refused(void **state)
{
	static const struct {
		const char *begin;
		int most;
		const char *detail;
	} cases[] = {
		{ "issuer = https://", 1024 - 8, "longer than an issuer" },
		{ "verification_uri = https://", 1024 - 8, "may hold" },
		{ "device_endpoint = https://h/d\n"
		    "token_endpoint = https://h/t\n"
		    "jwks_uri = https://", 2048 - 8, "2048 bytes" },
		{ "require_acrs = ", 256, "must be one" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(conf) struct conf conf = { 0 };
		char text[4096];
		char rest[2100];

		memset(rest, 'a', sizeof(rest));
		rest[1] = '/';
		(void)snprintf(text, sizeof(text), "%s%s%.*s\n", DEVICE,
		    cases[i].begin, cases[i].most, rest);
		assert_err(load(text, &conf), ERR_OK);
		(void)snprintf(text, sizeof(text), "%s%s%.*s\n", DEVICE,
		    cases[i].begin, cases[i].most + 1, rest);
		refused(text, ERR_CONF_VALUE, cases[i].detail);
	}
}

static void
j14_the_issuer_of_tokens_is_the_tenants(void **state)
{
	static const struct {
		const char *text;
		const char *issuer;
	} rows[] = {
		{ "", "" },
		{ DEVICE, "https://login.microsoftonline.com/" TENANT
		    "/v2.0" },
		{ "[idp]\ntenant = C4B5CB3F-8c62-4A4D-9f61-9f5d1f1a6f2e\n"
		    "[device]\nenabled = yes\nclient_id = x\n",
		    "https://login.microsoftonline.com/" TENANT "/v2.0" },
		{ DEVICE "issuer = https://sts.windows.net/" TENANT "/\n",
		    "https://sts.windows.net/" TENANT "/" },
		{ DEVICE "issuer = https://op.example\n",
		    "https://op.example" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(conf) struct conf conf = { 0 };
		char issuer[1025];

		assert_err(load(rows[i].text, &conf), ERR_OK);
		conf_device_issuer(&conf, issuer, sizeof(issuer));
		assert_string_equal(issuer, rows[i].issuer);
	}
}

static void
no_file_means_not_configured(void **state)
{
	struct conf conf = { .idp_issuer = NULL };
	char missing[96];

	(void)state;
	(void)snprintf(missing, sizeof(missing), "%s/none", dir);
	assert_err(conf_load(missing, &conf, &diag), ERR_NOT_FOUND);
	assert_non_null(strstr(diag.text, "8x8sso.conf.example"));
}

static void
i9_a_file_that_others_can_write_is_refused(void **state)
{
	struct conf conf = { .idp_issuer = NULL };

	(void)state;
	write_bytes("", 0);
	assert_int_equal(chmod(path, 0664), 0);
	assert_err(conf_load(path, &conf, &diag), ERR_UNSAFE_FILE);
	assert_int_equal(chmod(path, 0646), 0);
	assert_err(conf_load(path, &conf, &diag), ERR_UNSAFE_FILE);
}

static void
every_key_is_described_and_has_a_field_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < conf_key_count; i++) {
		assert_true(strlen(conf_keys[i].help) > 0);
		assert_string_not_equal(conf_type_name(conf_keys[i].type),
		    "?");
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(conf_keys[i].offset,
			    conf_keys[k].offset);
	}
}

static void
state_lives_below_the_state_directory(void **state)
{
	char state_dir[] = "/x";
	struct conf conf = { .host_state_dir = state_dir };
	char text[64];

	(void)state;
	conf_cache_path(&conf, text, sizeof(text));
	assert_string_equal(text, "/x/nss.cache");
	conf_state_path(&conf, text, sizeof(text));
	assert_string_equal(text, "/x/state/state.db");
}

static void
a_program_whose_path_does_not_fit_is_not_started(void **state)
{
	char libexec_dir[] = "/usr/libexec/8x8sso";
	const struct conf conf = { .host_libexec_dir = libexec_dir };
	char program[sizeof("/usr/libexec/8x8sso/8x8sso-saml")];

	(void)state;
	assert_err(conf_program_path(&conf, "8x8sso-saml", program,
	    sizeof(program), NULL), ERR_OK);
	assert_string_equal(program, "/usr/libexec/8x8sso/8x8sso-saml");
	assert_err(conf_program_path(&conf, "8x8sso-saml", program,
	    sizeof(program) - 1, NULL), ERR_CONF_VALUE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_file_gives_the_presets),
		cmocka_unit_test(a_full_file_is_read),
		cmocka_unit_test(metadata_replaces_the_certificate),
		cmocka_unit_test(metadata_may_be_a_file_or_an_address),
		cmocka_unit_test(
		    the_certificate_is_a_source_of_keys_and_no_address),
		cmocka_unit_test(lines_that_are_not_clear_are_refused),
		cmocka_unit_test(a_nul_byte_is_refused),
		cmocka_unit_test(unknown_sections_and_keys_are_refused),
		cmocka_unit_test(a_key_given_twice_is_refused),
		cmocka_unit_test(
		    a_line_at_the_limit_is_read_and_one_above_it_refused),
		cmocka_unit_test(
		    an_issuer_longer_than_an_entity_id_is_refused),
		cmocka_unit_test(bad_values_are_refused),
		cmocka_unit_test(values_that_do_not_fit_together_are_refused),
		cmocka_unit_test(links_and_sites_are_read),
		cmocka_unit_test(i5_links_that_no_host_could_mean_are_refused),
		cmocka_unit_test(keys_that_others_need_are_missed),
		cmocka_unit_test(
		    the_device_flow_needs_a_tenant_and_a_client_only),
		cmocka_unit_test(what_the_device_flow_needs_is_missed),
		cmocka_unit_test(a_full_device_section_is_read),
		cmocka_unit_test(bad_values_of_the_device_flow_are_refused),
		cmocka_unit_test(an_attribute_of_ids_may_be_named_in_every_way),
		cmocka_unit_test(an_attribute_of_ids_fits_on_the_wire),
		cmocka_unit_test(what_is_no_attribute_of_ids_is_refused),
		cmocka_unit_test(v6_the_issuer_of_our_tenant_is_taken),
		cmocka_unit_test(v6_an_issuer_of_many_tenants_is_refused),
		cmocka_unit_test(
		    values_that_are_too_long_for_the_wire_are_refused),
		cmocka_unit_test(j14_the_issuer_of_tokens_is_the_tenants),
		cmocka_unit_test(no_file_means_not_configured),
		cmocka_unit_test(i9_a_file_that_others_can_write_is_refused),
		cmocka_unit_test(
		    every_key_is_described_and_has_a_field_of_its_own),
		cmocka_unit_test(state_lives_below_the_state_directory),
		cmocka_unit_test(
		    a_program_whose_path_does_not_fit_is_not_started),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
