/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mutation engine: for one sample, every generator of the table of kinds
 * proposes mutants, and the verifier has to refuse each, or accept it with
 * the sample's own claims where the kind admits that and the change is one
 * that says nothing (the table of harmless changes in mutate_kinds.c).
 *
 * A generator asks engine_due() whether this mutant's turn is now, and only
 * then makes it: the same calls count the mutants and choose a share of them.
 */
#ifndef MUTATE_H
#define MUTATE_H

#include <openssl/evp.h>

#include "auth/saml_response.h"
#include "mutate_doc.h"
#include "verify_options.h"

#define MUTANT_MAX (SAML_BASE64_MAX * 2)
#define KIND_NAME_MAX 40

/* Why a mutant that says the same may be accepted; bits. */
enum harmless {
	HARMLESS_ENCODING = 1,
	HARMLESS_BREAKS = 2,
	HARMLESS_BLANKS = 4,
	HARMLESS_ENVELOPE = 8,
	HARMLESS_KEY_INFO = 16,
	HARMLESS_SIGNATURE = 32,
	HARMLESS_TRANSPORT = 64,
};

/* Who signs. */
struct signer {
	EVP_PKEY *key;		/* NULL: not at hand */
	char *certificate;	/* base64 of the DER */
};

struct sample {
	const char *name;
	struct verify_options options;
	struct buf base64;
	struct buf xml;
	struct buf claims;	/* as claims_send() writes them */
	struct signer own;
	struct buf signed_again;	/* by own; empty without a key */
	struct doc doc;
	size_t assertion;
	bool response_signed;
	bool mfa, no_tenant;	/* the caller's configuration */
};

/* What a kind puts at every place; a list ends with a NULL. */
struct payload {
	const char *text;
	size_t len;
};

struct engine;

struct kind {
	const char *name;
	void (*generate)(struct engine *e);
	unsigned int admits;	/* enum harmless */
	bool all;		/* every one has to be accepted */
	const void *data;	/* the generator's */
};

/* What the verifier has to say to one mutant. */
#define EXPECT_KIND ERR_COUNT	/* what the kind's row says */

struct count {
	size_t mutants;		/* there are */
	size_t tried;
	size_t rejected;
	size_t harmless;
	size_t limits;		/* on the right side of a limit: accepted */
	size_t wrong;
	size_t none;		/* which came out as the sample itself */
};

/* In memory that outlives a crash of the verifier. */
struct last {
	char kind[KIND_NAME_MAX];
	size_t position;
	bool ended;		/* the sample's process, as it should */
	bool is_xml;
	size_t len;
	uint8_t mutant[MUTANT_MAX];
	struct count total;
};

struct engine {
	struct sample *sample;
	struct signer attacker;
	const struct kind *kind;
	struct last *last;
	struct count count;
	struct buf xml;		/* the mutant */
	struct buf base64;
	struct buf claims;
	struct buf normal[2];
	struct doc doc;		/* of mutants */
	const char *what;	/* more about this mutant, or NULL */

	uint64_t seed;
	uint64_t share, of;
	const char *only;	/* NULL: every kind */
	const char *out;	/* folder */
	bool counting;
	bool quiet;
	size_t shown;
};

/* mutate_kinds.c */
extern const struct kind kinds[];
extern const size_t kinds_count;

/* The bit of the first row of harmless changes that explains how the mutant
 * in e->xml, or in e->base64 when that is empty, differs from the sample; 0:
 * none does. */
unsigned int harmless_find(struct engine *e);
void harmless_print(const char *prefix);

/* saml-mutate.c: true when this mutant is to be made and tried. */
bool engine_due(struct engine *e);

/* The sample with from..to replaced.  The first one asks for itself whether
 * it is due; the second one leaves the result in e->xml. */
void engine_splice(struct engine *e, struct span span, const void *text,
	size_t len);
void engine_cut(struct engine *e, struct span span, const void *text,
	size_t len);

/* e->xml, or base64, is tried. */
void engine_try(struct engine *e, size_t position, enum err expected);
void engine_try_base64(struct engine *e, size_t position, const void *text,
	size_t len);

/* The same after this signer has signed all of it again; what cannot be signed
 * is tried as it is. */
void engine_try_signed(struct engine *e, const struct signer *signer,
	size_t position, enum err expected);

/* Ends the program: a test without memory proves nothing. */
void add(struct buf *b, const void *data, size_t len);
void adds(struct buf *b, const char *text);
void add_span(struct buf *b, const struct doc *d, struct span span);

/* mutate_sign.c: computes every DigestValue and SignatureValue of Assertion
 * and Response again, inner ones first.  False when there is none, or the
 * text is not XML. */
bool sign_again(struct doc *d, struct buf *xml, const struct signer *signer);
/* The original's digests are what our canonical form says. */
bool sign_understands(struct doc *d, const struct buf *xml);
bool signer_load(const char *path, struct signer *ret);
bool signer_make(struct signer *ret);
void signer_clear(struct signer *signer);

/* mutate_wrap.c: the sample's assertion with another person in it, without
 * the Signature when signature is false, under the ID id. */
void forge(struct engine *e, const char *id, bool signature,
	struct buf *out);

/* The generators.  mutate_bytes.c */
void bits(struct engine *e);
void bytes_dropped(struct engine *e);
void bytes_doubled(struct engine *e);
void bytes_inserted(struct engine *e);
void truncations(struct engine *e);
void base64_alphabet(struct engine *e);
void base64_junk(struct engine *e);
void base64_breaks(struct engine *e);
void base64_whole(struct engine *e);
void values_junk(struct engine *e);
void values_breaks(struct engine *e);

/* mutate_insert.c */
void payloads(struct engine *e);
void cdata_around(struct engine *e);
void attribute_copies(struct engine *e);
void ids_doubled(struct engine *e);
void prologs(struct engine *e);

/* mutate_tree.c */
void elements_dropped(struct engine *e);
void elements_doubled(struct engine *e);
void elements_emptied(struct engine *e);
void elements_hollowed(struct engine *e);
void elements_renamed(struct engine *e);
void elements_moved(struct engine *e);
void elements_swapped(struct engine *e);
void attributes_dropped(struct engine *e);
void attributes_doubled(struct engine *e);
void attributes_renamed(struct engine *e);
void attributes_changed(struct engine *e);
void declarations_changed(struct engine *e);
void declarations_added(struct engine *e);
void prefixes_renamed(struct engine *e);

/* mutate_same.c: pure re-encodings */
void references(struct engine *e);
void quotes(struct engine *e);
void tag_blanks(struct engine *e);
void empty_tags(struct engine *e);
void attribute_order(struct engine *e);

/* mutate_wrap.c */
void wrappings(struct engine *e);
void forged_everywhere(struct engine *e);
void genuine_everywhere(struct engine *e);
void responses_wrapped(struct engine *e);

/* mutate_dsig.c */
void reference_uris(struct engine *e);
void algorithms(struct engine *e);
void dsig_extras(struct engine *e);
void key_infos(struct engine *e);
void key_infos_dropped(struct engine *e);
void attacker_signs(struct engine *e);

/* mutate_login.c: under a valid signature, when the key is at hand */
void fields(struct engine *e);
void times_malformed(struct engine *e);
void times_limits(struct engine *e);
void elements_added(struct engine *e);

#endif
