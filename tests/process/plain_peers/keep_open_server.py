# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The exercise's second server in plain Python: one client, answered until it closes.
# Usage: keep_open_server.py [host [port]]

import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "localhost"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 12345

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
    s.bind((HOST, PORT))
    s.listen()
    conn, addr = s.accept()
    with conn:
        print(addr)
        while True:
            data = conn.recv(1024)
            if not data:
                break
            conn.sendall(str(len(data.decode())).encode())
