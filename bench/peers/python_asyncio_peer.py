# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The line protocol on Python's asyncio.
#
# A Protocol, as in asyncio's example "TCP Echo Server": about twice as fast as its streams. All
# lines of a read are answered with one write; while the client doesn't read, nothing is read.

import asyncio
import sys

sys.dont_write_bytecode = True

import line_protocol  # noqa: E402


class Talk(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.lines = line_protocol.Lines()

    def data_received(self, data):
        replies = self.lines.receive(data)
        if replies:
            self.transport.write(replies)
        if self.lines.is_ending:
            self.transport.close()  # once all is written

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        if not self.transport.is_closing():
            self.transport.resume_reading()


async def main():
    listening = line_protocol.listening_socket()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Talk, sock=listening)
    line_protocol.announce(listening)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
