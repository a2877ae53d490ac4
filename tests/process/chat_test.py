# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The two-way chat on the console: with plain Python peers on the other side, and with itself.

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from processes import DEADLINE, free_port
from programs import Program, open_terminal, receive, reset

TEXTS = ("Halo dunia", "Selamat pagi, apa kabar?", "漢字かな交じり文", "👨‍👩‍👧‍👦 🎉", " ", "{}%s\\n")


class Chat(Program):
    """A program of the chat whose standard input a test writes."""

    def type(self, text):
        self.write(text.encode() + b"\n")


class ChatServer(Chat):
    def __init__(self, *arguments):
        for _ in range(5):
            self.port = free_port()
            super().__init__("chat_server", "--port", str(self.port), *arguments)
            self.first_line = self.read_line()
            if self.first_line:
                return
            errors = self.finish()[2]
            self.__exit__()
            if "Address already in use" not in errors:
                raise AssertionError(errors)
        raise RuntimeError("each port that was free was taken a moment later")

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), DEADLINE)
        self.wait_for(f"Terhubung dengan {re.escape(str(connection.getsockname()))}.*")
        return connection


class ChatClient(Chat):
    def __init__(self, port, *arguments):
        super().__init__("chat_client", "--port", str(port), *arguments)


@contextlib.contextmanager
def listener(port=0):
    with socket.create_server(("127.0.0.1", port)) as listening:
        listening.settimeout(DEADLINE)
        yield listening


def accept(listening):
    connection = listening.accept()[0]
    connection.settimeout(DEADLINE)
    return connection


def wait_for_text(path, text):
    """Reads a file again and again until it holds the text."""
    end = time.monotonic() + DEADLINE
    while text not in pathlib.Path(path).read_text():
        if time.monotonic() > end:
            raise TimeoutError(f"no {text!r} in {path}")
        time.sleep(0.01)


class TestCase(unittest.TestCase):
    maxDiff = None


class ServerAndPlainClient(TestCase):
    def test_what_either_side_writes_is_read_by_the_other(self):
        with ChatServer() as server, server.connect() as client:
            self.assertEqual(server.first_line, "Menunggu koneksi client...\n")
            for text in TEXTS:
                client.sendall(text.encode())
                self.assertEqual(server.read_line(), f"Client: {text}\n")
            for text in TEXTS:
                if not text.strip():
                    continue
                server.type(text)
                self.assertEqual(receive(client, len(text.encode())).decode(), text)
                self.assertEqual(server.read_line(), f"Server: {text}\n")

    def test_a_character_that_is_cut_between_two_sends_is_whole(self):
        with ChatServer() as server, server.connect() as client:
            family = "👨‍👩‍👧‍👦".encode()
            client.sendall(b"a" + family[:2])
            self.assertEqual(server.read_line(), "Client: a\n")
            client.sendall(family[2:])
            self.assertEqual(server.read_line(), f"Client: {family.decode()}\n")

    def test_a_message_cannot_look_like_another_one_or_control_the_terminal(self):
        with ChatServer() as server, server.connect() as client:
            client.sendall(b"satu\r\n\nServer: palsu\n\x1b[2J\xff\n")
            self.assertEqual(server.read_line(), "Client: satu\n")
            self.assertEqual(server.read_line(), "Client: Server: palsu\n")
            self.assertEqual(server.read_line(), "Client: \\x1b[2J\\xff\n")

    def test_empty_lines_are_not_sent(self):
        with ChatServer() as server, server.connect() as client:
            for text in ("", "   ", "\t", "ada"):
                server.type(text)
            self.assertEqual(receive(client, 3), b"ada")
            self.assertEqual(server.read_line(), "Server: ada\n")

    def test_each_line_has_its_sender_and_the_server_is_heard_by_all(self):
        with ChatServer() as server, contextlib.ExitStack() as stack:
            clients = [stack.enter_context(server.connect()) for _ in range(3)]
            for client, label in zip(clients, ("Client", "Client 2", "Client 3")):
                client.sendall(b"halo")
                self.assertEqual(server.read_line(), f"{label}: halo\n")
            server.type("halo semua")
            for client in clients:
                self.assertEqual(receive(client, 10), b"halo semua")
            server.wait_for("Server: halo semua")

            clients[1].close()
            server.wait_for("Koneksi ditutup oleh client .*")
            late = stack.enter_context(server.connect())
            late.sendall(b"halo")
            self.assertEqual(server.read_line(), "Client 2: halo\n")

    def test_with_one_client_allowed_the_next_waits_until_it_leaves(self):
        with ChatServer("--max-clients", "1") as server, server.connect() as first:
            with socket.create_connection(("127.0.0.1", server.port), DEADLINE) as second:
                second.sendall(b"saya menunggu")
                first.sendall(b"saya di sini")
                self.assertEqual(server.read_line(), "Client: saya di sini\n")
                first.close()
                server.wait_for("Koneksi ditutup oleh client .*")
                server.wait_for("Terhubung dengan .*")
                self.assertEqual(server.read_line(), "Client: saya menunggu\n")

    def test_the_end_of_a_client_is_told_in_one_line(self):
        with ChatServer() as server:
            client = server.connect()
            name = re.escape(str(client.getsockname()))
            client.close()
            server.wait_for(f"Koneksi ditutup oleh client {name}")
            client = server.connect()
            name = re.escape(str(client.getsockname()))
            reset(client)
            server.wait_for(f"Koneksi diputus paksa oleh client {name} \\(reset\\)")
            with server.connect() as after:
                after.sendall(b"masih di sini?")
                self.assertEqual(server.read_line(), "Client: masih di sini?\n")

    def test_lines_that_are_typed_while_nobody_is_there_wait(self):
        with ChatServer() as server:
            server.type("halo, siapa pun")
            with server.connect() as client:
                self.assertEqual(receive(client, 15), b"halo, siapa pun")

    def test_a_port_that_is_taken_is_said_in_one_line(self):
        with listener() as taken:
            port = str(taken.getsockname()[1])
            with Program("chat_server", "--port", port) as server:
                self.assertEqual(
                    server.finish(),
                    (1, "", f"chat_server: listen on 127.0.0.1:{port}: Address already in use\n"),
                )

    def test_one_that_never_reads_holds_nobody_up(self):
        port = free_port()
        with tempfile.NamedTemporaryFile() as log:
            arguments = ("--framing", "line", "--port", str(port))
            with Program("chat_server", *arguments, stdout=log) as server:
                wait_for_text(log.name, "Menunggu koneksi client...")
                asleep = socket.socket()
                asleep.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                asleep.connect(("127.0.0.1", port))
                with asleep, socket.create_connection(("127.0.0.1", port), DEADLINE) as awake:
                    wait_for_text(log.name, "sebagai Client 2")
                    text = b"x" * 500_000 + b"\n"
                    for _ in range(40):
                        server.write(text)
                        self.assertEqual(receive(awake, len(text)), text)
                    wait_for_text(log.name, "terputus: terlalu banyak pesan yang belum dibaca")
                    server.write(b"masih?\n")
                    self.assertEqual(receive(awake, 7), b"masih?\n")


