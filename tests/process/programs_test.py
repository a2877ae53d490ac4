# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# charcount-server and charcount-client as processes: what they print, and how they end.

import contextlib
import itertools
import os
import pathlib
import re
import resource
import select
import signal
import socket
import sys
import tempfile
import threading
import time
import unittest

from processes import DEADLINE, free_port
from programs import (
    SANITIZED, TRANSPORTS, Program, Server, open_terminal, read_until, receive, reset
)

HAS_GRAPHEMES = os.environ.get("CHARCOUNT_HAS_GRAPHEMES") == "1"  # how the server was built
PROMPT_END = 10.0 if SANITIZED else 1.0  # seconds for an error that needs no waiting

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
UNITS = "code-points|bytes|utf16" + ("|graphemes" if HAS_GRAPHEMES else "")
FRAMINGS = ("line", "length", "raw", "eof")
SOCKETS = ("tcp", "unix")
MIB = 1024 * 1024


def client(*arguments, data=b"", **options):
    """Runs charcount-client to its end: (status, output, errors)."""
    with Program("charcount-client", *arguments, **options) as program:
        return program.finish(data)


def server(*arguments):
    """Runs a charcount-server that is to fail: (status, output, errors)."""
    with Program("charcount-server", *arguments) as program:
        return program.finish()


@contextlib.contextmanager
def socket_path():
    with tempfile.TemporaryDirectory() as folder:
        yield os.path.join(folder, "socket")


@contextlib.contextmanager
def any_server(transport, kind, *arguments):
    with contextlib.ExitStack() as stack:
        path = stack.enter_context(socket_path()) if kind == "unix" else None
        yield stack.enter_context(Server("--transport", transport, *arguments, path=path))


def sleeps(pid):
    """Whether all threads of a process wait. One that has no processor to run on does not."""
    states = []
    for thread in pathlib.Path(f"/proc/{pid}/task").glob("*/stat"):
        states.append(thread.read_text().rpartition(")")[2].split()[0])
    return all(state == "S" for state in states)


