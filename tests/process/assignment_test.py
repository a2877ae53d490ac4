# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The exercise's programs as processes, against plain Python programs in both directions.

import os
import re
import socket
import struct
import unittest

import processes
from processes import HOST, Server, first_connection, first_line, probed, run

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
TEXTS = {
    "Halo dunia": 10,
    "Grüße": 5,
    "你好": 2,
    FAMILY: 7,
    "  two  spaces  ": 15,
    "é" * 512: 512,  # 1024 bytes: all that recv(1024) takes
}


def ours(name):
    return processes.binary(name, folder="assignment")


def plain(name):
    return processes.plain(name)


PAIRS = [  # (name, server, client); the plain pair proves what the exercise's programs print
    ("our server, plain client", ours, plain),
    ("plain server, our client", plain, ours),
    ("our server, our client", ours, ours),
    ("plain server, plain client", plain, plain),
]


def client(kind, port, text, *arguments):
    """Runs a client with what a person types: (status, output, errors)."""
    return run([*kind("client"), HOST, str(port), *arguments], text + "\n")


def patient_client(kind, text):
    """Ready when a client was served: one that comes too early is run again."""

    def ready(server):
        def attempt():
            result = client(kind, server.port, text)
            if "Connection refused" in result[2]:
                raise ConnectionRefusedError(result[2])
            return result

        return server.until_it_listens(attempt)

    return ready


def without_ports(output):
    return re.sub(r"\('127\.0\.0\.1', \d+\)", "('127.0.0.1', PORT)", output)