class ClientAndPlainServer(TestCase):
    def test_what_either_side_writes_is_read_by_the_other(self):
        with listener() as listening:
            with ChatClient(listening.getsockname()[1]) as client, accept(listening) as server:
                self.assertEqual(client.read_line(), "Terhubung ke server...\n")
                for text in TEXTS:
                    server.sendall(text.encode())
                    self.assertEqual(client.read_line(), f"Server: {text}\n")
                client.type("Halo, 漢字")
                self.assertEqual(receive(server, 12).decode(), "Halo, 漢字")
                self.assertEqual(client.read_line(), "Client: Halo, 漢字\n")

    def test_a_client_that_was_refused_comes_when_there_is_a_server(self):
        port = free_port()
        with ChatClient(port) as client:
            for _ in range(2):
                self.assertRegex(
                    client.read_line(),
                    rf"^Koneksi ditolak: tidak ada server di 127\.0\.0\.1:{port}; "
                    r"mencoba lagi dalam \d,\d detik\.\.\.\n$",
                )
            client.type("sudah lama menunggu")
            with listener(port) as listening, accept(listening) as server:
                client.wait_for(r"Terhubung ke server\.\.\.")
                self.assertEqual(receive(server, 19), b"sudah lama menunggu")

    def test_a_client_that_lost_its_server_says_how_and_comes_again(self):
        endings = (
            (socket.socket.close, "Koneksi ditutup oleh server"),
            (reset, r"Koneksi diputus paksa oleh server \(reset\)"),
        )
        with listener() as listening, ChatClient(listening.getsockname()[1]) as client:
            for end, line in endings:
                server = accept(listening)
                client.wait_for(r"Terhubung ke server\.\.\.")
                end(server)
                client.wait_for(line + r"; mencoba lagi dalam \d,\d detik\.\.\.")
            with accept(listening) as server:
                server.sendall(b"selamat datang kembali")
                client.wait_for("Server: selamat datang kembali")

    def test_all_that_was_typed_is_sent_before_the_end_of_the_input_ends_it(self):
        text = "".join(f"baris {number} {'x' * 100}\n" for number in range(20_000))
        with listener() as listening, tempfile.TemporaryFile() as source:
            source.write(text.encode())
            source.seek(0)
            port = str(listening.getsockname()[1])
            arguments = ("--framing", "line", "--port", port)
            options = {"stdin": source, "stdout": subprocess.DEVNULL}
            with Program("chat_client", *arguments, **options) as client:
                server = accept(listening)
                self.assertEqual(receive(server).decode(), text)
                server.close()
                self.assertEqual(client.popen.wait(DEADLINE), 0)

    def test_a_host_that_does_not_exist_is_said_in_one_line(self):
        with Program("chat_client", "--host", "tidak.ada.invalid") as client:
            self.assertRegex(
                client.read_line(),
                r"^Tidak bisa terhubung ke tidak\.ada\.invalid:9000: .*; mencoba lagi .*\n$",
            )


