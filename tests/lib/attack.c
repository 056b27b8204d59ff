/* SPDX-License-Identifier: BSD-2-Clause */
#include "attack.h"

#include <string.h>

#include "base/base64.h"
#include "base/limits.h"
#include "saml_vector.h"
#include "sys/deflate.h"

#define KIB 1024
#define NO_LIMIT 0

#define RESPONSE \
	"<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\""
#define SAML "urn:oasis:names:tc:SAML:2.0:assertion"
#define VALUE "<AttributeValue>x</AttributeValue>"
#define ATTRIBUTE "<Attribute Name=\"n@\">" VALUE "</Attribute>"

const struct attack attacks[] = {
	/* -- one tag */
	{ "attributes of one tag", RESPONSE, " a@=\"\"", "/>", NULL, "",
	    64 * KIB, ERR_SAML_LIMITS, ATTACK_WHOLE },
	{ "attributes of one tag, same name", RESPONSE, " a=\"\"", "/>", NULL,
	    "", 64 * KIB, ERR_SAML_LIMITS, ATTACK_WHOLE },
	{ "attributes without values", RESPONSE, " a@", "/>", NULL, "",
	    64 * KIB, ERR_SAML_XML, ATTACK_WHOLE },
	{ "attributes of an end tag", RESPONSE ">", "", "</samlp:Response",
	    " a=\"\"", ">", 64 * KIB, ERR_SAML_LIMITS, ATTACK_WHOLE },
	{ "namespaces of one tag", RESPONSE, " xmlns:a@=\"urn:@\"", "/>",
	    NULL, "", 64 * KIB, ERR_SAML_LIMITS, ATTACK_WHOLE },
	{ "a long value", RESPONSE " a=\"", "aaaaaaaaaaaaaaaa", "\"/>", NULL,
	    "", 64 * KIB, ERR_SAML_STATUS, ATTACK_WHOLE },
	{ "a long namespace", RESPONSE " xmlns:a=\"urn:", "aaaaaaaaaaaaaaaa",
	    "\"/>", NULL, "", 64 * KIB, ERR_SAML_STATUS, ATTACK_WHOLE },
	{ "a long name", "<", "aaaaaaaaaaaaaaaa", "/>", NULL, "", 64 * KIB,
	    ERR_SAML_XML, ATTACK_WHOLE },
	{ "references in a value", RESPONSE " a=\"", "&#x41;", "\"/>", NULL,
	    "", 64 * KIB, ERR_SAML_STATUS, ATTACK_WHOLE },
	{ "quotes", RESPONSE " a=", "\"'", "/>", NULL, "", 64 * KIB,
	    ERR_SAML_XML, ATTACK_WHOLE },

	/* -- many tags */
	{ "32 attributes on each element", RESPONSE ">",
	    "<a a='' b='' c='' d='' e='' f='' g='' h='' i='' j='' k='' l='' "
	    "m='' n='' o='' p='' q='' r='' s='' t='' u='' v='' w='' x='' y='' "
	    "z='' A='' B='' C='' D='' E='' F=''/>", "", NULL,
	    "</samlp:Response>", 64 * KIB, ERR_SAML_STATUS, ATTACK_WHOLE },
	{ "96 equals signs in each tag", RESPONSE ">",
	    "<a a='' b='' c='' d='' e='' f='' g='' h='' i='' j='' k='' l='' "
	    "m='' n='' o='' p='' q='' r='' s='' t='' u='' v='' w='' x='' y='' "
	    "z='' A='' B='' C='' D='' E='' F='' G='' H='' I='' J='' K='' L='' "
	    "M='' N='' O='' P='' Q='' R='' S='' T='' U='' V='' W='' X='' Y='' "
	    "Z='' aa='' ab='' ac='' ad='' ae='' af='' ag='' ah='' ai='' aj='' "
	    "ak='' al='' am='' an='' ao='' ap='' aq='' ar='' as='' at='' au='' "
	    "av='' aw='' ax='' ay='' az='' bb='' bc='' bd='' be='' bf='' bg='' "
	    "bh='' bi='' bj='' bk='' bl='' bm='' bn='' bo='' bp='' bq='' br='' "
	    "bs=''/>", "", NULL, "</samlp:Response>", 64 * KIB,
	    ERR_SAML_LIMITS, ATTACK_WHOLE },
	{ "elements", RESPONSE ">", "<a/>", "", NULL, "</samlp:Response>",
	    64 * KIB, ERR_SAML_LIMITS, ATTACK_WHOLE },
	{ "elements and texts", RESPONSE ">", "<a/>x", "", NULL,
	    "</samlp:Response>", 64 * KIB, ERR_SAML_LIMITS, ATTACK_WHOLE },
	{ "elements of different names", RESPONSE ">", "<a@/>", "", NULL,
	    "</samlp:Response>", 64 * KIB, ERR_SAML_LIMITS, ATTACK_WHOLE },
	{ "depth", "", "<a>", "", "</a>", "", 64 * KIB, ERR_SAML_LIMITS,
	    ATTACK_WHOLE },
	{ "depth without an end", "", "<a>", "", NULL, "", 64 * KIB,
	    ERR_SAML_LIMITS, ATTACK_WHOLE },
	{ "depth, each with a namespace", "", "<a xmlns:b@=\"urn:@\">", "",
	    "</a>", "", 64 * KIB, ERR_SAML_LIMITS, ATTACK_WHOLE },
	{ "a namespace on each element", RESPONSE ">",
	    "<b:a xmlns:b=\"urn:@\"/>", "", NULL, "</samlp:Response>",
	    40 * KIB, ERR_SAML_STATUS, ATTACK_WHOLE },
	{ "unfinished tags", "", "<", "", NULL, "", 64 * KIB, ERR_SAML_XML,
	    ATTACK_WHOLE },
	{ "beginnings of declarations", "<a>", "<!", "", NULL, "</a>",
	    64 * KIB, ERR_SAML_XML, ATTACK_WHOLE },

	/* -- text and entities */
	{ "one text", RESPONSE ">", "xxxxxxxxxxxxxxxx", "", NULL,
	    "</samlp:Response>", 64 * KIB, ERR_SAML_STATUS, ATTACK_WHOLE },
	{ "references", RESPONSE ">", "&#x41;", "", NULL, "</samlp:Response>",
	    64 * KIB, ERR_SAML_STATUS, ATTACK_WHOLE },
	{ "ampersands", RESPONSE ">", "&amp;", "", NULL, "</samlp:Response>",
	    64 * KIB, ERR_SAML_STATUS, ATTACK_WHOLE },
	{ "entities in entities", "<!DOCTYPE a [<!ENTITY e \"x\">",
	    "<!ENTITY e@ \"&e;&e;&e;&e;&e;&e;&e;&e;\">", "]><a>&e9;</a>",
	    NULL, "", 64 * KIB, ERR_SAML_DTD, ATTACK_WHOLE },
	{ "two-byte letters", RESPONSE ">", "\xc3\xa9", "", NULL,
	    "</samlp:Response>", 64 * KIB, ERR_SAML_STATUS, ATTACK_WHOLE },
	{ "line feeds", RESPONSE ">", "\n", "", NULL, "</samlp:Response>",
	    64 * KIB, ERR_SAML_STATUS, ATTACK_WHOLE },

	/* -- a good Response, up to the signature */
	{ "names of claims", "</AttributeStatement>", ATTRIBUTE, "", NULL, "",
	    44 * KIB, ERR_SAML_SIG_INVALID, ATTACK_INSERT },
	{ "values of claims", "</Attribute>",
	    VALUE, "", NULL, "", 30 * KIB, ERR_SAML_SIG_INVALID,
	    ATTACK_INSERT },
	{ "values of claims, which key?", "</Attribute>", VALUE, "", NULL, "",
	    30 * KIB, ERR_SAML_SIG_INVALID, ATTACK_KEYLESS },
	{ "values with attributes, which key?", "</Attribute>",
	    "<AttributeValue xmlns:a=\"" SAML "\" xmlns:b=\"" SAML "\">x"
	    "</AttributeValue>", "", NULL, "", 64 * KIB,
	    ERR_SAML_SIG_INVALID, ATTACK_KEYLESS },
	{ "claims with prefixes, which key?", "</AttributeStatement>",
	    "<a@:Attribute xmlns:a@=\"" SAML "\" Name=\"n\">"
	    "<b@:AttributeValue xmlns:b@=\"" SAML "\">x</b@:AttributeValue>"
	    "</a@:Attribute>", "", NULL, "", 64 * KIB, ERR_SAML_SIG_INVALID,
	    ATTACK_KEYLESS },
	{ "declarations, which key?", "</AttributeStatement>",
	    "<Attribute xmlns:a=\"" SAML "\" xmlns:b=\"" SAML "\" "
	    "xmlns:c=\"" SAML "\" xmlns:d=\"" SAML "\" Name=\"n\">"
	    "<AttributeValue xmlns:e=\"" SAML "\" xmlns:f=\"" SAML "\">x"
	    "</AttributeValue></Attribute>", "", NULL, "", 64 * KIB,
	    ERR_SAML_SIG_INVALID, ATTACK_KEYLESS },
	{ "audiences", "</AudienceRestriction>", "<Audience>a@</Audience>",
	    "", NULL, "", 28 * KIB, ERR_SAML_SIG_INVALID, ATTACK_INSERT },
	{ "restrictions", "</Conditions>", "<AudienceRestriction><Audience>"
	    "a</Audience></AudienceRestriction>", "", NULL, "", 44 * KIB,
	    ERR_SAML_SIG_INVALID, ATTACK_INSERT },
	{ "white space", "</AttributeStatement>", " ", "", NULL, "",
	    64 * KIB, ERR_SAML_SIG_INVALID, ATTACK_INSERT },
	{ "a long claim", "</AttributeStatement>", "",
	    "<Attribute Name=\"n\"><AttributeValue>", "&#x41;",
	    "</AttributeValue></Attribute>", 64 * KIB, ERR_SAML_SIG_INVALID,
	    ATTACK_INSERT },

	/* -- what should be base64 */
	{ "base64 of 96 KiB", "", "QUFB", "", NULL, "", 96 * KIB,
	    ERR_SAML_TOO_LONG, ATTACK_TEXT },
	{ "base64 of 10 MiB", "", "QUFBQUFBQUFBQUFBQUFB", "", NULL, "",
	    10 * KIB * KIB, ERR_SAML_TOO_LONG, ATTACK_TEXT },
	{ "line breaks for base64", "", "\r\n", "", NULL, "", 96 * KIB,
	    ERR_SAML_XML, ATTACK_TEXT },
	{ "padding for base64", "", "====", "", NULL, "", 96 * KIB,
	    ERR_SAML_BASE64, ATTACK_TEXT },
	{ "deflated 10 MiB", RESPONSE ">", "                ", "", NULL,
	    "</samlp:Response>", 10 * KIB * KIB, ERR_SAML_BYTES,
	    ATTACK_DEFLATED },
};

