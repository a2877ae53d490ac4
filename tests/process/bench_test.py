# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# charcount-bench as a process: its JSON in each mode, and servers that it must find guilty.

import contextlib
import json
import os
import resource
import signal
import socketserver
import tempfile
import threading
import unittest

from processes import DEADLINE, free_port
from programs import Program, Server

SHORT = ("--warm-up", "0.1", "--duration", "0.3")


def bench(*arguments, **options):
    """Runs charcount-bench to its end: (status, output, errors)."""
    with Program("charcount-bench", *arguments, **options) as program:
        return program.finish()


class Last(bytes):
    """A reply after which the server closes the connection."""


@contextlib.contextmanager
def plain_server(reply):
    """Lines go in, `reply(number, line)` comes out: bytes, nothing (None), or the end (EOFError)."""
    numbers = iter(range(1 << 60))  # over all connections

    class Talk(socketserver.StreamRequestHandler):
        timeout = DEADLINE

        def handle(self):
            with contextlib.suppress(EOFError, ConnectionError):
                for line in self.rfile:
                    answer = reply(next(numbers), line.rstrip(b"\n").decode())
                    if answer is not None:
                        self.wfile.write(answer)
                    if isinstance(answer, Last):
                        return

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 128

    with Listener(("127.0.0.1", 0), Talk) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield str(listener.server_address[1])
        finally:
            listener.shutdown()
            thread.join(DEADLINE)


def right(_, line):
    return b"%d\n" % len(line)


class TestCase(unittest.TestCase):
    maxDiff = None

    def measure(self, place, *arguments, status=0):
        """What charcount-bench prints as JSON."""
        result = bench(*place, "--json", *arguments)
        self.assertEqual(result[0], status, result)
        return json.loads(result[1])


