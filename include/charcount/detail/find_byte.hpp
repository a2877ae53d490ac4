// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Finds a byte that is probably near.

#ifndef CHARCOUNT_DETAIL_FIND_BYTE_HPP
#define CHARCOUNT_DETAIL_FIND_BYTE_HPP

#include <algorithm>
#include <bit>
#include <charcount/detail/utf8/platform.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace charcount::detail {

#if defined(CHARCOUNT_UTF8_X86)

/// Which of 16 bytes are the wanted one; the first is the lowest bit.
[[nodiscard]] inline std::uint64_t which_of_16(const char* bytes, char wanted) noexcept {
    using Chars [[gnu::vector_size(16)]] = char;  // in what each x86-64 has
    Chars now;
    std::memcpy(&now, bytes, sizeof now);
    const auto equal = reinterpret_cast<Chars>(now == Chars{} + wanted);
    return static_cast<unsigned>(__builtin_ia32_pmovmskb128(equal));
}

/// The same of 64 bytes.
[[nodiscard]] inline std::uint64_t which_of_64(const char* bytes, char wanted) noexcept {
    return which_of_16(bytes, wanted) | which_of_16(bytes + 16, wanted) << 16 |
           which_of_16(bytes + 32, wanted) << 32 | which_of_16(bytes + 48, wanted) << 48;
}

#endif

/// Where `byte` is for the first time; `npos` when it is not there. In a burst of short messages,
/// to call `memchr` for each takes longer than what it does: so the first bytes are looked at here.
[[nodiscard]] inline std::size_t find_byte(std::string_view bytes, char byte) noexcept {
#if defined(CHARCOUNT_UTF8_X86)
    if (bytes.size() >= 64) {
        const std::uint64_t found = which_of_64(bytes.data(), byte);
        if (found != 0) return static_cast<std::size_t>(std::countr_zero(found));
        return bytes.find(byte, 64);
    }
    if (bytes.size() >= 16) {
        const std::size_t last = bytes.size() - 16;
        for (std::size_t from = 0;; from += 16) {
            const std::size_t at = std::min(from, last);  // the last overlap those before
            const std::uint64_t found = which_of_16(bytes.data() + at, byte);
            if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
            if (at == last) return std::string_view::npos;
        }
    }
#endif
    return bytes.find(byte);
}

}  // namespace charcount::detail

#endif
