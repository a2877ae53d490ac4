# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Ratios, medians, and which rounds count.

import pathlib
import tempfile
import unittest

from figures import cell, idle_cell, results, rounds  # first: it says where the modules are

from results import BenchError, Results, Spread, request_rate
from rounds import lacking
from scenarios import SCENARIOS
from servers import Server


class Ratios(unittest.TestCase):
    def test_a_ratio_is_the_median_of_the_rounds_and_not_the_ratio_of_medians(self):
        found = results(*rounds(2, "epoll", 1.0, 1.05, 0.95), *rounds(2, "peer", 2.0, 1.05, 1.90))
        ratio = found.ratio(2, "peer")
        self.assertAlmostEqual(ratio.median, 2.0)
        self.assertAlmostEqual(ratio.low, 1.0)
        self.assertAlmostEqual(ratio.high, 2.0)
        self.assertEqual((ratio.count, ratio.is_noisy), (3, False))

    def test_a_slow_server_is_compared_with_the_rounds_that_it_ran_in(self):
        found = results(
            *rounds(2, "epoll", 1.0, 1.01, 1.02), cell(2, "slow", 2, 2.04), slow=("slow",)
        )
        self.assertEqual(found.ratio(2, "slow"), Spread(2.0, 2.0, 2.0, 1))

    def test_any_two_servers_and_any_figure_can_be_compared(self):
        cells = rounds(5, "epoll", 1, 1, 1) + rounds(5, "a", 2, 2, 2) + rounds(5, "b", 8, 8, 8)
        found = results(*cells)
        self.assertAlmostEqual(found.ratio(5, "b", "a").median, 4.0)
        self.assertAlmostEqual(found.ratio(5, "a", "b", request_rate).median, 4.0)

    def test_what_was_not_measured_has_no_ratio(self):
        found = results(*rounds(2, "epoll", 1.0, 1.0, 1.0), cell(2, "silent", 0, 0.0))
        self.assertIsNone(found.ratio(2, "absent"))
        self.assertIsNone(found.ratio(3, "epoll"))
        self.assertIsNone(found.ratio(2, "silent"))
        self.assertIsNone(found.memory("epoll"))


class Noise(unittest.TestCase):
    def test_a_disturbed_run_does_not_count_when_enough_others_were_quiet(self):
        cells = rounds(2, "epoll", 1, 1, 1, 1) + rounds(2, "peer", 2, 2, 2)
        cells.append(cell(2, "peer", 3, 9.0, "somebody"))
        ratio = results(*cells).ratio(2, "peer")
        self.assertEqual(ratio, Spread(2.0, 2.0, 2.0, 3))

    def test_all_runs_count_and_are_marked_when_too_few_were_quiet(self):
        cells = rounds(2, "epoll", 1, 1, 1) + rounds(2, "peer", 2, 2)
        cells.append(cell(2, "peer", 2, 9.0, "somebody"))
        ratio = results(*cells).ratio(2, "peer")
        self.assertEqual((ratio.high, ratio.count, ratio.is_noisy), (9.0, 3, True))

    def test_not_all_rounds_need_be_quiet_where_fewer_are_enough(self):
        cells = rounds(2, "epoll", 1.0, 1.5, 1.0) + rounds(2, "a", 2.0, 9.0, 2.2)
        ratio = results(*cells, enough=2).ratio(2, "a")
        self.assertEqual((ratio.median, ratio.count, ratio.is_noisy), (2.1, 2, False))
        self.assertTrue(results(*cells, enough=3).ratio(2, "a").is_noisy)

    def test_a_round_is_noisy_when_raw_epoll_was_disturbed_or_unlike_its_median(self):
        cells = rounds(2, "epoll", 1.0, 1.09, 1.02, 1.3)
        cells.append(cell(2, "epoll", 4, 1.0, "somebody"))
        self.assertEqual(results(*cells).noisy_rounds(2), {3, 4})

    def test_all_rounds_are_noisy_when_raw_epoll_was_never_left_alone(self):
        found = results(*(cell(2, "epoll", i, 1.0, "somebody") for i in range(3)))
        self.assertEqual(found.noisy_rounds(2), {0, 1, 2})

    def test_those_without_enough_quiet_rounds_run_again_with_raw_epoll(self):
        servers = [Server(name, ("x",)) for name in ("epoll", "a", "b")]
        cells = rounds(2, "epoll", 1, 1, 1) + rounds(2, "a", 2, 2, 2) + rounds(2, "b", 2, 2)
        found = results(*cells, cell(2, "b", 2, 2.0, "somebody"))
        names = [server.name for server in lacking(found, SCENARIOS[1], servers)]
        self.assertEqual(names, ["epoll", "b"])
        found.cells += [cell(2, "epoll", 3, 1.0), cell(2, "b", 3, 2.0)]
        self.assertEqual(lacking(found, SCENARIOS[1], servers), [])


class Files(unittest.TestCase):
    def test_results_are_the_same_after_they_were_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "servers.json")
            found = results(*rounds(2, "epoll", 1.0, 1.1), idle_cell("epoll", 80.0))
            found.save(file)
            again = Results.load(file)
        self.assertEqual(again.cells, found.cells)
        self.assertEqual(again.context, found.context)
        self.assertEqual(again.memory("epoll"), 80.0)

    def test_a_file_with_something_else_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "other.json")
            for text in ("", "[]", '{"cells": [{}]}'):
                file.write_text(text)
                with self.subTest(text), self.assertRaisesRegex(BenchError, "other.json"):
                    Results.load(file)


if __name__ == "__main__":
    unittest.main()
