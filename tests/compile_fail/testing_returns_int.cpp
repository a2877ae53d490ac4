// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A handler under test that returns what is no text.

#include <charcount/testing.hpp>
#include <string_view>

struct Bad {
    int operator()(std::string_view message) const { return static_cast<int>(message.size()); }
};

int main() {
    return charcount::converse(Bad(), {"Halo"}).empty() ? 1 : 0;
}
