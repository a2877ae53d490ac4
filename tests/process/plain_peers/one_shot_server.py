# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The exercise's third server in plain Python: one client, one message, then the end.
# Usage: one_shot_server.py [host [port]]

import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "localhost"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 12345

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind((HOST, PORT))
server.listen(1)
print("Waiting...")

client, address = server.accept()
message = client.recv(1024).decode()
print("Request dari client :", message)
print("IP client :", address)
client.send(("Jumlah karakter dalam kalimat tersebut adalah " + str(len(message))).encode())

client.close()
server.close()
