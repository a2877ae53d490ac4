# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Runs programs as processes, each step bounded by a deadline.

import os
import pathlib
import select
import socket
import subprocess
import sys
import time

DEADLINE = 20.0  # seconds for a step that takes milliseconds when all is well


def host_of_the_exercise():
    """`localhost`, but its address on a system without a hosts file, where Python can't find it."""
    try:
        return "localhost" if socket.gethostbyname("localhost") == "127.0.0.1" else "127.0.0.1"
    except OSError:
        return "127.0.0.1"


HOST = host_of_the_exercise()
PLAIN_PEERS = pathlib.Path(__file__).resolve().parent / "plain_peers"


class Clash(Exception):
    """Somebody else took the port between its choice and its use."""


def binary(name, folder=None):
    """The command of one of the project's programs, found by name below CHARCOUNT_BIN_DIR."""
    root = pathlib.Path(os.environ["CHARCOUNT_BIN_DIR"])
    found = [path for path in root.rglob(name) if path.is_file() and os.access(path, os.X_OK)]
    found.sort(key=lambda path: (path.parent.name != folder, path))
    if not found:
        raise FileNotFoundError(f"no program {name} below {root}")
    return [*os.environ.get("CHARCOUNT_EMULATOR", "").split(), str(found[0])]


def plain(name):
    """The command of a plain Python peer."""
    return [sys.executable, "-B", str(PLAIN_PEERS / (name + ".py"))]


def free_port():
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]


class Process:
    """A process with pipes; used with `with`, it does not outlive the block."""

    def __init__(self, command):
        environment = dict(os.environ, PYTHONUNBUFFERED="1", PYTHONUTF8="1")
        self.popen = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        self.read = b""  # standard output that was taken before the end

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait(DEADLINE)
        for pipe in (self.popen.stdin, self.popen.stdout, self.popen.stderr):
            pipe.close()

    def read_line(self):
        """The next line of standard output, while the process runs on; less at its end."""
        line = b""
        end = time.monotonic() + DEADLINE
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.popen.stdout], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no line on standard output, only {line!r}")
            byte = os.read(self.popen.stdout.fileno(), 1)
            if not byte:
                break
            line += byte
        self.read += line
        return line.decode()

    def ended(self, within):
        """Waits for the end; says whether it came."""
        try:
            self.popen.wait(within)
        except subprocess.TimeoutExpired:
            return False
        return True

    def finish(self, text=""):
        """Gives it the rest of its input and waits for its end: (status, output, errors)."""
        output, errors = self.popen.communicate(text.encode(), DEADLINE)
        return self.popen.returncode, (self.read + output).decode(), errors.decode()

    def stop(self):
        """Asks it to end (SIGTERM): (status, output, errors)."""
        self.popen.terminate()
        return self.finish()


def run(command, text=""):
    """Runs a program to its end: (status, output, errors)."""
    with Process(command) as process:
        return process.finish(text)


class Server:
    """A server's process on a port of its own; used with `with`.

    `ready(server)` returns once the server listens. What it returned is `server.first`.
    """

    def __init__(self, command, ready, *arguments):
        for _ in range(5):
            self.port = free_port()
            self.process = Process([*command, HOST, str(self.port), *arguments])
            try:
                self.first = ready(self)
                return
            except Clash:
                self.process.__exit__()
            except BaseException:
                self.process.__exit__()
                raise
        raise RuntimeError("each port that was free was taken a moment later")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.__exit__(*exception)

    def until_it_listens(self, attempt):
        """Repeats `attempt` while it raises ConnectionRefusedError; returns what it returns."""
        end = time.monotonic() + DEADLINE
        while True:
            try:
                return attempt()
            except ConnectionRefusedError:
                if self.process.ended(within=0.01):
                    self.explain_end()
                if time.monotonic() > end:
                    raise

    def explain_end(self):
        status, output, errors = self.process.finish()
        if "Address already in use" in output + errors:
            raise Clash()
        raise AssertionError(f"the server ended: {status} {output!r} {errors!r}")

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE)
        connection.settimeout(DEADLINE)
        return connection

    def ask(self, message):
        """What one connection gets for one message, up to the server's end of it."""
        with self.connect() as connection:
            connection.sendall(message)
            return receive_all(connection).decode()


def first_line(server):
    """Ready when the first line is printed."""
    line = server.process.read_line()
    if not line.endswith("\n"):
        server.explain_end()
    return line


def first_connection(server):
    """Ready when a connection stands: the connection is the result."""
    return server.until_it_listens(server.connect)


def probed(server):
    """Ready when a connection was accepted, and closed again at once."""
    first_connection(server).close()


def receive_all(connection):
    received = b""
    while True:
        data = connection.recv(65536)
        if not data:
            return received
        received += data
