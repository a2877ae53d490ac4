# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The tables of a report, and the words about the machine.

from __future__ import annotations

from common.tables import Row, number
from goals import all_goals
from results import Cell, Results, Spread, cpu, request_rate
from scenarios import SCENARIOS, Scenario
from servers import YARDSTICK

NOISY = "~"  # stands behind what was measured in disturbed rounds as well


def ratio_words(found: Spread | None) -> str:
    if found is None:
        return "–"
    return number(found.median) + (NOISY if found.is_noisy else "")


def range_words(found: Spread | None) -> str:
    return "–" if found is None else f"{number(found.low)} to {number(found.high)}"


def median(found: Spread | None) -> float | None:
    return None if found is None else found.median


def overview(results: Results) -> tuple[Row, list[Row]]:
    """A row for each server, a column for each scenario."""
    measured = [s for s in SCENARIOS if s.number in results.scenarios()]

    def cell(server: str, scenario: Scenario) -> str:
        if scenario.is_idle:
            each = results.memory(server)
            return "–" if each is None else f"{each:,.0f} B"
        return ratio_words(results.ratio(scenario.number, server))

    rows = [[server, *(cell(server, s) for s in measured)] for server in results.servers()]
    return ["server", *(s.title for s in measured)], rows


def goals(results: Results, only_measured: bool = False) -> tuple[Row, list[Row]]:
    rows = [
        [str(goal.figure), goal.what, goal.goal, goal.measured, goal.word]
        for goal in all_goals(results)
        if goal.reached is not None or not only_measured
    ]
    return ["figure", "what", "goal", "measured", "reached"], rows


def details(results: Results, scenario: Scenario) -> tuple[Row, list[Row]]:
    rows = []
    for server in results.servers(scenario.number):
        ratio = results.ratio(scenario.number, server)

        def own(name: str, server: str = server) -> float | None:
            found = results.spread(scenario.number, server, lambda cell: cell.measured(name))
            return median(found)

        def latency(name: str, server: str = server) -> float | None:
            def of_cell(cell: Cell) -> float | None:
                return (cell.measured("latency_ns") or {}).get(name)

            nanoseconds = median(results.spread(scenario.number, server, of_cell))
            return None if nanoseconds is None else nanoseconds / 1000

        size, seconds, sent = own("requests"), own("seconds"), own("bytes_sent")
        rate = sent / seconds / 1e6 if scenario.by_bytes and sent and seconds else None
        by_cpu = results.ratio(scenario.number, YARDSTICK, server, cpu)
        by_clock = results.ratio(scenario.number, server, YARDSTICK, request_rate)
        rows.append(
            [
                server,
                number(median(results.spread(scenario.number, server, cpu))),
                ratio_words(ratio),
                range_words(ratio),
                str(ratio.count) if ratio else "–",
                f"{own('requests_per_second'):,.0f}" if size else "–",
                number(rate),
                ratio_words(by_cpu) if scenario.by_bytes else "–",
                ratio_words(by_clock) if scenario.by_bytes else "–",
                number(latency("p50")),
                number(latency("p99")),
            ]
        )
    head = ["server", "CPU µs", "to epoll", "spread", "rounds", "requests/s", "MB/s",
            "per CPU second, to epoll", "by the clock, to epoll", "p50 µs", "p99 µs"]  # fmt: skip
    return head, rows


def memory(results: Results) -> tuple[Row, list[Row]]:
    rows = []
    for server in results.servers(7):
        each = results.memory(server)
        rows.append([server, "–" if each is None else f"{each:,.0f}"])
    return ["server", "bytes a connection"], rows


def noise(results: Results) -> list[str]:
    """What must be known about how quiet the machine was; nothing when it was."""
    lines = []
    for scenario in SCENARIOS:
        cells = [c for c in results.cells if c.scenario == scenario.number]
        if not cells or scenario.is_idle:
            continue
        noisy = results.chosen_rounds(scenario.number, YARDSTICK)[1]
        doubtful = [s for s in results.servers(scenario.number)
                    if s != YARDSTICK and results.chosen_rounds(scenario.number, s)[1]]  # fmt: skip
        disturbed = [cell for cell in cells if cell.disturbed]
        why = f" Among others: {disturbed[-1].disturbed}." if disturbed else ""
        if noisy:
            lines.append(f"{scenario.title}: too noisy to tell.{why}")
        elif doubtful:
            lines.append(f"{scenario.title}: too noisy to tell about {', '.join(doubtful)}.{why}")
    return lines


def setting(results: Results) -> str:
    context, timing = results.context, results.context["timing"]
    lines = [
        f"Processor: {context['processor']}; {context['processors']} of them",
        f"System: {context['system']}",
        *(f"{name}: {version}" for name, version in context["versions"].items()),
        f"{timing['rounds']} rounds of each server ({timing['slow_rounds']} of Node.js and Python, "
        f"longer ones; raw epoll and charcount run in all), "
        f"{timing['duration']} s each after {timing['warm_up']} s of warming up; "
        f"{context['idle_connections']:,} idle connections",
        *context["left_out"],
    ]
    lines += noise(results) or ["The machine was quiet enough for all that follows."]
    for failure in results.failures:
        first = failure["what"].splitlines()[0]
        lines.append(f"Scenario {failure['scenario']}: {failure['server']} **failed**: {first}")
    return "".join(f"- {line}\n" for line in lines)
