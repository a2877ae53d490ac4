# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Programs that are started: their port, their end, their last words.

import os
import sys
import time
import unittest
from unittest import mock

import figures  # noqa: F401  # first: it says where the modules are

import programs
from programs import Program, ProgramError

STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    print("child", child)
    print("listening on 127.0.0.1:4711", flush=True)
signal.pause()
"""


def python(code: str) -> Program:
    return Program([sys.executable, "-c", code], os.sched_getaffinity(0))


def is_alive(pid: int) -> bool:
    """A killed child of a killed program may stay as a zombie until somebody collects it."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def ends(pid: int) -> bool:
    """Soon: a signal takes its time to arrive."""
    end = time.monotonic() + 30
    while is_alive(pid) and time.monotonic() < end:
        os.sched_yield()
    return not is_alive(pid)


@mock.patch.object(programs, "STOP_SECONDS", 0.2)
class Programs(unittest.TestCase):
    def test_the_port_is_read_and_a_program_and_its_children_are_gone_at_the_end(self):
        with python(STUBBORN) as program:
            self.assertEqual(program.wait_for_port(), 4711)
            child = int(program.text().split()[1])
            self.assertTrue(is_alive(child))
            self.assertFalse(program.has_ended)
        self.assertTrue(program.has_ended)
        self.assertTrue(ends(child))

    def test_children_are_gone_too_when_something_fails(self):
        with self.assertRaises(ZeroDivisionError), python(STUBBORN) as program:
            program.wait_for_port()
            child = int(program.text().split()[1])
            raise ZeroDivisionError
        self.assertTrue(ends(child))

    def test_a_program_that_ends_before_it_listens_is_told_with_its_last_lines(self):
        with python("import sys; print('one'); sys.exit('no such moon')") as program:
            with self.assertRaisesRegex(ProgramError, "ended with exit code 1 before it listened"):
                program.wait_for_port()
            self.assertEqual(program.last_lines(), "    one\n    no such moon")

    def test_a_program_that_says_nothing_is_not_waited_for_forever(self):
        with python("import signal; signal.pause()") as program:
            with self.assertRaisesRegex(ProgramError, "did not say 'listening on"):
                program.wait_for_port(0.05)
            with self.assertRaisesRegex(ProgramError, "not done after"):
                program.wait(0.05)

    def test_a_program_runs_on_the_given_processor_only(self):
        one = {min(os.sched_getaffinity(0))}
        code = "import os; print(os.sched_getaffinity(0))"
        with Program([sys.executable, "-c", code], one) as program:
            self.assertEqual(program.wait(30), 0)
            self.assertEqual(program.text(), f"{one}\n")

    def test_a_program_that_does_not_exist_is_named(self):
        with self.assertRaisesRegex(ProgramError, "^nothing cannot be started: No such file"):
            with Program(["/there/is/nothing"], {0}):
                self.fail("it was started")


if __name__ == "__main__":
    unittest.main()
