# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Many clients ask in a loop when the server gets SIGTERM: what had arrived is answered.
#
# CHARCOUNT_DRAIN_CLIENTS clients (200), CHARCOUNT_DRAIN_ROUNDS rounds (3) of each kind of server;
# CHARCOUNT_DRAIN_SEED repeats a run.

import collections
import os
import random
import re
import resource
import selectors
import signal
import socket
import time
import unittest

from processes import DEADLINE
from programs import Server

CLIENTS = int(os.environ.get("CHARCOUNT_DRAIN_CLIENTS", "200"))
ROUNDS = int(os.environ.get("CHARCOUNT_DRAIN_ROUNDS", "3"))
SEED = int(os.environ.get("CHARCOUNT_DRAIN_SEED", "0")) or random.SystemRandom().getrandbits(32)


class Client:
    """Asks, and when all is answered asks again."""

    def __init__(self, port, chance):
        self.chance = chance
        self.socket = socket.create_connection(("127.0.0.1", port), DEADLINE)
        self.socket.setblocking(False)
        # Otherwise the system keeps messages back, and what was sent has not arrived.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.expected = collections.deque()  # replies to come
        self.received = b""
        self.answered = 0

    def ask(self):
        """Sends a few messages, most often one, each with a call of its own."""
        for _ in range(self.chance.choice((1, 1, 1, 2, 5))):
            size = self.chance.randrange(100)
            message = b"x" * size + b"\n"
            if self.socket.send(message) != len(message):
                raise AssertionError("a small message was sent in part")
            self.expected.append(b"%d" % size)

    def read(self):
        """Takes the replies that are there; False at the end."""
        data = self.socket.recv(65536)
        *replies, self.received = (self.received + data).split(b"\n")
        for reply in replies:
            if reply != self.expected.popleft():
                raise AssertionError(f"a wrong reply: {reply!r}")
            self.answered += 1
        return bool(data)


class Drain(unittest.TestCase):
    def setUp(self):
        # The blocking server needs two descriptors and more for a connection.
        wanted = 4 * CLIENTS + 200
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))

    def check(self, *arguments):
        for number in range(ROUNDS):
            with self.subTest(seed=SEED, round=number, clients=CLIENTS, arguments=arguments):
                chance = random.Random(f"{SEED} {number} {arguments}")
                with Server("--quiet", *arguments) as server:
                    self.run_round(server, chance)

    def run_round(self, server, chance):
        clients = [Client(server.port, chance) for _ in range(CLIENTS)]
        try:
            unanswered = self.ask_and_kill(server, clients, chance)
        finally:
            for client in clients:
                client.socket.close()
        self.assertEqual(unanswered, 0, "requests that had arrived")
        status, output, errors = server.finish()
        self.assertEqual((status, errors), (0, ""))
        report = re.search(r"stopped: (\d+) connections drained, (.*)", output)
        self.assertEqual(report[2], "0 forced, 0 failed, 0 bytes unsent")
        self.assertLessEqual(int(report[1]), CLIENTS)

    def ask_and_kill(self, server, clients, chance):
        """Returns how many requests, sent before the signal, got no reply before the end."""
        # At 0 most connections are not even accepted; they have asked all the same.
        replies_before_kill = chance.choice((0, chance.randrange(1, 20 * CLIENTS)))
        goes_on_asking = chance.random() < 0.5
        asked_before_kill = None
        replies = 0
        for client in clients:
            client.ask()
        with selectors.DefaultSelector() as selector:
            for client in clients:
                selector.register(client.socket, selectors.EVENT_READ, client)
            end = time.monotonic() + DEADLINE
            while selector.get_map():
                if asked_before_kill is None and replies >= replies_before_kill:
                    asked_before_kill = [c.answered + len(c.expected) for c in clients]
                    os.kill(server.popen.pid, signal.SIGTERM)
                self.assertLess(time.monotonic(), end, "it takes too long")
                for key, _ in selector.select(max(0, end - time.monotonic())):
                    client, before = key.data, key.data.answered
                    if not client.read():  # a reset raises ConnectionResetError
                        self.assertIsNotNone(asked_before_kill, "closed before the signal")
                        selector.unregister(client.socket)
                    elif not client.expected and (goes_on_asking or asked_before_kill is None):
                        client.ask()
                    replies += client.answered - before
        return sum(max(0, asked - c.answered) for asked, c in zip(asked_before_kill, clients))

    def test_one_loop(self):
        self.check("--transport", "async")

    def test_four_loops(self):
        self.check("--transport", "async", "--threads", "4")

    def test_a_thread_for_each_connection(self):
        self.check("--transport", "blocking")


if __name__ == "__main__":
    unittest.main()
