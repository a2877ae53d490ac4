# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# What was measured, in pairs with the yardstick of the same round: ratios, medians, spreads.

from __future__ import annotations

import json
import pathlib
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass

from servers import YARDSTICK

STEADY = 0.10  # the yardstick's own figures may differ so much from their median


class BenchError(Exception):
    """Something that the user has to know, in one line."""


@dataclass(frozen=True)
class Cell:
    """One server, measured once."""

    scenario: int
    server: str
    round: int
    report: dict  # what the generator wrote
    disturbed: str = ""  # by what, if another program had the processors

    def measured(self, name: str) -> float | None:
        return (self.report.get("measured") or {}).get(name)

    @property
    def cpu(self) -> float | None:
        """Microseconds of the server's processor time for a request."""
        return self.measured("server_cpu_us_per_request") or None

    @property
    def memory(self) -> float | None:
        return (self.report.get("server") or {}).get("anonymous_bytes_per_connection")


@dataclass(frozen=True)
class Spread:
    median: float
    low: float
    high: float
    count: int
    is_noisy: bool = False  # taken of disturbed rounds as well

    @classmethod
    def of(cls, values: list[float], is_noisy: bool = False) -> Spread | None:
        if not values:
            return None
        return cls(statistics.median(values), min(values), max(values), len(values), is_noisy)


Measure = Callable[[Cell], "float | None"]


def cpu(cell: Cell) -> float | None:
    return cell.cpu


def request_rate(cell: Cell) -> float | None:
    return cell.measured("requests_per_second")


class Results:
    def __init__(self, context: dict, cells: list[Cell], failures: list[dict]) -> None:
        self.context = context
        self.cells = cells
        self.failures = failures

    @classmethod
    def load(cls, file: pathlib.Path) -> Results:
        try:
            data = json.loads(file.read_text())
            cells = [Cell(**cell) for cell in data["cells"]]
            return cls(data["context"], cells, data["failures"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BenchError(f"cannot read results from {file}: {error}") from error

    def save(self, file: pathlib.Path) -> None:
        cells = [asdict(cell) for cell in self.cells]
        data = {"context": self.context, "failures": self.failures, "cells": cells}
        file.write_text(json.dumps(data, indent=1))

    def of(self, scenario: int, server: str) -> dict[int, Cell]:
        """By round."""
        return {
            cell.round: cell
            for cell in self.cells
            if cell.scenario == scenario and cell.server == server
        }

    def servers(self, scenario: int | None = None) -> list[str]:
        """In the order in which they ran."""
        measured = (c.server for c in self.cells if scenario in (None, c.scenario))
        return list(dict.fromkeys(measured))

    def scenarios(self) -> list[int]:
        return sorted({cell.scenario for cell in self.cells})

    def noisy_rounds(self, scenario: int) -> set[int]:
        """Those in which the yardstick was disturbed, or was not like in the others."""
        cells = self.of(scenario, YARDSTICK)
        values = [cell.cpu for cell in cells.values() if cell.cpu and not cell.disturbed]
        median = statistics.median(values) if values else None

        def is_noisy(cell: Cell) -> bool:
            if cell.disturbed or median is None or cell.cpu is None:
                return True
            return abs(cell.cpu - median) > STEADY * median

        return {number for number, cell in cells.items() if is_noisy(cell)}

    def clean_rounds(self, scenario: int, server: str) -> set[int]:
        cells = self.of(scenario, server)
        quiet = {number for number, cell in cells.items() if not cell.disturbed}
        return (quiet & set(self.of(scenario, YARDSTICK))) - self.noisy_rounds(scenario)

    def wanted_rounds(self, server: str) -> int:
        timing = self.context["timing"]
        slow = server in self.context.get("slow", [])
        return timing["slow_rounds" if slow else "enough"]

    def chosen_rounds(self, scenario: int, server: str) -> tuple[set[int], bool]:
        """The quiet ones; all of them, and that they are noisy, if too few were quiet."""
        clean = self.clean_rounds(scenario, server)
        if len(clean) >= self.wanted_rounds(server):
            return clean, False
        return set(self.of(scenario, server)), True

    def spread(self, scenario: int, server: str, measure: Measure) -> Spread | None:
        """Of a server's own figures."""
        rounds, is_noisy = self.chosen_rounds(scenario, server)
        cells = self.of(scenario, server)
        values = [value for i in sorted(rounds) if (value := measure(cells[i])) is not None]
        return Spread.of(values, is_noisy)

    def ratio(
        self, scenario: int, server: str, other: str = YARDSTICK, measure: Measure = cpu
    ) -> Spread | None:
        """Of a server's figures to another's in the same round."""
        rounds, is_noisy = self.chosen_rounds(scenario, server)
        other_rounds, is_other_noisy = self.chosen_rounds(scenario, other)
        own_cells, other_cells = self.of(scenario, server), self.of(scenario, other)
        pairs = [
            (measure(own_cells[i]), measure(other_cells[i])) for i in sorted(rounds & other_rounds)
        ]
        values = [own / peer for own, peer in pairs if own is not None and peer]
        return Spread.of(values, is_noisy or is_other_noisy)

    def memory(self, server: str, scenario: int = 7) -> float | None:
        values = [c.memory for c in self.of(scenario, server).values() if c.memory is not None]
        return statistics.median(values) if values else None
