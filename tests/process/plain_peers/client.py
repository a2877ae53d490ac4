# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The exercise's client in plain Python: one message, one recv(1024). Usage: client.py [host [port]]

import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "localhost"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 12345

client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client_socket.connect((HOST, PORT))

message = input("Masukkan pesan: ")
client_socket.send(message.encode())

data = client_socket.recv(1024)
print("Balasan dari server:", data.decode())

client_socket.close()