const size_t attack_count = ARRAY_LEN(attacks);

/* One unit, its '@' replaced. */
static bool
put_unit(struct buf *out, const char *unit, size_t number)
{
	for (; *unit != '\0'; unit++) {
		enum err r = *unit == '@' ? buf_printf(out, "%zu", number) :
		    buf_putc(out, *unit);

		if (r != ERR_OK)
			return false;
	}
	return true;
}

static bool
put_units(const struct attack *a, const char *head, const char *tail,
    struct buf *out)
{
	const char *close = a->close == NULL ? "" : a->close;
	size_t fixed = strlen(a->middle) + strlen(tail);
	size_t count = 0;
	size_t start = out->len;

	if (buf_puts(out, head) != ERR_OK)
		return false;
	/* Units that only close are counted by their own length. */
	while (out->len - start + fixed + (count + 1) * strlen(close) +
	    strlen(a->unit) + 8 <= a->size) {
		if (!put_unit(out, a->unit, count))
			return false;
		count++;
	}
	if (buf_puts(out, a->middle) != ERR_OK)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!put_unit(out, close, count - i))
			return false;
	return buf_puts(out, tail) == ERR_OK;
}

static bool
put_inserted(const struct attack *a, struct buf *out)
{
	AUTO(buf) struct buf good = BUF_INIT(ATTACK_MAX);
	AUTO(buf) struct buf head = BUF_INIT(ATTACK_MAX);
	AUTO(buf) struct buf tail = BUF_INIT(ATTACK_MAX);
	const char *place;
	size_t before;

	if (!vector_load(a->kind == ATTACK_KEYLESS ? "good-no-keyinfo.xml" :
	    "good.xml", &good))
		return false;
	place = strstr(buf_str(&good), a->head);
	if (place == NULL)
		return false;
	before = (size_t)(place - buf_str(&good));
	return buf_put(&head, good.data, before) == ERR_OK &&
	    buf_puts(&tail, a->tail) == ERR_OK &&
	    buf_puts(&tail, place) == ERR_OK &&
	    put_units(a, buf_str(&head), buf_str(&tail), out);
}

bool
attack_make(const struct attack *a, struct buf *out)
{
	AUTO(buf) struct buf xml = BUF_INIT(ATTACK_MAX);
	AUTO(buf) struct buf small = BUF_INIT(ATTACK_MAX);

	switch (a->kind) {
	case ATTACK_TEXT:
		return put_units(a, a->head, a->tail, out);
	case ATTACK_INSERT:
	case ATTACK_KEYLESS:
		return put_inserted(a, &xml) &&
		    base64_encode(out, xml.data, xml.len) == ERR_OK;
	case ATTACK_DEFLATED:
		return put_units(a, a->head, a->tail, &xml) &&
		    deflate_raw(&small, xml.data, xml.len, NULL) == ERR_OK &&
		    base64_encode(out, small.data, small.len) == ERR_OK;
	default:
		return put_units(a, a->head, a->tail, &xml) &&
		    base64_encode(out, xml.data, xml.len) == ERR_OK;
	}
}
