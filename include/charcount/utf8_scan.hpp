// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What a pass over a string of bytes finds out about it as UTF-8.

#ifndef CHARCOUNT_UTF8_SCAN_HPP
#define CHARCOUNT_UTF8_SCAN_HPP

#include <cstddef>

namespace charcount {

/// How a string of bytes stands as UTF-8.
enum class Utf8Status {
    valid,       ///< well-formed to the end
    invalid,     ///< ill-formed, whatever bytes may follow
    incomplete,  ///< well-formed but for a last sequence whose end is missing
};

/// What one pass over a string of bytes found; the counts are those of the valid prefix.
struct Utf8Scan {
    std::size_t code_points = 0;            ///< as Python's `len(str)`
    std::size_t utf16_units = 0;            ///< as JavaScript's `length`
    std::size_t valid_bytes = 0;            ///< length of the valid prefix; an error starts there
    Utf8Status status = Utf8Status::valid;  ///< of all bytes

    /// Whether all members are equal.
    friend bool operator==(const Utf8Scan&, const Utf8Scan&) = default;
};

}  // namespace charcount

#endif
