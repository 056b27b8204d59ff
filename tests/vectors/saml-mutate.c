/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * saml-mutate: tens of thousands of mutants of an accepted Response, each of
 * which the verifier has to refuse (mutate.h).
 *
 *	saml-mutate [--share N/M] [--seed S] [--kind NAME] [--out DIR] [--tap]
 *		--samples FILE | [--key PEM] [--require-mfa] [--no-tenant]
 *		SAML-VERIFY-OPTIONS
 *
 * FILE has lines of options; the last word of each may be a pattern of files,
 * and the first line that fits a file is the one.  Paths are relative to its
 * folder.  Exit status 0: nothing was wrongly accepted; 1: something was, or
 * the verifier crashed; 2: usage.
 */
#include "mutate.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/base64.h"
#include "base/io.h"

#define FEW 12000		/* of a kind: a share of them runs whole */
#define SHOWN_MAX 10		/* failures of one sample in full */
#define WORDS_MAX 64
#define USAGE 2

_Noreturn static void
die(const char *what)
{
	(void)fprintf(stderr, "saml-mutate: %s\n", what);
	exit(USAGE);
}

void
add(struct buf *b, const void *data, size_t len)
{
	if (len != 0 && buf_put(b, data, len) != ERR_OK)
		die("a mutant is too long");
}

void
adds(struct buf *b, const char *text)
{
	add(b, text, strlen(text));
}

void
add_span(struct buf *b, const struct doc *d, struct span span)
{
	add(b, d->s + span.from, span.to - span.from);
}

/* -- the verifier -------------------------------------------------------- */

