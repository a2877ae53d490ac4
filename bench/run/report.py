# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Reports what was measured: ratios and goals on the terminal, tables and a plot for docs/.

from __future__ import annotations

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import plot
import sections
from common.tables import plain
from page import page
from results import BenchError, Results


def report(results: Results, docs: pathlib.Path | None) -> None:
    print("\n" + sections.setting(results).replace("**", ""))
    print(plain(*sections.overview(results)), end="\n\n")
    head, rows = sections.goals(results, only_measured=docs is None)
    if rows:
        print(plain(head, [[cell.replace("**", "") for cell in row] for row in rows]))
    if docs is not None:
        (docs / "benchmarks.md").write_text(page(results), encoding="utf-8")
        (docs / "benchmarks.svg").write_text(plot.draw(results), encoding="utf-8")
        print(f"\nWritten: {docs.name}/benchmarks.md, {docs.name}/benchmarks.svg")


def main() -> int:
    parser = argparse.ArgumentParser(description="Report a run of servers.", allow_abbrev=False)
    parser.add_argument("json", type=pathlib.Path, help="what run.py kept")
    parser.add_argument("--docs", type=pathlib.Path, help="folder for benchmarks.md and .svg")
    options = parser.parse_args()
    try:
        report(Results.load(options.json), options.docs)
    except (BenchError, OSError) as error:
        print(f"report.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
