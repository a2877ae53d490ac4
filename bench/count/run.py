# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Runs the benchmark of counting, times CPython as well, and reports both.

from __future__ import annotations

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import python_count
import report
from results import BenchError, Results

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measure how fast UTF-8 is counted (4 minutes), and report it.",
        allow_abbrev=False,
    )
    parser.add_argument("program", type=pathlib.Path, help="the built count_bench")
    parser.add_argument("--quick", action="store_true", help="four sizes, below half a minute")
    parser.add_argument("--json", type=pathlib.Path, help="where to keep what was measured")
    parser.add_argument(
        "--docs",
        type=pathlib.Path,
        help="folder for counting.md and counting.svg (default: docs; with --quick none)",
    )
    options = parser.parse_args(arguments)
    if not options.program.is_file():
        parser.error(f"there is no program {options.program}; scripts/dev bench-count builds it")
    if options.docs is None and not options.quick:
        options.docs = REPOSITORY / "docs"
    if options.docs is not None and not options.docs.is_dir():
        parser.error(f"there is no folder {options.docs}")
    if options.json is None:
        options.json = options.program.parent / "count.json"
    return options


def run_program(options: argparse.Namespace, *arguments: str) -> None:
    command = [str(options.program.resolve()), *arguments]
    if options.quick:
        command.append("--quick")
    code = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
    if code != 0:
        raise BenchError(f"{options.program.name} failed with exit code {code}")


def measure(options: argparse.Namespace) -> None:
    """Writes options.json: what google-benchmark wrote, and CPython's times in the same form."""
    options.json.unlink(missing_ok=True)
    run_program(
        options, f"--benchmark_out={options.json.resolve()}", "--benchmark_out_format=json"
    )
    data = json.loads(options.json.read_text())
    with tempfile.TemporaryDirectory() as folder:
        run_program(options, f"--write-texts={folder}")
        data["benchmarks"] += python_count.measure(pathlib.Path(folder), options.quick)
    data["context"]["python"] = python_count.version()
    options.json.write_text(json.dumps(data, indent=1))


def main() -> int:
    options = parse()
    print("Measuring:", "half a minute" if options.quick else "about 4 minutes", flush=True)
    try:
        measure(options)
        report.report(Results.load(options.json), options.docs)
    except (BenchError, OSError, subprocess.SubprocessError) as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
