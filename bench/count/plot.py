# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Draws rates over sizes as an SVG: two panels, logarithmic axes, for light and dark pages.

from __future__ import annotations

import math

from common import svg
from common.svg import Axis, line, text
from results import SCAN, Results, size_name

WIDTH, HEIGHT = 980, 500
PANEL_WIDTH, PANEL_HEIGHT = 400, 350
TOP = 40
LEFTS = (65, 545)

# What is drawn when it was measured: its style and its name.
LINES = {
    SCAN: ("best", "charcount scan_utf8"),
    "avx2": ("avx2", "charcount AVX2"),
    "simdutf-icelake": ("avx512 peer", "simdutf AVX-512"),
    "simdutf-haswell": ("avx2 peer", "simdutf AVX2"),
    "simdutf-arm64": ("avx512 peer", "simdutf NEON"),
    "scalar": ("scalar", "scalar twin"),
    "ICU": ("icu", "ICU"),
    "CPython": ("python", "CPython"),
    "sum": ("sum", "summing the bytes"),
}

STYLE = svg.style(
    """.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.peer { stroke-dasharray: 7 4; }
.best { stroke: #0550ae; stroke-width: 3.5; }
.avx512 { stroke: #0550ae; }
.avx2 { stroke: #1a7f37; }
.scalar { stroke: #6e7781; }
.icu { stroke: #8250df; }
.python { stroke: #cf222e; }
.sum { stroke: #24292f; stroke-dasharray: 2 4; }
""",
    """  .best, .avx512 { stroke: #58a6ff; }
  .avx2 { stroke: #3fb950; }
  .scalar { stroke: #8b949e; }
  .icu { stroke: #bc8cff; }
  .python { stroke: #ff7b72; }
  .sum { stroke: #e6edf3; }
""",
)


def rate_axis(results: Results, texts: list[str]) -> Axis:
    rates = [
        rate
        for name in LINES
        for kind in texts
        for size in results.sizes()
        if (rate := results.rate(name, kind, size)) is not None
    ]
    return Axis(min(rates) / 1.3, max(rates) * 1.3, TOP + PANEL_HEIGHT, TOP)


def grid(x: Axis, y: Axis, sizes: list[int]) -> list[str]:
    parts = []
    rate = 10.0 ** math.ceil(math.log10(y.low))
    while rate <= y.high:
        parts.append(line(x.begin, y.at(rate), x.end, y.at(rate), "grid"))
        parts.append(text(x.begin - 7, y.at(rate) + 4, f"{rate:g}", "end"))
        rate *= 10
    parts += [line(x.begin, at, x.end, at, "grid") for at in (y.begin, y.end)]
    for size in (16**power for power in range(1, 9)):
        if sizes[0] <= size <= sizes[-1]:
            parts.append(line(x.at(size), y.begin, x.at(size), y.end, "grid"))
            parts.append(text(x.at(size), y.begin + 18, size_name(size)))
    return parts


def panel(results: Results, kind: str, left: int, y: Axis) -> list[str]:
    sizes = results.sizes()
    x = Axis(sizes[0], sizes[-1], left, left + PANEL_WIDTH)
    middle = left + PANEL_WIDTH / 2
    parts = [text(middle, TOP - 14, kind, extra=' class="title"'), *grid(x, y, sizes)]
    parts.append(text(middle, y.begin + 40, "bytes in a call"))
    height = (y.begin + y.end) / 2
    turn = f' transform="rotate(-90 {left - 45} {height:.1f})"'
    parts.append(text(left - 45, height, "GB/s", extra=turn))
    for name, (style, _) in LINES.items():
        points = [
            f"{x.at(size):.1f},{y.at(rate):.1f}"
            for size in sizes
            if (rate := results.rate(name, kind, size)) is not None
        ]
        if points:
            parts.append(f'<polyline class="line {style}" points="{" ".join(points)}"/>')
    return parts


def legend(results: Results) -> list[str]:
    parts = []
    names = [name for name in LINES if name in results.competitors()]
    for i, name in enumerate(names):
        style, words = LINES[name]
        x, y = LEFTS[0] + 230 * (i % 4), TOP + PANEL_HEIGHT + 66 + 24 * (i // 4)
        parts.append(line(x, y, x + 36, y, f"line {style}"))
        parts.append(text(x + 44, y + 4, words, "start"))
    return parts


def draw(results: Results, kinds: tuple[str, str] = ("ASCII", "CJK")) -> str:
    y = rate_axis(results, list(kinds))
    parts = []
    for kind, left in zip(kinds, LEFTS):
        parts += panel(results, kind, left, y)
    parts += legend(results)
    title = "How fast UTF-8 is validated and counted, by the size of the text"
    return svg.page(WIDTH, HEIGHT, title, STYLE, parts)
