# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The goals that counting was built for, and what a run reached of each.

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from results import NAMES, PEERS, SCAN, Results, size_name

KIB = 1024
MIB = 1024 * KIB
NOISE = 0.97  # the medians of two runs of the same program differ by up to 3 %


@dataclass(frozen=True)
class Goal:
    figure: int
    what: str
    goal: str
    measured: str  # and for which text, when it is the worst of several
    reached: bool | None  # None: not measured


Measure = Callable[[str], "float | None"]


def multibyte(results: Results) -> list[str]:
    return [text for text in results.texts() if text != "ASCII"]


def worst(texts: Iterable[str], measure: Measure, pick: Callable) -> tuple[float, str] | None:
    measured = [(value, text) for text in texts if (value := measure(text)) is not None]
    return pick(measured) if measured else None


def at_least(figure: int, what: str, goal: float, texts: list[str], measure: Measure) -> Goal:
    found = worst(texts, measure, min)
    wanted = f"≥ {goal:g}×"
    if found is None:
        return Goal(figure, what, wanted, "not measured", None)
    value, text = found
    of = f" ({text})" if len(texts) > 1 else ""
    return Goal(figure, what, wanted, f"{value:.2f}×{of}", value >= goal)


def at_most(figure: int, what: str, goal: float, texts: list[str], measure: Measure) -> Goal:
    found = worst(texts, measure, max)
    wanted = f"≤ {goal:g} ns"
    if found is None:
        return Goal(figure, what, wanted, "not measured", None)
    value, text = found
    of = f" ({text})" if len(texts) > 1 else ""
    return Goal(figure, what, wanted, f"{value:.1f} ns{of}", value <= goal)


def against_simdutf(results: Results) -> list[Goal]:
    """Figures 1 and 2: the same instruction set against the same instruction set."""
    goals = []
    rows = [(1, 64 * KIB, "avx2", 2.2, 1.25), (1, 64 * KIB, "avx512", 3.5, 1.6)]
    huge = [size for size in results.sizes() if size >= 16 * MIB] or [16 * MIB]
    rows += [(2, size, kernel, 1.9, 1.9) for size in huge for kernel in ("avx2", "avx512")]
    for figure, size, kernel, ascii_goal, other_goal in rows:
        def gain(text: str, kernel: str = kernel, size: int = size) -> float | None:
            return results.gain(kernel, PEERS[kernel], text, size)

        what = f"{NAMES[kernel]} to simdutf's, {size_name(size)}"
        goals.append(at_least(figure, f"{what}, ASCII", ascii_goal, ["ASCII"], gain))
        goals.append(at_least(figure, f"{what}, other", other_goal, multibyte(results), gain))
    return goals


def against_memory(results: Results) -> list[Goal]:
    """Figure 2, the second half."""
    goals = []
    for size in [size for size in results.sizes() if size >= 16 * MIB]:
        def share(text: str, size: int = size) -> float | None:
            return results.gain(SCAN, "sum", text, size)

        what = f"{SCAN} to summing, {size_name(size)}"
        goals.append(at_least(2, f"{what}, ASCII", 0.8, ["ASCII"], share))
        goals.append(at_least(2, f"{what}, other", 0.8, multibyte(results), share))
    return goals


def short_messages(results: Results) -> list[Goal]:
    """Figure 3."""
    goals = []
    for mode, words in (("same", "the same message"), ("in-turn", "messages in turn")):
        for size, ascii_goal, other_goal in ((16, 2.5, 6.5), (64, 3.0, 7.0)):
            def time(text: str, mode: str = mode, size: int = size) -> float | None:
                return results.time(mode, SCAN, text, size)

            what = f"{SCAN}, {size} B, {words}"
            goals.append(at_most(3, f"{what}, ASCII", ascii_goal, ["ASCII"], time))
            goals.append(at_most(3, f"{what}, other", other_goal, multibyte(results), time))
    for size in [size for size in results.sizes() if size <= 64]:
        def gain(text: str, size: int = size) -> float | None:
            return results.gain(SCAN, "CPython", text, size)

        goals.append(at_least(3, f"{SCAN} to CPython, {size} B", 25, results.texts(), gain))
    return goals


def against_scalar(results: Results) -> Goal:
    """Figure 4: the worst of all."""
    gains = [
        (gain, f"{text}, {size_name(size)}, {mode}")
        for mode in ("same", "in-turn")
        for text in results.texts()
        for size in results.sizes(mode)
        if (gain := results.gain(SCAN, "scalar", text, size, mode)) is not None
    ]
    what = f"{SCAN} to the scalar twin, every text and size"
    if not gains:
        return Goal(4, what, "≥ 1×", "not measured", None)
    gain, where = min(gains)
    return Goal(4, what, f"≥ 1× (noise: {NOISE})", f"{gain:.2f}× ({where})", gain >= NOISE)


def all_goals(results: Results) -> list[Goal]:
    goals = against_simdutf(results) + against_memory(results) + short_messages(results)
    goals.append(against_scalar(results))
    return goals
