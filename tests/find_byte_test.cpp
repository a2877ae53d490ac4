// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of find_byte: against std::string_view, at every size, place and alignment.

#include <doctest/doctest.h>

#include <charcount/detail/find_byte.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <support/guarded_pages.hpp>

namespace {

using charcount::detail::find_byte;
using charcount::test::GuardedPages;

constexpr std::size_t max_size = 200;
constexpr std::size_t alignments = 32;

// How many of the calls differ from the standard's: one check for many keeps the test quick.
class Comparison {
public:
    void look_for(char byte, std::string_view bytes) {
        ++calls_;
        if (find_byte(bytes, byte) != bytes.find(byte)) ++differences_;
    }

    ~Comparison() {
        CHECK(calls_ > 0);
        CHECK(differences_ == 0);
    }

private:
    std::size_t calls_ = 0;
    std::size_t differences_ = 0;
};

TEST_CASE("a byte is found wherever it is, and only there") {
    Comparison comparison;
    for (std::size_t size = 0; size <= max_size; ++size) {
        std::string bytes(size, 'x');
        comparison.look_for('\n', bytes);
        for (std::size_t place = 0; place < size; ++place) {
            bytes[place] = '\n';
            comparison.look_for('\n', bytes);
            bytes[place] = 'x';
        }
    }
}

TEST_CASE("the first of several is found") {
    Comparison comparison;
    for (const std::size_t size : {std::size_t{15}, std::size_t{40}, std::size_t{63}, max_size}) {
        std::string bytes(size, 'x');
        for (std::size_t first = 0; first < size; ++first) {
            for (std::size_t second = first; second < size; ++second) {
                bytes[first] = bytes[second] = bytes.back() = '\n';
                comparison.look_for('\n', bytes);
                bytes[first] = bytes[second] = 'x';
            }
        }
        comparison.look_for('\n', std::string(size, '\n'));
    }
}

TEST_CASE("a byte is found at every alignment") {
    Comparison comparison;
    std::string memory(alignments + max_size, '\n');  // what stands around is not to be found
    for (std::size_t offset = 0; offset < alignments; ++offset) {
        for (std::size_t size = 0; size < max_size; ++size) {
            memory.assign(memory.size(), '\n');
            memory.replace(offset, size, size, 'x');
            const std::string_view bytes = std::string_view(memory).substr(offset, size);
            comparison.look_for('\n', bytes);
            if (size > 0) memory[offset + size - 1] = '\n';
            comparison.look_for('\n', bytes);
        }
    }
}

TEST_CASE("any byte is found among all others") {
    Comparison comparison;
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    for (const char byte : all) {
        comparison.look_for(byte, all);
        std::string others = all;
        std::erase(others, byte);
        comparison.look_for(byte, others);
    }
}

TEST_CASE("nothing is read before or behind the bytes") {
    Comparison comparison;
    const GuardedPages pages;
    for (std::size_t size = 0; size <= max_size; ++size) {
        std::string bytes(size, 'x');
        comparison.look_for('\n', pages.at_end(bytes));
        comparison.look_for('\n', pages.at_begin(bytes));
        if (size == 0) continue;
        bytes.back() = '\n';
        comparison.look_for('\n', pages.at_end(bytes));
    }
}

TEST_CASE("no bytes at all hold nothing") {
    CHECK(find_byte({}, '\n') == std::string_view::npos);
    CHECK(find_byte({}, '\0') == std::string_view::npos);
}

}  // namespace
