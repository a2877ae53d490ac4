// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the counting handlers reply.

#ifndef CHARCOUNT_DETAIL_COUNT_REPLY_HPP
#define CHARCOUNT_DETAIL_COUNT_REPLY_HPP

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>

namespace charcount::detail {

/// The number in decimal, as `std::to_string`, but quicker: most messages are short.
[[nodiscard]] inline std::string count_reply(std::uint64_t count) {
    std::string reply;
    if (count < 100) {
        if (count >= 10) reply.push_back(static_cast<char>('0' + count / 10));
        reply.push_back(static_cast<char>('0' + count % 10));
    } else {
        std::array<char, std::numeric_limits<std::uint64_t>::digits10 + 1> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), count).ptr;
        reply.assign(digits.data(), end);
    }
    return reply;
}

/// For a message that is not UTF-8 from this byte on.
[[nodiscard]] inline std::string invalid_utf8_reply(std::uint64_t offset) {
    return "error: invalid UTF-8 at byte " + count_reply(offset);
}

}  // namespace charcount::detail

#endif
