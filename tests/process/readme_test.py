# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The README's C++ stands in an example that is compiled and run.

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class ReadmeTest(unittest.TestCase):
    def test_every_snippet_is_cut_from_an_example(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        examples = [path.read_text(encoding="utf-8") for path in (ROOT / "examples").rglob("*.cpp")]
        snippets = re.findall(r"```cpp\n(.*?)```", readme, re.DOTALL)
        self.assertGreaterEqual(len(snippets), 2)
        for snippet in snippets:
            self.assertTrue(any(snippet in text for text in examples), snippet)

    def test_every_link_leads_to_a_file(self):
        for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md"),
                     *(ROOT / "examples").rglob("*.md")]:
            for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
                if "://" not in target:
                    self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")


if __name__ == "__main__":
    unittest.main()
