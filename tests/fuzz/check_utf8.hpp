// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What must hold for any bytes: all kernels give the same result, in pieces as well.

#ifndef CHARCOUNT_TESTS_FUZZ_CHECK_UTF8_HPP
#define CHARCOUNT_TESTS_FUZZ_CHECK_UTF8_HPP

#include <charcount/detail/utf8/kernels.hpp>
#include <charcount/utf8.hpp>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <support/encoding_tree.hpp>
#include <support/sample_texts.hpp>

namespace charcount::test {

/// The bytes to scan: the input, whose first four bytes say what well-formed text stands around it
/// so that it lies anywhere in a register and in a block.
[[nodiscard]] inline std::string text_around(std::string_view input) {
    constexpr std::size_t header_size = 4;
    if (input.size() < header_size) return std::string(input);
    const auto number = [input](std::size_t i) { return static_cast<unsigned char>(input[i]); };
    const auto text = [](unsigned which, std::size_t size) {
        return make_text(sample_texts[which % std::size(sample_texts)], size);
    };
    // Sequences that are cut off at their ends make some of the faults.
    return text(number(0), number(1)).append(input.substr(header_size)) +
           text(number(2), std::size_t{number(3)} * 4);
}

/// What does not hold; empty if all does.
[[nodiscard]] inline std::string check_utf8(std::string_view input) {
    const std::string bytes = text_around(input);
    const Utf8Scan expected = encoding_tree().scan(bytes);
    for (const detail::utf8::NamedKernel& kernel : detail::utf8::kernels()) {
        if (kernel.is_supported && kernel.scan(bytes) != expected)
            return "the kernel " + std::string(kernel.name) + " differs from the reference";
    }
    if (scan_utf8(bytes) != expected) return "scan_utf8 differs from the reference";

    Utf8Counter counter;
    const std::size_t cut = bytes.empty() ? 0 : bytes.size() * 7 % bytes.size();
    counter.feed(std::string_view(bytes).substr(0, cut));
    counter.feed(std::string_view(bytes).substr(cut));
    if (counter.valid() != (expected.status != Utf8Status::invalid) ||
        counter.code_points() != expected.code_points ||
        counter.utf16_units() != expected.utf16_units ||
        counter.error_offset() != expected.valid_bytes)
        return "in two pieces it is counted differently";
    counter.finish();
    if (counter.valid() != (expected.status == Utf8Status::valid))
        return "the end of two pieces is judged differently";
    return {};
}

}  // namespace charcount::test

#endif
