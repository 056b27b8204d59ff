/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two ways to write a document down: the canonical form that is signed, and
 * the normal form in which two texts that say the same are equal.
 */
#include "mutate_doc.h"

#include <string.h>
#include <time.h>

#define NAMES_MAX 64

/* An attribute or a declaration, resolved; strings are in the arena. */
struct named {
	const char *uri;
	const char *prefix;
	const char *local;
	const char *value;
};

struct form {
	struct doc *d;
	struct buf *out;
	bool ok;
	bool normal;
	size_t without;
	const char *prefixes;
	unsigned int less;
	const struct doc_envelope *envelope;
	size_t element;		/* the next of each */
	size_t text;
	struct named scope[DOC_DEPTH_MAX * 8];	/* declarations written */
	size_t scopes;
};

static void
put(struct form *f, const char *s, size_t len)
{
	if (buf_put(f->out, s, len) != ERR_OK)
		f->ok = false;
}

static void
puts_to(struct form *f, const char *s)
{
	put(f, s, strlen(s));
}

/* -- references ---------------------------------------------------------- */

static size_t
put_utf8(char *to, unsigned long c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 63));
		to[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	to[0] = (char)(0xf0 | (c >> 18 & 7));
	to[1] = (char)(0x80 | (c >> 12 & 63));
	to[2] = (char)(0x80 | (c >> 6 & 63));
	to[3] = (char)(0x80 | (c & 63));
	return 4;
}

/* The character of &name; whose name this is; 0: none. */
static unsigned long
reference(const char *name, size_t len)
{
	static const struct {
		const char *name;
		char c;
	} known[] = {
		{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' },
		{ "apos", '\'' },
	};
	char digits[12] = "";
	char *end;
	unsigned long c;
	bool hex = len > 2 && name[1] == 'x';

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strlen(known[i].name) == len &&
		    memcmp(known[i].name, name, len) == 0)
			return (unsigned char)known[i].c;
	if (len < 2 || len > sizeof(digits) || name[0] != '#')
		return 0;
	memcpy(digits, name + 1 + hex, len - 1 - hex);
	if (digits[strspn(digits, hex ? "0123456789abcdefABCDEF" :
	    "0123456789")] != '\0')
		return 0;
	c = strtoul(digits, &end, hex ? 16 : 10);
	return c > 0x10ffff ? 0 : c;
}

/* A NUL-terminated copy in the arena, as a parser hands it on; NULL on
 * failure. */
static char *
decode(struct form *f, struct span span, bool attribute)
{
	struct doc *d = f->d;
	char *start = d->arena + d->used;
	char *to = start;

	if (d->used + (span.to - span.from) + 8 > sizeof(d->arena))
		return NULL;
	for (size_t i = span.from; i < span.to; i++) {
		const char *end;
		unsigned long c;

		if (d->s[i] == '\r' && i + 1 < span.to && d->s[i + 1] == '\n')
			continue;
		if (d->s[i] != '&') {
			*to = d->s[i] == '\r' ? '\n' : d->s[i];
			if (attribute && (*to == '\n' || *to == '\t'))
				*to = ' ';
			to++;
			continue;
		}
		end = memchr(d->s + i, ';', span.to - i);
		c = end == NULL ? 0 : reference(d->s + i + 1,
		    (size_t)(end - d->s) - i - 1);
		if (c == 0)
			return NULL;
		to += put_utf8(to, c);
		i = (size_t)(end - d->s);
	}
	*to++ = '\0';
	d->used += (size_t)(to - start);
	return start;
}

static const char *
copy(struct form *f, struct span span)
{
	struct doc *d = f->d;
	char *to = d->arena + d->used;
	size_t len = span.to - span.from;

	if (d->used + len + 1 > sizeof(d->arena))
		return NULL;
	memcpy(to, d->s + span.from, len);
	to[len] = '\0';
	d->used += len + 1;
	return to;
}

/* -- names --------------------------------------------------------------- */

/* "xmlns" or "xmlns:p": *ret_prefix is "" or "p". */
static bool
is_declaration(const char *name, const char **ret_prefix)
{
	if (strcmp(name, "xmlns") == 0) {
		*ret_prefix = "";
		return true;
	}
	if (strncmp(name, "xmlns:", 6) != 0)
		return false;
	*ret_prefix = name + 6;
	return true;
}

