// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of AcceptPolicy: how many connections at once, in all, and after a stop.

#include <doctest/doctest.h>

#include <charcount/detail/accept_policy.hpp>
#include <charcount/options.hpp>
#include <cstddef>

namespace {

using charcount::detail::AcceptPolicy;

TEST_CASE("there is room until as many are open as may be") {
    const AcceptPolicy policy({.max_connections = 3});
    for (const std::size_t open : {0U, 1U, 2U}) CHECK(policy.has_room(open));
    CHECK_FALSE(policy.has_room(3));
    CHECK_FALSE(policy.has_room(4));
}

TEST_CASE("without a number of connections to serve there is never enough") {
    AcceptPolicy policy({.connections_to_serve = 0});
    for (int i = 0; i < 1000; ++i) policy.accepted();
    CHECK_FALSE(policy.is_satisfied());
    CHECK(policy.has_room(0));
}

TEST_CASE("when as many were accepted as were to be served, no other is") {
    AcceptPolicy policy({.connections_to_serve = 2});
    policy.accepted();
    CHECK_FALSE(policy.is_satisfied());
    CHECK(policy.has_room(1));
    policy.accepted();
    CHECK(policy.is_satisfied());
    CHECK_FALSE(policy.has_room(0));
}

TEST_CASE("a stop drains what the kernel can keep, and nothing when enough were served") {
    AcceptPolicy policy({.backlog = 5, .connections_to_serve = 1});
    CHECK(policy.backlog_to_drain() == 6);
    policy.accepted();
    CHECK(policy.backlog_to_drain() == 0);
}

}  // namespace
