# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# What counts as a disturbance, and which server runs when.

import contextlib
import io
import operator
import unittest

import figures  # first: it says where the modules are

import servers
from noise import busy_seconds, disturbance
from programs import ProgramError
from rounds import Rounds, is_turn
from scenarios import FULL, QUICK, SCENARIOS, selected
from servers import Server
from stand import Machine, generator_arguments, seconds, skipped, spans

OWN_CPU, SHARED_CPU, IDLE, ALL_CPUS = (SCENARIOS[i] for i in (1, 0, 6, 7))
STAT = """cpu  900 90 90 9000 9 9 9 9 0 0
cpu0 100 10 20 5000 7 3 4 5 0 0
cpu1 200 20 30 5000 7 3 4 15 0 0
cpu10 9000 0 0 0 0 0 0 0 0 0
"""


def report(**measured):
    return {"measured": {"seconds": 2.0, **measured}}


class Disturbances(unittest.TestCase):
    plain = Server("plain", ("x",))
    threads = Server("threads", ("x",), thread_each=True)

    def test_time_of_other_programs_disturbs(self):
        self.assertIn("12 %", disturbance(report(), 0.12, OWN_CPU, self.plain))
        self.assertIn("12 %", disturbance(report(), 0.12, SHARED_CPU, self.plain))
        self.assertEqual(disturbance(report(), 0.08, OWN_CPU, self.plain), "")
        self.assertEqual(disturbance(report(), None, OWN_CPU, self.plain), "")

    def test_waiting_disturbs_who_has_a_processor_alone(self):
        generator = report(generator_waiting_seconds=0.5, server_waiting_seconds=0.0)
        server = report(generator_waiting_seconds=0.0, server_waiting_seconds=0.5)
        for waiting, who in ((generator, "generator"), (server, "server")):
            self.assertIn(f"the {who} waited", disturbance(waiting, 0, OWN_CPU, self.plain))
            self.assertEqual(disturbance(waiting, 0, SHARED_CPU, self.plain), "")
            self.assertEqual(disturbance(waiting, 0, ALL_CPUS, self.plain), "")
        self.assertEqual(disturbance(server, 0, OWN_CPU, self.threads), "")
        self.assertIn("waited", disturbance(generator, 0, OWN_CPU, self.threads))

    def test_idle_connections_cannot_be_disturbed(self):
        self.assertEqual(disturbance({"measured": None}, 0.9, IDLE, self.plain), "")

    def test_busy_time_is_that_of_the_given_processors_without_waiting_and_interrupts(self):
        self.assertEqual(busy_seconds(STAT, {0}, 100), 1.35)
        self.assertEqual(busy_seconds(STAT, {0, 1}, 100), 4.0)
        self.assertIsNone(busy_seconds(STAT, {2}, 100))
        self.assertIsNone(busy_seconds("", {0}, 100))


class Recorder:
    """A stand that measures nothing, and notes whom it was given."""

    timing = QUICK

    def __init__(self, broken=""):
        self.names = []
        self.rounds = []
        self.broken = broken

    def measure(self, server, scenario, number):
        self.names.append(server.name)
        self.rounds.append(number)
        if server.name == self.broken:
            raise ProgramError("on purpose")
        return figures.cell(scenario.number, server.name, number, 1.0)


def run(stand, names, scenario=OWN_CPU):
    """All rounds of one scenario."""
    planned = [(scenario, [Server(name, ("x",)) for name in names])]
    results = figures.results(rounds=stand.timing.rounds)
    with contextlib.redirect_stderr(io.StringIO()):
        Rounds(stand, results, planned).run(lambda words: None)
    return results


