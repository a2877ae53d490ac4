# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Starts a program on given processors, and makes sure that it ends.

from __future__ import annotations

import contextlib
import ctypes
import os
import pathlib
import re
import resource
import signal
import subprocess
import tempfile
import time

READY = re.compile(rb"listening on .*:(\d+)\b")
READY_SECONDS = 15.0
STOP_SECONDS = 3.0
KILL_ON_PARENTS_END = 1  # PR_SET_PDEATHSIG
LIBRARY = ctypes.CDLL(None)


class ProgramError(Exception):
    """A program that did not do what it should, in one line or some more."""


class Program:
    """A process and its children: as a context manager, all of them are gone at its end."""

    def __init__(self, command: list[str], processors: set[int]) -> None:
        self.command = command
        self.processors = processors

    def __enter__(self) -> Program:
        with contextlib.ExitStack() as stack:
            self.output = stack.enter_context(tempfile.TemporaryFile())
            self.errors = stack.enter_context(tempfile.TemporaryFile())
            try:
                self.process = subprocess.Popen(
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=self.output,
                    stderr=self.errors,
                    start_new_session=True,  # a group of its own, and no Ctrl-C from the terminal
                    preexec_fn=self._prepare,
                )
            except OSError as error:
                name = pathlib.Path(self.command[0]).name
                raise ProgramError(f"{name} cannot be started: {error.strerror}") from error
            stack.callback(self._stop)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _prepare(self) -> None:
        LIBRARY.prctl(KILL_ON_PARENTS_END, signal.SIGKILL)
        os.sched_setaffinity(0, self.processors)
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def _stop(self) -> None:
        self._signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self._signal(signal.SIGKILL)  # also for children that outlive it
            self.process.wait()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def text(self) -> str:
        """What it has printed on standard output."""
        return self._read(self.output).decode(errors="replace")

    def last_lines(self, count: int = 6) -> str:
        """Of all that it has printed, indented."""
        text = self._read(self.output) + self._read(self.errors)
        lines = text.decode(errors="replace").strip().splitlines()[-count:]
        return "\n".join(f"    {line[:200]}" for line in lines)

    def how_it_ended(self) -> str:
        code = self.process.poll()
        if code is None:
            return "still ran"
        return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"

    def wait(self, seconds: float) -> int:
        """Its exit code; raises ProgramError when it takes longer."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise ProgramError(f"not done after {seconds:.0f} seconds") from error

    def wait_for_port(self, seconds: float = READY_SECONDS) -> int:
        """Where it listens, once it says so."""
        end = time.monotonic() + seconds
        while True:
            has_ended = self.has_ended  # asked first: then all that it printed can be read
            found = READY.search(self._read(self.output))
            if found and found.end() < os.fstat(self.output.fileno()).st_size:
                return int(found.group(1))
            if has_ended:
                raise ProgramError(f"{self.how_it_ended()} before it listened")
            if time.monotonic() > end:
                raise ProgramError(f"did not say 'listening on HOST:PORT' in {seconds:.0f} seconds")
            time.sleep(0.003)

    @staticmethod
    def _read(file: object) -> bytes:
        # Not by the file's own position, which is the one that the program writes at.
        number = file.fileno()
        return os.pread(number, min(os.fstat(number).st_size, 1 << 20), 0)
