// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Finds where grapheme clusters begin in well-formed UTF-8, by utf8proc's tables.

#ifndef CHARCOUNT_DETAIL_UTF8_CLUSTER_STARTS_HPP
#define CHARCOUNT_DETAIL_UTF8_CLUSTER_STARTS_HPP

#include <utf8proc.h>
#include <charcount/detail/utf8/scalar.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace charcount::detail::utf8 {

/// The code point of one well-formed sequence of two to four bytes.
[[nodiscard]] constexpr std::int32_t decode(std::string_view sequence) noexcept {
    std::uint32_t code_point = static_cast<unsigned char>(sequence[0]) & (0x7Fu >> sequence.size());
    for (const char byte : sequence.substr(1))
        code_point = code_point << 6 | (static_cast<unsigned char>(byte) & 0x3Fu);
    return static_cast<std::int32_t>(code_point);
}

/// Counts the beginnings of clusters, text after text. A text may end between any two code
/// points: what the next one begins with is judged by what this one ended with.
class ClusterStarts {
public:
    /// How many clusters begin in `text`, which is well-formed.
    [[nodiscard]] std::size_t count(std::string_view text) noexcept {
        std::size_t starts = 0;
        while (true) {
            const std::size_t ascii = ascii_prefix(text);
            if (ascii > 0) starts += count_ascii(text.substr(0, ascii));
            text.remove_prefix(ascii);
            if (text.empty()) return starts;

            const std::size_t length = lead_of(static_cast<unsigned char>(text[0])).length;
            starts += begins_with(decode(text.substr(0, length))) ? 1U : 0U;
            text.remove_prefix(length);
        }
    }

private:
    // Of two ASCII characters only CR and LF are one cluster (rules GB3 to GB5 and GB999).
    [[nodiscard]] std::size_t count_ascii(std::string_view run) noexcept {
        constexpr std::string_view line_end = "\r\n";
        std::size_t starts = run.size() - (begins_with(run.front()) ? 0U : 1U);
        for (auto at = run.find(line_end); at != run.npos; at = run.find(line_end, at + 2))
            --starts;
        // No rule looks back beyond an ASCII character, so the state may begin anew.
        previous_ = run.back();
        state_ = 0;
        return starts;
    }

    [[nodiscard]] bool begins_with(std::int32_t code_point) noexcept {
        const bool begins =
            previous_ == none || utf8proc_grapheme_break_stateful(previous_, code_point, &state_);
        previous_ = code_point;
        return begins;
    }

    static constexpr std::int32_t none = -1;

    std::int32_t previous_ = none;
    std::int32_t state_ = 0;  // utf8proc's: what the rules must know of the time before previous_
};

}  // namespace charcount::detail::utf8

#endif
