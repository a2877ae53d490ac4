# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The line protocol in Python with blocking sockets, a thread for each connection.
#
# len(data.decode()) counts, which is C code of CPython's. All lines of a read are answered with
# one sendall, which is better than the line by line of socketserver's examples. Only one thread
# runs at a time (the global interpreter lock).

import sys
import threading

sys.dont_write_bytecode = True

import line_protocol  # noqa: E402


def talk(connection):
    lines = line_protocol.Lines()
    with connection:
        try:
            while not lines.is_ending:
                data = connection.recv(line_protocol.READ_BYTES)
                if not data:
                    return
                connection.sendall(lines.receive(data))
        except ConnectionError:
            pass  # the client has gone


def main():
    listening = line_protocol.listening_socket()
    line_protocol.announce(listening)
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
