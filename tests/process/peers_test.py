# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The servers that the benchmark compares: each one that is there gives the same replies.

import os
import pathlib
import re
import select
import shutil
import signal
import socket
import sys
import threading
import unittest

from processes import DEADLINE, Process, receive_all
from programs import receive

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "bench" / "peers"
LIMIT = 1024 * 1024
TOO_LONG = b"error: message longer than 1048576 bytes\n"


def find_peers():
    """The commands of all peers, by name."""
    folder = pathlib.Path(os.environ["CHARCOUNT_BIN_DIR"], "bench", "peers")
    peers = {path.name: [str(path)] for path in sorted(folder.iterdir()) if os.access(path, os.X_OK)}
    ours = peers.pop("charcount_peer")
    for variant in ("default", "blocking", "coroutine", "awaitable"):
        peers["charcount " + variant] = [*ours, "--variant", variant]
    for path in sorted(SOURCES.glob("python_*_peer.py")):
        peers[path.stem] = [sys.executable, "-B", str(path)]
    node = shutil.which("node")
    if node:
        peers["node_peer"] = [node, str(SOURCES / "node_peer.js")]
    return peers


PEERS = find_peers()
HAVE_LOOPS = ("epoll_peer", "asio_", "libevent_peer", "libuv_peer", "charcount default")


