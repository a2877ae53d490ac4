// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the units' names.

#include <doctest/doctest.h>

#include <charcount/unit.hpp>
#include <optional>
#include <ostream>
#include <string_view>

namespace {

using charcount::parse_unit;
using charcount::to_string;
using charcount::Unit;

static_assert(Unit{} == Unit::code_points, "code points are the default");
static_assert(to_string(Unit::bytes) == "bytes");
static_assert(parse_unit("utf16") == Unit::utf16_units);

TEST_CASE("each unit has the name that the command line knows") {
    CHECK(to_string(Unit::code_points) == "code-points");
    CHECK(to_string(Unit::bytes) == "bytes");
    CHECK(to_string(Unit::utf16_units) == "utf16");
}

TEST_CASE("each unit's name is parsed back to the unit") {
    for (const Unit unit : {Unit::code_points, Unit::bytes, Unit::utf16_units}) {
        CHECK(parse_unit(to_string(unit)) == unit);
    }
}

TEST_CASE("any other text names no unit") {
    for (const std::string_view text : {"", "byte", "bytes ", " bytes", "Bytes", "code_points",
                                        "utf16_units", "utf-16", "unknown"}) {
        CAPTURE(text);
        CHECK(parse_unit(text) == std::nullopt);
    }
}

TEST_CASE("a value that is no unit has a name that is not parsed") {
    const std::string_view name = to_string(static_cast<Unit>(77));
    CHECK_FALSE(name.empty());
    CHECK(parse_unit(name) == std::nullopt);
}

}  // namespace
