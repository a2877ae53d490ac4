// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Random conversations with fixed seeds: the same every time, and about two seconds long.

#include <doctest/doctest.h>

#include <charcount/byte_buffer.hpp>
#include <cstddef>
#include <cstdint>
#include <fuzz/check_conversation.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <support/dice.hpp>
#include <support/splits.hpp>
#include <vector>

namespace {

using charcount::ByteBuffer;
using charcount::LengthFraming;
using charcount::test::check_conversation;
using charcount::test::describe;
using charcount::test::Dice;
using charcount::test::FuzzCase;
using namespace std::string_view_literals;

// What text and its errors are made of: whole characters, beginnings, ends, and line ends.
constexpr std::string_view scraps[] = {
    "a",      "Halo",     "\n",           "\r",       "\r\n",
    "\r\r\n", "\n\n",     "\0"sv,         "\xC3\xA9", "\xE5\xAD\x97",
    "\xC3",   "\xA9",     "\xE5",         "\xE5\xAD", "\xF0\x9F\x98\x80",
    "\xF0",   "\xF0\x9F", "\xF0\x9F\x98", "\x98",     "\x80",
    "\xED",   "\xED\xA0", "\xFF",         "\xE0\x80",
};

std::string random_text(Dice& dice, std::size_t most_scraps) {
    std::string text;
    for (std::size_t left = dice.below(most_scraps + 1); left > 0; --left)
        text += scraps[dice.below(std::size(scraps))];
    return text;
}

std::string random_frames(Dice& dice) {
    ByteBuffer frames;
    for (std::size_t left = dice.below(8); left > 0; --left)
        LengthFraming::encode(frames, random_text(dice, 6));
    std::string stream(frames.view());
    // A cut or a byte too many, which makes the rest nonsense.
    if (dice.below(4) == 0) stream.resize(dice.below(stream.size() + 1));
    if (dice.below(8) == 0) stream.insert(dice.below(stream.size() + 1), 1, '\x01');
    return stream;
}

std::string random_bytes(Dice& dice) {
    std::string bytes;
    for (std::size_t left = dice.below(40); left > 0; --left)
        bytes += static_cast<char>(static_cast<unsigned char>(dice.below(256)));
    return bytes;
}

std::string random_input(std::uint64_t seed) {
    Dice dice(seed);
    std::string input;
    for (std::size_t i = 0; i < FuzzCase::header_size; ++i)
        input += static_cast<char>(static_cast<unsigned char>(dice.below(256)));
    if (dice.below(10) == 0) return input + random_bytes(dice);
    const bool is_length_framing = FuzzCase::of(input).framing == 1;
    return input + (is_length_framing ? random_frames(dice) : random_text(dice, 30));
}

TEST_CASE("a random conversation is the same in pieces as whole, and keeps to its limits") {
    constexpr std::uint64_t case_count = 100'000;
    for (std::uint64_t seed = 1; seed <= case_count; ++seed) {
        const std::string input = random_input(seed);
        const std::string problem = check_conversation(input);
        if (problem.empty()) continue;
        INFO("seed " << seed << ", input " << describe({input}));
        FAIL(problem);
    }
}

TEST_CASE("the random conversations are of every kind") {
    std::vector<int> seen(16, 0);
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        const std::string input = random_input(seed);
        const FuzzCase fuzz = FuzzCase::of(input);
        ++seen[fuzz.framing * 4 + fuzz.handler];
    }
    for (const int count : seen) CHECK(count > 20);
}

TEST_CASE("an input that is too short for a case is no problem") {
    CHECK(check_conversation("").empty());
    CHECK(check_conversation("\0\0\0\0\0"sv).empty());
    CHECK(check_conversation("\0\0\0\0\0\0"sv).empty());
}

}  // namespace