/* "" for a default that nobody declared, NULL for a prefix. */
static const char *
uri_of(struct form *f, size_t element, const char *prefix)
{
	const struct doc *d = f->d;

	if (strcmp(prefix, "xml") == 0)
		return "http://www.w3.org/XML/1998/namespace";
	for (; element != DOC_NONE; element = d->element[element].parent)
		for (size_t i = 0; i < d->element[element].attr_count; i++) {
			const struct doc_attr *attr =
			    &d->attr[d->element[element].attr + i];
			const char *name = copy(f, attr->name);
			const char *declared;

			if (name != NULL && is_declaration(name, &declared) &&
			    strcmp(declared, prefix) == 0)
				return decode(f, attr->value, true);
		}
	return *prefix == '\0' ? "" : NULL;
}

/* Splits "p:local"; false when the prefix is nobody's. */
static bool
resolve(struct form *f, size_t element, struct span name, bool attribute,
    struct named *ret)
{
	struct span local = doc_local(f->d, name);
	struct span prefix = { name.from, local.from == name.from ?
	    name.from : local.from - 1 };

	ret->local = copy(f, local);
	ret->prefix = copy(f, prefix);
	if (ret->local == NULL || ret->prefix == NULL)
		return false;
	ret->uri = attribute && *ret->prefix == '\0' ? "" :
	    uri_of(f, element, ret->prefix);
	return ret->uri != NULL;
}

static int
by_name(const void *a, const void *b)
{
	const struct named *one = a;
	const struct named *other = b;
	int order = strcmp(one->uri, other->uri);

	return order != 0 ? order : strcmp(one->local, other->local);
}

static int
by_prefix(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->prefix,
	    ((const struct named *)b)->prefix);
}

/* The attributes that are no declarations, sorted. */
static bool
take_attrs(struct form *f, size_t element, struct named *ret, size_t *count)
{
	const struct doc_element *e = &f->d->element[element];

	*count = 0;
	for (size_t i = 0; i < e->attr_count; i++) {
		const struct doc_attr *attr = &f->d->attr[e->attr + i];
		const char *name = copy(f, attr->name);
		const char *prefix;

		if (name == NULL || *count == NAMES_MAX)
			return false;
		if (is_declaration(name, &prefix))
			continue;
		if (!resolve(f, element, attr->name, true, &ret[*count]))
			return false;
		ret[*count].value = decode(f, attr->value, true);
		if (ret[*count].value == NULL)
			return false;
		++*count;
	}
	qsort(ret, *count, sizeof(*ret), by_name);
	for (size_t i = 1; i < *count; i++)
		if (by_name(&ret[i - 1], &ret[i]) == 0)
			return false;
	return true;
}

/* -- the canonical form -------------------------------------------------- */

static void
put_escaped(struct form *f, const char *s, bool attribute)
{
	for (; *s != '\0'; s++)
		switch (*s) {
		case '&':
			puts_to(f, "&amp;");
			break;
		case '<':
			puts_to(f, "&lt;");
			break;
		case '\r':
			puts_to(f, "&#xD;");
			break;
		case '>':
			puts_to(f, attribute ? ">" : "&gt;");
			break;
		case '"':
			puts_to(f, attribute ? "&quot;" : "\"");
			break;
		case '\t':
			puts_to(f, attribute ? "&#x9;" : "\t");
			break;
		case '\n':
			puts_to(f, attribute ? "&#xA;" : "\n");
			break;
		default:
			put(f, s, 1);
		}
}

/* Adds the declaration of prefix unless what is written already has it. */
static void
need(struct form *f, struct named *list, size_t *count, const char *prefix,
    const char *uri)
{
	const char *written = *prefix == '\0' ? "" : NULL;

	if (uri == NULL || strcmp(prefix, "xml") == 0 || *count == NAMES_MAX)
		return;
	for (size_t i = 0; i < *count; i++)
		if (strcmp(list[i].prefix, prefix) == 0)
			return;
	for (size_t i = 0; i < f->scopes; i++)
		if (strcmp(f->scope[i].prefix, prefix) == 0)
			written = f->scope[i].uri;
	if (written != NULL && strcmp(written, uri) == 0)
		return;
	list[*count].prefix = prefix;
	list[(*count)++].uri = uri;
}