/* All that the claims say, in the bytes that go to the helper. */
static void
write_claims(const struct claims *claims, struct buf *out)
{
	AUTO(channel) struct channel ch = CHANNEL_INIT;
	AUTO_CLOSE int fd = -1;
	int size = 1 << 20;
	char piece[65536];
	int pair[2];
	ssize_t n;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		die("no socket");
	ch.fd = pair[0];
	fd = pair[1];
	(void)setsockopt(ch.fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	channel_set_timeout(&ch, 1000);
	if (claims_send(claims, &ch, NULL) != ERR_OK)
		die("claims cannot be sent");
	channel_close(&ch);
	buf_reset(out);
	do {
		n = read(fd, piece, sizeof(piece));
		if (n > 0)
			add(out, piece, (size_t)n);
	} while (n > 0);
}

static enum err
verify(struct sample *sample, const struct buf *base64, struct buf *ret,
    struct diag *diag)
{
	AUTO(claims) struct claims *claims = NULL;
	struct saml_check check = sample->options.check;
	enum err r;

	check.response = base64->data;
	check.response_len = base64->len;
	r = saml_response_verify(&check, &claims, diag);
	if (r == ERR_OK)
		write_claims(claims, ret);
	return r;
}

/* -- one mutant ---------------------------------------------------------- */

static bool
is_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static uint64_t
mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

bool
engine_due(struct engine *e)
{
	uint64_t kind = (uint64_t)(e->kind - kinds);
	uint64_t number = e->counting ? e->count.mutants : e->count.tried;

	if (e->counting) {
		e->count.mutants++;
		return false;
	}
	e->count.tried++;
	e->what = NULL;
	return e->count.mutants <= FEW * e->share / e->of ||
	    mix(e->seed ^ mix(kind << 32 | number)) % e->of < e->share;
}

static void
show(struct engine *e, const char *what, size_t position)
{
	AUTO_FREE char *path = NULL;
	struct last *last = e->last;
	FILE *f;

	e->count.wrong++;
	if (e->shown++ >= SHOWN_MAX)
		return;
	if (asprintf(&path, "%s/mutant-%s-%s-%zu-%zu.%s", e->out,
	    strrchr(e->sample->name, '/') == NULL ? e->sample->name :
	    strrchr(e->sample->name, '/') + 1, e->kind->name, position,
	    e->shown, last->is_xml ? "xml" : "b64") < 0)
		die("no memory");
	(void)printf("# %s: %s at %zu%s%s: %s; it is in %s\n", e->sample->name,
	    e->kind->name, position, e->what == NULL ? "" : ", ",
	    e->what == NULL ? "" : e->what, what, path);
	f = fopen(path, "we");
	if (f == NULL || fwrite(last->mutant, 1, last->len, f) != last->len)
		(void)printf("# %s: %s\n", path, strerror(errno));
	if (f != NULL)
		(void)fclose(f);
}

static void
judge_refused(struct engine *e, size_t position, enum err r,
    enum err expected, const struct diag *diag)
{
	char what[DIAG_TEXT_MAX + 128];
	bool wrong = expected == EXPECT_KIND ? e->kind->all : r != expected;

	e->count.rejected += !wrong;
	if (!wrong)
		return;
	(void)snprintf(what, sizeof(what), "refused as %s (%s) instead of %s",
	    err_name(r), diag->text, expected == EXPECT_KIND ||
	    expected == ERR_OK ? "accepted" : err_name(expected));
	show(e, what, position);
}

static void
judge_accepted(struct engine *e, size_t position, enum err expected)
{
	const struct buf *wanted = &e->sample->claims;
	unsigned int bit;

	if (expected == ERR_OK) {
		e->count.limits++;
		return;
	}
	if (expected != EXPECT_KIND) {
		show(e, "accepted", position);
		return;
	}
	if (!is_same(&e->claims, wanted)) {
		show(e, "accepted with other claims", position);
		return;
	}
	bit = harmless_find(e);
	if (bit == 0)
		show(e, "accepted with the same claims, but it is no "
		    "re-encoding", position);
	else if ((bit & e->kind->admits) == 0)
		show(e, "accepted, a harmless change that this kind does not "
		    "list", position);
	else
		e->count.harmless++;
}

static void
judge(struct engine *e, size_t position, enum err expected)
{
	struct diag diag = DIAG_INIT;
	const struct buf *seen = e->xml.len == 0 ? &e->base64 : &e->xml;
	struct last *last = e->last;
	enum err r;

	if (seen->len > sizeof(last->mutant))
		die("a mutant is too long to be kept");
	(void)snprintf(last->kind, sizeof(last->kind), "%s", e->kind->name);
	last->position = position;
	last->is_xml = e->xml.len != 0;
	last->len = seen->len;
	if (seen->len != 0)
		memcpy(last->mutant, seen->data, seen->len);
	r = verify(e->sample, &e->base64, &e->claims, &diag);
	if (r == ERR_OK)
		judge_accepted(e, position, expected);
	else
		judge_refused(e, position, r, expected, &diag);
}

void
engine_try(struct engine *e, size_t position, enum err expected)
{
	if (is_same(&e->xml, &e->sample->xml) ||
	    is_same(&e->xml, &e->sample->signed_again)) {
		e->count.none++;
		return;
	}
	buf_reset(&e->base64);
	if (base64_encode(&e->base64, e->xml.data, e->xml.len) != ERR_OK)
		die("base64");
	judge(e, position, expected);
}

void
engine_try_base64(struct engine *e, size_t position, const void *text,
    size_t len)
{
	buf_reset(&e->xml);
	buf_reset(&e->base64);
	add(&e->base64, text, len);
	judge(e, position, EXPECT_KIND);
}

void
engine_try_signed(struct engine *e, const struct signer *signer,
    size_t position, enum err expected)
{
	(void)sign_again(&e->doc, &e->xml, signer);
	engine_try(e, position, expected);
}

void
engine_cut(struct engine *e, struct span span, const void *text, size_t len)
{
	const struct buf *xml = &e->sample->xml;

	buf_reset(&e->xml);
	add(&e->xml, xml->data, span.from);
	add(&e->xml, text, len);
	add(&e->xml, xml->data + span.to, xml->len - span.to);
}

void
engine_splice(struct engine *e, struct span span, const void *text, size_t len)
{
	if (!engine_due(e))
		return;
	engine_cut(e, span, text, len);
	engine_try(e, span.from, EXPECT_KIND);
}

/* -- one sample ---------------------------------------------------------- */

static void
add_count(struct count *to, const struct count *one)
{
	to->mutants += one->mutants;
	to->tried += one->tried;
	to->rejected += one->rejected;
	to->harmless += one->harmless;
	to->limits += one->limits;
	to->wrong += one->wrong;
}

static void
run_kind(struct engine *e, const struct kind *kind)
{
	struct count *count = &e->count;

	e->kind = kind;
	*count = (struct count){ 0 };
	e->counting = true;
	kind->generate(e);
	e->counting = false;
	kind->generate(e);
	if (count->tried != count->mutants)
		die("a generator is not deterministic");
	count->mutants -= count->none;
	count->tried = count->rejected + count->harmless + count->limits +
	    count->wrong;
	(void)printf("# %-22s %7zu of %7zu: %7zu rejected, %6zu re-encodings, "
	    "%3zu within limits, %zu wrong\n", kind->name, count->tried,
	    count->mutants, count->rejected, count->harmless, count->limits,
	    count->wrong);
	add_count(&e->last->total, count);
}

/* The sample is as good as we think, or nothing below means anything. */
static bool
prepare(struct engine *e)
{
	struct sample *sample = e->sample;
	struct diag diag = DIAG_INIT;
	enum err r = verify(sample, &sample->base64, &sample->claims, &diag);
	size_t signature;

	if (r != ERR_OK) {
		(void)printf("# %s itself is refused: %s, %s\n", sample->name,
		    err_name(r), diag.text);
		return false;
	}
	if (!doc_parse(&sample->doc, (const char *)sample->xml.data,
	    sample->xml.len) || !sign_understands(&e->doc, &sample->xml)) {
		(void)printf("# %s: our own canonical form is another one\n",
		    sample->name);
		return false;
	}
	if (sample->own.key != NULL) {
		add(&sample->signed_again, sample->xml.data, sample->xml.len);
		if (!sign_again(&e->doc, &sample->signed_again, &sample->own))
			die("a sample cannot be signed");
	}
	sample->assertion = doc_child(&sample->doc, 0, DOC_NONE, "Assertion");
	signature = doc_child(&sample->doc, 0, DOC_NONE, "Signature");
	sample->response_signed = signature != DOC_NONE;
	return sample->assertion != DOC_NONE;
}

static int
run_sample(struct engine *e)
{
	struct count *total = &e->last->total;
	bool ready = prepare(e);

	for (size_t i = 0; ready && i < kinds_count; i++)
		if (e->only == NULL || strcmp(e->only, kinds[i].name) == 0)
			run_kind(e, &kinds[i]);
	if (total->tried != total->mutants)
		(void)printf("# %s: %zu of %zu mutants, share %" PRIu64 "/%"
		    PRIu64 ", seed %" PRIu64 "\n", e->sample->name,
		    total->tried, total->mutants, e->share, e->of, e->seed);
	e->last->ended = true;
	return ready && total->wrong == 0 ? 0 : 1;
}

/* -- samples ------------------------------------------------------------- */

static bool
is_base64(const struct buf *b)
{
	return b->len != 0 && memchr(b->data, '<', b->len) == NULL;
}

/* Takes the options that are ours out of argv. */
static bool
own_options(int *argc, char **argv, struct sample *sample)
{
	int kept = 1;

	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--require-mfa") == 0)
			sample->mfa = true;
		else if (strcmp(argv[i], "--no-tenant") == 0)
			sample->no_tenant = true;
		else if (strcmp(argv[i], "--key") == 0 && i + 1 < *argc) {
			if (!signer_load(argv[++i], &sample->own)) {
				(void)fprintf(stderr, "saml-mutate: %s is no "
				    "key\n", argv[i]);
				return false;
			}
		} else
			argv[kept++] = argv[i];
	}
	argv[kept] = NULL;
	*argc = kept;
	return true;
}

