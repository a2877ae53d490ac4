# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Draws a panel for each scenario: a dot for each server, a line for its spread.

from __future__ import annotations

import math
from dataclasses import dataclass

from common import svg
from common.svg import Axis, line, text
from goals import IDLE_BYTES
from results import Results, Spread
from scenarios import SCENARIOS, Scenario
from servers import YARDSTICK

WIDTH = 1000
LABELS, PANEL_WIDTH = 140, 480
ROW, HEAD, FOOT = 21, 40, 46

STYLE = svg.style(
    """.mark { stroke-width: 1.5; stroke: #57606a; stroke-dasharray: 5 3; }
.spread { stroke-width: 3; stroke-linecap: round; stroke: #6e7781; }
.dot { fill: #6e7781; stroke: #6e7781; stroke-width: 2; }
.own { fill: #0550ae; stroke: #0550ae; }
.noisy { fill: #ffffff; }
.value { font-size: 12px; paint-order: stroke; stroke: #ffffff; stroke-width: 3px; }
""",
    """  .mark { stroke: #8b949e; }
  .spread, .dot { stroke: #8b949e; }
  .dot { fill: #8b949e; }
  .own { fill: #58a6ff; stroke: #58a6ff; }
  .noisy { fill: #0d1117; }
  .value { stroke: #0d1117; }
""",
)


@dataclass(frozen=True)
class Panel:
    title: str
    below: str
    values: dict[str, Spread]
    mark: float  # where the dashed line stands
    digits: int

    def axis(self, left: int) -> Axis:
        low = min([self.mark, *(value.low for value in self.values.values())])
        high = max([self.mark, *(value.high for value in self.values.values())])
        # Room beside the last dot for its value.
        return Axis(low / 1.1, high * (high / low) ** 0.15 * 1.1, left + LABELS,
                    left + PANEL_WIDTH - 10)  # fmt: skip


def panel_of(results: Results, scenario: Scenario) -> Panel | None:
    values = {}
    for server in results.servers(scenario.number):
        if scenario.is_idle:
            each = results.memory(server)
            # What is too little to be seen in pages of memory is drawn as one byte.
            found = None if each is None else Spread.of([max(each, 1.0)])
        else:
            found = results.ratio(scenario.number, server)
        if found is not None:
            values[server] = found
    if not values:
        return None
    if scenario.is_idle:
        below = f"bytes a connection; the dashed line: {IDLE_BYTES}"
        return Panel(scenario.title, below, values, IDLE_BYTES, 0)
    return Panel(scenario.title, "server CPU per request, raw epoll = 1", values, 1.0, 2)


def steps(axis: Axis) -> list[float]:
    """Round numbers on an axis: 1, 2, 5, 10..., or only 1, 10, 100 on a long one."""
    factors = (1, 2, 5) if axis.high / axis.low < 300 else (1,)
    powers = range(math.floor(math.log10(axis.low)), math.ceil(math.log10(axis.high)) + 1)
    values = [factor * 10.0**power for power in powers for factor in factors]
    return [value for value in values if axis.low <= value <= axis.high]


def row(panel: Panel, name: str, axis: Axis, left: int, y: float) -> list[str]:
    found = panel.values[name]
    style = "dot own" if name.startswith("charcount") else "dot"
    style += " noisy" if found.is_noisy else ""
    words = f"{found.median:,.{panel.digits}f}"
    parts = [text(left + LABELS - 10, y + 4, name, "end")]
    if found.high > found.low:
        parts.append(line(axis.at(found.low), y, axis.at(found.high), y, "spread"))
    parts.append(f'<circle class="{style}" cx="{axis.at(found.median):.1f}" cy="{y:.1f}" r="4"/>')
    parts.append(text(axis.at(found.high) + 9, y + 4, words, "start", ' class="value"'))
    return parts


def draw_panel(panel: Panel, left: int, top: int) -> list[str]:
    axis = panel.axis(left)
    bottom = top + HEAD + ROW * len(panel.values)
    middle = (axis.begin + axis.end) / 2
    parts = [text(middle, top + 20, panel.title, extra=' class="title"')]
    for value in steps(axis):
        parts.append(line(axis.at(value), top + HEAD - 8, axis.at(value), bottom, "grid"))
        parts.append(text(axis.at(value), bottom + 16, f"{value:,g}"))
    parts.append(line(axis.at(panel.mark), top + HEAD - 8, axis.at(panel.mark), bottom, "mark"))
    parts.append(text(middle, bottom + 34, panel.below))
    for i, name in enumerate(panel.values):
        parts += row(panel, name, axis, left, top + HEAD + ROW * (i + 0.3))
    return parts


def draw(results: Results) -> str:
    found = (panel_of(results, scenario) for scenario in SCENARIOS)
    panels = [panel for panel in found if panel is not None]
    parts = []
    top = 10
    for pair in (panels[i : i + 2] for i in range(0, len(panels), 2)):
        for left, panel in zip((10, WIDTH // 2 + 10), pair):
            parts += draw_panel(panel, left, top)
        top += HEAD + FOOT + ROW * max(len(panel.values) for panel in pair) + 14
    title = f"What a request costs each server, compared with {YARDSTICK}"
    return svg.page(WIDTH, top, title, STYLE, parts)
