# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The short examples: each ends by itself and prints what is written here.

import sys
import unittest

from processes import binary, run


class Examples(unittest.TestCase):
    maxDiff = None

    def assert_prints(self, name, *lines, errors=()):
        self.assertEqual(
            run(binary(name)),
            (0, "".join(line + "\n" for line in lines), "".join(line + "\n" for line in errors)),
        )

    def test_custom_handler(self):
        self.assert_prints(
            "custom_handler",
            "first connection: say something",
            "  1: HALO",
            "  2: DUNIA",
            "second connection: say something",
            "  1: HALO",
            "  2: DUNIA",
        )

    def test_own_io_context(self):
        self.assert_prints(
            "own_io_context",
            "tick 1",
            "the server counted 1",
            "tick 2",
            "the server counted 2",
            "tick 3",
            "the server counted 3",
            "stopped",
        )

    def test_blocking_client(self):
        self.assert_prints(
            "blocking_client",
            "Halo dunia: 10",
            "Grüße: 5",
            "你好: 2",
            "...: no reply within 100 ms",
            "after the stop: Connection refused",
        )

    def test_coroutine_client(self):
        self.assert_prints(
            "coroutine_client", "one: 10", "three at once: 4 5 2", "with a limit: 5"
        )

    def test_composing_handlers(self):
        self.assert_prints(
            "composing_handlers",
            "10",
            "32",
            errors=(
                "open",
                "message: Halo dunia",
                "closed: in good order",
                "open",
                "message of 32 bytes in pieces",
                "closed: in good order",
            ),
        )

    def test_coroutine_handler(self):
        self.assert_prints("coroutine_handler", "waited 10 ms", "waited 400 ms")

    def test_quick_start(self):
        self.assert_prints("quick_start", "5")

    def test_testing_a_handler(self):
        self.assert_prints(
            "testing_a_handler",
            "ok: numbers are added up",
            "ok: each connection has a sum of its own",
            "ok: what it throws ends the connection, unanswered",
            "ok: a line may end with CR LF",
        )

    def test_handlers_of_the_guide(self):
        self.assert_prints(
            "handlers",
            "1: a, 1: a, 2: a",
            "1: a, 2: a, 3: a",
            "a!, a!, a!",
            "welcome",
            "you said hello",
            "you said bye",
            errors=("closed: in good order",),
        )

    def test_framings_of_the_guide(self):
        self.assert_prints("framings", "owt", "eno", "2 lines", "desserts")

    def test_limits_and_the_stop_of_the_guide(self):
        self.assert_prints(
            "limits_and_stop",
            "error: message longer than 1000 bytes",
            "error: the message did not arrive in time",
            "10",
            "1 ended in good order, 0 were cut off, 0 bytes were not sent",
        )

    def test_pushes_of_the_guide(self):
        self.assert_prints(
            "pushes",
            "subscribed",
            "subscribed",
            "error: say subscribe",
            "news: it rains; the server goes down",
            "news: it rains; the server goes down",
            "the server goes down",
        )

    def test_the_guide_from_raw_asio(self):
        self.assert_prints("from_raw_asio", "before: you said hello", "after: you said hello")

    @unittest.skipIf(sys.platform == "win32", "poll(2) is POSIX")
    def test_own_event_loop(self):
        self.assert_prints("own_event_loop", "4", "5", "2")


if __name__ == "__main__":
    unittest.main()