class Modes(TestCase):
    def check_load(self, found, connections):
        measured = found["measured"]
        self.assertEqual(found["errors"], 0)
        self.assertIsNone(found["first_error"])
        self.assertFalse(found["interrupted"])
        self.assertGreaterEqual(measured["seconds"], 0.3)
        self.assertGreater(measured["requests"], 0)
        self.assertGreaterEqual(found["replies_checked"], measured["requests"])
        rate = measured["requests"] / measured["seconds"]
        self.assertAlmostEqual(measured["requests_per_second"], rate, places=3)
        latency = measured["latency_ns"]
        steps = [latency[name] for name in ("min", "p50", "p90", "p99", "p99_9", "max")]
        self.assertEqual(steps, sorted(steps))
        self.assertGreater(steps[0], 0)
        self.assertGreater(measured["server_cpu_seconds"], 0)
        self.assertGreater(measured["server_cpu_us_per_request"], 0)
        self.assertGreater(measured["generator_cpu_us_per_request"], 0)
        self.assertGreater(found["server"]["resident_bytes_before"], 0)

    def test_each_text_and_depth_over_tcp_and_unix(self):
        with tempfile.TemporaryDirectory() as folder:
            for path in (None, os.path.join(folder, "socket")):
                with Server("--quiet", path=path) as server:
                    pid = str(server.popen.pid)
                    for text, size, depth, burst in (
                        ("ascii", 32, 1, 1),
                        ("mixed", 300, 16, 16),
                        ("emoji", 70_000, 3, 2),
                    ):
                        with self.subTest(text, path=path):
                            found = self.measure(
                                server.place, "--server-pid", pid, *SHORT, "--text", text,
                                "--size", str(size), "--depth", str(depth),
                                "--burst", str(burst), "--connections", "5",
                            )  # fmt: skip
                            self.check_load(found, 5)
                            self.assertEqual(found["mode"], "load")
                            sent = found["measured"]["bytes_sent"] / (size + 1)
                            slack = 5 * (depth + 1) + 1  # at both ends of the time
                            self.assertLess(abs(sent - found["measured"]["requests"]), slack)

    def test_connecting_for_each_request(self):
        with tempfile.TemporaryDirectory() as folder:
            for path in (None, os.path.join(folder, "socket")):
                with self.subTest(path=path), Server("--quiet", path=path) as server:
                    found = self.measure(
                        server.place, "--server-pid", str(server.popen.pid), *SHORT,
                        "--mode", "connect", "--connections", "8", "--text", "cjk",
                    )  # fmt: skip
                    self.check_load(found, 8)
                    self.assertEqual(found["mode"], "connect")

    def test_idle_connections_cost_memory(self):
        with Server("--quiet") as server:
            found = self.measure(
                server.place, "--server-pid", str(server.popen.pid),
                "--mode", "idle", "--connections", "200", "--idle-seconds", "0.3",
            )  # fmt: skip
        self.assertIsNone(found["measured"])
        self.assertEqual(found["replies_checked"], 201)
        self.assertEqual(found["errors"], 0)
        memory = found["server"]
        difference = memory["resident_bytes_after"] - memory["resident_bytes_before"]
        self.assertEqual(memory["resident_bytes_per_connection"], difference / 200)

    def test_text_for_people(self):
        with Server("--quiet") as server:
            status, output, errors = bench(
                *server.place, "--server-pid", str(server.popen.pid), *SHORT
            )
        self.assertEqual((status, errors), (0, ""))
        labels = [line[:16].strip() for line in output.splitlines()]
        for label in ("requests/s", "latency", "server CPU", "generator CPU", "bottleneck"):
            self.assertIn(label, labels)

    def test_the_number_of_requests_ends_the_run(self):
        with Server("--quiet") as server:
            found = self.measure(server.place, "--warm-up", "0", "--requests", "50")
        self.assertEqual(found["duration_seconds"], 60)
        self.assertGreaterEqual(found["measured"]["requests"], 50)
        self.assertLess(found["measured"]["seconds"], 30)
        self.assertIsNone(found["server"])

    def test_a_signal_ends_the_run_with_its_report(self):
        enough = threading.Event()

        def reply(number, line):
            if number == 20:  # the first two come before it measures
                enough.set()
            return right(number, line)

        with plain_server(reply) as port:
            place = ("--port", port, "--json", "--warm-up", "0", "--duration", "50")
            with Program("charcount-bench", *place) as program:
                self.assertTrue(enough.wait(DEADLINE))
                status, output, errors = program.stop(signal.SIGINT)
        self.assertEqual((status, errors), (0, ""))
        found = json.loads(output)
        self.assertTrue(found["interrupted"])
        self.assertGreater(found["measured"]["requests"], 0)


