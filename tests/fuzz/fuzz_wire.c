/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as one frame.  What decodes must encode to the same bytes again,
 * and the module must judge it without a contradiction.
 */
#include <string.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "pam_8x8sso/verdict.h"
#include "wire/codec.h"

static const size_t counts[256] = {
#define COUNT(number, message) [number] = message##_FIELD_COUNT,
	WIRE_MESSAGES(COUNT)
};

static void
round_trip(const struct wire_msg *msg, const uint8_t *data, size_t size)
{
	AUTO(buf) struct buf again = BUF_INIT(WIRE_HEADER_SIZE +
	    WIRE_PAYLOAD_MAX);

	demand(wire_encode(&again, msg->type, msg->field, counts[msg->type],
	    NULL) == ERR_OK);
	demand(again.len == size && memcmp(again.data, data, size) == 0);
}

/* A grant has the verdict and no reason against it; a denial has a reason. */
static void
judge(const struct wire_msg *msg)
{
	static const struct verdict_request request = {
		.operation = WIRE_AUTHENTICATE,
		.user = "b.simon",
	};
	enum err reason = ERR_OK;
	bool granted = verdict_judge(msg, &request, &reason) ==
	    OUTCOME_GRANTED;

	demand(granted == (reason == ERR_OK));
	if (granted)
		demand(msg->type == WIRE_RESULT &&
		    wire_get_u64(msg, RESULT_VERDICT) == WIRE_GRANTED &&
		    strcmp(wire_get_text(msg, RESULT_USER), "b.simon") == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	size_t len = 0;

	if (size < WIRE_HEADER_SIZE ||
	    wire_decode_header(data, &msg.type, &len, NULL) != ERR_OK)
		return 0;
	if (len != size - WIRE_HEADER_SIZE ||
	    buf_put(&msg.payload, data + WIRE_HEADER_SIZE, len) != ERR_OK)
		return 0;
	if (wire_decode_payload(&msg, NULL) != ERR_OK)
		return 0;
	round_trip(&msg, data, size);
	judge(&msg);
	return 0;
}
