# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Measures all servers side by side, and reports them.

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import signal
import sys

import report  # first: it says where the modules common to all benchmarks are
import scenarios
import servers
from context import context
from results import BenchError, Results
from rounds import Rounds, estimate, plan
from scenarios import FULL, QUICK, SCENARIOS
from stand import Machine, Stand

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def parser_of_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Measure servers of the line protocol side by side (below ten minutes).",
        allow_abbrev=False,
        epilog="Scenarios: " + "; ".join(scenario.title for scenario in SCENARIOS) + ".",
    )
    add = parser.add_argument
    add("programs", type=pathlib.Path, metavar="BIN", help="the build's folder of programs")
    add("--quick", action="store_true", help="below 2 minutes, less exact; only prints")
    add("--scenarios", metavar="N,N", help="only these")
    add("--peers", metavar="NAME,NAME", help="only these servers, and raw epoll")
    add(
        "--peer", action="append", default=[], metavar="NAME=COMMAND",
        help="one more server; called with --port 0, it prints 'listening on HOST:PORT'",
    )  # fmt: skip
    add("--rounds", type=int, metavar="N", help=f"how often each runs [{FULL.rounds}]")
    add("--json", type=pathlib.Path, help="where to keep the raw figures")
    add(
        "--docs", type=pathlib.Path, metavar="FOLDER",
        help="where to write benchmarks.md and benchmarks.svg [docs, if all was measured]",
    )  # fmt: skip
    return parser


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = parser_of_options()
    options = parser.parse_args(arguments)
    options.generator = options.programs / "charcount-bench"
    if not options.generator.is_file():
        parser.error(
            f"there is no program {options.generator}; scripts/dev bench-servers builds it"
        )
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds needs 1 or more")
    is_whole = not (options.quick or options.scenarios or options.peers or options.rounds)
    if options.docs is None and is_whole:
        options.docs = REPOSITORY / "docs"
    if options.docs is not None and not options.docs.is_dir():
        parser.error(f"there is no folder {options.docs}")
    if options.json is None:
        options.json = options.programs / "bench" / "servers.json"
    try:
        options.scenarios = (
            scenarios.selected(options.scenarios) if options.scenarios else list(SCENARIOS)
        )
        options.servers, options.missing = chosen_servers(options)
    except ValueError as error:
        parser.error(str(error))
    return options


def chosen_servers(options: argparse.Namespace) -> tuple[list, list]:
    """Those to measure, and those that cannot be. Raises ValueError."""
    known = servers.known_servers(options.programs / "bench" / "peers", REPOSITORY / "bench/peers")
    for peer in options.peer:
        known = servers.added(known, peer)
    if options.peers:
        known = servers.selected(known, options.peers)
    missing = [server for server in known if server.missing]
    for server in missing:
        if options.peers or server.name == servers.YARDSTICK:
            raise ValueError(f"{server.name} cannot be measured: {server.missing}")
    return [server for server in known if not server.missing], missing


def timing_of(options: argparse.Namespace) -> scenarios.Timing:
    timing = QUICK if options.quick else FULL
    if options.rounds is None:
        return timing
    slow, enough = (min(most, options.rounds) for most in (timing.slow_rounds, timing.enough))
    return dataclasses.replace(timing, rounds=options.rounds, enough=enough, slow_rounds=slow)


def measure(options: argparse.Namespace) -> Results:
    machine, timing = Machine.this(), timing_of(options)
    machine.check(options.scenarios)
    stand = Stand(options.generator.resolve(), machine, timing)
    planned = plan(stand, options.scenarios, options.servers)
    names = ", ".join(server.name for server in options.servers)
    print(f"Measuring {names}\nRounds: {timing.rounds}; scenarios: {len(planned)}; "
          f"about {estimate(planned, timing):.0f} seconds, some more if it is disturbed",
          flush=True)  # fmt: skip
    facts = context(
        options.programs / "bench", options.servers, options.missing, machine, timing, planned
    )
    results = Results(facts, [], [])
    Rounds(stand, results, planned).run(lambda words: print(words, flush=True))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    results.save(options.json)
    return results


def end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)  # so that all that was started is stopped


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    options = parse()
    try:
        results = measure(options)
        if not results.cells:
            raise BenchError("nothing could be measured")
        report.report(results, options.docs)
    except (BenchError, OSError) as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nrun.py: interrupted; nothing was written", file=sys.stderr)
        return 130
    if results.failures:
        failed = ", ".join(dict.fromkeys(failure["server"] for failure in results.failures))
        print(f"run.py: failed: {failed}; see above", file=sys.stderr)
    return 1 if results.failures else 0


if __name__ == "__main__":
    sys.exit(main())