static void
need_listed(struct form *f, size_t element, struct named *list, size_t *count)
{
	const char *p = f->prefixes;

	while (*p != '\0') {
		char prefix[64] = "";
		size_t len = strcspn(p, " ");
		const char *uri;
		char *kept = f->d->arena + f->d->used;

		if (len >= sizeof(prefix))
			return;
		memcpy(prefix, p, len);
		p += len + strspn(p + len, " ");
		if (f->d->used + sizeof(prefix) > sizeof(f->d->arena))
			return;
		memcpy(kept, prefix, sizeof(prefix));
		f->d->used += sizeof(prefix);
		uri = uri_of(f, element, kept);
		need(f, list, count, kept, uri);
	}
}

static void
put_declarations(struct form *f, size_t element, const struct named *name,
    const struct named *attr, size_t attrs)
{
	struct named list[NAMES_MAX];
	size_t count = 0;

	need(f, list, &count, name->prefix, name->uri);
	for (size_t i = 0; i < attrs; i++)
		if (*attr[i].prefix != '\0')
			need(f, list, &count, attr[i].prefix, attr[i].uri);
	need_listed(f, element, list, &count);
	qsort(list, count, sizeof(*list), by_prefix);
	for (size_t i = 0; i < count; i++) {
		puts_to(f, *list[i].prefix == '\0' ? " xmlns" : " xmlns:");
		puts_to(f, list[i].prefix);
		puts_to(f, "=\"");
		put_escaped(f, list[i].uri, true);
		puts_to(f, "\"");
		if (f->scopes < ARRAY_LEN(f->scope))
			f->scope[f->scopes++] = list[i];
		else
			f->ok = false;
	}
}

static void
put_qname(struct form *f, const struct named *name)
{
	puts_to(f, name->prefix);
	if (*name->prefix != '\0')
		puts_to(f, ":");
	puts_to(f, name->local);
}

static void
canonical_start(struct form *f, size_t element, const struct named *name,
    const struct named *attr, size_t attrs)
{
	puts_to(f, "<");
	put_qname(f, name);
	put_declarations(f, element, name, attr, attrs);
	for (size_t i = 0; i < attrs; i++) {
		puts_to(f, " ");
		put_qname(f, &attr[i]);
		puts_to(f, "=\"");
		put_escaped(f, attr[i].value, true);
		puts_to(f, "\"");
	}
	puts_to(f, ">");
}

/* -- the normal form ----------------------------------------------------- */

static bool
is_id(const char *s)
{
	size_t len = strlen(s);

	return len >= 16 && len <= 128 && strchr("0123456789-.", *s) == NULL &&
	    s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_-.")] == '\0';
}

/* A real date and time in UTC, of this century. */
static bool
is_instant(const char *s)
{
	struct tm tm = { .tm_mday = 0 };
	const char *end = strptime(s, "%Y-%m-%dT%H:%M:%S", &tm);
	struct tm again = tm;
	char text[32];

	if (end == NULL || end != s + 19 || memcmp(s, "20", 2) != 0)
		return false;
	if (timegm(&again) == -1 ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &again) != 19 ||
	    memcmp(text, s, 19) != 0)
		return false;
	if (*end == '.') {
		size_t digits = strspn(++end, "0123456789");

		if (digits < 1 || digits > 9)
			return false;
		end += digits;
	}
	return strcmp(end, "Z") == 0;
}

/* Of an attribute that an unsigned root has: what it comes to. */
static const char *
envelope_value(const struct form *f, const char *name, const char *value)
{
	if (strcmp(name, "ID") == 0)
		return is_id(value) ? "any" : value;
	if (strcmp(name, "IssueInstant") == 0)
		return is_instant(value) ? "any" : value;
	if (strcmp(name, "Destination") == 0)
		return strcmp(value, f->envelope->recipient) == 0 ? NULL :
		    value;
	if (strcmp(name, "InResponseTo") == 0)
		return *f->envelope->request != '\0' &&
		    strcmp(value, f->envelope->request) == 0 ? NULL : value;
	return strcmp(name, "Consent") == 0 ? NULL : value;
}

static void
normal_start(struct form *f, size_t element, const struct named *name,
    const struct named *attr, size_t attrs)
{
	puts_to(f, "<{");
	puts_to(f, name->uri);
	puts_to(f, "}");
	puts_to(f, name->local);
	for (size_t i = 0; i < attrs; i++) {
		const char *value = attr[i].value;

		if ((f->less & NORMAL_ENVELOPE) != 0 && element == 0 &&
		    *attr[i].uri == '\0')
			value = envelope_value(f, attr[i].local, value);
		if (value == NULL)
			continue;
		puts_to(f, " {");
		puts_to(f, attr[i].uri);
		puts_to(f, "}");
		puts_to(f, attr[i].local);
		puts_to(f, "=\"");
		put_escaped(f, value, true);
		puts_to(f, "\"");
	}
	puts_to(f, ">");
}

