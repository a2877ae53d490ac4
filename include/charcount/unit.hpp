// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What is counted as one character.

#ifndef CHARCOUNT_UNIT_HPP
#define CHARCOUNT_UNIT_HPP

#include <initializer_list>
#include <optional>
#include <string_view>

namespace charcount {

/// What is counted as one character.
///
///     text    code_points  bytes  utf16_units
///     Halo              4      4            4
///     Grüße             5      7            5
///     😀                1      4            2
enum class Unit {
    code_points,  ///< Unicode code points, as Python's `len(str)`
    bytes,        ///< bytes as they were sent, as Python's `len(bytes)`; need not be UTF-8
    utf16_units,  ///< UTF-16 code units, as JavaScript's `length`
};

/// The unit's name on a command line: "code-points", "bytes" or "utf16".
[[nodiscard]] constexpr std::string_view to_string(Unit unit) noexcept {
    switch (unit) {
        case Unit::code_points:
            return "code-points";
        case Unit::bytes:
            return "bytes";
        case Unit::utf16_units:
            return "utf16";
    }
    return "unknown";
}

/// The unit of a name that `to_string` gives; nothing for any other text.
[[nodiscard]] constexpr std::optional<Unit> parse_unit(std::string_view name) noexcept {
    for (const Unit unit : {Unit::code_points, Unit::bytes, Unit::utf16_units}) {
        if (to_string(unit) == name) return unit;
    }
    return std::nullopt;
}

}  // namespace charcount

#endif