@contextlib.contextmanager
def plain_server(serve):
    """A listening socket of Python's; `serve(connection)` is run for one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(DEADLINE)

        def run():
            with listener.accept()[0] as connection:
                connection.settimeout(DEADLINE)
                serve(connection)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join(DEADLINE)


class TestCase(unittest.TestCase):
    maxDiff = None

    def assert_fails_at_once(self, run, status, errors, within=PROMPT_END):
        """One line on standard error, in time. A busy machine has three attempts."""
        times = []
        for _ in range(3):
            begin = time.monotonic()
            result = run()
            times.append(time.monotonic() - begin)
            self.assertEqual(result[:2], (status, ""))
            if isinstance(errors, re.Pattern):
                self.assertRegex(result[2], errors)
            else:
                self.assertEqual(result[2], errors)
            if times[-1] < within:
                return
        self.fail(f"took {times} seconds")


class Counting(TestCase):
    def test_each_line_of_standard_input_is_counted_over_every_transport(self):
        text = f"Halo\nGrüße\n{FAMILY}\n".encode()
        for transport, kind in itertools.product(TRANSPORTS, SOCKETS):
            with any_server(transport, kind) as running:
                for asking in TRANSPORTS:
                    with self.subTest(server=transport, socket=kind, client=asking):
                        self.assertEqual(
                            client(*running.place, "--transport", asking, data=text),
                            (0, "4\n5\n7\n", ""),
                        )

    def test_messages_on_the_command_line_are_counted_in_every_framing(self):
        messages = ("Halo dunia", "Grüße", FAMILY, "[a,b]", "{}", "%%", "++", " ")
        replies = "10\n5\n7\n5\n2\n2\n2\n1\n"
        for transport, kind, framing in itertools.product(TRANSPORTS, SOCKETS, FRAMINGS):
            with any_server(transport, kind, "--framing", framing) as running:
                for asking in TRANSPORTS:
                    options = ("--framing", framing, "--transport", asking)
                    with self.subTest(server=transport, socket=kind, options=options):
                        self.assertEqual(
                            client(*running.place, *options, *messages), (0, replies, "")
                        )

    def test_standard_input_is_sent_in_every_framing(self):
        expected = {"line": "4\n0\n5\n", "length": "4\n0\n5\n", "eof": "11\n"}
        for framing, transport in itertools.product(expected, TRANSPORTS):
            with self.subTest(framing=framing, transport=transport):
                with Server("--framing", framing) as running:
                    options = ("--framing", framing, "--transport", transport)
                    result = client(*running.place, *options, data="Halo\n\nGrüße".encode())
                    self.assertEqual(result, (0, expected[framing], ""))

    def test_every_unit_is_counted(self):
        for unit, reply in (("code-points", "7"), ("bytes", "12"), ("utf16", "8")):
            for framing in FRAMINGS:
                with self.subTest(unit=unit, framing=framing):
                    with Server("--unit", unit, "--framing", framing) as running:
                        options = (*running.place, "--framing", framing)
                        self.assertEqual(client(*options, "Grüße \U0001f600"), (0, reply + "\n", ""))

    @unittest.skipUnless(HAS_GRAPHEMES, "the server was built without utf8proc")
    def test_graphemes_are_counted(self):
        flags = "\U0001f1ee\U0001f1e9\U0001f1e9\U0001f1ea"
        messages = ("Gru\u0308\u00dfe", FAMILY, flags, b"e\xcc\x81\xff")
        replies = "5\n1\n2\nerror: invalid UTF-8 at byte 3\n"
        for framing, transport in itertools.product(FRAMINGS, TRANSPORTS):
            with self.subTest(framing=framing, transport=transport):
                arguments = ("--unit", "graphemes", "--transport", transport)
                with Server(*arguments, "--framing", framing) as running:
                    options = (*running.place, "--framing", framing)
                    self.assertEqual(client(*options, *messages), (3, replies, ""))

    @unittest.skipUnless(HAS_GRAPHEMES, "the server was built without utf8proc")
    def test_a_grapheme_of_a_stream_is_counted_once_wherever_it_is_cut(self):
        with Server("--unit", "graphemes", "--framing", "eof") as running:
            with running.connect() as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for byte in f"{FAMILY}\r\ne\u0301".encode():
                    connection.sendall(bytes((byte,)))
                connection.shutdown(socket.SHUT_WR)
                self.assertEqual(receive(connection), b"3")

    def test_a_message_that_begins_with_a_dash_goes_after_two(self):
        with Server() as running:
            self.assertEqual(
                client("Halo", *running.place, "--", "--port", "--", ""), (0, "4\n6\n2\n0\n", "")
            )

    def test_a_line_may_be_longer_than_a_buffer(self):
        with Server("--max-message", "3000000") as running:
            data = b"x" * 3_000_000 + b"\nHalo\n"
            self.assertEqual(client(*running.place, data=data), (0, "3000000\n4\n", ""))

    def test_no_input_is_no_message(self):
        for framing, output in (("line", ""), ("length", ""), ("raw", ""), ("eof", "0\n")):
            with Server("--framing", framing) as running:
                self.assertEqual(client(*running.place, "--framing", framing), (0, output, ""))

    def test_replies_are_printed_while_input_still_comes(self):
        for transport in TRANSPORTS:
            with Server() as running:
                arguments = (*running.place, "--transport", transport)
                with Program("charcount-client", *arguments) as asking:
                    for text, reply in (("Halo", "4\n"), ("", "0\n"), ("Grüße", "5\n")):
                        asking.write(text.encode() + b"\n")
                        self.assertEqual(asking.read_line(), reply)
                    self.assertEqual(asking.finish(), (0, "4\n0\n5\n", ""))

    def test_an_error_reply_is_printed_and_shown_in_the_exit_status(self):
        for framing in FRAMINGS:
            with Server("--framing", framing) as running:
                options = (*running.place, "--framing", framing)
                self.assertEqual(
                    client(*options, "a", b"b\xff", "c"),
                    (3, "1\nerror: invalid UTF-8 at byte 1\n1\n", ""),
                )


class Addresses(TestCase):
    def test_localhost_is_the_loopback(self):
        with Server("--host", "localhost") as running:
            self.assertEqual(running.first_line, f"listening on 127.0.0.1:{running.port}\n")
            place = ("--host", "localhost", "--port", str(running.port))
            self.assertEqual(client(*place, "Halo"), (0, "4\n", ""))

    def test_ipv6(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError as error:
            self.skipTest(f"no IPv6 here: {error}")
        with Server("--host", "::1") as running:
            self.assertEqual(running.first_line, f"listening on [::1]:{running.port}\n")
            place = ("--host", "::1", "--port", str(running.port))
            self.assertEqual(client(*place, "Halo"), (0, "4\n", ""))
            self.assertRegex(running.stop()[2], r"connection 1 from \[::1\]:\d+\n")


class Terminal(TestCase):
    def test_it_prompts_until_ctrl_d(self):
        with Server() as running:
            master, slave = open_terminal(self)
            with open(slave, "rb") as typed, open(master, "r+b", buffering=0) as keyboard:
                with Program("charcount-client", *running.place, stdin=typed) as asking:
                    for text, reply in (("Halo", "4\n"), ("Grüße", "5\n")):
                        prompt = read_until(asking.popen.stderr.fileno(), b": ")
                        self.assertEqual(prompt, b"message: ")
                        keyboard.write(text.encode() + b"\n")
                        self.assertEqual(asking.read_line(), reply)
                    keyboard.write(b"\x04")
                    self.assertEqual(asking.finish(None), (0, "4\n5\n", "message: \n"))

    def test_a_file_is_sent_with_a_progress_bar(self):
        with Server("--framing", "eof") as running, tempfile.TemporaryFile() as file:
            file.write(b"x" * (5 * MIB))
            file.seek(2 * MIB)
            master, slave = open_terminal(self)
            with open(slave, "wb") as screen, open(master, "rb", buffering=0) as seen:
                arguments = (*running.place, "--framing", "eof")
                options = {"stdin": file, "stderr": screen}
                with Program("charcount-client", *arguments, **options) as asking:
                    screen.close()
                    drawn = read_until(seen.fileno(), b"an end that does not come")
                    self.assertEqual(asking.finish(None), (0, f"{3 * MIB}\n", ""))
            self.assertIn(b"\r[" + b"-" * 30 + b"] 0% of 3 MiB", drawn)
            self.assertIn(b"\r[" + b"#" * 30 + b"] 100% of 3 MiB", drawn)
            self.assertTrue(drawn.endswith(b"\r\x1b[K"), drawn)

    def test_a_stream_of_unknown_size_has_no_bar(self):
        with Server("--framing", "eof") as running:
            master, slave = open_terminal(self)
            with open(slave, "wb") as screen, open(master, "rb", buffering=0) as seen:
                arguments = (*running.place, "--framing", "eof")
                with Program("charcount-client", *arguments, stderr=screen) as asking:
                    screen.close()
                    self.assertEqual(asking.finish(b"Halo"), (0, "4\n", ""))
                    self.assertEqual(read_until(seen.fileno(), b"!"), b"")


class Streams(TestCase):
    def test_a_stream_of_any_length_is_counted_in_little_memory(self):
        piece = bytes(MIB)
        count = 20 if SANITIZED else 200
        for transport, asking in itertools.product(TRANSPORTS, TRANSPORTS):
            arguments = ("--framing", "eof", "--transport")
            with self.subTest(server=transport, client=asking):
                with Server(*arguments, transport) as running:
                    command = ("charcount-client", *running.place, *arguments, asking)
                    with Program(*command) as sending:
                        for _ in range(count):
                            sending.write(piece)
                        memory = (running.peak_memory(), sending.peak_memory())
                        self.assertEqual(sending.finish(), (0, f"{count * MIB}\n", ""))
                if not SANITIZED:
                    self.assertLess(max(memory), 20 * MIB)

    def test_a_stream_that_is_refused_midway_gets_its_reply(self):
        for transport, asking in itertools.product(TRANSPORTS, TRANSPORTS):
            arguments = ("--framing", "eof", "--transport")
            with self.subTest(server=transport, client=asking):
                with Server(*arguments, transport, "--max-message", "1000") as running:
                    result = client(*running.place, *arguments, asking, data=bytes(20 * MIB))
                    self.assertEqual(result, (3, "error: message longer than 1000 bytes\n", ""))

    def test_a_stream_that_never_ends_is_cut_off_and_gets_its_reply(self):
        for transport in TRANSPORTS:
            arguments = ("--framing", "eof", "--transport", transport)
            with self.subTest(transport), open("/dev/zero", "rb") as endless:
                with Server(*arguments, "--max-message", "1000") as running:
                    result = client(*running.place, *arguments, data=None, stdin=endless)
                    self.assertEqual(result, (3, "error: message longer than 1000 bytes\n", ""))


class PlainClients(TestCase):
    def test_raw_framing_answers_what_one_send_delivered_and_stays_open(self):
        for transport in TRANSPORTS:
            with Server("--framing", "raw", "--transport", transport) as running:
                with running.connect() as connection:
                    for text, reply in (("Halo dunia", b"10"), ("é" * 8192, b"8192"), ("你好", b"2")):
                        connection.sendall(text.encode())
                        self.assertEqual(connection.recv(1024), reply)

    def test_raw_framing_holds_a_character_that_is_cut(self):
        with Server("--framing", "raw") as running, running.connect() as connection:
            for data, reply in ((b"a\xc3", b"1"), (b"\xa9", b"1")):
                connection.sendall(data)
                self.assertEqual(connection.recv(1024), reply)

    def test_raw_framing_holds_nothing_where_bytes_are_counted(self):
        with Server("--framing", "raw", "--unit", "bytes") as running:
            with running.connect() as connection:
                for data, reply in ((b"a\xc3", b"2"), (b"\xa9", b"1")):
                    connection.sendall(data)
                    self.assertEqual(connection.recv(1024), reply)

    def test_line_framing_takes_lines_cut_anywhere_and_several_at_once(self):
        for transport, kind in itertools.product(TRANSPORTS, SOCKETS):
            with any_server(transport, kind) as running, running.connect() as connection:
                for data in (b"Ha", b"lo\r\nGr\xc3", b"\xbc\xc3\x9fe\n\n"):
                    connection.sendall(data)
                self.assertEqual(receive(connection, 6), b"4\n5\n0\n")

    def test_length_framing_has_four_bytes_of_length_both_ways(self):
        with Server("--framing", "length") as running:
            reply = running.ask(b"\0\0\0\6Gr\xc3\xbc\n!", 5)
            self.assertEqual(reply, b"\0\0\0\x015")

    def test_until_eof_framing_answers_a_half_close(self):
        for transport in TRANSPORTS:
            with Server("--framing", "eof", "--transport", transport) as running:
                with running.connect() as connection:
                    connection.sendall("Grüße\nzwei".encode())
                    connection.shutdown(socket.SHUT_WR)
                    self.assertEqual(receive(connection), b"10")


class Limits(TestCase):
    def test_a_message_that_is_too_long_gets_an_error_and_the_end(self):
        for transport in TRANSPORTS:
            with Server("--max-message", "5", "--transport", transport) as running:
                self.assertEqual(client(*running.place, "Halo!"), (0, "5\n", ""))
                place = f"127.0.0.1:{running.port}"
                status, output, errors = client(*running.place, "Halo!!", "Halo")
                self.assertEqual((status, output), (1, "error: message longer than 5 bytes\n"))
                self.assertRegex(errors, f"^charcount-client: request to {place}: [^\n]+\n$")

    def test_more_connections_than_allowed_wait(self):
        for transport in TRANSPORTS:
            arguments = ("--max-connections", "1", "--backlog", "5", "--transport", transport)
            with Server(*arguments) as running, running.connect() as first:
                first.sendall(b"Halo\n")
                self.assertEqual(first.recv(10), b"4\n")
                with running.connect() as second:
                    second.sendall(b"Gr\xc3\xbc\xc3\x9fe\n")
                    first.sendall(b"dunia!\n")
                    self.assertEqual(first.recv(10), b"6\n")
                    self.assertEqual(select.select([second], [], [], 0)[0], [])
                    first.close()
                    self.assertEqual(second.recv(10), b"5\n")

    def test_timeouts_may_be_fractions_of_a_second(self):
        late_message = b"error: the message did not arrive in time\n"
        for option, data, expected in (
            ("--idle-timeout", b"Halo\n", b"4\n"),
            ("--message-timeout", b"Halo", late_message),
        ):
            for transport in TRANSPORTS:
                with Server(option, "0.1", "--transport", transport) as running:
                    self.assertEqual(running.ask(data, 1 << 30), expected)

    @unittest.skipIf(SANITIZED, "UBSan cannot check pointers without a descriptor of its own")
    def test_a_server_without_descriptors_waits_and_recovers(self):
        limit = 40

        def limit_descriptors():
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

        for transport in TRANSPORTS:
            arguments = ("--transport", transport)
            with Server(*arguments, preexec_fn=limit_descriptors) as running:
                with contextlib.ExitStack() as stack:
                    for _ in range(2 * limit):
                        stack.enter_context(running.connect())
                    line = b"connection"
                    while line.startswith(b"connection"):
                        line = read_until(running.popen.stderr.fileno(), b"\n")
                    self.assertEqual(line, b"accepting failed: Too many open files\n")
                self.assertEqual(running.ask(b"Halo\n", 2), b"4\n")


class Stopping(TestCase):
    def test_a_signal_ends_the_server_with_a_report(self):
        for transport, kind in itertools.product(TRANSPORTS, SOCKETS):
            for number in (signal.SIGTERM, signal.SIGINT):
                with self.subTest(transport=transport, socket=kind, signal=number):
                    with any_server(transport, kind, "--quiet") as running:
                        self.check_stop(running, number)

    def check_stop(self, running, number):
        with running.connect() as answered, running.connect() as silent:
            answered.sendall(b"Halo\n")
            self.assertEqual(answered.recv(10), b"4\n")
            # A connection that was never accepted would not count.
            silent.sendall(b"\n")
            self.assertEqual(silent.recv(10), b"0\n")
            running.popen.send_signal(number)
            self.assertEqual(answered.recv(10), b"")
            self.assertEqual(silent.recv(10), b"")
        report = (
            running.first_line
            + "stopped: 2 connections drained, 0 forced, 0 failed, 0 bytes unsent\n"
            + "served: 2 connections, 2 messages, 6 bytes received, 4 bytes sent\n"
        )
        self.assertEqual(running.finish(), (0, report, ""))

    def test_a_client_that_does_not_read_is_cut_off_at_the_drain_timeout(self):
        for transport in TRANSPORTS:
            arguments = ("--transport", transport, "--drain-timeout", "0.1", "--quiet")
            with Server(*arguments) as running, running.connect() as connection:
                connection.setblocking(False)
                lines = b"x\n" * 100_000
                # Until nothing moves any more: every buffer on the way is full.
                while True:
                    if select.select([], [connection], [], 0.3)[1]:
                        connection.send(lines)
                    elif sleeps(running.popen.pid):
                        break
                status, output, _ = running.stop()
                self.assertEqual(status, 0)
                self.assertRegex(
                    output, r"\nstopped: 0 connections drained, 1 forced, 0 failed, [1-9]\d* bytes unsent\n"
                )

    def test_the_socket_file_is_gone_after_the_stop(self):
        for transport in TRANSPORTS:
            with socket_path() as path, Server("--transport", transport, path=path) as running:
                self.assertEqual(running.first_line, f"listening on {path}\n")
                self.assertTrue(os.path.exists(path))
                self.assertEqual(running.stop()[0], 0)
                self.assertFalse(os.path.exists(path))

    def test_a_socket_file_that_was_left_behind_is_replaced(self):
        with socket_path() as path:
            with socket.socket(socket.AF_UNIX) as left:
                left.bind(path)
            with Server(path=path) as running:
                self.assertEqual(client(*running.place, "Halo"), (0, "4\n", ""))


class Log(TestCase):
    def log_of(self, *arguments):
        """What the server prints on standard error about two connections."""
        with Server(*arguments) as running:
            with running.connect() as connection:
                address = "127.0.0.1:%d" % connection.getsockname()[1]
                data = "Gr\u00fc\u00dfe \t\x1b[1m\u0085\n".encode() + b"\xff\n" + b"y" * 70 + b"\n"
                connection.sendall(data)
                receive(connection, len(b"11\nerror: invalid UTF-8 at byte 0\n70\n"))
            with running.connect() as connection:
                connection.sendall(b"cut off")
                connection.shutdown(socket.SHUT_WR)
                receive(connection)
            status, _, errors = running.stop()
            self.assertEqual(status, 0)
            return re.sub(r"(connection 2 from) 127\.0\.0\.1:\d+", r"\1 ADDRESS", errors).replace(
                address, "ADDRESS"
            )

    def test_connections_and_how_they_end(self):
        for transport in TRANSPORTS:
            self.assertEqual(
                sorted(self.log_of("--transport", transport).splitlines()),
                [
                    "connection 1 ended",
                    "connection 1 from ADDRESS",
                    "connection 2 ended: the connection ended inside a message; "
                    "end each message before closing",
                    "connection 2 from ADDRESS",
                ],
            )

    def test_verbose_shows_each_message_in_a_line_of_its_own(self):
        lines = self.log_of("--verbose").splitlines()
        self.assertEqual(
            [line for line in lines if " bytes " in line],
            [
                r'connection 1: 15 bytes "Grüße \t\x1b[1m\xc2\x85" -> "12"',
                r'connection 1: 1 bytes "\xff" -> "error: invalid UTF-8 at byte 0"',
                'connection 1: 70 bytes "' + "y" * 60 + '"... -> "70"',
            ],
        )

    def test_verbose_shows_the_beginning_of_a_stream(self):
        for data, shown in (
            (b"a\n" * 50_000, '100000 bytes "' + r"a\n" * 30 + '"... -> "100000"'),
            (b"\xe2\x82\xac" * 50_000, '150000 bytes "' + "€" * 20 + '"... -> "50000"'),
            (b"x" + b"\xe2\x82\xac" * 50_000, '150001 bytes "x' + "€" * 19 + '"... -> "50001"'),
        ):
            with Server("--framing", "eof", "--verbose") as running:
                client(*running.place, "--framing", "eof", data=data)
                self.assertIn(f"connection 1: {shown}\n", running.stop()[2])

    def test_quiet_shows_nothing(self):
        self.assertEqual(self.log_of("--quiet"), "")

    def test_a_reset_is_a_failure_of_its_connection(self):
        for transport in TRANSPORTS:
            with Server("--transport", transport) as running:
                with running.connect() as connection:
                    connection.sendall(b"Halo\n")
                    self.assertEqual(connection.recv(10), b"4\n")
                    reset(connection)
                read_until(running.popen.stderr.fileno(), b"\n")
                end = read_until(running.popen.stderr.fileno(), b"\n")
                self.assertEqual(end, b"connection 1 ended: Connection reset by peer\n")
                self.assertEqual(running.ask(b"Halo\n", 2), b"4\n")

    def test_a_log_that_nobody_reads_any_more_does_not_end_the_server(self):
        with Server() as running:
            running.popen.stderr.close()
            running.popen.stderr = None
            for _ in range(3):
                self.assertEqual(running.ask(b"Halo\n", 2), b"4\n")
            self.assertEqual(running.stop()[0], 0)


class Help(TestCase):
    SERVER_OPTIONS = (
        "--host --port --framing --transport --threads --unit --max-message --max-connections "
        "--backlog --idle-timeout --message-timeout --write-timeout --drain-timeout --unix "
        "--quiet --verbose --version --help"
    )
    CLIENT_OPTIONS = "--host --port --framing --transport --timeout --unix --version --help"

    def test_help_names_every_option(self):
        for run, name, options in (
            (server, "server", self.SERVER_OPTIONS),
            (client, "client", self.CLIENT_OPTIONS),
        ):
            status, output, errors = run("--help")
            self.assertEqual((status, errors), (0, ""))
            self.assertIn(f"\nUsage: charcount-{name} [OPTION]...", output)
            named = re.findall(r"^  (?:-h,)?(--[a-z-]+)", output, re.MULTILINE)
            self.assertEqual(sorted(named), sorted(options.split()))
            self.assertLessEqual(max(map(len, output.splitlines())), 100)

    def test_help_names_the_units_that_the_server_was_built_with(self):
        self.assertRegex(server("--help")[1], rf"--unit {re.escape(UNITS)}\s+What")

    def test_version(self):
        for run, name in ((server, "charcount-server"), (client, "charcount-client")):
            status, output, errors = run("--version")
            self.assertEqual((status, errors), (0, ""))
            self.assertRegex(output, rf"\A{name} \d+\.\d+\.\d+\n\Z")


class WrongCommandLines(TestCase):
    COMMON = {
        ("--port", "70000"): "--port: '70000' is not a number from LOW to 65535",
        ("--port", "abc"): "--port: 'abc' is not a number from LOW to 65535",
        ("--port", "-1"): "--port: '-1' is not a number from LOW to 65535",
        ("--port", "80x"): "--port: '80x' is not a number from LOW to 65535",
        ("--port=",): "--port: 1 required PORT missing",
        ("--port",): "--port: 1 required PORT missing",
        ("--host", ""): "--host: the text is empty",
        ("--framing", "json"): "--framing: 'json' is not one of line|length|raw|eof",
        ("--transport", "Async"): "--transport: 'Async' is not one of async|blocking",
        ("--unix", ""): "--unix: the text is empty",
        ("--unix", "/tmp/s", "--host", "localhost"): "--host excludes --unix",
        ("--unix", "/tmp/s", "--port", "12345"): "--port excludes --unix",
    }
    SERVER = {
        ("--backlog", "0"): "--backlog: '0' is not a number from 1 to 2147483647",
        ("--threads", "0"): "--threads: '0' is not a number from 1 to 1024",
        ("--threads", "2", "--transport", "blocking"):
            "--threads: a blocking server has a thread for each connection",
        ("--unit", "words"): f"--unit: 'words' is not one of {UNITS}",
        ("--max-message", "0"): "--max-message: '0' is not a number from 1 to 9223372036854775807",
        ("--max-message", "1k"):
            "--max-message: '1k' is not a number from 1 to 9223372036854775807",
        ("--max-connections", "0"): "--max-connections: '0' is not a number from 1 to 1000000",
        ("--idle-timeout", "-1"): "--idle-timeout: '-1' is not a number from 0 to 100000000",
        ("--message-timeout", "soon"):
            "--message-timeout: 'soon' is not a number from 0 to 100000000",
        ("--write-timeout", "nan"): "--write-timeout: 'nan' is not a number from 0 to 100000000",
        ("--drain-timeout", "1e9"): "--drain-timeout: '1e9' is not a number from 0 to 100000000",
        ("--quiet", "--verbose"): "--verbose excludes --quiet",
        ("--colour",): "The following argument was not expected: --colour",
        ("Halo",): "The following argument was not expected: Halo",
    }
    CLIENT = {
        ("--timeout", "-1"): "--timeout: '-1' is not a number from 0 to 100000000",
        ("--timeout", "1s"): "--timeout: '1s' is not a number from 0 to 100000000",
        ("--colour", "Halo"):
            "--colour: no such option; a message that begins so goes after --",
        ("Halo\ndunia",): "MESSAGE: holds a line's end; use --framing length",
        ("Halo\r",): "MESSAGE: holds a line's end; use --framing length",
        ("--framing", "raw", ""): "MESSAGE: can't be empty with --framing raw",
    }

    def check(self, run, name, lines, low):
        for arguments, expected in lines.items():
            with self.subTest(name, arguments=arguments):
                text = expected.replace("LOW", low)
                errors = f"{name}: {text}; try --help\n"
                self.assert_fails_at_once(lambda: run(*arguments), 2, errors)

    def test_what_is_wrong_for_the_server_is_one_line_and_status_2(self):
        self.check(server, "charcount-server", {**self.COMMON, **self.SERVER}, "0")

    @unittest.skipIf(HAS_GRAPHEMES, "the server was built with utf8proc")
    def test_without_utf8proc_graphemes_are_an_error_that_says_what_is_missing(self):
        text = (
            "--unit: 'graphemes' needs a charcount-server built with utf8proc "
            "(Debian, Ubuntu: libutf8proc-dev)"
        )
        self.check(server, "charcount-server", {("--unit", "graphemes"): text}, "0")

    def test_what_is_wrong_for_the_client_is_one_line_and_status_2(self):
        self.check(client, "charcount-client", {**self.COMMON, **self.CLIENT}, "1")


class FailingServers(TestCase):
    def check(self, arguments, errors):
        for transport in TRANSPORTS:
            with self.subTest(arguments=arguments, transport=transport):
                command = (*arguments, "--transport", transport)
                self.assert_fails_at_once(lambda: server(*command), 1, errors)

    def test_a_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            place = f"127.0.0.1:{taken.getsockname()[1]}"
            self.check(
                ("--port", place.rpartition(":")[2]),
                f"charcount-server: listen on {place}: Address already in use\n",
            )

    def test_a_host_that_is_unknown(self):
        self.check(
            ("--host", "no..such..host", "--port", "0"),
            re.compile(r"\Acharcount-server: listen on no\.\.such\.\.host:0: Host not found[^\n]*\n\Z"),
        )

    def test_an_address_of_another_machine(self):
        self.check(
            ("--host", "192.0.2.1", "--port", "0"),
            "charcount-server: listen on 192.0.2.1:0: Cannot assign requested address\n",
        )

    def test_a_path_that_can_not_be_made(self):
        path = "/no/such/folder/socket"
        self.check(
            ("--unix", path), f"charcount-server: listen on {path}: No such file or directory\n"
        )
        path = "/tmp/" + "x" * 200
        self.check(("--unix", path), f"charcount-server: listen on {path}: File name too long\n")

    def test_a_socket_file_in_use(self):
        with socket_path() as path, Server(path=path) as running:
            self.check(
                ("--unix", path), f"charcount-server: listen on {path}: Address already in use\n"
            )
            self.assertEqual(client(*running.place, "Halo"), (0, "4\n", ""))

    def test_a_file_that_is_no_socket_is_left_alone(self):
        with tempfile.NamedTemporaryFile() as file:
            self.check(
                ("--unix", file.name),
                f"charcount-server: listen on {file.name}: Address already in use\n",
            )
            self.assertTrue(os.path.exists(file.name))


class FailingClients(TestCase):
    def check(self, arguments, errors, within=PROMPT_END):
        for transport in TRANSPORTS:
            with self.subTest(arguments=arguments, transport=transport):
                command = (*arguments, "--transport", transport, "Halo")
                self.assert_fails_at_once(lambda: client(*command), 1, errors, within)

    def test_a_server_that_is_not_there(self):
        port = str(free_port())
        self.check(
            ("--port", port),
            f"charcount-client: connect to 127.0.0.1:{port}: Connection refused\n",
        )
        path = "/no/such/socket"
        self.check(
            ("--unix", path), f"charcount-client: connect to {path}: No such file or directory\n"
        )

    def test_a_host_that_is_unknown(self):
        self.check(
            ("--host", "no..such..host"),
            re.compile(
                r"\Acharcount-client: connect to no\.\.such\.\.host:12345: Host not found[^\n]*\n\Z"
            ),
        )

    @unittest.skipUnless(sys.platform == "linux", "elsewhere a full backlog refuses")
    def test_a_server_that_does_not_accept_in_time(self):
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
            place = full.getsockname()
            with contextlib.ExitStack() as stack:
                for _ in range(3):
                    waiting = stack.enter_context(socket.socket())
                    waiting.setblocking(False)
                    waiting.connect_ex(place)
                self.check(
                    ("--port", str(place[1]), "--timeout", "0.2"),
                    f"charcount-client: connect to 127.0.0.1:{place[1]}: the server did not "
                    "answer in time; check its host, port and firewall\n",
                    within=PROMPT_END + 0.2,
                )

    def test_a_server_that_does_not_reply_in_time(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            self.check(
                ("--port", str(port), "--timeout", "0.2"),
                f"charcount-client: request to 127.0.0.1:{port}: no reply in time; use the same "
                "framing on both sides or raise the timeout\n",
                within=PROMPT_END + 0.2,
            )

    def ask_plain(self, serve, transport, *arguments):
        with plain_server(serve) as port:
            command = ("--port", str(port), "--transport", transport, *arguments)
            status, output, errors = client(*command)
            return status, output, errors.replace(str(port), "PORT")

    def test_a_server_that_closes_before_it_replied(self):
        prefix = "charcount-client: request to 127.0.0.1:PORT: "
        closed = prefix + "the peer closed the connection; reconnect to go on\n"
        cut = prefix + (
            "the connection ended inside a message; end each message before closing\n"
        )
        broken = prefix + "Connection reset by peer\n"

        def close(connection):
            connection.recv(1024)

        def close_inside_reply(connection):
            connection.recv(1024)
            connection.sendall(b"4")

        def break_off(connection):
            connection.recv(1024)
            reset(connection)

        def reply_once(connection):
            connection.recv(1024)
            connection.sendall(b"4\n")
            connection.recv(1024)

        for transport in TRANSPORTS:
            for serve, messages, output, errors in (
                (close, ["Halo"], "", closed),
                (close_inside_reply, ["Halo"], "", cut),
                (break_off, ["Halo"], "", broken),
                (reply_once, ["Halo", "dunia"], "4\n", closed),
            ):
                with self.subTest(serve.__name__, transport=transport):
                    result = self.ask_plain(serve, transport, *messages)
                    self.assertEqual(result, (1, output, errors))

    def test_replies_that_can_not_be_written(self):
        with Server() as running, open("/dev/full", "wb") as full:
            self.assertEqual(
                client(*running.place, "Halo", stdout=full),
                (1, "", "charcount-client: write standard output: No space left on device\n"),
            )

    def test_input_that_can_not_be_read(self):
        with Server() as running:
            folder = os.open("/", os.O_RDONLY)
            try:
                with Program("charcount-client", *running.place, stdin=folder) as asking:
                    self.assertEqual(
                        asking.finish(None),
                        (1, "", "charcount-client: read standard input: Is a directory\n"),
                    )
            finally:
                os.close(folder)

    def test_an_empty_line_in_raw_framing(self):
        with Server("--framing", "raw") as running:
            self.assertEqual(
                client(*running.place, "--framing", "raw", data=b"Halo\n\nHalo\n"),
                (1, "4\n", "charcount-client: an empty line can't be sent with --framing raw\n"),
            )


if __name__ == "__main__":
    unittest.main()