class Peer(Process):
    """A peer that listens on a port of its own."""

    def __init__(self, name, *arguments):
        super().__init__([*PEERS[name], "--port", "0", *arguments])
        line = self.read_line()
        match = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", line)
        if not match:
            self.__exit__()
            raise AssertionError(f"{name} said {line!r} first")
        self.port = int(match[1])

    def connect(self, receive_buffer=0):
        connection = socket.socket()
        connection.settimeout(DEADLINE)
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.connect(("127.0.0.1", self.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


def send_until_stuck(connection, data):
    """Sends until that is impossible for a moment; returns how many bytes."""
    size = 0
    while size < len(data) and select.select([], [connection], [], 0.2)[1]:
        size += connection.send(data[size : size + 262144], socket.MSG_DONTWAIT)
    return size


class Replies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.peers = {}
        for name in PEERS:
            cls.peers[name] = Peer(name)
            cls.addClassCleanup(cls.peers[name].__exit__)

    def for_each_peer(self, talk, expected):
        """`talk(connection)` returns what came, which has to be the same from each peer."""
        for name, peer in self.peers.items():
            with self.subTest(name), peer.connect() as connection:
                self.assertEqual(talk(connection), expected)

    def check(self, sent, expected):
        def talk(connection):
            connection.sendall(sent)
            return receive(connection, len(expected))

        self.for_each_peer(talk, expected)

    def test_three_messages_in_one_send(self):
        self.check("Halo\nGrüße, 你好 👋\n\n".encode(), b"4\n11\n0\n")

    def test_a_message_that_is_cut_into_single_bytes(self):
        sent = "Grüße 👋\r\nya\n".encode()

        def talk(connection):
            for byte in sent:
                connection.sendall(bytes([byte]))
            return receive(connection, 4)

        self.for_each_peer(talk, b"7\n2\n")

    def test_one_carriage_return_before_the_end_is_no_part_of_the_message(self):
        self.check(b"abc\r\n\r\n\r\r\na\rb\n", b"3\n0\n1\n3\n")

    def test_invalid_utf8(self):
        sent = b"".join(
            line + b"\n"
            for line in (
                b"\xff",  # no lead byte
                b"abc\xc3(",  # no continuation
                "dé€".encode() + b"\xed\xa0\x80",  # a surrogate
                b"\xe0\x80\xaf",  # overlong
                b"a\xf4\x90\x80\x80",  # beyond U+10FFFF
                "\U0010ffff!".encode() + b"\xe2\x82",  # cut
                b"\xe2\x82\r",
                b"ok",
            )
        )
        offsets = (0, 3, 6, 0, 1, 5, 0)
        expected = b"".join(b"error: invalid UTF-8 at byte %d\n" % offset for offset in offsets)
        self.check(sent, expected + b"2\n")

    def test_a_long_message_between_short_ones(self):
        text = "aä你👋" * 20480  # 200 KiB
        self.check(b"x\n" + text.encode() + b"\nyz\n", b"1\n%d\n2\n" % len(text))

    def test_the_longest_message(self):
        self.check(b"a" * LIMIT + b"\r\n" + b"b" * LIMIT + b"\n", b"1048576\n1048576\n")

    def test_a_message_that_is_too_long(self):
        def talk(connection):
            connection.sendall(b"ab\n" + b"c" * (LIMIT + 2))
            return receive_all(connection)

        self.for_each_peer(talk, b"2\n" + TOO_LONG)

    def test_a_whole_message_that_is_too_long(self):
        def talk(connection):
            connection.sendall(b"c" * (LIMIT + 1) + b"\n")
            return receive_all(connection)

        self.for_each_peer(talk, TOO_LONG)

    def test_a_client_that_ends_its_side_gets_its_replies(self):
        def talk(connection):
            connection.sendall(b"one\nthree\n")
            connection.shutdown(socket.SHUT_WR)
            return receive_all(connection)

        self.for_each_peer(talk, b"3\n5\n")

    def test_a_client_that_reads_late(self):
        # The replies are more than sockets hold by default, so that they go out in pieces.
        amount = 220_000
        sent = memoryview((b"\xff" + b"a" * 254 + b"\n") * amount)
        reply = b"error: invalid UTF-8 at byte 0\n"
        for name, peer in self.peers.items():
            with self.subTest(name), peer.connect(receive_buffer=16384) as connection:
                left = sent[send_until_stuck(connection, sent) :]
                sender = threading.Thread(target=connection.sendall, args=(left,), daemon=True)
                sender.start()
                self.check_repeated(connection, reply, amount)
                sender.join(DEADLINE)

    def check_repeated(self, connection, reply, amount):
        """The replies are so many times the same one."""
        lines = reply * (65536 // len(reply) + 2)
        size = 0
        while size < len(reply) * amount:
            piece = connection.recv(65536)
            self.assertTrue(piece, f"the end after {size} bytes")
            start = size % len(reply)
            self.assertEqual(piece, lines[start : start + len(piece)])
            size += len(piece)

    def test_50_connections_at_once(self):
        for name, peer in self.peers.items():
            with self.subTest(name):
                connections = [peer.connect() for _ in range(50)]
                for i, connection in enumerate(connections):
                    connection.sendall(b"a" * i + b"\n")
                for i, connection in enumerate(connections):
                    expected = b"%d\n" % i
                    self.assertEqual(receive(connection, len(expected)), expected)
                for connection in connections:
                    connection.close()


class Programs(unittest.TestCase):
    def test_the_yardstick_is_there(self):
        self.assertIn("epoll_peer", PEERS)

    def test_sigterm_ends_it_with_a_connection_open(self):
        for name in PEERS:
            with self.subTest(name), Peer(name) as peer, peer.connect() as connection:
                connection.sendall(b"abc\n")
                self.assertEqual(receive(connection, 2), b"3\n")
                status, _, errors = peer.stop()
                self.assertIn(status, (0, -signal.SIGTERM))
                self.assertEqual(errors, "")

    def test_several_threads(self):
        for name in PEERS:
            if not name.startswith(HAVE_LOOPS):
                continue
            with self.subTest(name), Peer(name, "--threads", "3") as peer:
                connections = [peer.connect() for _ in range(30)]
                for connection in connections:
                    connection.sendall(b"abcd\n")
                for connection in connections:
                    self.assertEqual(receive(connection, 2), b"4\n")
                    connection.close()

    def test_a_wrong_option(self):
        for name, command in PEERS.items():
            with self.subTest(name), Process([*command, "--port", "many"]) as process:
                status, output, errors = process.finish()
                self.assertNotEqual(status, 0)
                self.assertEqual(output, "")
                self.assertNotEqual(errors, "")


if __name__ == "__main__":
    unittest.main()
