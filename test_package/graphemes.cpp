// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A family of four is one grapheme.

#include <charcount/graphemes.hpp>
#include <charcount/testing.hpp>
#include <charcount/version.hpp>
#include <iostream>
#include <string>

int main() {
    const char* const family = "👨‍👩‍👧‍👦";
    const std::string reply =
        charcount::converse(charcount::GraphemeCountHandler(), {family}).at(0);
    std::cout << "charcount " << charcount::version << ": " << reply << " graphemes\n";
    return reply == "1" ? 0 : 1;
}
