# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The exercise's first server in plain Python: accept, answer, close, for ever.
# Usage: reply_and_close_server.py [host [port]]

import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "localhost"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 12345

server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.bind((HOST, PORT))
server_socket.listen(5)

while True:
    client_socket, address = server_socket.accept()
    data = client_socket.recv(1024)
    client_socket.send(str(len(data.decode())).encode())
    client_socket.close()
