// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Finds a byte that is probably near.

#ifndef CHARCOUNT_DETAIL_FIND_BYTE_HPP
#define CHARCOUNT_DETAIL_FIND_BYTE_HPP

#include <charcount/detail/utf8/platform.hpp>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace charcount::detail {

/// Where `byte` is for the first time; `npos` when it is not there. In a burst of short messages,
/// to call `memchr` for each takes longer than what it does: so the first bytes are looked at here.
[[nodiscard]] inline std::size_t find_byte(std::string_view bytes, char byte) noexcept {
    std::size_t from = 0;
#if defined(CHARCOUNT_UTF8_X86)
    using Chars [[gnu::vector_size(16)]] = char;
    const Chars wanted = Chars{} + byte;
    for (; from < 64 && bytes.size() - from >= sizeof(Chars); from += sizeof(Chars)) {
        Chars now;
        std::memcpy(&now, bytes.data() + from, sizeof now);
        const int found = __builtin_ia32_pmovmskb128(reinterpret_cast<Chars>(now == wanted));
        if (found != 0)
            return from + static_cast<unsigned>(__builtin_ctz(static_cast<unsigned>(found)));
    }
#endif
    return bytes.find(byte, from);
}

}  // namespace charcount::detail

#endif
