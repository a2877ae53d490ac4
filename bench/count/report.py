# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Reports what was measured: ratios and goals on the terminal, tables and a plot for docs/.

from __future__ import annotations

import argparse
import pathlib
import sys
from collections.abc import Callable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import plot
from common.tables import Row, markdown, number, plain
from goals import all_goals
from results import NAMES, PEERS, SCAN, BenchError, Results, size_name

SHORT = 256  # bytes up to which the time of a call tells more than a rate


def table(
    results: Results, sizes: list[int], columns: dict[str, Callable[[str, int], str]]
) -> tuple[Row, list[Row]]:
    """A row for each text and size of which anything is known."""
    rows = []
    for text in results.texts():
        for size in sizes:
            cells = [cell(text, size) for cell in columns.values()]
            if any(cell != "–" for cell in cells):
                rows.append([text, size_name(size), *cells])
    return ["text", "size", *columns], rows


def times(results: Results, mode: str) -> tuple[Row, list[Row]]:
    def column(name: str) -> Callable[[str, int], str]:
        return lambda text, size: number(results.time(mode, name, text, size))

    sizes = [size for size in results.sizes(mode) if size <= SHORT]
    names = [name for name in results.competitors() if name != "sum"]
    return table(results, sizes, {NAMES[name]: column(name) for name in names})


def rates(results: Results) -> tuple[Row, list[Row]]:
    def column(name: str) -> Callable[[str, int], str]:
        return lambda text, size: number(results.rate(name, text, size))

    sizes = [size for size in results.sizes() if size > SHORT]
    return table(results, sizes, {NAMES[name]: column(name) for name in results.competitors()})


def ratios(results: Results) -> tuple[Row, list[Row]]:
    def column(own: str, other: str) -> Callable[[str, int], str]:
        return lambda text, size: number(results.gain(own, other, text, size))

    columns = {f"{NAMES[own]} : {NAMES[other]}": column(own, other) for own, other in PEERS.items()}
    for other in ("scalar", "ICU", "CPython"):
        columns[f"{NAMES[SCAN]} : {NAMES[other]}"] = column(SCAN, other)
    to_sum = column(SCAN, "sum")
    columns[f"{NAMES[SCAN]} : {NAMES['sum']}"] = lambda text, size: (
        to_sum(text, size) if size > SHORT else "–"
    )
    return table(results, results.sizes(), columns)


def goals(results: Results) -> tuple[Row, list[Row]]:
    words = {True: "yes", False: "**no**", None: "not measured"}
    rows = [
        [str(goal.figure), goal.what, goal.goal, goal.measured, words[goal.reached]]
        for goal in all_goals(results)
    ]
    return ["figure", "what", "goal", "measured", "reached"], rows


def setting(results: Results) -> str:
    """The machine and the versions; nothing that tells where or when."""
    context = results.context
    caches = ", ".join(
        f"{size_name(cache['size'])} L{cache['level']}"
        for cache in context.get("caches", [])
        if cache["type"] != "Instruction"
    )
    flags = context.get("compiler", "unknown").split()
    compiler = " ".join(flag for flag in flags if "/" not in flag)  # no folders of this machine
    lines = [
        f"Processor: {context.get('processor', 'unknown')}; {caches}",
        f"Compiler: {compiler}",
        f"charcount {context.get('charcount', '')}",
    ]
    lines += [
        f"{name} {context[key]}"
        for name, key in (("simdutf", "simdutf"), ("ICU", "icu"), ("Python:", "python"))
        if context.get(key)
    ]
    return "".join(f"- {line}\n" for line in lines)


PAGE = """# How fast charcount counts

Written by `scripts/dev bench-count`; [bench/README.md](../bench/README.md) says how it measures. \
Every figure is a median of one run, in processor time.

{setting}
![Rates over sizes, for ASCII and CJK](counting.svg)

## Goals

"Other" is the worst of all texts but ASCII, which stands in brackets.

{goals}
## Ratios

How many times faster than the other. simdutf needs two calls, `validate_utf8` and `count_utf8`; \
each kernel is compared with simdutf's for the same instruction set. Summing only reads the bytes.

{ratios}
## Short messages: nanoseconds a call

The same message again and again:

{same}
Different messages in turn, so that the processor can foresee less:

{in_turn}
## Longer texts: GB/s

{rates}"""


def page(results: Results) -> str:
    return PAGE.format(
        setting=setting(results),
        goals=markdown(*goals(results), words=5),
        ratios=markdown(*ratios(results), words=1),
        same=markdown(*times(results, "same")),
        in_turn=markdown(*times(results, "in-turn")),
        rates=markdown(*rates(results)),
    )


def report(results: Results, docs: pathlib.Path | None) -> None:
    print(setting(results))
    print(plain(*ratios(results)), end="\n\n")
    head, rows = goals(results)
    print(plain(head, [[cell.replace("**", "") for cell in row] for row in rows]))
    if docs is not None:
        (docs / "counting.md").write_text(page(results), encoding="utf-8")
        (docs / "counting.svg").write_text(plot.draw(results), encoding="utf-8")
        print(f"\nWritten: {docs.name}/counting.md, {docs.name}/counting.svg")


def main() -> int:
    parser = argparse.ArgumentParser(description="Report a run of count_bench.", allow_abbrev=False)
    parser.add_argument("json", type=pathlib.Path, help="what run.py kept")
    parser.add_argument("--docs", type=pathlib.Path, help="folder for counting.md and counting.svg")
    options = parser.parse_args()
    try:
        report(Results.load(options.json), options.docs)
    except (BenchError, OSError) as error:
        print(f"report.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
