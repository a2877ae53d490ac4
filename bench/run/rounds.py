# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Rounds: a few servers one after the other, then others, again and again.

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable

from programs import ProgramError
from results import Results
from scenarios import Scenario, Timing
from servers import OWN, YARDSTICK, Server
from stand import Stand, seconds, skipped

COMPARED = (YARDSTICK, OWN)  # what others are compared with: they run in each round
BESIDE = 4  # how many others do, at most
EXTRA_ROUNDS = 2  # for each scenario at most, when the others were disturbed
EXTRA_TIME = 0.2  # of the planned time, for all of them

Plan = list[tuple[Scenario, list[Server]]]
Say = Callable[[str], None]


def plan(stand: Stand, scenarios: list[Scenario], servers: list[Server]) -> Plan:
    def fits(server: Server, scenario: Scenario) -> bool:
        return not skipped(server, scenario, stand.machine, stand.timing)

    return [(s, [server for server in servers if fits(server, s)]) for s in scenarios]


def is_turn(server: Server, scenario: Scenario, number: int, timing: Timing) -> bool:
    """Whether it runs in this round: slow ones in some, evenly spread; memory is stable."""
    if scenario.is_idle:
        return number == 0
    if not server.is_slow:
        return True
    return number * timing.slow_rounds % timing.rounds < timing.slow_rounds


def split(servers: list[Server]) -> list[list[Server]]:
    """Into rounds so short that the machine's speed hardly changes within one."""
    compared = [server for server in servers if server.name in COMPARED]
    others = [server for server in servers if server.name not in COMPARED]
    begins = range(0, max(1, len(others)), BESIDE)
    return [compared + others[begin : begin + BESIDE] for begin in begins]


def turn(
    servers: list[Server], scenario: Scenario, number: int, timing: Timing
) -> list[list[Server]]:
    """The rounds of one turn, in which each server runs that should."""
    due = [server for server in servers if is_turn(server, scenario, number, timing)]
    if scenario.is_idle:
        return [due] if due else []
    return [part if number % 2 == 0 else part[::-1] for part in split(due)]


def estimate(planned: Plan, timing: Timing) -> float:
    """Seconds."""
    return sum(
        seconds(server, scenario, timing)
        for scenario, servers in planned
        for number in range(timing.rounds)
        for part in turn(servers, scenario, number, timing)
        for server in part
    )


class Rounds:
    def __init__(self, stand: Stand, results: Results, planned: Plan) -> None:
        self.stand = stand
        self.results = results
        self.planned = planned
        self.repeat_seconds = EXTRA_TIME * estimate(planned, stand.timing)

    def run(self, say: Say) -> None:
        for scenario, servers in self.planned:
            began = time.monotonic()
            self._run_scenario(scenario, list(servers))
            say(self._summary(scenario, time.monotonic() - began))

    def _run_scenario(self, scenario: Scenario, servers: list[Server]) -> None:
        timing = self.stand.timing
        numbers = itertools.count()
        for number in range(timing.rounds):
            for part in turn(servers, scenario, number, timing):
                self._run_round(scenario, next(numbers), part, servers)
        if scenario.is_idle:
            return
        for _ in range(EXTRA_ROUNDS):
            parts = split(lacking(self.results, scenario, servers))
            cost = sum(seconds(server, scenario, timing) for part in parts for server in part)
            if cost == 0 or cost > self.repeat_seconds:
                return
            self.repeat_seconds -= cost
            for part in parts:
                self._run_round(scenario, next(numbers), part, servers)

    def _run_round(
        self, scenario: Scenario, number: int, part: list[Server], servers: list[Server]
    ) -> None:
        """Who fails is taken out of `servers`: it is not asked in this scenario again."""
        for server in part:
            if server not in servers:
                continue
            try:
                self.results.cells.append(self.stand.measure(server, scenario, number))
            except ProgramError as error:
                servers.remove(server)
                self.results.failures.append(
                    {"scenario": scenario.number, "server": server.name, "what": str(error)}
                )
                print(f"{server.name} FAILED in {scenario.title}: {error}", file=sys.stderr)

    def _summary(self, scenario: Scenario, took: float) -> str:
        words = f"{scenario.title}: {took:.0f} s"
        if scenario.is_idle:
            return words
        noisy = self.results.noisy_rounds(scenario.number)
        disturbed = [c for c in self.results.cells if c.scenario == scenario.number and c.disturbed]
        if noisy:
            words += f"; disturbed rounds: {len(noisy)}"
        if disturbed:
            words += f"; disturbed runs: {len(disturbed)}, {disturbed[-1].disturbed}"
        return words


def lacking(results: Results, scenario: Scenario, servers: list[Server]) -> list[Server]:
    """Those without enough quiet rounds, and the yardstick; nobody if all have enough."""
    few = {
        server.name
        for server in servers
        if len(results.clean_rounds(scenario.number, server.name))
        < results.wanted_rounds(server.name)
    }
    if not few or not any(server.name == YARDSTICK for server in servers):
        return []
    return [server for server in servers if server.name in few | {YARDSTICK}]
