# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# What the tests share: cells with figures of one's own.

from __future__ import annotations

import pathlib
import sys

RUN = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(RUN), str(RUN.parent)]

from results import Cell, Results  # noqa: E402


def cell(scenario: int, server: str, number: int, cpu: float, disturbed: str = "", **more) -> Cell:
    measured = {
        "server_cpu_us_per_request": cpu,
        "requests_per_second": 1e6 / cpu if cpu else 0.0,
        "requests": 1000,
        "seconds": 1.0,
        "bytes_sent": 1_000_000,
        "latency_ns": {"p50": 5000, "p99": 9000},
        **more,
    }
    return Cell(scenario, server, number, {"measured": measured}, disturbed)


def idle_cell(server: str, each: float) -> Cell:
    server_facts = {"anonymous_bytes_per_connection": each}
    return Cell(7, server, 0, {"measured": None, "server": server_facts})


def results(
    *cells: Cell, rounds: int = 3, enough: int | None = None, slow: tuple[str, ...] = ()
) -> Results:
    context = {
        "processor": "A Processor",
        "processors": 2,
        "system": "Linux 6.1",
        "versions": {"compiler": "GNU 12"},
        "timing": {
            "rounds": rounds,
            "enough": rounds if enough is None else enough,
            "slow_rounds": 1,
            "warm_up": 0.2,
            "duration": 0.8,
        },
        "idle_connections": 10_000,
        "slow": list(slow),
        "servers": {each.server: f"the {each.server}" for each in cells},
        "left_out": [],
    }
    return Results(context, list(cells), [])


def rounds(scenario: int, server: str, *values: float) -> list[Cell]:
    return [cell(scenario, server, number, value) for number, value in enumerate(values)]
