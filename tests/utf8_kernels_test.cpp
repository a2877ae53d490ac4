// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of each kernel that this machine can run: against the reference, known counts, and its
// scalar twin, wherever the bytes lie and wherever they are wrong.

#include <doctest/doctest.h>

#include <charcount/detail/utf8/kernels.hpp>
#include <charcount/utf8.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <support/encoding_tree.hpp>
#include <support/guarded_pages.hpp>
#include <support/sample_texts.hpp>
#include <vector>

namespace {

using charcount::Utf8Scan;
using charcount::detail::utf8::NamedKernel;
using charcount::detail::utf8::scan_scalar;
using charcount::test::counts_of;
using charcount::test::edge_bytes;
using charcount::test::encode;
using charcount::test::encoding_tree;
using charcount::test::GuardedPages;
using charcount::test::hex;
using charcount::test::is_surrogate;
using charcount::test::make_text;
using charcount::test::sample_texts;
using charcount::test::SampleText;

// The longest that is tried at every offset: more than four times the widest register.
constexpr std::size_t longest = 300;

std::vector<NamedKernel> kernels_here() {
    std::vector<NamedKernel> supported;
    for (const NamedKernel& kernel : charcount::detail::utf8::kernels()) {
        if (kernel.is_supported) supported.push_back(kernel);
    }
    return supported;
}

// Millions of strings: doctest hears of the first failure only.
void check(const NamedKernel& kernel, std::string_view bytes, const Utf8Scan& expected) {
    if (kernel.scan(bytes) == expected) return;
    FAIL(kernel.name << " is wrong for " << bytes.size() << " bytes: " << hex(bytes));
}

void check_all(std::string_view bytes) {
    static const std::vector<NamedKernel> kernels = kernels_here();
    const Utf8Scan expected = scan_scalar(bytes);
    for (const NamedKernel& kernel : kernels) check(kernel, bytes, expected);
}

TEST_CASE("the fastest kernel that the machine can run is chosen") {
    const std::vector<NamedKernel> kernels = kernels_here();
    REQUIRE_FALSE(kernels.empty());
    CHECK(kernels.back().name == "scalar");
    for (const NamedKernel& kernel : kernels) MESSAGE("here: " << kernel.name);
#if defined(CHARCOUNT_UTF8_X86)
    const std::string text = make_text(sample_texts[1], longest);
    CHECK(charcount::scan_utf8(text) == counts_of(sample_texts[1], longest));
    CHECK((charcount::detail::utf8::chosen_kernel == kernels.front().scan));
#endif
}

TEST_CASE("every string of up to three bytes is judged as the reference does") {
    const std::vector<NamedKernel> kernels = kernels_here();
    std::string bytes(3, '\0');
    for (std::uint32_t value = 0; value < 0x1000000; ++value) {
        bytes[0] = static_cast<char>(value >> 16);
        bytes[1] = static_cast<char>(value >> 8);
        bytes[2] = static_cast<char>(value);
        const Utf8Scan expected = encoding_tree().scan(bytes);
        for (const NamedKernel& kernel : kernels) check(kernel, bytes, expected);
        if ((value & 0xFF) != 0) continue;
        const std::string_view two(bytes.data(), 2);
        for (const NamedKernel& kernel : kernels) check(kernel, two, encoding_tree().scan(two));
        if ((value & 0xFFFF) != 0) continue;
        const std::string_view one(bytes.data(), 1);
        for (const NamedKernel& kernel : kernels) check(kernel, one, encoding_tree().scan(one));
    }
}

TEST_CASE("four bytes on the edges are judged as the reference does, across every boundary") {
    // Behind a register of 16, 32, 64 bytes; and where four of them end.
    for (const std::size_t begin : {0U, 13U, 29U, 62U, 126U, 253U}) {
        std::string bytes(begin + 4 + 20, '~');
        for (const char a : edge_bytes) {
            for (const char b : edge_bytes) {
                for (const char c : edge_bytes) {
                    for (const char d : edge_bytes) {
                        bytes.replace(begin, 4, {a, b, c, d});
                        check_all(std::string_view(bytes).substr(0, begin + 4));
                        check_all(bytes);
                    }
                }
            }
        }
    }
}

TEST_CASE("every code point but the surrogates is one character, alone and in a longer text") {
    const std::vector<NamedKernel> kernels = kernels_here();
    for (std::uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
        const std::string bytes = encode(code_point);
        const std::size_t units = code_point > 0xFFFF ? 2 : 1;
        const bool is_valid = !is_surrogate(code_point);
        const Utf8Scan alone = is_valid ? Utf8Scan{1, units, bytes.size()}
                                        : Utf8Scan{0, 0, 0, charcount::Utf8Status::invalid};
        const std::string text = std::string(62, 'a') + bytes + std::string(66, 'b');
        const Utf8Scan within = is_valid ? Utf8Scan{129, 128 + units, 128 + bytes.size()}
                                         : Utf8Scan{62, 62, 62, charcount::Utf8Status::invalid};
        for (const NamedKernel& kernel : kernels) {
            check(kernel, bytes, alone);
            check(kernel, text, within);
        }
    }
}

TEST_CASE("all code points in one string are counted") {
    std::string text;
    for (std::uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
        if (!is_surrogate(code_point)) text += encode(code_point);
    }
    for (const NamedKernel& kernel : kernels_here()) {
        CAPTURE(kernel.name);
        CHECK(kernel.scan(text) == Utf8Scan{1'112'064, 1'112'064 + 0x100000, text.size()});
    }
}

TEST_CASE("texts of every size are counted, at every alignment") {
    const GuardedPages pages;
    for (const SampleText& sample : sample_texts) {
        for (std::size_t size = 0; size <= longest; ++size) {
            const std::string text = make_text(sample, size);
            const Utf8Scan expected = counts_of(sample, size);
            for (std::size_t offset = 0; offset < 64; ++offset) {
                const std::string_view placed = pages.at_begin(text, offset);
                for (const NamedKernel& kernel : kernels_here()) check(kernel, placed, expected);
            }
        }
    }
}

TEST_CASE("no byte is read before the first or behind the last") {
    const GuardedPages pages;
    for (const SampleText& sample : sample_texts) {
        const std::string text = make_text(sample, longest);
        for (std::size_t size = 0; size <= longest; ++size) {
            const auto cut = std::string_view(text).substr(0, size);  // within a sequence, too
            check_all(pages.at_end(cut));
            check_all(pages.at_begin(cut));
            const auto from_behind = std::string_view(text).substr(size);
            check_all(pages.at_end(from_behind));
        }
    }
}

TEST_CASE("one wrong byte is found at every offset of texts of many sizes") {
    for (const SampleText& sample : sample_texts) {
        for (const std::size_t size :
             {1U,   15U,  16U,  17U,  31U,  32U,  33U,  63U,  64U,  65U, 100U,
              127U, 128U, 129U, 192U, 255U, 256U, 257U, 299U, 320U, 330U}) {
            const std::string text = make_text(sample, size);
            for (std::size_t offset = 0; offset < size; ++offset) {
                for (const char wrong : {'\x80', '\xBF', '\xC0', '\xC3', '\xE0', '\xED', '\xF0',
                                         '\xF4', '\xFF', 'a'}) {
                    std::string spoilt = text;
                    spoilt[offset] = wrong;
                    check_all(spoilt);
                }
            }
        }
    }
}

TEST_CASE("a byte that is missing or one too many is found at every offset") {
    for (const SampleText& sample : sample_texts) {
        const std::string text = make_text(sample, longest);
        for (std::size_t offset = 0; offset < text.size(); ++offset) {
            std::string spoilt = text;
            spoilt.erase(offset, 1);
            check_all(spoilt);
            for (const char extra : {'\x80', '\xBF', '\xE2', '\xF1'}) {
                spoilt = text;
                spoilt.insert(offset, 1, extra);
                check_all(spoilt);
            }
        }
    }
}

TEST_CASE("a long stream of each text is counted without an overflow") {
    constexpr std::size_t size = 3'000'017;
    for (const SampleText& sample : sample_texts) {
        CAPTURE(sample.name);
        const std::string text = make_text(sample, size);
        for (const NamedKernel& kernel : kernels_here()) {
            CAPTURE(kernel.name);
            CHECK(kernel.scan(text) == counts_of(sample, size));
        }
    }
}

}  // namespace
