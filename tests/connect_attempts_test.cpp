// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of what the ways to connect have in common.

#include <doctest/doctest.h>

#include <asio/error.hpp>
#include <charcount/detail/connect_attempts.hpp>
#include <charcount/error.hpp>
#include <chrono>
#include <system_error>

namespace {

using charcount::errc;
using charcount::detail::more_telling;
using charcount::detail::next_try;
using charcount::detail::share_of_time;
using namespace std::chrono_literals;
using Time = std::chrono::steady_clock::time_point;

constexpr Time now{1h};

TEST_CASE("addresses share the time that is left") {
    CHECK((share_of_time(now, now + 90s, 3) == now + 30s));
    CHECK((share_of_time(now, now + 90s, 1) == now + 90s));
    CHECK((share_of_time(now, now, 2) == now));
    CHECK((share_of_time(now, now - 1s, 2) == now));
    CHECK((share_of_time(now, Time::max(), 2) == Time::max()));
}

TEST_CASE("an address is tried again soon, and not after its deadline") {
    CHECK((next_try(now, Time::max()) > now));
    CHECK((next_try(now, now + 10s) < now + 1s));
    CHECK((next_try(now, now + 1ms) == now + 1ms));
}

TEST_CASE("the error of the first address counts, unless this machine could not ask it") {
    const auto system = [](std::errc error) { return std::make_error_code(error); };
    const std::error_code refused = asio::error::connection_refused;
    const std::error_code late = errc::connect_timed_out;
    const std::error_code no_ipv6 = system(std::errc::address_not_available);
    CHECK(more_telling({}, refused) == refused);
    CHECK(more_telling(refused, no_ipv6) == refused);
    CHECK(more_telling(late, refused) == late);
    CHECK(more_telling(no_ipv6, refused) == refused);
    CHECK(more_telling(system(std::errc::address_family_not_supported), refused) == refused);
    CHECK(more_telling(asio::error::address_family_not_supported, late) == late);
    CHECK(more_telling(asio::error::network_unreachable, late) == late);
}

}  // namespace
