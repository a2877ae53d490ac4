// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Checks that a call keeps its deadline.

#ifndef CHARCOUNT_TESTS_SUPPORT_TIMING_HPP
#define CHARCOUNT_TESTS_SUPPORT_TIMING_HPP

#include <doctest/doctest.h>

#include <chrono>

namespace charcount::test {

/// How much later than its deadline a call may end on a machine that does other things too. Less
/// than any deadline that an option has by default.
inline constexpr std::chrono::milliseconds delay_allowed{4'000};

/// Runs the call and checks that it took that long: no less, and not much more.
template <class Call>
void check_takes(std::chrono::milliseconds time, Call call) {
    using namespace std::chrono;
    const auto begin = steady_clock::now();
    call();
    const auto elapsed = duration_cast<milliseconds>(steady_clock::now() - begin);
    CHECK(elapsed.count() >= time.count());
    CHECK(elapsed.count() < (time + delay_allowed).count());
}

}  // namespace charcount::test

#endif
