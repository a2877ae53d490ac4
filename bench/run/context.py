# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The machine and the versions, without anything that tells where or when.

from __future__ import annotations

import json
import os
import pathlib
import platform
import subprocess
from dataclasses import asdict

from scenarios import Timing
from servers import Server
from stand import Machine, skipped

LIBRARIES = {"libuv": "libuv1-dev", "libevent": "libevent-dev"}  # and Debian's packages


def processor() -> str:
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    facts = {}
    for line in lines:
        name, _, value = line.partition(":")
        facts.setdefault(name.strip(), value.strip())
    words = facts.get("model name") or platform.machine()
    if "cpu family" in facts and "model" in facts:
        words += f", family {facts['cpu family']}, model {facts['model']}"
    if "hypervisor" in facts.get("flags", "").split():
        words += ", virtual"
    return words


def first_line(*command: str) -> str:
    """That a program prints; nothing if it cannot be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    lines = done.stdout.splitlines()
    return lines[0].strip() if done.returncode == 0 and lines else ""


def library_version(name: str) -> str:
    """As pkg-config or Debian's package tells it."""
    return first_line("pkg-config", "--modversion", name) or first_line(
        "dpkg-query", "-W", "-f=${Version}", LIBRARIES[name]
    )


def built(programs: pathlib.Path) -> dict[str, str]:
    """What CMake wrote about the build."""
    try:
        facts = json.loads((programs / "build.json").read_text())
    except (OSError, ValueError):
        return {}
    words = facts.get("compiler", "").split()
    compiler = " ".join(word for word in words if "/" not in word)  # no folders
    return {
        "Compiler": compiler,
        "charcount": facts.get("charcount", ""),
        "Asio": facts.get("Asio", ""),
    }


def versions(programs: pathlib.Path, servers: list[Server]) -> dict[str, str]:
    found = built(programs)
    for server in servers:
        if server.name in LIBRARIES:
            found[server.name] = library_version(server.name)
        elif server.name == "node":
            found["Node.js"] = first_line(server.command[0], "--version").lstrip("v")
    if any(server.name.startswith("python-") for server in servers):
        found["Python"] = f"{platform.python_implementation()} {platform.python_version()}"
    return {name: value for name, value in found.items() if value}


def fewer_connections(
    servers: list[Server], machine: Machine, timing: Timing, planned: list
) -> list[str]:
    """Who has fewer idle connections than wanted."""
    wanted = timing.idle_connections
    notes: dict[int, list[str]] = {}
    for server in servers:
        number = machine.idle_connections(wanted, server.files_each)
        if number < wanted and any(scenario.is_idle for scenario, _ in planned):
            notes.setdefault(number, []).append(server.name)
    return [
        f"Only {number:,} idle connections, as open files are limited: {', '.join(names)}"
        for number, names in notes.items()
    ]


def context(
    programs: pathlib.Path, servers: list[Server], missing: list[Server], machine: Machine,
    timing: Timing, planned: list,
) -> dict:  # fmt: skip
    left_out = [f"{server.name} was not measured: {server.missing}" for server in missing]
    left_out += fewer_connections(servers, machine, timing, planned)
    for scenario, _ in planned:
        without: dict[str, list[str]] = {}
        for server in servers:
            if why := skipped(server, scenario, machine, timing):
                without.setdefault(why, []).append(server.name)
        for why, names in without.items():
            left_out.append(f"{scenario.title}: without {', '.join(names)} ({why})")
    return {
        "processor": processor(),
        "processors": os.cpu_count(),
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "versions": versions(programs, servers),
        "timing": asdict(timing),
        "idle_connections": machine.idle_connections(timing.idle_connections),
        "slow": [server.name for server in servers if server.is_slow],
        "servers": {server.name: server.what for server in servers},
        "left_out": left_out,
    }
