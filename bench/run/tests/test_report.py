# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The goals, the tables and the plot.

import unittest
import xml.etree.ElementTree

from figures import cell, idle_cell, results, rounds  # first: it says where the modules are

import goals
import plot
import sections
from page import page


def whole():
    """charcount is ahead, reaches all goals but that for idle connections."""
    costs = {"epoll": 1.0, "charcount": 0.7, "charcount-coroutine": 1.07,
             "charcount-blocking": 0.9, "libuv": 1.1, "libevent": 1.5, "asio-callbacks": 11.0,
             "asio-coroutines": 12.0}  # fmt: skip
    cells = []
    for server, cost in costs.items():
        for scenario in (1, 2, 3, 4, 5, 6, 8):
            cells += rounds(scenario, server, cost, cost * 1.01, cost * 0.99)
    memory = {"epoll": 80, "charcount": 650, "libuv": 900, "libevent": 1000}
    return results(*cells, *(idle_cell(server, each) for server, each in memory.items()))


class Goals(unittest.TestCase):
    def by_what(self, found, word):
        return [goal for goal in goals.all_goals(found) if word in goal.what]

    def test_each_goal_is_reached_or_not(self):
        reached = {goal.what: goal.reached for goal in goals.all_goals(whole())}
        missing = [what for what, word in reached.items() if word is None]
        self.assertEqual(len(missing), 3)  # Node.js and Python did not run
        self.assertEqual([w for w, r in reached.items() if r is False],
                         ["memory of an idle connection"])  # fmt: skip

    def test_a_figure_is_judged_as_it_is_printed(self):
        cells = rounds(3, "epoll", 1, 1, 1) + rounds(3, "charcount", 1.0004, 1.0004, 1.0004)
        (goal,) = self.by_what(results(*cells), "raw epoll: 16 deep")
        self.assertEqual((goal.measured[:5], goal.reached), ("1.000", True))
        cells = rounds(3, "epoll", 1, 1, 1) + rounds(3, "charcount", 1.0006, 1.0006, 1.0006)
        (goal,) = self.by_what(results(*cells), "raw epoll: 16 deep")
        self.assertEqual((goal.measured[:5], goal.reached), ("1.001", False))

    def test_throughput_is_the_inverse_of_the_cost(self):
        (goal,) = self.by_what(whole(), "throughput")
        self.assertIn("1.43× for each second of server CPU", goal.measured)
        self.assertTrue(goal.reached)

    def test_a_peer_that_is_ahead_anywhere_is_told_with_the_scenario(self):
        found = whole()
        found.cells = [c for c in found.cells if (c.scenario, c.server) != (4, "libuv")]
        found.cells += rounds(4, "libuv", 0.35, 0.35, 0.35)
        (goal,) = self.by_what(found, "ahead of libuv")
        self.assertEqual((goal.measured, goal.reached), ("0.50× (1,000 connections)", False))
        (goal,) = self.by_what(found, "ahead of libevent")
        self.assertEqual((goal.measured, goal.reached), ("1.54× (idle connections)", True))

    def test_noise_is_told_with_the_verdict(self):
        cells = rounds(2, "epoll", 1, 1, 1) + rounds(2, "charcount", 1, 1)
        found = results(*cells, cell(2, "charcount", 2, 1.0, "somebody"))
        (goal,) = self.by_what(found, "raw epoll: 64 connections")
        self.assertEqual(goal.word, "yes, but too noisy to tell")


class Pages(unittest.TestCase):
    def test_the_page_has_all_that_was_measured_and_what_failed(self):
        found = whole()
        what = "was killed by signal 9\n  ouch"
        found.failures = [{"scenario": 2, "server": "node", "what": what}]
        text = page(found)
        self.assertIn("Scenario 2: node **failed**: was killed by signal 9\n", text)
        self.assertIn(f"| charcount |{' 0.70 |' * 6} 650 B | 0.70 |\n", text)
        self.assertIn("| 4 | memory of an idle connection | ≤ 640 B | 650 B | **no** |", text)
        for number in range(1, 9):
            self.assertIn(f"\n### {number}. ", text)

    def test_noise_is_named_by_scenario_and_server(self):
        found = whole()
        self.assertEqual(sections.noise(found), [])
        at = next(i for i, c in enumerate(found.cells) if (c.scenario, c.server) == (6, "libuv"))
        found.cells[at] = cell(6, "libuv", 0, 9.0, "a neighbour")
        self.assertEqual(
            sections.noise(found),
            ["6. connect, ask, close: too noisy to tell about libuv. Among others: a neighbour."],
        )
        self.assertIn("1.10~", page(found))

    def test_the_plot_is_xml_with_a_dot_for_each_server_and_scenario(self):
        tree = xml.etree.ElementTree.fromstring(plot.draw(whole()))
        dots = [part for part in tree if part.tag.endswith("circle")]
        self.assertEqual(len(dots), 7 * 8 + 4)
        width = float(tree.get("width"))
        for dot in dots:
            self.assertTrue(0 < float(dot.get("cx")) < width)

    def test_a_partial_run_has_a_page_and_a_plot_as_well(self):
        found = results(*rounds(2, "epoll", 1.0, 1.0, 1.0))
        self.assertIn("### 2. 64 connections", page(found))
        self.assertNotIn("### 3.", page(found))
        xml.etree.ElementTree.fromstring(plot.draw(found))


if __name__ == "__main__":
    unittest.main()
