// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The server's counting handler: that of the library for the unit that is chosen at run time.

#ifndef CHARCOUNT_EXAMPLES_PROGRAMS_COUNTER_HPP
#define CHARCOUNT_EXAMPLES_PROGRAMS_COUNTER_HPP

#include <charcount/char_count_handler.hpp>
#include <charcount/unit.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "settings.hpp"

#if CHARCOUNT_HAS_GRAPHEMES
#include <charcount/graphemes.hpp>
#endif

namespace programs {

#if CHARCOUNT_HAS_GRAPHEMES
inline constexpr bool has_graphemes = true;
using GraphemeHandler = charcount::GraphemeCountHandler;
#else
inline constexpr bool has_graphemes = false;
struct GraphemeHandler : charcount::CharCountHandler {};  // the command line lets nobody ask for it
#endif

/// Counts whole messages, and messages in pieces, in the unit that is asked for. One type for all
/// units, so that the servers are compiled once.
class Counter {
public:
    explicit Counter(UnitKind unit) : handler_(handler_of(unit)) {}

    [[nodiscard]] std::string operator()(std::string_view message) {
        return std::visit([&](auto& handler) { return handler(message); }, handler_);
    }

    void on_chunk(std::string_view piece) {
        std::visit([&](auto& handler) { handler.on_chunk(piece); }, handler_);
    }

    [[nodiscard]] std::string on_end() {
        return std::visit([](auto& handler) { return handler.on_end(); }, handler_);
    }

private:
    using AnyHandler = std::variant<charcount::CharCountHandler, GraphemeHandler>;

    static AnyHandler handler_of(UnitKind unit) {
        using charcount::CharCountHandler;
        using charcount::Unit;
        switch (unit) {
            case UnitKind::bytes:
                return CharCountHandler(Unit::bytes);
            case UnitKind::utf16_units:
                return CharCountHandler(Unit::utf16_units);
            case UnitKind::graphemes:
                return GraphemeHandler();
            case UnitKind::code_points:
                break;
        }
        return CharCountHandler();
    }

    AnyHandler handler_;
};

}  // namespace programs

#endif