class BothAreOurs(TestCase):
    def test_they_talk_in_both_framings_and_with_names(self):
        for framing in ("raw", "line"):
            with self.subTest(framing=framing):
                with ChatServer("--framing", framing) as server:
                    with ChatClient(
                        server.port, "--framing", framing, "--name", "Budi"
                    ) as client:
                        client.wait_for(r"Terhubung ke server\.\.\.")
                        client.type("halo")
                        client.wait_for("Budi: halo")
                        server.wait_for("Client: Budi: halo")
                        server.type("halo Budi")
                        client.wait_for("Server: halo Budi")

    def test_with_line_framing_quick_messages_stay_apart(self):
        with ChatServer("--framing", "line") as server:
            with ChatClient(server.port, "--framing", "line") as client:
                for number in range(500):
                    client.type(f"pesan {number}")
                server.wait_for("Terhubung dengan .*")
                for number in range(500):
                    self.assertEqual(server.read_line(), f"Client: pesan {number}\n")

    def test_a_killed_server_is_told_and_found_again(self):
        with ChatServer() as server:
            port = server.port
            client = ChatClient(port)
            server.wait_for("Terhubung dengan .*")
            server.popen.kill()
            server.popen.wait(DEADLINE)
        with client:
            client.wait_for("Koneksi ditutup oleh server; mencoba lagi .*")
            with Program("chat_server", "--port", str(port)) as again:
                self.assertEqual(again.read_line(), "Menunggu koneksi client...\n")
                client.wait_for(r"Terhubung ke server\.\.\.")
                client.type("kembali")
                again.read_line()
                self.assertEqual(again.read_line(), "Client: kembali\n")

    def test_a_killed_client_is_told(self):
        with ChatServer() as server:
            with ChatClient(server.port) as client:
                server.wait_for("Terhubung dengan .*")
                client.popen.kill()
                server.wait_for("Koneksi ditutup oleh client .*")

    def test_lines_have_their_time_when_that_is_asked_for(self):
        with ChatServer("--timestamps") as server:
            self.assertRegex(server.first_line, r"^\[\d\d:\d\d:\d\d\] Menunggu koneksi client")


class Ends(TestCase):
    def test_signals_end_both_at_once(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with ChatServer() as server, ChatClient(server.port) as client:
                server.wait_for("Terhubung dengan .*")
                for program in (client, server):
                    begin = time.monotonic()
                    status, _, errors = program.stop(number)
                    self.assertEqual((status, errors), (0, ""))
                    self.assertLess(time.monotonic() - begin, 5)

    def test_on_a_terminal_the_end_of_the_input_ends_both_and_names_what_nobody_got(self):
        port = str(free_port())
        for name in ("chat_server", "chat_client"):
            master, terminal = open_terminal(self)
            with Program(name, "--port", port, stdin=terminal) as program:
                os.close(terminal)
                self.assertNotEqual(program.read_line(), "")
                os.write(master, b"halo\n\x04")
                self.assertEqual(program.popen.wait(DEADLINE), 0)
                self.assertIn("Tidak terkirim: halo\n", program.finish()[1])
            os.close(master)

    def test_wrong_options_are_said_in_one_line(self):
        wrong = {
            ("--port", "0"): "--port: '0' is not a number from 1 to 65535; try --help",
            ("--framing", "eof"): "--framing: 'eof' is not one of raw|line; try --help",
            ("--name", "a\nb"): "--name: a name has 1 to 64 bytes of text and no control "
            "characters; try --help",
            ("halo",): "The following argument was not expected: halo; try --help",
        }
        for program in ("chat_server", "chat_client"):
            for arguments, line in wrong.items():
                with self.subTest(program=program, arguments=arguments):
                    with Program(program, *arguments) as running:
                        self.assertEqual(running.finish(), (2, "", f"{program}: {line}\n"))


if __name__ == "__main__":
    unittest.main()