def reset(connection):
    """Closes with a reset instead of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class TestCase(unittest.TestCase):
    maxDiff = None

    def assert_one_line(self, errors, expected):
        self.assertEqual(errors.count("\n"), 1, errors)
        self.assertRegex(errors, expected)


class ReplyAndClose(TestCase):
    def test_each_client_gets_its_count(self):
        for name, server_kind, client_kind in PAIRS:
            command = server_kind("reply_and_close_server")
            with self.subTest(name), Server(command, probed) as server:
                for text, count in TEXTS.items():
                    self.assertEqual(
                        client(client_kind, server.port, text),
                        (0, f"Masukkan pesan: Balasan dari server: {count}\n", ""),
                    )
                _, output, _ = server.process.stop()
                self.assertEqual(output, "")

    def test_it_closes_after_the_reply_and_adds_nothing_to_it(self):
        for kind in (ours, plain):
            with Server(kind("reply_and_close_server"), probed) as server:
                self.assertEqual(server.ask(b"Halo"), "4")

    # A program of 25 lines, with nothing but a handler, a pipe and epoll, loses it too: 1 in 400.
    @unittest.skipIf(
        os.environ.get("CHARCOUNT_SANITIZED") == "thread",
        "clang 14's ThreadSanitizer may lose a signal that comes before the first wait",
    )
    def test_sigterm_ends_it_in_good_order_as_soon_as_it_listens(self):
        for _ in range(10):
            with Server(ours("reply_and_close_server"), probed) as server:
                self.assertEqual(server.process.stop(), (0, "", ""))

    def test_one_send_of_up_to_16_kib_is_one_message(self):
        with Server(ours("reply_and_close_server"), probed) as server:
            for size in (1025, 5000, 16 * 1024):
                self.assertEqual(server.ask(b"x" * size), str(size))

    def test_a_character_across_the_1024th_byte_is_counted(self):
        with Server(ours("reply_and_close_server"), probed) as server:
            self.assertEqual(server.ask(("a" + "é" * 512).encode()), "513")

    def test_what_is_not_text_is_said_and_the_next_client_is_served(self):
        with Server(ours("reply_and_close_server"), probed) as server:
            self.assertEqual(server.ask(b"a\xffb"), "error: invalid UTF-8 at byte 1")
            self.assertEqual(server.ask(b"Halo"), "4")

    def test_a_silent_client_keeps_nobody_waiting(self):
        with Server(ours("reply_and_close_server"), first_connection) as server:
            with server.first:
                self.assertEqual(server.ask(b"Halo"), "4")

    def test_a_reset_client_does_not_end_it(self):
        with Server(ours("reply_and_close_server"), first_connection) as server:
            reset(server.first)
            self.assertEqual(server.ask(b"Halo"), "4")


class KeepOpen(TestCase):
    def test_it_answers_one_client_until_that_closes(self):
        for kind in (ours, plain):
            with self.subTest(kind.__name__):
                with Server(kind("keep_open_server"), first_connection) as server:
                    address = server.first.getsockname()
                    with server.first as connection:
                        for text, count in TEXTS.items():
                            connection.sendall(text.encode())
                            self.assertEqual(connection.recv(1024), str(count).encode())
                    self.assertEqual(server.process.finish(), (0, f"{address}\n", ""))

    def test_a_client_that_sends_one_message(self):
        for name, server_kind, client_kind in PAIRS:
            ready = patient_client(client_kind, "Grüße")
            with self.subTest(name), Server(server_kind("keep_open_server"), ready) as server:
                self.assertEqual(
                    server.first, (0, "Masukkan pesan: Balasan dari server: 5\n", "")
                )
                status, output, errors = server.process.finish()
                self.assertEqual((status, errors), (0, ""))
                self.assertEqual(without_ports(output), "('127.0.0.1', PORT)\n")

    def test_a_second_client_is_refused(self):
        with Server(ours("keep_open_server"), first_connection) as server:
            with server.first as connection:
                for _ in range(2):  # by the second reply the server is done with accepting
                    connection.sendall(b"Halo")
                    self.assertEqual(connection.recv(1024), b"4")
                self.assertRaises(ConnectionRefusedError, server.connect)

    def test_a_client_that_says_nothing_and_leaves(self):
        with Server(ours("keep_open_server"), first_connection) as server:
            address = server.first.getsockname()
            server.first.close()
            self.assertEqual(server.process.finish(), (0, f"{address}\n", ""))

    def test_what_is_not_text_is_said_and_the_session_goes_on(self):
        with Server(ours("keep_open_server"), first_connection) as server:
            with server.first as connection:
                connection.sendall(b"\xff")
                self.assertEqual(connection.recv(1024), b"error: invalid UTF-8 at byte 0")
                connection.sendall(b"Halo")
                self.assertEqual(connection.recv(1024), b"4")

    def test_a_cut_character_is_counted_with_what_follows(self):
        with Server(ours("keep_open_server"), first_connection) as server:
            with server.first as connection:
                connection.sendall(b"ab\xc3")
                self.assertEqual(connection.recv(1024), b"2")
                connection.sendall(b"\xa9c")
                self.assertEqual(connection.recv(1024), b"2")


class OneShot(TestCase):
    def test_it_serves_one_client_one_message(self):
        for name, server_kind, client_kind in PAIRS:
            with self.subTest(name), Server(server_kind("one_shot_server"), first_line) as server:
                text = "Selamat pagi, Grüße " + FAMILY
                self.assertEqual(
                    client(client_kind, server.port, text),
                    (
                        0,
                        "Masukkan pesan: Balasan dari server: "
                        "Jumlah karakter dalam kalimat tersebut adalah 27\n",
                        "",
                    ),
                )
                status, output, errors = server.process.finish()
                self.assertEqual((status, errors), (0, ""))
                self.assertEqual(
                    without_ports(output),
                    f"Waiting...\nRequest dari client : {text}\n"
                    "IP client : ('127.0.0.1', PORT)\n",
                )

    def test_it_prints_the_address_that_the_client_has(self):
        for kind in (ours, plain):
            with Server(kind("one_shot_server"), first_line) as server:
                self.assertEqual(server.first, "Waiting...\n")
                with server.connect() as connection:
                    address = connection.getsockname()
                    connection.sendall(b"Halo")
                    self.assertEqual(
                        processes.receive_all(connection),
                        b"Jumlah karakter dalam kalimat tersebut adalah 4",
                    )
                self.assertEqual(
                    server.process.finish(),
                    (0, f"Waiting...\nRequest dari client : Halo\nIP client : {address}\n", ""),
                )

    def test_what_is_not_text_gets_an_error(self):
        with Server(ours("one_shot_server"), first_line) as server:
            self.assertEqual(server.ask(b"abc\xff"), "error: invalid UTF-8 at byte 3")


class AcceptTimeout(TestCase):
    timed_out = "Batas waktu socket telah habis, mohon sambungkan kembali\n"

    def test_it_reports_each_client_and_closes_it(self):
        for name, server_kind, client_kind in PAIRS:
            command = server_kind("accept_timeout_server")
            with self.subTest(name), Server(command, first_line, "30") as server:
                expected = f"Server listening on {HOST}:{server.port}...\n"
                for text, count in TEXTS.items():
                    self.assertEqual(
                        client(client_kind, server.port, text),
                        (0, f"Masukkan pesan: Balasan dari server: {count}\n", ""),
                    )
                    expected += (
                        "Menerima koneksi dari ('127.0.0.1', PORT)\n"
                        f"Menerima {len(text.encode())} bytes: {text}\nKirim Respon: {count}\n"
                    )
                _, output, errors = server.process.stop()
                self.assertEqual((without_ports(output), errors), (expected, ""))

    def test_it_ends_when_nobody_connects(self):
        for kind in (ours, plain):
            with Server(kind("accept_timeout_server"), first_line, "0.2") as server:
                self.assertEqual(
                    server.process.finish(),
                    (0, f"Server listening on {HOST}:{server.port}...\n{self.timed_out}", ""),
                )
                self.assertRaises(ConnectionRefusedError, server.connect)

    def test_it_ends_when_nobody_else_connects(self):
        for kind in (ours, plain):
            with Server(kind("accept_timeout_server"), first_line, "2") as server:
                with server.connect() as connection:
                    address = connection.getsockname()
                    connection.sendall(b"Halo")
                    self.assertEqual(processes.receive_all(connection), b"4")
                self.assertEqual(
                    server.process.finish(),
                    (
                        0,
                        f"Server listening on {HOST}:{server.port}...\n"
                        f"Menerima koneksi dari {address}\n"
                        "Menerima 4 bytes: Halo\n"
                        f"Kirim Respon: 4\n{self.timed_out}",
                        "",
                    ),
                )

    def test_it_may_be_started_again_at_once(self):
        with Server(ours("accept_timeout_server"), first_line, "30") as server:
            self.assertEqual(server.ask(b"Halo"), "4")
            server.process.stop()
            self.assertEqual(
                run([*ours("accept_timeout_server"), HOST, str(server.port), "0.2"]),
                (0, f"Server listening on {HOST}:{server.port}...\n{self.timed_out}", ""),
            )

    def test_a_silent_client_is_closed_in_time_and_the_next_one_served(self):
        with Server(ours("accept_timeout_server"), first_line, "1") as server:
            with server.connect() as silent, server.connect() as waiting:
                waiting.sendall(b"Halo")
                self.assertEqual(processes.receive_all(silent), b"")
                self.assertEqual(processes.receive_all(waiting), b"4")
                addresses = silent.getsockname(), waiting.getsockname()
            status, output, errors = server.process.finish()
            self.assertEqual(
                (status, output),
                (
                    0,
                    f"Server listening on {HOST}:{server.port}...\n"
                    f"Menerima koneksi dari {addresses[0]}\n"
                    f"Menerima koneksi dari {addresses[1]}\n"
                    f"Menerima 4 bytes: Halo\nKirim Respon: 4\n{self.timed_out}",
                ),
            )
            self.assert_one_line(errors, r"^Error: .*idle")


class Client(TestCase):
    def failing(self, port, *arguments):
        status, output, errors = client(ours, port, "Halo", *arguments)
        self.assertEqual((status, output), (1, "Masukkan pesan: "))
        return errors

    def test_a_server_that_is_not_there(self):
        with socket.socket() as bound:  # nobody else gets this port, and nobody listens
            bound.bind(("127.0.0.1", 0))
            port = bound.getsockname()[1]
            self.assert_one_line(
                self.failing(port), f"^client: connect to {HOST}:{port}: Connection refused$"
            )

    def test_a_host_that_does_not_exist(self):
        command = [*ours("client"), "no.such.host.invalid", "12345", "2"]
        status, output, errors = run(command, "Halo\n")
        self.assertEqual((status, output), (1, "Masukkan pesan: "))
        self.assert_one_line(errors, "^client: resolve no.such.host.invalid")

    def test_a_server_that_does_not_answer(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            errors = self.failing(listener.getsockname()[1], "0.2")
            self.assert_one_line(errors, "^client: .*: no reply in time")

    def test_a_server_that_closes_without_an_answer(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            command = [*ours("client"), HOST, str(listener.getsockname()[1])]
            with processes.Process(command) as process:
                process.popen.stdin.write(b"Halo\n")
                process.popen.stdin.flush()
                listener.settimeout(processes.DEADLINE)
                connection, _ = listener.accept()
                with connection:
                    self.assertEqual(connection.recv(1024), b"Halo")
                status, output, errors = process.finish()
                self.assertEqual((status, output), (1, "Masukkan pesan: "))
                self.assert_one_line(errors, "^client: .*: the peer closed the connection")

    def test_an_empty_message_is_not_sent(self):
        status, output, errors = client(ours, 12345, "")
        self.assertEqual((status, output), (1, "Masukkan pesan: "))
        self.assert_one_line(errors, "^client: the message is empty")


class Arguments(TestCase):
    servers = (
        "reply_and_close_server",
        "keep_open_server",
        "one_shot_server",
        "accept_timeout_server",
    )

    def test_a_port_in_use_is_said_in_one_line(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            for name in self.servers:
                status, output, errors = run([*ours(name), HOST, str(port)])
                self.assertEqual((status, output), (1, ""))
                self.assert_one_line(
                    errors, f": listen on {HOST}:{port}: Address already in use$"
                )

    def test_a_bad_port_is_said_in_one_line(self):
        for name in (*self.servers, "client"):
            for port in ("", "0", "65536", "-1", "12x", "1.5"):
                status, output, errors = run([*ours(name), HOST, port])
                self.assertEqual((status, output), (2, ""))
                self.assert_one_line(
                    errors, f"^{name}: the port must be a number from 1 to 65535, not '{port}'"
                )

    def test_bad_seconds_are_said_in_one_line(self):
        for name in ("accept_timeout_server", "client"):
            for seconds in ("", "0", "-1", "nan", "inf", "1s"):
                status, output, errors = run([*ours(name), HOST, "12345", seconds])
                self.assertEqual((status, output), (2, ""))
                self.assert_one_line(errors, f"^{name}: the seconds must be a number from ")

    def test_too_many_arguments_are_said_in_one_line(self):
        for name in (*self.servers, "client"):
            status, _, errors = run([*ours(name), HOST, "12345", "1", "2"])
            self.assertEqual(status, 2)
            self.assert_one_line(errors, f"^{name}: too many arguments; usage: {name} ")


class WhereThePlainVersionIsWrong(TestCase):
    """What README.md says of the plain programs, so that it stays true."""

    def test_the_first_server_counts_at_most_1024_bytes(self):
        with Server(plain("reply_and_close_server"), probed) as server:
            with server.connect() as connection:
                connection.sendall(b"x" * 2000)
                self.assertEqual(connection.recv(1024), b"1024")

    def test_a_character_across_the_1024th_byte_ends_it(self):
        with Server(plain("reply_and_close_server"), probed) as server:
            with server.connect() as connection:
                connection.sendall(("a" + "é" * 512).encode())
                status, output, errors = server.process.finish()
                self.assertEqual((status, output), (1, ""))
                self.assertIn("UnicodeDecodeError", errors)

    def test_a_reset_client_ends_it(self):
        with Server(plain("keep_open_server"), first_connection) as server:
            server.process.read_line()
            reset(server.first)
            status, _, errors = server.process.finish()
            self.assertEqual(status, 1)
            self.assertIn("ConnectionResetError", errors)

    def test_it_cannot_be_started_again_at_once(self):
        with Server(plain("accept_timeout_server"), first_line, "30") as server:
            self.assertEqual(server.ask(b"Halo"), "4")
            server.process.stop()
            _, output, _ = run([*plain("accept_timeout_server"), HOST, str(server.port)])
            self.assertIn("Address already in use", output)

    def test_a_second_client_is_reset_when_the_first_has_gone(self):
        with Server(plain("keep_open_server"), first_connection) as server:
            with server.connect() as second:
                server.first.close()
                with self.assertRaises(ConnectionResetError):
                    second.recv(1024)

    def test_an_unread_message_is_answered_with_a_reset_too(self):
        with Server(plain("reply_and_close_server"), probed) as server:
            with self.assertRaises(ConnectionResetError):
                server.ask(b"x" * 2000)

    def test_a_client_that_leaves_is_a_message_of_no_bytes(self):
        with Server(plain("accept_timeout_server"), first_line, "0.5") as server:
            server.connect().close()
            _, output, _ = server.process.finish()
            self.assertIn("Menerima 0 bytes: \nKirim Respon: 0\n", output)

    def test_a_longer_message_gets_two_replies_that_cannot_be_told_apart(self):
        with Server(plain("keep_open_server"), first_connection) as server:
            with server.first as connection:
                connection.sendall(b"x" * 2000)
                connection.shutdown(socket.SHUT_WR)
                self.assertEqual(processes.receive_all(connection), b"1024976")


if __name__ == "__main__":
    unittest.main()
