# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The documents: their C++ is that of the examples, and their links lead somewhere.

import pathlib
import re
import sys
import tempfile
import unittest

from processes import run

ROOT = pathlib.Path(__file__).resolve().parents[2]


def text_of(page):
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page):
    """What the headings of a page are called in links."""
    titles = re.findall(r"^#+ (.*)$", text_of(page), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]


class Links(unittest.TestCase):
    def test_every_link_leads_to_a_file_or_a_heading(self):
        for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md"),
                     *(ROOT / "examples").rglob("*.md")]:
            for target in re.findall(r"\]\(([^)]+)\)", text_of(page)):
                if "://" in target:
                    continue
                path, _, anchor = target.partition("#")
                leads_to = page.parent / path if path else page
                self.assertTrue(leads_to.exists(), f"{page.name}: {target}")
                if anchor:
                    self.assertIn(anchor, anchors(leads_to), f"{page.name}: {target}")


class Snippets(unittest.TestCase):
    def check(self, root):
        command = [sys.executable, "-B", str(ROOT / "scripts" / "snippets"), "--root", str(root)]
        return run(command)

    def test_every_snippet_is_that_of_its_source(self):
        self.assertEqual(self.check(ROOT)[::2], (0, ""))

    def test_what_differs_or_is_missing_is_named(self):
        good = "<!-- a.cpp [part] -->\n```cpp\nint x;\n```\n"
        pages = {
            "README.md": good + good.replace("x", "y"),
            "docs/guide.md": "```cpp\n```\n" + good.replace("[part]", "[other]")
            + good.replace("a.cpp", "b.cpp"),
            "a.cpp": "// a comment\nvoid f() {\n    // [part]\n    int x;\n    // [part]\n}\n",
        }
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "docs").mkdir()
            for name, text in pages.items():
                (root / name).write_text(text, encoding="utf-8")
            status, _, errors = self.check(root)
        self.assertEqual(status, 1)
        self.assertEqual(errors.splitlines(), [
            "README.md:6: differs from a.cpp; scripts/snippets --write mends it",
            "docs/guide.md:1: no comment above the block names its source",
            "docs/guide.md:4: a.cpp has 0 lines `// [other]`, not two",
            "docs/guide.md:8: b.cpp is not there",
        ])


if __name__ == "__main__":
    unittest.main()
