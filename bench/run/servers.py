# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The servers that are known, and whether they can be started here.

from __future__ import annotations

import pathlib
import shlex
import shutil
import sys
from dataclasses import dataclass, replace

from scenarios import Scenario

YARDSTICK = "epoll"
OWN = "charcount"


@dataclass(frozen=True)
class Server:
    name: str
    command: tuple[str, ...]
    what: str = "given with --peer"
    is_slow: bool = False  # fewer rounds tell enough
    thread_each: bool = False  # a thread for each connection
    one_thread: bool = False  # and never more
    files_each: int = 1  # open files for a connection
    missing: str = ""  # why it cannot be started

    def skipped(self, scenario: Scenario) -> str:
        """Why a scenario makes no sense for it; nothing if it does."""
        if scenario.threads > 1 and self.thread_each:
            return "a thread for each connection, not two"
        if scenario.threads > 1 and self.one_thread:
            return "always one thread"
        return ""


def known_servers(programs: pathlib.Path, sources: pathlib.Path) -> list[Server]:
    """The peers and charcount; `programs` and `sources` are the folders of the peers."""

    def built(name: str, program: str, what: str, *arguments: str, **more: int) -> Server:
        file = programs / program
        missing = "" if file.is_file() else f"{program} was not built"
        return Server(name, (str(file), *arguments), what, missing=missing, **more)

    def script(name: str, interpreter: str | None, file: str, what: str, **more: bool) -> Server:
        missing = "" if (sources / file).is_file() else f"there is no {file}"
        if interpreter is None:
            missing = "its interpreter is not installed"
        command = (interpreter or "", str(sources / file))
        return Server(name, command, what, is_slow=True, one_thread=True, missing=missing, **more)

    def charcount(name: str, variant: str, what: str, **more: int) -> Server:
        return built(name, "charcount_peer", what, "--variant", variant, **more)

    return [
        built(YARDSTICK, "epoll_peer", "raw epoll, written by hand: the yardstick"),
        charcount(OWN, "default", "this library, default options"),
        charcount("charcount-coroutine", "coroutine", "its handler returns a `Task`"),
        charcount("charcount-awaitable", "awaitable", "its handler returns an `asio::awaitable`"),
        charcount("charcount-blocking", "blocking", "over `BlockingTcp`, a thread per connection",
                  thread_each=True, files_each=2),
        built("libuv", "libuv_peer", "libuv"),
        built("libevent", "libevent_peer", "libevent's `bufferevent`"),
        built("asio-callbacks", "asio_callbacks_peer", "Asio as its tutorials teach it, callbacks"),
        built("asio-coroutines", "asio_coroutines_peer", "the same with coroutines"),
        built("threads", "threads_peer", "blocking, a thread per connection", thread_each=True),
        script("node", shutil.which("node") or shutil.which("nodejs"), "node_peer.js", "Node.js"),
        script("python-asyncio", sys.executable, "python_asyncio_peer.py", "Python's asyncio"),
        script("python-threads", sys.executable, "python_threads_peer.py",
               "Python, a thread per connection", thread_each=True),
    ]  # fmt: skip


def added(servers: list[Server], peer: str) -> list[Server]:
    """With NAME=COMMAND; a known name gets that command. Raises ValueError."""
    name, equals, command = peer.partition("=")
    words = shlex.split(command)
    if not name or not equals or not words:
        raise ValueError(f"--peer '{peer}' is not NAME=COMMAND")
    if shutil.which(words[0]) is None:
        raise ValueError(f"--peer {name}: there is no program {words[0]}")
    for i, server in enumerate(servers):
        if server.name == name:
            own = replace(server, command=tuple(words), what="given with --peer", missing="")
            return [*servers[:i], own, *servers[i + 1 :]]
    return [*servers, Server(name, tuple(words))]


def selected(servers: list[Server], names: str) -> list[Server]:
    """Those that "a,b" names, and always the yardstick, first. Raises ValueError."""
    wanted = {name.strip() for name in names.split(",")} | {YARDSTICK}
    known = [server.name for server in servers]
    for name in sorted(wanted):
        if name not in known:
            raise ValueError(f"there is no server '{name}'; known: {', '.join(known)}")
    return [server for server in servers if server.name in wanted]
