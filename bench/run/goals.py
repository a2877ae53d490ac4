# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The goals that the library was built for, and what a run reached of each.

from __future__ import annotations

from dataclasses import dataclass

from results import Results, Spread, cpu, request_rate
from servers import OWN

COROUTINE = "charcount-coroutine"
BLOCKING = "charcount-blocking"
BEHIND = ("libevent", "libuv", "asio-callbacks", "asio-coroutines", "node", "python-asyncio",
          "python-threads")  # fmt: skip
TUTORIALS = ("asio-callbacks", "asio-coroutines")
NAMES = {
    1: "one connection",
    2: "64 connections",
    3: "16 deep",
    4: "1,000 connections",
    5: "64 KiB messages",
    6: "connect, ask, close",
    7: "idle connections",
    8: "two threads",
}
IDLE_BYTES = 640


@dataclass(frozen=True)
class Goal:
    figure: int
    what: str
    goal: str
    measured: str
    reached: bool | None = None  # None: not measured
    is_noisy: bool = False

    @property
    def word(self) -> str:
        if self.reached is None:
            return "not measured"
        word = "yes" if self.reached else "**no**"
        return f"{word}, but too noisy to tell" if self.is_noisy else word


def at_most(figure: int, what: str, goal: float, found: Spread | None) -> Goal:
    wanted = f"≤ {goal:.2f}"
    if found is None:
        return Goal(figure, what, wanted, "–")
    words = f"{found.median:.3f} ({found.low:.2f} to {found.high:.2f})"
    # Judged as it is printed: what follows is beyond what a run can tell.
    return Goal(figure, what, wanted, words, round(found.median, 3) <= goal, found.is_noisy)


def against_epoll(results: Results) -> list[Goal]:
    limits = {1: 1.05, 2: 1.03, 3: 1.00, 4: 1.02, 6: 1.05}
    goals = [
        at_most(1, f"CPU to raw epoll: {NAMES[i]}", limit, results.ratio(i, OWN))
        for i, limit in limits.items()
    ]
    blocking = results.ratio(1, BLOCKING)
    goals.append(at_most(1, f"CPU to raw epoll: `BlockingTcp`, {NAMES[1]}", 1.00, blocking))
    return goals


def large_messages(results: Results) -> list[Goal]:
    by_cpu = results.ratio(5, "epoll", OWN, cpu)  # less time for the same bytes: more throughput
    as_it_was = results.ratio(5, OWN, "epoll", request_rate)
    what = "throughput to raw epoll, 64 KiB mixed UTF-8"
    if by_cpu is None or as_it_was is None:
        return [Goal(2, what, "≥ 1.35×", "–")]
    words = (
        f"{by_cpu.median:.2f}× for each second of server CPU "
        f"({by_cpu.low:.2f} to {by_cpu.high:.2f}); {as_it_was.median:.2f}× by the clock"
    )
    reached = round(by_cpu.median, 2) >= 1.35
    return [Goal(2, what, "≥ 1.35×", words, reached, by_cpu.is_noisy or as_it_was.is_noisy)]


def ahead(results: Results) -> list[Goal]:
    """Figure 3: the closest of all scenarios, for each of the peers."""
    return [ahead_of(results, peer) for peer in BEHIND] + [pipelined(results)]


def ahead_of(results: Results, peer: str) -> Goal:
    found = []
    for scenario in results.scenarios():
        if scenario == 7:
            own_bytes, peer_bytes = results.memory(OWN), results.memory(peer)
            if own_bytes is not None and peer_bytes is not None:
                found.append((peer_bytes / max(own_bytes, 1.0), False, scenario))
        elif (ratio := results.ratio(scenario, peer, OWN)) is not None:
            found.append((ratio.median, ratio.is_noisy, scenario))
    what = f"ahead of {peer}, in every scenario"
    if not found:
        return Goal(3, what, "> 1×", "–")
    least, is_noisy, where = min(found)
    return Goal(3, what, "> 1×", f"{least:.2f}× ({NAMES[where]})", least > 1, is_noisy)


def pipelined(results: Results) -> Goal:
    found = [
        (ratio.median, ratio.is_noisy, peer)
        for peer in TUTORIALS
        if (ratio := results.ratio(3, peer, OWN)) is not None
    ]
    what = f"CPU of tutorial Asio to charcount's, {NAMES[3]}"
    if not found:
        return Goal(3, what, "≥ 10×", "–")
    least, is_noisy, peer = min(found)
    return Goal(3, what, "≥ 10×", f"{least:.1f}× ({peer})", least >= 10, is_noisy)


def idle(results: Results) -> Goal:
    what, wanted = "memory of an idle connection", f"≤ {IDLE_BYTES} B"
    each = results.memory(OWN)
    if each is None:
        return Goal(4, what, wanted, "–")
    return Goal(4, what, wanted, f"{each:.0f} B", round(each) <= IDLE_BYTES)


def coroutines(results: Results) -> Goal:
    """Figure 5: the worst of all scenarios."""
    found = [
        (ratio.median, ratio.is_noisy, scenario)
        for scenario in results.scenarios()
        if scenario != 7 and (ratio := results.ratio(scenario, COROUTINE)) is not None
    ]
    what, wanted = "coroutine handler, CPU to raw epoll, the worst scenario", "≤ 1.08"
    if not found:
        return Goal(5, what, wanted, "–")
    most, is_noisy, where = max(found)
    words = f"{most:.3f} ({NAMES[where]})"
    return Goal(5, what, wanted, words, round(most, 3) <= 1.08, is_noisy)


def all_goals(results: Results) -> list[Goal]:
    return [
        *against_epoll(results),
        *large_messages(results),
        *ahead(results),
        idle(results),
        coroutines(results),
    ]
