/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for libFuzzer: gives the fuzzer each file that is named, and each
 * file of a folder that is named.  The last line says how many there were; a
 * finding ends it before.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "fuzz.h"

#define SEED_MAX (1024u * 1024)

static unsigned int replayed;

static bool
replay_file(const char *path)
{
	AUTO(buf) struct buf seed = BUF_INIT(SEED_MAX);
	AUTO_FREE uint8_t *exact = NULL;
	FILE *f = fopen(path, "rb");
	char piece[4096];
	size_t n;

	if (f == NULL)
		return false;
	do {
		n = fread(piece, 1, sizeof(piece), f);
	} while (n > 0 && buf_put(&seed, piece, n) == ERR_OK);
	(void)fclose(f);
	/* As long as it says, so that each byte read outside is seen. */
	exact = malloc(seed.len + (seed.len == 0));
	if (n > 0 || exact == NULL)
		return false;
	if (seed.len > 0)
		memcpy(exact, seed.data, seed.len);
	(void)LLVMFuzzerTestOneInput(exact, seed.len);
	replayed++;
	return true;
}

static bool
replay_folder(const char *path)
{
	const struct dirent *entry;
	char name[PATH_MAX];
	bool good = true;
	DIR *dir = opendir(path);

	if (dir == NULL)
		return false;
	for (entry = readdir(dir); entry != NULL && good;
	    entry = readdir(dir)) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(name, sizeof(name), "%s/%s", path,
		    entry->d_name);
		good = replay_file(name);
	}
	(void)closedir(dir);
	return good;
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct stat st;
		bool good = stat(argv[i], &st) == 0 &&
		    (S_ISDIR(st.st_mode) ? replay_folder(argv[i]) :
		    replay_file(argv[i]));

		if (!good) {
			(void)fprintf(stderr, "%s: cannot be replayed\n",
			    argv[i]);
			return 2;
		}
	}
	(void)printf("%u replayed\n", replayed);
	return replayed == 0;
}
