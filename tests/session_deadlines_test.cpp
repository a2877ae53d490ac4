// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of SessionDeadlines: from when each deadline runs, and what does not renew it.

#include <doctest/doctest.h>

#include <charcount/detail/session_deadlines.hpp>
#include <charcount/error.hpp>
#include <chrono>
#include <ostream>
#include <system_error>

namespace {

using charcount::errc;
using charcount::detail::deadline_after;
using charcount::detail::SessionTimeouts;
using namespace std::chrono_literals;

using Time = std::chrono::steady_clock::time_point;
using Deadlines = charcount::detail::SessionDeadlines<Time>;

constexpr Time start{1h};
constexpr SessionTimeouts timeouts{.message = 30s, .write = 20s, .idle = 300s, .linger = 1s};
const std::error_code none;

using Situation = Deadlines::Situation;
constexpr Situation quiet{
    .messages = 0, .in_message = false, .has_output = false, .is_awaiting = false};
constexpr Situation in_message{
    .messages = 0, .in_message = true, .has_output = false, .is_awaiting = false};
constexpr Situation in_second_message{
    .messages = 1, .in_message = true, .has_output = false, .is_awaiting = false};
constexpr Situation has_output{
    .messages = 0, .in_message = false, .has_output = true, .is_awaiting = false};
constexpr Situation awaiting{
    .messages = 0, .in_message = false, .has_output = false, .is_awaiting = true};

static_assert(deadline_after(start, 5s) == start + 5s);
static_assert(deadline_after(start, 0s) == Time::max());
static_assert(deadline_after(Time::max() - 1s, 5s) == Time::max());

TEST_CASE("a new session is idle from its beginning") {
    Deadlines deadlines(start);
    deadlines.update(start, quiet);
    CHECK(deadlines.next(timeouts) == start + 300s);
    CHECK(deadlines.expired(start + 299s, timeouts) == none);
    CHECK(deadlines.expired(start + 300s, timeouts) == errc::idle_timed_out);
}

TEST_CASE("bytes either way renew the idle deadline") {
    Deadlines deadlines(start);
    deadlines.bytes_moved(start + 10s);
    deadlines.update(start + 10s, quiet);
    CHECK(deadlines.next(timeouts) == start + 310s);
    deadlines.output_progressed(start + 20s);
    deadlines.update(start + 20s, quiet);
    CHECK(deadlines.next(timeouts) == start + 320s);
    CHECK(deadlines.last_activity() == start + 20s);
}

TEST_CASE("the message deadline runs from the first byte, and further bytes don't renew it") {
    Deadlines deadlines(start);
    deadlines.bytes_moved(start + 10s);
    deadlines.update(start + 10s, in_message);
    CHECK(deadlines.next(timeouts) == start + 40s);
    deadlines.bytes_moved(start + 39s);
    deadlines.update(start + 39s, in_message);
    CHECK(deadlines.next(timeouts) == start + 40s);
    CHECK(deadlines.expired(start + 39s, timeouts) == none);
    CHECK(deadlines.expired(start + 40s, timeouts) == errc::message_timed_out);
}

TEST_CASE("a message that begins behind another has its own time") {
    Deadlines deadlines(start);
    deadlines.update(start + 10s, in_message);
    deadlines.update(start + 20s, in_second_message);
    CHECK(deadlines.next(timeouts) == start + 50s);
}

TEST_CASE("the end of a message ends its deadline") {
    Deadlines deadlines(start);
    deadlines.update(start, in_message);
    deadlines.bytes_moved(start + 29s);
    deadlines.update(start + 29s, quiet);
    CHECK(deadlines.expired(start + 100s, timeouts) == none);
    deadlines.update(start + 100s, in_message);
    CHECK(deadlines.next(timeouts) == start + 130s);
}

TEST_CASE("the write deadline runs from the last progress of the output") {
    Deadlines deadlines(start);
    deadlines.update(start + 10s, has_output);
    CHECK(deadlines.next(timeouts) == start + 30s);
    deadlines.update(start + 15s, has_output);  // more of it is no progress
    CHECK(deadlines.next(timeouts) == start + 30s);
    deadlines.output_progressed(start + 25s);
    deadlines.update(start + 25s, has_output);
    CHECK(deadlines.next(timeouts) == start + 45s);
    CHECK(deadlines.expired(start + 44s, timeouts) == none);
    CHECK(deadlines.expired(start + 45s, timeouts) == errc::write_timed_out);
}

TEST_CASE("bytes that arrive do not renew the write deadline") {
    Deadlines deadlines(start);
    deadlines.update(start + 10s, has_output);
    deadlines.bytes_moved(start + 29s);
    deadlines.update(start + 29s, has_output);
    CHECK(deadlines.expired(start + 30s, timeouts) == errc::write_timed_out);
}

TEST_CASE("a session with waiting output is not idle") {
    Deadlines deadlines(start);
    const SessionTimeouts without_write{.message = 0s, .write = 0s, .idle = 5s, .linger = 0s};
    deadlines.update(start, has_output);
    CHECK(deadlines.next(without_write) == Time::max());
    CHECK(deadlines.expired(start + 100s, without_write) == none);
}

TEST_CASE("a session is not idle while its handler works, and quiet only from then on") {
    Deadlines deadlines(start);
    deadlines.update(start, awaiting);
    CHECK(deadlines.next(timeouts) == Time::max());
    CHECK(deadlines.expired(start + 1000s, timeouts) == none);
    deadlines.update(start + 1000s, quiet);
    CHECK(deadlines.next(timeouts) == start + 1300s);
}

TEST_CASE("a stream without a message deadline is idle when it falls silent") {
    Deadlines deadlines(start);
    const SessionTimeouts streaming{.message = 0s, .write = 20s, .idle = 300s, .linger = 1s};
    deadlines.bytes_moved(start + 10s);
    deadlines.update(start + 10s, in_message);
    CHECK(deadlines.next(streaming) == start + 310s);
    CHECK(deadlines.expired(start + 310s, streaming) == errc::idle_timed_out);
}

TEST_CASE("a duration of 0 is no limit") {
    Deadlines deadlines(start);
    const SessionTimeouts unlimited{.message = 0s, .write = 0s, .idle = 0s, .linger = 0s};
    for (const auto& situation : {quiet, in_message, has_output, awaiting}) {
        deadlines.update(start, situation);
        CHECK(deadlines.next(unlimited) == Time::max());
        CHECK(deadlines.expired(start + 10'000h, unlimited) == none);
    }
}

}  // namespace
