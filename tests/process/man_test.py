# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The manuals name the options of --help, their arguments and defaults, and are well formed.

import pathlib
import re
import shutil
import unittest

from processes import binary, run

PAGES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "man"

HELP_OPTION = re.compile(r"^  (?:-h,)?(--[a-z-]+)(?: (\S+))?(.*(?:\n {10,}.*)*)", re.MULTILINE)
PAGE_OPTION = re.compile(r"^\.It (?:Fl h , )?Fl (-[a-z-]+)(?: (?:Ar|Cm) (.*))?$", re.MULTILINE)


def without_graphemes(argument):
    """A server may have been built without them."""
    return argument.replace("|graphemes", "")


def options_of_help(text):
    """Each option of --help, with its argument."""
    return {option: without_graphemes(argument) for option, argument, _ in HELP_OPTION.findall(text)}


def options_of_page(text):
    return {"-" + option: without_graphemes(argument.replace(" | ", "|"))
            for option, argument in PAGE_OPTION.findall(text)}


def item(page, option):
    """What a page says of an option."""
    begin = page.index(f"Fl {option[1:]}")
    end = re.compile(r"^\.It Fl ", re.MULTILINE).search(page, begin)
    return page[begin : end.start() if end else None]


class Man(unittest.TestCase):
    def programs(self):
        """The manuals of the programs that were built: the name, the page, the text of --help."""
        found = []
        for path in sorted(PAGES.glob("*.1")):
            try:
                command = binary(path.stem)
            except FileNotFoundError:
                continue  # charcount-bench is built with the benchmarks
            status, output, errors = run([*command, "--help"])
            self.assertEqual((status, errors), (0, ""))
            found.append((path.stem, path.read_text(encoding="utf-8"), output))
        self.assertGreaterEqual(len(found), 2)
        return found

    def test_every_option_of_help_is_in_the_manual_and_the_reverse(self):
        for name, page, output in self.programs():
            self.assertGreater(len(options_of_help(output)), 5)
            self.assertEqual(options_of_page(page), options_of_help(output), name)

    def test_every_number_that_is_a_default_is_in_the_manual(self):
        for name, page, output in self.programs():
            defaults = [(option, number) for option, _, text in HELP_OPTION.findall(output)
                        for number in re.findall(r"\[([\d.]*\d)[];]", text)]
            self.assertGreater(len(defaults), 1, name)
            for option, number in defaults:
                self.assertRegex(item(page, option), rf"The default is {re.escape(number)}[.,;]", name)

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not there")
    def test_the_manuals_are_well_formed(self):
        for path in PAGES.glob("*.1"):
            _, output, errors = run(["mandoc", "-T", "lint", str(path)])
            found = [line for line in (output + errors).splitlines()
                     if "referenced manual not found" not in line]  # not installed yet
            self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
