# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Parts of an SVG, in colours for light and dark pages.

from __future__ import annotations

import html
import math
from dataclasses import dataclass

# What all plots have in common; `colours` adds the lines of one of them.
LIGHT = """
svg { color-scheme: light dark; }
.page { fill: #ffffff; }
text { fill: #24292f; font: 13px system-ui, sans-serif; }
.title { font-weight: 600; font-size: 15px; }
.grid { stroke: #d0d7de; stroke-width: 1; }
"""
DARK = """  .page { fill: #0d1117; }
  text { fill: #e6edf3; }
  .grid { stroke: #30363d; }
"""


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis: values from low to high lie from begin to end."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.begin + share * (self.end - self.begin)


def style(light: str, dark: str) -> str:
    """The style sheet: a plot's own rules, and those that differ on a dark page."""
    return f"{LIGHT}{light}@media (prefers-color-scheme: dark) {{\n{DARK}{dark}}}\n"


def text(x: float, y: float, words: str, anchor: str = "middle", extra: str = "") -> str:
    words = html.escape(words, quote=False)
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{words}</text>'


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}"/>'


def page(width: int, height: int, title: str, style_sheet: str, parts: list[str]) -> str:
    """The whole document."""
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        f' width="{width}" height="{height}">',
        f"<title>{html.escape(title, quote=False)}</title>",
        f"<style>{style_sheet}</style>",
        f'<rect class="page" width="{width}" height="{height}"/>',
    ]
    return "\n".join([*head, *parts, "</svg>", ""])
