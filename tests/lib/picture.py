#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a camera sees: the half blocks of a text as a bitmap (PBM).

  picture.py [--light] < TEXT > BITMAP

The lines that consist of half blocks are the picture; a character is one
module wide and two high.  The terminal is dark (light with --light), and a
margin of it surrounds the picture.  Ends with 1 when there is no picture.
"""

import sys

# The drawn halves of a character: upper, lower.
HALVES = {" ": (0, 0), "\u2580": (1, 0), "\u2584": (0, 1), "\u2588": (1, 1)}
SCALE = 4
MARGIN = 8


def read(text):
    """Rows of modules: 1 is drawn."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    lines = [line for line in lines
             if "\u2588" in line and not set(line) - set(HALVES)]
    rows = []
    for line in lines:
        for half in (0, 1):
            rows.append([HALVES[char][half] for char in line])
    return rows


def surround(rows):
    width = max(map(len, rows)) + 2 * MARGIN
    empty = [[0] * width for _ in range(MARGIN)]
    return empty + [([0] * MARGIN + row + [0] * width)[:width]
                    for row in rows] + empty


def main():
    rows = read(sys.stdin.buffer.read().decode(errors="replace"))
    if not rows:
        return 1
    rows = surround(rows)
    # In a PBM, 1 is black.
    black = int("--light" in sys.argv[1:])
    print("P1", len(rows[0]) * SCALE, len(rows) * SCALE)
    for row in rows:
        line = " ".join(str(int(drawn == black)) for drawn in row
                        for _ in range(SCALE))
        print("\n".join([line] * SCALE))
    return 0


if __name__ == "__main__":
    sys.exit(main())
