# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The scenarios: what the generator does, and who runs on which processor.

from __future__ import annotations

from dataclasses import dataclass

OWN, SHARED, FREE = "own", "shared", "free"  # a processor each, the same one, all of them
IDLE_CONNECTIONS = 10_000


@dataclass(frozen=True)
class Scenario:
    number: int
    name: str
    arguments: tuple[str, ...]  # of the generator
    processors: str = OWN
    threads: int = 1
    is_idle: bool = False
    by_bytes: bool = False  # throughput is what counts

    @property
    def title(self) -> str:
        return f"{self.number}. {self.name}"


def load(connections: int, *more: str) -> tuple[str, ...]:
    return ("--mode", "load", "--connections", str(connections), *more)


SCENARIOS = (
    Scenario(1, "1 connection", load(1), SHARED),
    Scenario(2, "64 connections", load(64)),
    Scenario(3, "64, 16 deep", load(64, "--depth", "16", "--burst", "16")),
    Scenario(4, "1,000 connections", load(1000)),
    Scenario(
        5, "64 KiB messages", load(8, "--size", "65536", "--text", "mixed"), by_bytes=True
    ),
    Scenario(6, "connect, ask, close", ("--mode", "connect", "--connections", "16")),
    Scenario(7, "idle connections", ("--mode", "idle"), is_idle=True),
    Scenario(8, "two threads", load(64), FREE, threads=2),
)

# What each one means, for those who read the report.
MEANINGS = {
    1: "One connection, one request at a time. Server and generator share a processor, so that "
    "it never sleeps: what is measured is the work, not how the system wakes it.",
    2: "64 connections, one request at a time on each.",
    3: "64 connections; on each, 16 requests are sent at once, and the next 16 when all are "
    "answered.",
    4: "1,000 connections, one request at a time on each.",
    5: "8 connections, one message of 64 KiB at a time on each, in words of many alphabets.",
    6: "Connect, ask once, close; 16 at a time.",
    7: "Connections that asked once and have been quiet for two seconds: heap and stacks of the "
    "server, for each of them.",
    8: "64 connections, a server with two threads. Server and generator share all processors.",
}


@dataclass(frozen=True)
class Timing:
    """How long to measure, and how often."""

    rounds: int  # of each server
    enough: int  # so many of them are to be quiet
    slow_rounds: int  # of a slow server
    warm_up: float
    duration: float
    slow_warm_up: float
    slow_duration: float
    idle_seconds: float
    idle_connections: int


# Short rounds, and many: a machine that becomes slower for a second spoils few of them.
FULL = Timing(
    rounds=8, enough=5, slow_rounds=2,
    warm_up=0.1, duration=0.3, slow_warm_up=0.3, slow_duration=0.8,
    idle_seconds=2.5, idle_connections=IDLE_CONNECTIONS,
)  # fmt: skip
QUICK = Timing(
    rounds=2, enough=2, slow_rounds=1,
    warm_up=0.05, duration=0.15, slow_warm_up=0.2, slow_duration=0.3,
    idle_seconds=2.1, idle_connections=2000,
)  # fmt: skip


def selected(numbers: str) -> list[Scenario]:
    """Those that "1,3" names; raises ValueError for what is none."""
    known = {str(scenario.number): scenario for scenario in SCENARIOS}
    words = [word.strip() for word in numbers.split(",")]
    for word in words:
        if word not in known:
            raise ValueError(f"there is no scenario '{word}'; 1 to {len(SCENARIOS)} are known")
    return [known[word] for word in sorted(set(words))]
