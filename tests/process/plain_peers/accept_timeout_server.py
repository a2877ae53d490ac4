# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The exercise's fourth server in plain Python: it gives up when nobody connects in time.
# Usage: accept_timeout_server.py [host [port [seconds]]]

import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "localhost"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 12345
SECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else 10

server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.settimeout(SECONDS)
try:
    server_socket.bind((HOST, PORT))
    server_socket.listen(2)
    print(f"Server listening on {HOST}:{PORT}...")
    while True:
        connection, address = server_socket.accept()
        print(f"Menerima koneksi dari {address}")
        data = connection.recv(1024)
        print(f"Menerima {len(data)} bytes: {data.decode()}")
        response = str(len(data.decode()))
        print(f"Kirim Respon: {response}")
        connection.send(response.encode())
        connection.close()
except socket.timeout:
    print("Batas waktu socket telah habis, mohon sambungkan kembali")
except Exception as error:
    print(f"Error: {error}")
finally:
    server_socket.close()
