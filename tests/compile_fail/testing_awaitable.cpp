// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A handler under test that answers later, with no loop to be awaited on.

#include <charcount/testing.hpp>
#include <string>
#include <string_view>

#include "../support/fake_awaitable.hpp"

struct Bad {
    charcount::test::FakeAwaitable<std::string> operator()(std::string_view message) const {
        return charcount::test::FakeAwaitable<std::string>(message);
    }
};

int main() {
    return charcount::exchange(Bad(), "Halo\n").empty() ? 1 : 0;
}
