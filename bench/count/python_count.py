# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Times what a Python programmer writes to count characters: len(data.decode()).

from __future__ import annotations

import pathlib
import platform
import statistics
import time
import timeit


def version() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}"


def nanoseconds_a_call(data: bytes, repetitions: int, seconds: float) -> float:
    """The median of repetitions of at least `seconds` each, the loop included."""
    timer = timeit.Timer("len(data.decode())", globals={"data": data}, timer=time.process_time)
    number = 1
    while (taken := timer.timeit(number)) < seconds:
        number = max(2 * number, int(1.2 * number * seconds / taken)) if taken > 0 else 10 * number
        number = min(number, 100_000_000)
    times = timer.repeat(repetitions, number)
    return statistics.median(times) / number * 1e9


def measure(folder: pathlib.Path, quick: bool) -> list[dict]:
    """One entry, as google-benchmark writes them, for each file TEXT-BYTES in the folder."""
    repetitions, seconds = (3, 0.01) if quick else (7, 0.02)
    entries = []
    for file in sorted(folder.iterdir()):
        text, size = file.name.rsplit("-", 1)
        entries.append(
            {
                "run_name": f"same/CPython/{text}/{size}",
                "run_type": "aggregate",
                "aggregate_name": "median",
                "cpu_time": nanoseconds_a_call(file.read_bytes(), repetitions, seconds),
                "time_unit": "ns",
            }
        )
    return entries
