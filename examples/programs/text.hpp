// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows text from elsewhere in a line of its own, whatever it holds.

#ifndef CHARCOUNT_EXAMPLES_PROGRAMS_TEXT_HPP
#define CHARCOUNT_EXAMPLES_PROGRAMS_TEXT_HPP

#include <algorithm>
#include <charcount/utf8.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace programs {

namespace detail {

inline void append_escaped_byte(std::string& out, char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    out += {'\\', 'x', digits[value >> 4], digits[value & 15]};
}

/// Appends valid UTF-8; control characters, also those beyond ASCII (U+0080 to U+009F), escaped.
inline void append_printable(std::string& out, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto value = static_cast<unsigned char>(c);
        const bool is_wide_control =
            value == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (value < 0x20 || value == 0x7F) {
            append_escaped_byte(out, c);
        } else if (is_wide_control) {
            append_escaped_byte(out, c);
            append_escaped_byte(out, text[++i]);
        } else {
            out += c;
        }
    }
}

}  // namespace detail

/// The text with its control characters, and what is not UTF-8, escaped.
[[nodiscard]] inline std::string escape(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t valid = charcount::scan_utf8(text).valid_bytes;
        detail::append_printable(out, text.substr(0, valid));
        if (valid < text.size()) detail::append_escaped_byte(out, text[valid]);
        text.remove_prefix(std::min(valid + 1, text.size()));
    }
    return out;
}

/// How many bytes of a text `quote` shows.
inline constexpr std::size_t max_quoted_bytes = 60;

/// The text in quotes and escaped; of a long one the beginning, and dots.
[[nodiscard]] inline std::string quote(std::string_view text) {
    if (text.size() <= max_quoted_bytes) return '"' + escape(text) + '"';
    std::string_view begin = text.substr(0, max_quoted_bytes);
    begin.remove_suffix(charcount::incomplete_suffix(begin));
    return '"' + escape(begin) + "\"...";
}

}  // namespace programs

#endif
