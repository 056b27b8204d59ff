/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes to values.  Whatever is read the quick way, jansson reads as well, and
 * reads the same.
 */
#include <jansson.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "sys/json.h"
#include "sys/json_quick.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(json) struct json *quick = json_quick_parse(data, size);
	AUTO(json) struct json *json = NULL;
	struct diag diag = DIAG_INIT;
	json_t *theirs = json_loadb((const char *)data, size,
	    JSON_REJECT_DUPLICATES, NULL);
	enum err r = json_parse(data, size, &json, &diag);

	demand((r == ERR_OK) == (json != NULL));
	demand(r == ERR_OK || (r == ERR_JSON && diag.code == r));
	demand(quick == NULL || r == ERR_OK);
	demand(r != ERR_OK || theirs != NULL);
	demand(quick == NULL || json_equal((json_t *)quick, theirs));
	demand(json == NULL || json_equal((json_t *)json, theirs));
	json_decref(theirs);
	return 0;
}
