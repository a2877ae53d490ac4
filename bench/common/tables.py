# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Tables for a page and for a terminal.

from __future__ import annotations

Row = list[str]


def number(value: float | None, digits: int = 3) -> str:
    """With so many digits that count; "–" for what was not measured."""
    if value is None:
        return "–"
    whole = len(str(int(value))) if value >= 1 else 1
    return f"{value:.{max(0, digits - whole)}f}"


def without_empty_columns(head: Row, rows: list[Row]) -> tuple[Row, list[Row]]:
    used = [i for i in range(len(head)) if any(row[i] != "–" for row in rows)]
    return [head[i] for i in used], [[row[i] for i in used] for row in rows]


def markdown(head: Row, rows: list[Row], words: int = 1) -> str:
    """A table, whose columns but the first `words` are numbers."""
    head, rows = without_empty_columns(head, rows)
    rule = ["---"] * words + ["---:"] * (len(head) - words)
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows]) + "\n"


def plain(head: Row, rows: list[Row]) -> str:
    """The same for a terminal."""
    head, rows = without_empty_columns(head, rows)
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
        for row in [head, ["-" * width for width in widths], *rows]
    )
