# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# What the Python peers share: the command line, the listening socket, lines and their replies.

import argparse
import resource
import socket
import sys

READ_BYTES = 64 * 1024
MAX_MESSAGE_BYTES = 1024 * 1024
TOO_LONG = b"error: message longer than %d bytes\n" % MAX_MESSAGE_BYTES


def reply_to(line):
    """The reply to a line without its LF."""
    if line.endswith(b"\r"):
        line = line[:-1]
    if len(line) > MAX_MESSAGE_BYTES:
        return TOO_LONG
    try:
        return b"%d\n" % len(line.decode())
    except UnicodeDecodeError as error:
        return b"error: invalid UTF-8 at byte %d\n" % error.start


class Lines:
    """Splits what arrives on a connection; keeps a line whose end has not arrived."""

    def __init__(self):
        self.rest = b""
        self.is_ending = False

    def receive(self, data):
        """The replies to all lines that are whole now. After the last one `is_ending` is set."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        replies = [reply_to(line) for line in lines]
        if TOO_LONG in replies:
            self.is_ending = True
            del replies[replies.index(TOO_LONG) + 1 :]
        elif len(self.rest) >= MAX_MESSAGE_BYTES + 2:  # with CR and LF
            self.is_ending = True
            replies.append(TOO_LONG)
        return b"".join(replies)


def listening_socket():
    """The socket that the command line asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1, choices=(1,))
    port = parser.parse_args().port
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        listening = socket.create_server(("127.0.0.1", port), backlog=socket.SOMAXCONN)
    except OSError as error:
        sys.exit(f"{sys.argv[0]}: {error}")
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # accepted ones inherit it
    return listening


def announce(listening):
    """Tells whoever started the peer that it listens."""
    print(f"listening on 127.0.0.1:{listening.getsockname()[1]}", flush=True)