class Turns(unittest.TestCase):
    def test_slow_servers_run_in_as_many_rounds_as_they_should(self):
        slow, fast = Server("slow", ("x",), is_slow=True), Server("fast", ("x",))
        for timing in (FULL, QUICK):
            turns = [is_turn(slow, OWN_CPU, i, timing) for i in range(timing.rounds)]
            self.assertEqual(sum(turns), timing.slow_rounds)
            self.assertTrue(all(is_turn(fast, OWN_CPU, i, timing) for i in range(timing.rounds)))
            self.assertEqual(
                [is_turn(fast, IDLE, i, timing) for i in range(2)], [True, False]
            )

    def test_slow_servers_are_warmed_up_and_measured_for_longer(self):
        slow, fast = Server("slow", ("x",), is_slow=True), Server("fast", ("x",))
        for timing in (FULL, QUICK):
            self.assertTrue(all(map(operator.gt, spans(slow, timing), spans(fast, timing))))
            self.assertGreater(seconds(slow, OWN_CPU, timing), seconds(fast, OWN_CPU, timing))
            self.assertEqual(seconds(slow, IDLE, timing), seconds(fast, IDLE, timing))

    def test_every_other_round_runs_backwards(self):
        stand = Recorder()
        names = ["epoll", "a", "b"]
        run(stand, names)
        self.assertEqual(stand.names, names + names[::-1])

    def test_many_servers_are_split_into_rounds_with_those_that_others_are_compared_with(self):
        stand = Recorder()
        run(stand, ["epoll", "charcount", *"abcde"])
        one, other = ["epoll", "charcount", *"abcd"], ["epoll", "charcount", "e"]
        self.assertEqual(stand.names, [*one, *other, *one[::-1], *other[::-1]])
        self.assertEqual(stand.rounds, [0] * 6 + [1] * 3 + [2] * 6 + [3] * 3)

    def test_who_fails_is_not_asked_again(self):
        stand = Recorder(broken="charcount")
        results = run(stand, ["epoll", "charcount", *"abcde"])
        self.assertEqual(stand.names.count("charcount"), 1)
        self.assertEqual([failure["server"] for failure in results.failures], ["charcount"])

    def test_idle_connections_are_counted_once(self):
        stand = Recorder()
        run(stand, ["epoll", "charcount", *"abcde"], IDLE)
        self.assertEqual(stand.names, ["epoll", "charcount", *"abcde"])

    def test_scenarios_are_chosen_by_number(self):
        self.assertEqual([scenario.number for scenario in selected("3, 1,3")], [1, 3])
        for wrong in ("9", "", "1,x"):
            with self.assertRaises(ValueError):
                selected(wrong)


class Servers(unittest.TestCase):
    def test_a_peer_of_the_users_own_is_added_or_takes_the_place_of_a_known_one(self):
        known = [Server("epoll", ("x",), missing="not built"), Server("other", ("y",))]
        more = servers.added(known, "mine=sh -c 'a b'")
        self.assertEqual((more[2].name, more[2].command), ("mine", ("sh", "-c", "a b")))
        replaced = servers.added(known, "epoll=sh")
        self.assertEqual([server.name for server in replaced], ["epoll", "other"])
        self.assertEqual((replaced[0].command, replaced[0].missing), (("sh",), ""))
        for wrong in ("mine", "mine=", "=sh", "mine=/there/is/none"):
            with self.subTest(wrong), self.assertRaises(ValueError):
                servers.added(known, wrong)

    def test_raw_epoll_is_always_among_those_that_are_chosen(self):
        known = [Server(name, ("x",)) for name in ("epoll", "a", "b")]
        self.assertEqual([s.name for s in servers.selected(known, "b")], ["epoll", "b"])
        with self.assertRaisesRegex(ValueError, "'c'; known: epoll, a, b"):
            servers.selected(known, "a,c")


class Limits(unittest.TestCase):
    def test_idle_connections_are_as_many_as_there_may_be_open_files(self):
        self.assertEqual(Machine((0, 1), 20_000, 9999).idle_connections(10_000), 10_000)
        small = Machine((0, 1), 1024, 9999)
        self.assertEqual(small.idle_connections(10_000), 924)
        plain, two = Server("plain", ("x",)), Server("two", ("x",), files_each=2)
        self.assertIn("924", generator_arguments(plain, IDLE, FULL, small))
        self.assertIn("462", generator_arguments(two, IDLE, FULL, small))

    def test_a_thread_for_each_connection_needs_as_many_threads(self):
        threads = Server("threads", ("x",), thread_each=True)
        machine = Machine((0, 1), 20_000, 4000)
        self.assertIn("4000 threads", skipped(threads, IDLE, machine, FULL))
        self.assertEqual(skipped(threads, OWN_CPU, machine, FULL), "")
        self.assertEqual(skipped(Server("plain", ("x",)), IDLE, machine, FULL), "")

    def test_server_and_generator_have_a_processor_each_or_share_one(self):
        machine = Machine((3, 5, 7), 20_000, 9999)
        self.assertEqual(machine.placed(OWN_CPU), ({3}, {5}))
        self.assertEqual(machine.placed(SHARED_CPU), ({3}, {3}))
        self.assertEqual(machine.placed(ALL_CPUS), ({3, 5}, {3, 5}))

    def test_one_processor_is_enough_for_some_scenarios_only(self):
        machine = Machine((0,), 20_000, 9999)
        machine.check([SHARED_CPU, IDLE])
        with self.assertRaisesRegex(Exception, "scenarios 2,8; try --scenarios 1,7"):
            machine.check([SHARED_CPU, OWN_CPU, IDLE, ALL_CPUS])


if __name__ == "__main__":
    unittest.main()
