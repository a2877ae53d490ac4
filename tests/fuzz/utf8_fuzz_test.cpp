// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Random bytes with fixed seeds: the same every time, and about a second long.

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <fuzz/check_utf8.hpp>
#include <string>
#include <support/dice.hpp>
#include <support/encoding_tree.hpp>
#include <support/sample_texts.hpp>

namespace {

using charcount::test::check_utf8;
using charcount::test::Dice;
using charcount::test::edge_bytes;
using charcount::test::encode;
using charcount::test::hex;
using charcount::test::make_text;
using charcount::test::sample_texts;
using charcount::test::text_around;

char random_byte(Dice& dice) {
    return static_cast<char>(static_cast<unsigned char>(dice.below(256)));
}

// Characters of all lengths, text of one script, bytes on the edges, and noise.
std::string random_piece(Dice& dice) {
    switch (dice.below(8)) {
        case 0:
            return make_text(sample_texts[dice.below(std::size(sample_texts))], dice.below(100));
        case 1:
            return std::string(1, edge_bytes[dice.below(edge_bytes.size())]);
        case 2:
            return std::string(dice.below(4), random_byte(dice));
        default:
            return encode(static_cast<std::uint32_t>(dice.below(1UL << dice.below(21))));
    }
}

std::string random_input(std::uint64_t seed) {
    Dice dice(seed);
    std::string input;
    for (int i = 0; i < 4; ++i) input += random_byte(dice);
    for (std::size_t left = dice.below(20); left > 0; --left) input += random_piece(dice);
    // Half of them are well-formed but for surrogates; the others get one more fault.
    if (dice.below(2) == 0 && input.size() > 4)
        input[4 + dice.below(input.size() - 4)] = random_byte(dice);
    return input;
}

TEST_CASE("any bytes are judged by every kernel as the reference does, whole and in pieces") {
    constexpr std::uint64_t case_count = 300'000;
    for (std::uint64_t seed = 1; seed <= case_count; ++seed) {
        const std::string input = random_input(seed);
        const std::string problem = check_utf8(input);
        if (problem.empty()) continue;
        INFO("seed " << seed << ", bytes " << hex(text_around(input)));
        FAIL(problem);
    }
}

}  // namespace
