// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The ways in which a stream can arrive: whole, byte by byte, and cut once at each offset.

#ifndef CHARCOUNT_TESTS_SUPPORT_SPLITS_HPP
#define CHARCOUNT_TESTS_SUPPORT_SPLITS_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace charcount::test {

/// What one read after the other gives. Never empty as a list; no piece is empty unless all is.
using Pieces = std::vector<std::string>;

[[nodiscard]] inline Pieces byte_by_byte(std::string_view bytes) {
    Pieces pieces;
    for (const char byte : bytes) pieces.emplace_back(1, byte);
    if (pieces.empty()) pieces.emplace_back();
    return pieces;
}

[[nodiscard]] inline std::vector<Pieces> split_at_every_offset(std::string_view bytes) {
    std::vector<Pieces> splits{{std::string(bytes)}, byte_by_byte(bytes)};
    for (std::size_t cut = 1; cut < bytes.size(); ++cut)
        splits.push_back({std::string(bytes.substr(0, cut)), std::string(bytes.substr(cut))});
    return splits;
}

/// The pieces as one reads them in a failed check: `Ha|lo\x0A|`.
[[nodiscard]] inline std::string describe(const Pieces& pieces) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const std::string& piece : pieces) {
        for (const char character : piece) {
            const auto byte = static_cast<unsigned char>(character);
            if (byte >= 0x20 && byte < 0x7F) {
                text += character;
            } else {
                text += "\\x";
                text += digits[byte >> 4U];
                text += digits[byte & 0xFU];
            }
        }
        text += '|';
    }
    return text;
}

}  // namespace charcount::test

#endif
