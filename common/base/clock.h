/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time.  Wall-clock time is read once by an entry point and handed down as a
 * parameter, so that every check of one decision sees the same "now" and a
 * test can choose it.  Waits use deadlines on the monotonic clock.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Seconds since 1970-01-01T00:00:00Z. */
int64_t clock_now(void);

/* Milliseconds on CLOCK_MONOTONIC. */
int64_t clock_monotonic_ms(void);

/* Milliseconds from now to a deadline made of clock_monotonic_ms(), clamped
 * to 0..INT_MAX: what poll(2) takes. */
int clock_left_ms(int64_t deadline_ms);

#define CLOCK_TEXT_SIZE sizeof("2026-11-20T12:00:00Z")

/* Writes the time as SAML and RFC 3339 do, in UTC, whole seconds; times
 * outside years 0-9999 become "invalid". */
void clock_format(int64_t time, char text[static CLOCK_TEXT_SIZE]);

#endif
