// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of SessionRegistry: who is in it after any mixture of arrivals and departures.

#include <doctest/doctest.h>

#include <algorithm>
#include <charcount/detail/session_registry.hpp>
#include <cstddef>
#include <memory>
#include <random>
#include <vector>

namespace {

struct Session {
    std::size_t registry_index = 0;
};

using Registry = charcount::detail::SessionRegistry<Session>;
using Sessions = std::vector<std::shared_ptr<Session>>;

bool holds_just(const Registry& registry, Sessions expected) {
    Sessions found = registry.snapshot();
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    return found == expected && registry.size() == expected.size();
}

TEST_CASE("a registry holds what was added and not removed") {
    std::mt19937 random(1);
    Registry registry;
    Sessions present;
    CHECK(holds_just(registry, present));
    for (int step = 0; step < 2'000; ++step) {
        if (present.empty() || random() % 5 < 3) {
            present.push_back(std::make_shared<Session>());
            registry.add(present.back());
        } else {
            const auto leaving =
                present.begin() + static_cast<std::ptrdiff_t>(random() % present.size());
            registry.remove(**leaving);
            present.erase(leaving);
        }
        REQUIRE(holds_just(registry, present));
    }
}

TEST_CASE("removing a session that is not there does nothing") {
    Registry registry;
    const auto stranger = std::make_shared<Session>();
    registry.remove(*stranger);
    const auto session = std::make_shared<Session>();
    registry.add(session);
    registry.remove(*stranger);
    CHECK(holds_just(registry, {session}));
    registry.remove(*session);
    registry.remove(*session);
    CHECK(holds_just(registry, {}));
}

TEST_CASE("a registry keeps no session alive") {
    Registry registry;
    auto session = std::make_shared<Session>();
    registry.add(session);
    const std::weak_ptr<Session> watched = session;
    session.reset();
    CHECK(watched.expired());
    CHECK(registry.snapshot().empty());
}

TEST_CASE("a snapshot keeps its sessions alive") {
    Registry registry;
    auto session = std::make_shared<Session>();
    registry.add(session);
    const Sessions snapshot = registry.snapshot();
    registry.remove(*session);
    session.reset();
    REQUIRE(snapshot.size() == 1);
    CHECK(snapshot.front() != nullptr);
}

}  // namespace