static bool
load_sample(int argc, char **argv, struct sample *sample)
{
	struct diag diag = DIAG_INIT;
	enum err r;

	if (!own_options(&argc, argv, sample))
		return false;
	r = verify_options_parse(argc, argv, &sample->options, &diag);
	if (r == ERR_OK)
		r = verify_options_load(sample->options.file, &sample->base64,
		    &diag);
	if (r == ERR_OK)
		r = base64_decode(&sample->xml, buf_str(&sample->base64),
		    sample->base64.len, true);
	if (r != ERR_OK || is_base64(&sample->xml)) {
		(void)fprintf(stderr, "saml-mutate: %s: %s\n", err_text(r),
		    diag.text);
		return false;
	}
	/* Without the line breaks that a file of base64 may have. */
	buf_reset(&sample->base64);
	if (base64_encode(&sample->base64, sample->xml.data,
	    sample->xml.len) != ERR_OK)
		return false;
	if (sample->mfa)
		sample->options.check.flags |= WIRE_SAML_REQUIRE_MFA;
	if (sample->no_tenant)
		sample->options.check.tenant = "";
	sample->name = sample->options.file;
	return true;
}

static void
free_sample(struct sample *sample)
{
	buf_clear(&sample->base64);
	buf_clear(&sample->xml);
	buf_clear(&sample->claims);
	buf_clear(&sample->signed_again);
	signer_clear(&sample->own);
	free(sample);
}

