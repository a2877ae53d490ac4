# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The chat's windows on a screen of their own (Xvfb), used with keyboard and mouse (xdotool).

import contextlib
import itertools
import os
import re
import shutil
import socket
import subprocess
import threading
import time
import unittest

from processes import DEADLINE, free_port
from programs import Program, read_until, receive

NEEDED = ("Xvfb", "xdotool")
MISSING = [program for program in NEEDED if not shutil.which(program)]


@contextlib.contextmanager
def screen():
    """A screen that nobody sees; its name is the result."""
    read_end, write_end = os.pipe()
    # It would begin anew when its last client leaves, and cut off one that is just coming.
    command = ("Xvfb", "-displayfd", str(write_end), "-noreset", "-nolisten", "tcp",
               "-screen", "0", "1600x1000x24")
    server = subprocess.Popen(command, pass_fds=(write_end,), stderr=subprocess.DEVNULL)
    os.close(write_end)
    try:
        yield ":" + read_until(read_end, b"\n").decode().strip()
    finally:
        os.close(read_end)
        server.terminate()
        server.wait(DEADLINE)


class Window(Program):
    """A program of the chat with its window. Its log is read from its standard output."""

    def __init__(self, display, kind, port, *arguments, **environment):
        self.environment = dict(
            os.environ, DISPLAY=display, QT_QPA_PLATFORM="xcb", **environment
        )
        super().__init__(f"chat_{kind}_window", "--port", str(port), *arguments,
                         env=self.environment)
        self.id = self.find(f"^TCP {kind.title()}$", self.popen.pid)

    def do(self, *command):
        done = subprocess.run(("xdotool", *command), env=self.environment, timeout=DEADLINE,
                              capture_output=True, text=True)
        return done.stdout

    def find(self, title, pid):
        """The one visible window of that title and that process, once it is there."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            for found in self.do("search", "--onlyvisible", "--name", title).split():
                if self.do("getwindowpid", found).strip() == str(pid):
                    return found
            time.sleep(0.02)
        raise TimeoutError(f"no window {title}: {self.popen.poll()}")

    def focus(self):
        self.do("windowfocus", "--sync", self.id)

    def keys(self, *names):
        self.focus()
        self.do("key", *names)

    def type(self, text):
        self.focus()
        self.do("type", "--delay", "2", text)

    def size(self):
        shown = self.do("getwindowgeometry", "--shell", self.id)
        return tuple(int(re.search(rf"{name}=(\d+)", shown)[1]) for name in ("WIDTH", "HEIGHT"))

    def click_button(self):
        """The button is at the right, above the status bar; how high both are, the fonts decide."""
        width, height = self.size()
        self.do("mousemove", "--window", self.id, str(width - 50), str(height - 42), "click", "1")

    def close_within(self, seconds):
        """Closes the window as its menu does; returns the exit status."""
        begin = time.monotonic()
        self.keys("ctrl+q")
        status = self.popen.wait(DEADLINE)
        if time.monotonic() - begin > seconds:
            raise AssertionError(f"it took {time.monotonic() - begin} seconds to end")
        return status


@unittest.skipIf(MISSING, f"not installed: {' '.join(MISSING)} (Debian, Ubuntu: xvfb xdotool)")
class Windows(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.display = self.stack.enter_context(screen())
        self.port = free_port()

    def server(self, *arguments, **environment):
        window = Window(self.display, "server", self.port, *arguments, **environment)
        self.stack.enter_context(window)
        window.wait_for(r"Menunggu koneksi client\.\.\.")
        return window

    def client(self, *arguments, **environment):
        window = Window(self.display, "client", self.port, *arguments, **environment)
        self.stack.enter_context(window)
        window.do("windowmove", "--sync", window.id, "800", "300")
        return window

    def test_two_windows_talk_by_keyboard_and_mouse(self):
        server, client = self.server(), self.client()
        server.wait_for(r"Terhubung dengan \('127\.0\.0\.1', \d+\)")
        client.wait_for(r"Terhubung ke server\.\.\.")
        client.type("Halo, apa kabar?")
        client.keys("Return")
        for window in (client, server):
            window.wait_for(r"Client: Halo, apa kabar\?")
        server.type("Baik!")
        server.click_button()
        for window in (server, client):
            window.wait_for("Server: Baik!")
        client.keys("Return")  # empty: not sent
        client.type("lewat alt")
        client.keys("alt+k")
        for window in (client, server):
            line = window.wait_for("Client: .*")
            self.assertEqual(line, "Client: lewat alt\n")
        self.assertEqual(client.close_within(5), 0)
        server.wait_for("Koneksi ditutup oleh client .*")
        self.assertEqual(server.close_within(5), 0)

    def test_a_side_that_is_killed_is_told_by_the_other_and_found_again(self):
        server, client = self.server(), self.client()
        client.wait_for(r"Terhubung ke server\.\.\.")
        client.type("masih menulis")
        server.popen.kill()
        server.popen.wait(DEADLINE)
        client.wait_for("Koneksi ditutup oleh server; mencoba lagi dalam .*")
        client.keys("Return")  # nobody is there: the text stays
        server = self.server()
        client.wait_for(r"Terhubung ke server\.\.\.")
        client.keys("Return")
        server.wait_for("Client: masih menulis")
        client.popen.kill()
        server.wait_for("Koneksi ditutup oleh client .*")

    def test_a_plain_python_peer_is_served_by_the_window(self):
        server = self.server("--theme", "dark", "--name", "Ani")
        with socket.create_connection(("127.0.0.1", self.port), DEADLINE) as plain:
            plain.sendall("Selamat pagi, 漢字 🎉".encode())
            server.wait_for("Client: Selamat pagi, 漢字 🎉")
            server.type("pagi")
            server.keys("Return")
            self.assertEqual(receive(plain, 9), b"Ani: pagi")

    def test_a_window_closes_at_once_in_the_middle_of_a_flood(self):
        server = self.server("--framing", "line")
        reading = threading.Thread(target=server.popen.stdout.read)  # so that nothing waits there
        with socket.create_connection(("127.0.0.1", self.port), DEADLINE) as plain:
            server.wait_for("Terhubung dengan .*")
            reading.start()

            under_way = threading.Event()

            def flood():
                with contextlib.suppress(OSError):
                    for number in itertools.count():
                        plain.sendall(b"banyak sekali\n" * 1000)
                        if number == 100:
                            under_way.set()

            flooding = threading.Thread(target=flood)
            flooding.start()
            try:
                self.assertTrue(under_way.wait(DEADLINE))
                self.assertEqual(server.close_within(4), 0)
            finally:
                server.popen.kill()
                flooding.join(DEADLINE)
                reading.join(DEADLINE)

    def test_a_screen_of_twice_the_pixels_gets_a_window_of_twice_the_pixels(self):
        usual = self.server().size()
        self.port = free_port()
        large = self.server(QT_SCALE_FACTOR="2").size()
        self.assertEqual(large, (2 * usual[0], 2 * usual[1]))


class WithoutAScreen(unittest.TestCase):
    def test_it_is_said_in_one_line_that_there_is_no_display(self):
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        }
        for name in ("chat_server_window", "chat_client_window"):
            with Program(name, env=environment) as program:
                self.assertEqual(
                    program.finish(),
                    (1, "", f"{name}: there is no display to show a window on; chat_server and "
                     "chat_client need none\n"),
                )


if __name__ == "__main__":
    unittest.main()
