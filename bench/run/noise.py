# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Whether other programs, or other virtual machines, had the processors meanwhile.

from __future__ import annotations

import os
import resource
import time

from scenarios import OWN, Scenario
from servers import Server

NOTICED = 0.10  # of the time


def disturbance(
    report: dict, foreign: float | None, scenario: Scenario, server: Server
) -> str:
    """By what a measurement was disturbed, or nothing. `foreign` is the processors' time, as a
    share of the measuring, that went to others."""
    measured = report.get("measured")
    if scenario.is_idle or not measured:
        return ""
    if foreign is not None and foreign > NOTICED:
        return f"other programs used {100 * foreign:.0f} % of a processor"
    if scenario.processors != OWN:
        return ""  # the two wait for each other
    seconds = measured["seconds"]
    waiting = {"the generator": measured.get("generator_waiting_seconds") or 0}
    if not server.thread_each:  # many threads on one processor wait for each other
        waiting["the server"] = measured.get("server_waiting_seconds") or 0
    for who, waited in waiting.items():
        if waited > NOTICED * seconds:
            return f"{who} waited for a processor {100 * waited / seconds:.0f} % of the time"
    return ""


def busy_seconds(stat: str, processors: set[int], ticks: int) -> float | None:
    """What /proc/stat says that these processors did, or that a hypervisor took of them.
    Interrupts are left out: a part of them is the loopback's own work."""
    rows = {f"cpu{number}" for number in processors}
    busy = 0
    for line in stat.splitlines():
        name, *fields = line.split()
        if name in rows and len(fields) >= 8:
            user, nice, system, _idle, _wait, _irq, _softirq, steal = map(int, fields[:8])
            busy += user + nice + system + steal
    return busy / ticks if busy else None


def own_seconds() -> float:
    """Of this program, and of those that it started and that have ended."""
    return sum(
        use.ru_utime + use.ru_stime
        for use in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


class Foreign:
    """The time of some processors that goes to others than this program and its children."""

    def __init__(self, processors: set[int]) -> None:
        self.processors = processors
        self.first = self._read()

    def _read(self) -> tuple[float, float | None, float]:
        try:
            with open("/proc/stat", encoding="ascii") as file:
                stat = file.read()
        except OSError:
            stat = ""
        busy = busy_seconds(stat, self.processors, os.sysconf("SC_CLK_TCK"))
        return time.monotonic(), busy, own_seconds()

    def share(self) -> float | None:
        """Since the beginning, when all children have ended; nothing if it cannot be known."""
        began, busy_before, own_before = self.first
        now, busy, own = self._read()
        if busy is None or busy_before is None or now <= began:
            return None
        return max(0.0, ((busy - busy_before) - (own - own_before)) / (now - began))
