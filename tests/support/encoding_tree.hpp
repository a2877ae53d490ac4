// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The reference for UTF-8: the encodings of all code points, in a tree.

#ifndef CHARCOUNT_TESTS_SUPPORT_ENCODING_TREE_HPP
#define CHARCOUNT_TESTS_SUPPORT_ENCODING_TREE_HPP

#include <array>
#include <charcount/utf8_scan.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace charcount::test {

/// RFC 3629, section 3: the bits of the code point spread over one to four bytes.
[[nodiscard]] inline std::string encode(std::uint32_t code_point) {
    std::string bytes;
    const auto put = [&bytes](std::uint32_t value) { bytes += static_cast<char>(value); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | code_point >> 6);
    } else if (code_point < 0x10000) {
        put(0xE0 | code_point >> 12);
        put(0x80 | (code_point >> 6 & 0x3F));
    } else {
        put(0xF0 | code_point >> 18);
        put(0x80 | (code_point >> 12 & 0x3F));
        put(0x80 | (code_point >> 6 & 0x3F));
    }
    if (code_point >= 0x80) put(0x80 | (code_point & 0x3F));
    return bytes;
}

[[nodiscard]] inline bool is_surrogate(std::uint32_t code_point) {
    return code_point >= 0xD800 && code_point <= 0xDFFF;
}

/// Every well-formed sequence is a path from the root to a leaf, every beginning of one ends at an
/// inner node, and whatever has no path is ill-formed. It knows no ranges.
class EncodingTree {
public:
    static constexpr std::uint16_t nothing = 0;
    static constexpr std::uint16_t leaf = 1;
    static constexpr std::uint16_t root = 2;

    EncodingTree() : nodes_(root + 1) {
        nodes_.reserve(20'000);
        for (std::uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
            if (!is_surrogate(code_point)) insert(encode(code_point));
        }
    }

    [[nodiscard]] std::uint16_t step(std::uint16_t node, char byte) const {
        return nodes_[node][static_cast<unsigned char>(byte)];
    }

    [[nodiscard]] Utf8Scan scan(std::string_view bytes) const {
        Utf8Scan result;
        std::uint16_t node = root;
        std::size_t length = 0;
        for (const char byte : bytes) {
            node = step(node, byte);
            ++length;
            if (node == nothing) break;
            if (node != leaf) continue;
            result.code_points += 1;
            result.utf16_units += length == 4 ? 2 : 1;
            result.valid_bytes += length;
            node = root;
            length = 0;
        }
        if (node == nothing) result.status = Utf8Status::invalid;
        if (node > root) result.status = Utf8Status::incomplete;
        return result;
    }

    [[nodiscard]] std::size_t incomplete_suffix(std::string_view bytes) const {
        for (std::size_t length = 1; length <= 3 && length <= bytes.size(); ++length) {
            const Utf8Scan suffix = scan(bytes.substr(bytes.size() - length));
            if (suffix.status == Utf8Status::incomplete && suffix.valid_bytes == 0) return length;
        }
        return 0;
    }

private:
    void insert(std::string_view bytes) {
        std::uint16_t node = root;
        for (const char byte : bytes.substr(0, bytes.size() - 1)) {
            std::uint16_t next = step(node, byte);
            if (next == nothing) {
                next = static_cast<std::uint16_t>(nodes_.size());
                nodes_.emplace_back();
                nodes_[node][static_cast<unsigned char>(byte)] = next;
            }
            node = next;
        }
        nodes_[node][static_cast<unsigned char>(bytes.back())] = leaf;
    }

    std::vector<std::array<std::uint16_t, 256>> nodes_;
};

[[nodiscard]] inline const EncodingTree& encoding_tree() {
    static const EncodingTree instance;
    return instance;
}

/// A byte on each side of every boundary that any position of a sequence has.
inline constexpr std::string_view edge_bytes(
    "\x00\x41\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4"
    "\xF5\xF7\xF8\xFC\xFE\xFF",
    29);

[[nodiscard]] inline std::string hex(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        text += "0123456789ABCDEF"[value >> 4];
        text += "0123456789ABCDEF"[value & 15];
        text += ' ';
    }
    return text;
}

}  // namespace charcount::test

#endif
