# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The guide, word for word: install, write the two files, build, start, talk. Only the port differs.

import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import unittest

from processes import DEADLINE, Process, free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")


def section(title):
    return re.search(rf"^## {title}\n(.*?)^## ", GUIDE, re.MULTILINE | re.DOTALL)[1]


def command_blocks(text):
    """The indented blocks, each a list of lines."""
    return [re.findall(r"^    (.*)$", block, re.MULTILINE)
            for block in re.findall(r"(?:^    .*\n)+", re.sub(r"```.*?```", "", text, flags=re.DOTALL),
                                    re.MULTILINE)]


def file_named(text, name):
    return re.search(rf"`{re.escape(name)}`:\n\n<!-- .*? -->\n```\w+\n(.*?)^```$", text,
                     re.MULTILINE | re.DOTALL)[1]


@unittest.skipIf(os.environ.get("CHARCOUNT_SANITIZED"), "it builds without the sanitizer anyway")
class Guide(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.port = str(free_port())

    def run_commands(self, lines, folder):
        done = subprocess.run(["sh", "-ec", "\n".join(lines)], cwd=folder,
                              env=dict(os.environ, HOME=str(self.home)), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def with_port(self, text):
        return text.replace("5000", self.port)

    def clone(self):
        """The sources, without what was built in their folder."""
        folder = self.home / "clone"
        folder.mkdir()
        for entry in ROOT.iterdir():
            if entry.name not in ("build", ".git"):
                (folder / entry.name).symlink_to(entry)
        return folder

    def test_the_first_server_is_built_and_answers(self):
        apt, install = command_blocks(section("Install"))
        self.assertTrue(apt[0].startswith("apt-get install "))
        self.run_commands(install, self.clone())

        text = section("Your first server")
        (*build, start), talk = command_blocks(text)
        project = self.home / "adder"
        project.mkdir()
        for name in ("main.cpp", "CMakeLists.txt"):
            (project / name).write_text(self.with_port(file_named(text, name)), encoding="utf-8")
        self.run_commands(build, project)

        with Process([str(project / start)]) as server:
            self.assertIn(f"`{server.read_line().strip()}`", self.with_port(text))
            request = re.fullmatch(r"\$ (.*) \| nc -N 127\.0\.0\.1 5000", talk[0])[1]
            with socket.create_connection(("127.0.0.1", int(self.port)), DEADLINE) as client:
                client.sendall(self.run_commands([request], self.home).encode())
                client.shutdown(socket.SHUT_WR)
                replies = b"".join(iter(lambda: client.recv(4096), b"")).decode()
            self.assertEqual(replies.splitlines(), talk[1:])
            server.popen.send_signal(signal.SIGINT)  # Ctrl-C
            self.assertEqual(server.finish()[0], 0)


if __name__ == "__main__":
    unittest.main()