/* A crash of the verifier is a finding, and its mutant is kept. */
static void
report_crash(struct engine *e, int status)
{
	e->kind = &(struct kind){ .name = e->last->kind };
	e->what = WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : NULL;
	e->shown = 0;
	show(e, "the verifier crashed", e->last->position);
	e->last->total.wrong++;
}

/* In a process of its own. */
static bool
try_sample(struct engine *e, struct sample *sample, unsigned int *tap)
{
	const struct count *total = &e->last->total;
	int status = 0;
	pid_t pid;

	memset(e->last, 0, sizeof(*e->last));
	e->sample = sample;
	e->shown = 0;
	(void)fflush(NULL);
	pid = fork();
	if (pid < 0)
		die("no process");
	if (pid == 0) {
		/* Not _exit(): a leak is a finding, too. */
		exit(run_sample(e));
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	/* A sanitizer exits with 1, and a leak is found last. */
	if (!e->last->ended || !WIFEXITED(status) || WEXITSTATUS(status) > 1)
		report_crash(e, status);
	if (tap != NULL)
		(void)printf("%sok %u - ", status == 0 ? "" : "not ", ++*tap);
	(void)printf("%s: %zu mutants, %zu rejected, %zu re-encodings, "
	    "%zu wrongly accepted\n", sample->name,
	    total->tried - total->limits, total->rejected, total->harmless,
	    total->wrong);
	return status == 0;
}

static bool
run_line(struct engine *e, int argc, char **argv, unsigned int *tap)
{
	struct sample *sample = calloc(1, sizeof(*sample));
	bool ok = false;

	if (sample == NULL)
		die("no memory");
	sample->base64.max = sample->xml.max = MUTANT_MAX;
	sample->claims.max = sample->signed_again.max = MUTANT_MAX * 4;
	if (load_sample(argc, argv, sample))
		ok = try_sample(e, sample, tap);
	else if (tap != NULL)
		(void)printf("not ok %u - %s can be read\n", ++*tap,
		    argv[argc - 1]);
	free_sample(sample);
	return ok;
}

/* What saml-mutate has been asked for so far. */
struct list {
	struct engine *e;
	unsigned int *tap;	/* NULL: no TAP */
	glob_t done;		/* files of the lines before */
	bool ok;
};

static bool
is_done(const struct list *list, const char *path)
{
	for (size_t i = 0; i < list->done.gl_pathc; i++)
		if (strcmp(list->done.gl_pathv[i], path) == 0)
			return true;
	return false;
}

/* The last word is a pattern; a line that fits no file is a mistake. */
static void
run_words(struct list *list, int argc, char **argv)
{
	const char *pattern = argv[argc - 1];
	glob_t found = { 0 };
	size_t done = list->done.gl_pathc;

	if (glob(pattern, 0, NULL, &found) != 0) {
		(void)fprintf(stderr, "saml-mutate: %s: no such file\n",
		    pattern);
		list->ok = false;
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *words[WORDS_MAX];
		int count = argc;

		if (is_done(list, found.gl_pathv[i]))
			continue;
		memcpy(words, argv, (size_t)argc * sizeof(*argv));
		words[argc - 1] = found.gl_pathv[i];
		words[argc] = NULL;
		list->ok = run_line(list->e, count, words, list->tap) &&
		    list->ok;
	}
	globfree(&found);
	if (glob(pattern, done == 0 ? 0 : GLOB_APPEND, NULL, &list->done) != 0)
		die("no memory");
}

static void
run_lines(struct list *list, char *text)
{
	char *line;

	for (line = strtok_r(text, "\n", &text); line != NULL;
	    line = strtok_r(NULL, "\n", &text)) {
		char *argv[WORDS_MAX] = { (char[]){ "saml-mutate" } };
		int argc = 1;
		char *word = strtok_r(line, " \t", &line);

		for (; word != NULL && argc < WORDS_MAX - 1;
		    word = strtok_r(NULL, " \t", &line))
			argv[argc++] = word;
		if (argc > 1 && *argv[1] != '#')
			run_words(list, argc, argv);
	}
}

/* Whole: a stream that is still open has one place for parent and child. */
static char *
read_list(const char *path)
{
	AUTO(buf) struct buf text = BUF_INIT(MUTANT_MAX);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *copy = NULL;

	if (fd >= 0 && io_read_all(fd, &text, NULL) == ERR_OK)
		copy = strdup(buf_str(&text));
	if (copy == NULL)
		die("the list of samples cannot be read");
	return copy;
}

static bool
run_list(struct engine *e, const char *path, unsigned int *tap)
{
	AUTO_FREE char *folder = strdup(path);
	AUTO_FREE char *text = read_list(path);
	struct list list = { .e = e, .tap = tap, .ok = true };

	if (folder != NULL && strrchr(folder, '/') != NULL) {
		*strrchr(folder, '/') = '\0';
		if (chdir(folder) != 0)
			die("the folder of samples cannot be entered");
	}
	run_lines(&list, text);
	if (tap != NULL)
		(void)printf("1..%u\n", *tap);
	list.ok = list.ok && list.done.gl_pathc != 0;
	if (list.done.gl_pathc != 0)
		globfree(&list.done);
	return list.ok;
}

/* -- command line -------------------------------------------------------- */

struct command {
	const char *samples;
	bool tap;
};

static uint64_t
number(const char *text, char **end)
{
	errno = 0;
	if (*text < '0' || *text > '9')
		die("a number is none");
	return strtoull(text, end, 10);
}

static void
set_share(struct engine *e, const char *text)
{
	char *end;

	e->share = number(text, &end);
	if (*end == '/')
		e->of = number(end + 1, &end);
	if (*end != '\0' || e->share == 0 || e->of < e->share)
		die("--share takes N/M");
}

/* Our options; the first that is none ends them.  How many words. */
static int
read_options(struct engine *e, char **argv, struct command *command)
{
	int i = 1;
	char *end;

	for (; argv[i] != NULL; i++) {
		const char *value = argv[i + 1];

		if (strcmp(argv[i], "--tap") == 0) {
			command->tap = true;
			continue;
		}
		if (value == NULL)
			break;
		if (strcmp(argv[i], "--share") == 0)
			set_share(e, value);
		else if (strcmp(argv[i], "--seed") == 0)
			e->seed = number(value, &end);
		else if (strcmp(argv[i], "--kind") == 0)
			e->only = value;
		else if (strcmp(argv[i], "--out") == 0)
			e->out = value;
		else if (strcmp(argv[i], "--samples") == 0)
			command->samples = value;
		else
			break;
		i++;
	}
	return i - 1;
}

static struct engine *
engine_new(void)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (e == NULL)
		die("no memory");
	e->share = e->of = 1;
	e->out = getenv("TMPDIR") == NULL ? "." : getenv("TMPDIR");
	e->xml.max = e->base64.max = MUTANT_MAX;
	e->claims.max = e->normal[0].max = e->normal[1].max = MUTANT_MAX * 4;
	e->last = mmap(NULL, sizeof(*e->last), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (e->last == MAP_FAILED || !signer_make(&e->attacker))
		die("no memory, or no key");
	return e;
}

static void
engine_free(struct engine *e)
{
	signer_clear(&e->attacker);
	(void)munmap(e->last, sizeof(*e->last));
	buf_clear(&e->xml);
	buf_clear(&e->base64);
	buf_clear(&e->claims);
	buf_clear(&e->normal[0]);
	buf_clear(&e->normal[1]);
	free(e);
}

int
main(int argc, char **argv)
{
	struct engine *e = engine_new();
	struct command command = { NULL, false };
	AUTO_FREE char *out = NULL;
	unsigned int tap = 0;
	int used = read_options(e, argv, &command);
	bool ok;

	out = realpath(e->out, NULL);
	if (out == NULL)
		die("--out is no folder");
	e->out = out;
	if (command.samples == NULL && argc - used < 2)
		die("no --samples and no FILE");
	harmless_print("# re-encoding ");
	if (command.samples != NULL)
		ok = run_list(e, command.samples, command.tap ? &tap : NULL);
	else
		ok = run_line(e, argc - used, argv + used, NULL);
	engine_free(e);
	return ok ? 0 : 1;
}
