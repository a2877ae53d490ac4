# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Runs charcount-server and charcount-client as processes, each step bounded by a deadline.

import contextlib
import os
import pathlib
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import time

from processes import DEADLINE, binary

SANITIZED = "CHARCOUNT_SANITIZED" in os.environ
TRANSPORTS = ("async", "blocking")


class Program:
    """A running program with pipes; used with `with`, it does not outlive the block."""

    def __init__(self, name, *arguments, **options):
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self.popen = subprocess.Popen([*binary(name), *arguments], **{**streams, **options})
        self.taken = b""  # standard output that was read before the end

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait(DEADLINE)
        for pipe in (self.popen.stdin, self.popen.stdout, self.popen.stderr):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def write(self, data):
        self.popen.stdin.write(data)
        self.popen.stdin.flush()

    def read_line(self):
        """The next line of standard output."""
        line = read_until(self.popen.stdout.fileno(), b"\n")
        self.taken += line
        return line.decode()

    def wait_for(self, pattern):
        """The next line that matches; the lines before it are skipped."""
        while True:
            line = self.read_line()
            if not line:
                raise AssertionError(f"no {pattern!r}, only {self.finish()}")
            if re.fullmatch(pattern + "\n", line):
                return line

    def finish(self, data=b""):
        """Gives it the rest of its input: (status, output, errors)."""
        output, errors = self.popen.communicate(data, DEADLINE)
        output = self.taken + (output or b"")
        return self.popen.returncode, output.decode(), (errors or b"").decode()

    def stop(self, number=signal.SIGTERM):
        self.popen.send_signal(number)
        return self.finish()

    def peak_memory(self):
        """The most memory that it has held, in bytes."""
        status = pathlib.Path(f"/proc/{self.popen.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


class Server(Program):
    """charcount-server on a port, or a path, of its own."""

    def __init__(self, *arguments, path=None, **options):
        place = ("--unix", path) if path else ("--port", "0")
        super().__init__("charcount-server", *place, *arguments, **options)
        try:
            self.first_line = self.read_line()
            if not self.first_line.startswith("listening on "):
                raise AssertionError(f"the server said {self.first_line!r}, {self.finish()}")
        except BaseException:
            self.__exit__()
            raise
        self.path = path
        self.port = 0 if path else int(self.first_line.rpartition(":")[2])
        self.place = ("--unix", path) if path else ("--port", str(self.port))

    def connect(self):
        family = socket.AF_UNIX if self.path else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(DEADLINE)
        connection.connect(self.path or ("127.0.0.1", self.port))
        return connection

    def ask(self, data, size):
        """What a plain client gets for `data`: the first `size` bytes."""
        with self.connect() as connection:
            connection.sendall(data)
            return receive(connection, size)


def read_until(descriptor, mark):
    """Reads byte by byte up to the mark, or to the end."""
    data = b""
    end = time.monotonic() + DEADLINE
    while not data.endswith(mark):
        ready, _, _ = select.select([descriptor], [], [], max(0, end - time.monotonic()))
        if not ready:
            raise TimeoutError(f"no {mark!r}, only {data!r}")
        try:
            byte = os.read(descriptor, 1)
        except OSError:  # how a terminal ends
            byte = b""
        if not byte:
            break
        data += byte
    return data


def receive(connection, size=1 << 30):
    """So many bytes, or what comes up to the end."""
    data = b""
    while len(data) < size:
        piece = connection.recv(65536)
        if not piece:
            break
        data += piece
    return data


def reset(connection):
    """Closes with a reset instead of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def open_terminal(test):
    """Both ends of a terminal; skips the test where there are none."""
    try:
        return pty.openpty()
    except OSError as error:
        test.skipTest(f"no terminal can be had here, {error} (is /dev/pts mounted?)")
