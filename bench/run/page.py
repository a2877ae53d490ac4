# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The page docs/benchmarks.md.

from __future__ import annotations

import sections
from common.tables import markdown
from results import Results
from scenarios import MEANINGS, SCENARIOS

PAGE = """# How fast charcount serves

Written by `scripts/dev bench-servers`; [bench/README.md](../bench/README.md) says how it \
measures. All servers speak the line protocol, and all but Node.js and Python count with the same \
code. They ran one after the other, round by round, on this machine:

{setting}
![Server CPU per request, raw epoll = 1](benchmarks.svg)

## Goals

{goals}
## Overview

Server CPU per request, as a ratio to raw epoll in the same round: the median of all rounds, less \
is better. For idle connections, bytes of memory each. A {noisy} stands behind what was taken of \
disturbed rounds as well.

{overview}
| server | what it is |
| --- | --- |
{servers}
## Each scenario

The spread is from the least to the greatest ratio of a round. Requests/s and times depend on the \
generator, too, which has one processor like the server: judge by the CPU.

{scenarios}"""


def scenario_parts(results: Results) -> str:
    parts = []
    for scenario in SCENARIOS:
        if scenario.number in results.scenarios():
            table = sections.memory if scenario.is_idle else None
            head, rows = table(results) if table else sections.details(results, scenario)
            meaning = MEANINGS[scenario.number]
            parts.append(f"### {scenario.title}\n\n{meaning}\n\n{markdown(head, rows)}")
    return "\n".join(parts)


def page(results: Results) -> str:
    names = results.servers()
    what = results.context["servers"]
    return PAGE.format(
        setting=sections.setting(results),
        goals=markdown(*sections.goals(results), words=5),
        noisy=sections.NOISY,
        overview=markdown(*sections.overview(results)),
        servers="".join(f"| {name} | {what[name]} |\n" for name in names),
        scenarios=scenario_parts(results),
    )
