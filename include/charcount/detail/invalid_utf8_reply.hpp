// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the counting handlers reply to a message that is not UTF-8.

#ifndef CHARCOUNT_DETAIL_INVALID_UTF8_REPLY_HPP
#define CHARCOUNT_DETAIL_INVALID_UTF8_REPLY_HPP

#include <cstdint>
#include <string>

namespace charcount::detail {

[[nodiscard]] inline std::string invalid_utf8_reply(std::uint64_t offset) {
    return "error: invalid UTF-8 at byte " + std::to_string(offset);
}

}  // namespace charcount::detail

#endif
