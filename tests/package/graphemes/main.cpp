// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Counts a family of four: one grapheme of seven code points; prints 1.

#include <charcount/graphemes.hpp>
#include <charcount/testing.hpp>
#include <iostream>

int main() {
    const char* const family = "👨‍👩‍👧‍👦";
    std::cout << charcount::converse(charcount::GraphemeCountHandler(), {family}).at(0) << '\n';
}