static bool
is_left_out(const struct form *f, size_t element)
{
	const struct doc *d = f->d;

	if (element == f->without)
		return true;
	if (!f->normal)
		return false;
	if ((f->less & NORMAL_KEY_INFO) != 0 && doc_is(d, element, "KeyInfo"))
		return true;
	return (f->less & NORMAL_SIGNATURE) != 0 &&
	    d->element[element].parent == 0 && doc_is(d, element, "Signature");
}

static void
put_text(struct form *f, const struct doc_text *text)
{
	size_t mark = f->d->used;
	char *s = decode(f, text->span, false);
	bool base64 = text->parent != DOC_NONE &&
	    (doc_is(f->d, text->parent, "SignatureValue") ||
	    doc_is(f->d, text->parent, "X509Certificate"));

	if (s == NULL) {
		f->ok = false;
		return;
	}
	if (f->normal && (f->less & NORMAL_BLANKS) != 0 &&
	    s[strspn(s, " \t\r\n")] == '\0')
		*s = '\0';
	if (f->normal && (f->less & NORMAL_BREAKS) != 0 && base64) {
		char *to = s;

		for (const char *from = s; *from != '\0'; from++)
			if (*from != '\n' && *from != '\r')
				*to++ = *from;
		*to = '\0';
	}
	put_escaped(f, s, false);
	f->d->used = mark;
}

/* -- both ---------------------------------------------------------------- */

static void
skip_element(struct form *f, size_t element)
{
	size_t end = f->d->element[element].close.to;

	while (f->element < f->d->elements &&
	    f->d->element[f->element].open.from < end)
		f->element++;
	while (f->text < f->d->texts && f->d->text[f->text].span.from < end)
		f->text++;
}

static void put_element(struct form *f, size_t element);

static void
put_content(struct form *f, size_t end)
{
	struct doc *d = f->d;

	for (;;) {
		size_t text = f->text < d->texts ?
		    d->text[f->text].span.from : DOC_NONE;
		size_t element = f->element < d->elements ?
		    d->element[f->element].open.from : DOC_NONE;

		if (text >= end && element >= end)
			return;
		if (text < element)
			put_text(f, &d->text[f->text++]);
		else
			put_element(f, f->element);
	}
}

/* The tokenizer has limited the depth. */
static void
put_element(struct form *f, size_t element)
{
	struct doc *d = f->d;
	struct named attr[NAMES_MAX];
	struct named name;
	size_t attrs;
	size_t mark = d->used;
	size_t scopes = f->scopes;

	if (is_left_out(f, element)) {
		skip_element(f, element);
		return;
	}
	f->element = element + 1;
	if (!resolve(f, element, d->element[element].name, false, &name) ||
	    !take_attrs(f, element, attr, &attrs)) {
		f->ok = false;
		skip_element(f, element);
		return;
	}
	if (f->normal)
		normal_start(f, element, &name, attr, attrs);
	else
		canonical_start(f, element, &name, attr, attrs);
	put_content(f, d->element[element].close.from);
	puts_to(f, "</");
	put_qname(f, f->normal ? &(struct named){ .prefix = "",
	    .local = name.local } : &name);
	puts_to(f, ">");
	d->used = mark;
	f->scopes = scopes;
}

bool
doc_content(struct doc *d, size_t element, struct buf *out)
{
	struct form f = { .d = d };
	const char *text;

	d->used = 0;
	text = decode(&f, doc_inner(d, element), false);
	return text != NULL && buf_puts(out, text) == ERR_OK;
}

bool
doc_canonical(struct doc *d, size_t element, size_t without,
    const char *prefixes, struct buf *out)
{
	struct form f = { .d = d, .out = out, .ok = true, .without = without,
	    .prefixes = prefixes };

	d->used = 0;
	while (f.text < d->texts && d->text[f.text].span.from <
	    d->element[element].open.from)
		f.text++;
	put_element(&f, element);
	return f.ok;
}

bool
doc_normal(struct doc *d, unsigned int less,
    const struct doc_envelope *envelope, struct buf *out)
{
	struct form f = { .d = d, .out = out, .ok = true, .normal = true,
	    .without = DOC_NONE, .prefixes = "", .less = less,
	    .envelope = envelope };

	d->used = 0;
	put_content(&f, d->len);
	return f.ok;
}
