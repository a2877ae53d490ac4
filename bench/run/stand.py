# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Runs one server against the generator, once.

from __future__ import annotations

import json
import os
import pathlib
import resource
from dataclasses import dataclass

from noise import Foreign, disturbance
from programs import Program, ProgramError
from results import BenchError, Cell
from scenarios import FREE, SHARED, Scenario, Timing
from servers import Server

GRACE = 5  # seconds that a run may take longer
IDLE_GRACE = 25  # to connect thousands of times, to a slow server too
FILES_BESIDE = 100  # open files of a server that are no connections


@dataclass(frozen=True)
class Machine:
    """The processors that may be used, and what else limits a measurement."""

    processors: tuple[int, ...]
    open_files: int
    threads: int

    @classmethod
    def this(cls) -> Machine:
        _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
        if files == resource.RLIM_INFINITY:
            files = 1 << 20
        return cls(tuple(sorted(os.sched_getaffinity(0))), files, most_threads())

    def check(self, scenarios: list[Scenario]) -> None:
        if len(self.processors) > 1:
            return
        two = [str(s.number) for s in scenarios if s.processors != SHARED and not s.is_idle]
        if two:
            raise BenchError(
                "only one processor may be used here, but server and generator need one each"
                f" in scenarios {','.join(two)}; try --scenarios 1,7"
            )

    def placed(self, scenario: Scenario) -> tuple[set[int], set[int]]:
        """The processors of the server and of the generator."""
        first, second = self.processors[0], self.processors[min(1, len(self.processors) - 1)]
        if scenario.processors == FREE:
            return {first, second}, {first, second}
        return {first}, {first if scenario.processors == SHARED else second}

    def idle_connections(self, wanted: int, files_each: int = 1) -> int:
        return max(1, min(wanted, (self.open_files - FILES_BESIDE) // files_each))


def most_threads() -> int:
    """That may still be started, as far as the system tells."""
    files = ["/proc/sys/kernel/threads-max", "/sys/fs/cgroup/pids.max"]
    files += ["/sys/fs/cgroup/pids/pids.max"]
    limits = [resource.getrlimit(resource.RLIMIT_NPROC)[1]]
    for file in files:
        try:
            limits.append(int(pathlib.Path(file).read_text()))
        except (OSError, ValueError):  # "max"
            pass
    return min((limit for limit in limits if limit >= 0), default=1 << 20)


def skipped(server: Server, scenario: Scenario, machine: Machine, timing: Timing) -> str:
    """Why a server is not measured in a scenario; nothing if it is."""
    connections = machine.idle_connections(timing.idle_connections)
    if scenario.is_idle and server.thread_each and machine.threads < connections + 500:
        return f"the system allows no more than {machine.threads} threads"
    return server.skipped(scenario)


def generator_arguments(
    server: Server, scenario: Scenario, timing: Timing, machine: Machine
) -> list[str]:
    if not scenario.is_idle:
        warm_up, duration = spans(server, timing)
        times = ["--warm-up", warm_up, "--duration", duration, "--grace", GRACE]
        return [*scenario.arguments, *map(str, times)]
    connections = machine.idle_connections(timing.idle_connections, server.files_each)
    times = ["--idle-seconds", timing.idle_seconds, "--grace", IDLE_GRACE]
    return [*scenario.arguments, "--connections", str(connections), *map(str, times)]


def spans(server: Server, timing: Timing) -> tuple[float, float]:
    """How long it is warmed up, and measured. What compiles as it runs needs longer."""
    if server.is_slow:
        return timing.slow_warm_up, timing.slow_duration
    return timing.warm_up, timing.duration


def seconds(server: Server, scenario: Scenario, timing: Timing) -> float:
    """How long one measurement takes, about."""
    if scenario.is_idle:
        return timing.idle_seconds + 1.5e-4 * timing.idle_connections
    return sum(spans(server, timing)) + 0.12


class Stand:
    """Where servers are measured."""

    def __init__(self, generator: pathlib.Path, machine: Machine, timing: Timing) -> None:
        self.generator = generator
        self.machine = machine
        self.timing = timing

    def measure(self, server: Server, scenario: Scenario, number: int) -> Cell:
        """One cell; raises ProgramError, with the server's last words, when something failed."""
        ours, theirs = self.machine.placed(scenario)
        foreign = Foreign(ours | theirs)
        command = [*server.command, "--port", "0"]
        if scenario.threads > 1:
            command += ["--threads", str(scenario.threads)]
        with Program(command, ours) as running:
            try:
                report = self._ask(running, server, scenario, theirs)
                if running.has_ended:
                    raise ProgramError(f"the server {running.how_it_ended()}")
            except ProgramError as error:
                words = running.last_lines()
                raise ProgramError(f"{error}\n{words}" if words else str(error)) from error
        disturbed = disturbance(report, foreign.share(), scenario, server)
        return Cell(scenario.number, server.name, number, report, disturbed)

    def _ask(
        self, running: Program, server: Server, scenario: Scenario, processors: set[int]
    ) -> dict:
        port = running.wait_for_port()
        command = [
            str(self.generator), "--json", "--port", str(port),
            "--server-pid", str(running.process.pid),
            *generator_arguments(server, scenario, self.timing, self.machine),
        ]  # fmt: skip
        with Program(command, processors) as generator:
            limit = seconds(server, scenario, self.timing) + IDLE_GRACE + 10
            code = generator.wait(limit)
            if code != 0:
                ended = f"; the server {running.how_it_ended()}" if running.has_ended else ""
                words = generator.last_lines(2).strip() or f"exit code {code}"
                raise ProgramError(f"{complaint(generator.text()) or words}{ended}")
            try:
                return json.loads(generator.text())
            except ValueError as error:
                raise ProgramError("the generator wrote no JSON") from error


def complaint(text: str) -> str:
    """The first error in what the generator wrote, if there is one."""
    try:
        return json.loads(text).get("first_error") or ""
    except (ValueError, AttributeError):
        return ""