class GuiltyServers(TestCase):
    def fails(self, reply, *arguments):
        """How a run against a plain server fails: what it printed, and why."""
        with plain_server(reply) as port:
            result = bench("--port", port, *SHORT, *arguments)
        self.assertEqual(result[0], 1, result)
        return result[1:]

    def test_a_wrong_reply_to_the_first_message(self):
        output, errors = self.fails(lambda _, line: b"%d\n" % (len(line) + 1), "--size", "4")
        self.assertEqual(output, "")
        self.assertRegex(
            errors,
            'charcount-bench: wrong reply to the message "[ -~]{4}" of 4 bytes: '
            'expected "4", got "5"\n',
        )

    def test_a_wrong_reply_among_many_right_ones(self):
        def reply(number, line):
            return b"31\n" if number == 100 else right(number, line)

        output, errors = self.fails(reply, "--connections", "3", "--depth", "4", "--json")
        found = json.loads(output)
        self.assertEqual(found["errors"], 1)
        self.assertIn('expected "32", got "31"', found["first_error"])
        self.assertIn('expected "32", got "31"', errors)
        self.assertGreater(found["replies_checked"], 50)

    def test_a_wrong_reply_on_a_connection_of_its_own(self):
        def reply(number, line):
            return b"no\n" if number >= 20 else right(number, line)

        _, errors = self.fails(reply, "--mode", "connect", "--connections", "2")
        self.assertIn('expected "32", got "no"', errors)

    def test_more_replies_than_requests(self):
        def reply(number, line):
            return right(number, line) * (2 if number == 30 else 1)

        _, errors = self.fails(reply)
        self.assertIn('more replies than requests: got "32"', errors)

    def test_a_server_that_never_answers(self):
        _, errors = self.fails(lambda *_: None, "--grace", "0.1")
        self.assertEqual(
            errors, "charcount-bench: wait for the reply to the first message: timed out\n"
        )

    def test_a_server_that_answers_no_more(self):
        for mode in ("load", "connect"):
            with self.subTest(mode):
                _, errors = self.fails(
                    lambda number, line: right(number, line) if number < 20 else None,
                    "--mode", mode, "--grace", "0.1", "--connections", "3",
                )  # fmt: skip
                self.assertEqual(
                    errors,
                    "charcount-bench: the server left 3 requests unanswered until the deadline\n",
                )

    def test_a_server_that_closes_every_connection(self):
        def reply(number, line):
            if number >= 20:
                raise EOFError
            return right(number, line)

        output, errors = self.fails(reply, "--connections", "3", "--json")
        self.assertEqual(json.loads(output)["errors"], 3)
        self.assertRegex(errors, "the server closed a connection with 1 request unanswered|reset")

    def test_a_server_that_closes_idle_connections(self):
        output, errors = self.fails(
            lambda number, line: Last(right(number, line)),
            "--mode", "idle", "--server-pid", str(os.getpid()),
            "--connections", "3", "--idle-seconds", "0.3", "--json",
        )  # fmt: skip
        self.assertEqual(json.loads(output)["errors"], 3)
        self.assertEqual(
            errors, "charcount-bench: the server closed a connection with 0 requests unanswered\n"
        )

    def test_nobody_listens(self):
        port = str(free_port())
        self.assertEqual(
            bench("--port", port),
            (1, "", f"charcount-bench: connect to 127.0.0.1:{port}: Connection refused\n"),
        )


class Options(TestCase):
    def test_wrong_options(self):
        for arguments, words in (
            (("--depth", "0"), "--depth: '0' is not a number from 1 to 65536"),
            (("--text", "klingon"), "--text: 'klingon' is not one of ascii|"),
            (("--mode", "fast"), "--mode: 'fast' is not one of load|connect|idle"),
            (("--mode", "idle"), "--mode idle: needs --server-pid"),
            (("--mode", "connect", "--depth", "2"), "only for --mode load"),
            (("--depth", "2", "--burst", "3"), "--burst: more than the --depth"),
            (("--depth", "60000", "--size", "60000"), "more than 64 MiB in flight"),
            (("--duration", "0"), "--duration: must be more than 0"),
            (("--server-pid", "0"), "--server-pid: '0' is not a number from 1"),
            (("--unix", "/x", "--port", "1"), " excludes --"),
            (("Halo",), "Halo"),
        ):
            with self.subTest(arguments):
                status, output, errors = bench(*arguments)
                self.assertEqual((status, output), (2, ""))
                self.assertTrue(errors.startswith("charcount-bench: "), errors)
                self.assertIn(words, errors)
                self.assertEqual(errors.count("\n"), 1)

    def test_more_connections_than_open_files(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))

        self.assertEqual(
            bench("--connections", "100", preexec_fn=limit),
            (
                1,
                "",
                "charcount-bench: 100 connections need a limit of 132 open files; it is 100 "
                "(ulimit -Hn)\n",
            ),
        )

    def test_a_server_process_that_is_not_there(self):
        with Program("charcount-bench", "--version") as ended:
            ended.finish()
        pid = str(ended.popen.pid)
        self.assertEqual(
            bench("--server-pid", pid),
            (1, "", f"charcount-bench: the server's process {pid} is not there\n"),
        )

    def test_a_processor_that_is_not_there(self):
        status, output, errors = bench("--pin", "1000")
        self.assertEqual((status, output), (1, ""))
        self.assertIn("run on processor 1000: Invalid argument", errors)


if __name__ == "__main__":
    unittest.main()
