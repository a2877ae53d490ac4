# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# What was measured: the medians, and the words for what they are of.

from __future__ import annotations

import json
import pathlib
from dataclasses import dataclass

SCAN = "scan_utf8"
PEERS = {  # the kernel and simdutf's of the same instruction set
    "avx512": "simdutf-icelake",
    "avx2": "simdutf-haswell",
    "sse4.1": "simdutf-westmere",
    "neon": "simdutf-arm64",
}
NAMES = {
    SCAN: "`scan_utf8`",
    "avx512": "AVX-512",
    "avx2": "AVX2",
    "sse4.1": "SSE4.1",
    "neon": "NEON",
    "scalar": "scalar twin",
    "simdutf-icelake": "simdutf AVX-512",
    "simdutf-haswell": "simdutf AVX2",
    "simdutf-westmere": "simdutf SSE4.2",
    "simdutf-arm64": "simdutf NEON",
    "ICU": "ICU",
    "CPython": "CPython",
    "sum": "summing",
}
UNITS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}


class BenchError(Exception):
    """Something that the user has to know, in one line."""


def size_name(size: int) -> str:
    for factor, unit in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= factor:
            return f"{size // factor} {unit}"
    return f"{size} B"


@dataclass(frozen=True)
class Case:
    mode: str  # "same" message again and again, or different ones "in-turn"
    competitor: str
    text: str
    size: int


class Results:
    """Nanoseconds of processor time a call, the median of all repetitions."""

    def __init__(self, context: dict, times: dict[Case, float]) -> None:
        self.context = context
        self.times = times

    @classmethod
    def load(cls, file: pathlib.Path) -> Results:
        try:
            data = json.loads(file.read_text())
            entries = data["benchmarks"]
        except (OSError, ValueError, KeyError) as error:
            raise BenchError(f"cannot read results from {file}: {error}") from error
        times = {}
        for entry in entries:
            if entry.get("error_occurred"):
                raise BenchError(f"{entry['run_name']}: {entry['error_message']}")
            if entry.get("aggregate_name") == "median":
                mode, competitor, text, size = entry["run_name"].split("/")
                nanoseconds = entry["cpu_time"] * UNITS[entry["time_unit"]]
                times[Case(mode, competitor, text, int(size))] = nanoseconds
        if not times:
            raise BenchError(f"{file} holds no medians")
        return cls(data["context"], times)

    def time(self, mode: str, competitor: str, text: str, size: int) -> float | None:
        return self.times.get(Case(mode, competitor, text, size))

    def rate(self, competitor: str, text: str, size: int) -> float | None:
        """GB/s of the same text again and again."""
        time = self.time("same", competitor, text, size)
        return None if time is None else size / time

    def gain(
        self, competitor: str, other: str, text: str, size: int, mode: str = "same"
    ) -> float | None:
        """How many times faster than `other`."""
        own_time = self.time(mode, competitor, text, size)
        other_time = self.time(mode, other, text, size)
        return None if own_time is None or other_time is None else other_time / own_time

    def texts(self) -> list[str]:
        order = ["ASCII", "Indonesian", "Cyrillic", "CJK", "emoji", "mixed"]
        measured = {case.text for case in self.times}
        return [text for text in order if text in measured]

    def sizes(self, mode: str = "same") -> list[int]:
        return sorted({case.size for case in self.times if case.mode == mode})

    def competitors(self) -> list[str]:
        measured = {case.competitor for case in self.times}
        return [name for name in NAMES if name in measured]
