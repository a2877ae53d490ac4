// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the command lines of the two programs ask for, and how a framing is chosen at run time.

#ifndef CHARCOUNT_EXAMPLES_PROGRAMS_SETTINGS_HPP
#define CHARCOUNT_EXAMPLES_PROGRAMS_SETTINGS_HPP

#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <string>
#include <vector>

namespace programs {

enum class FramingKind { line, length, raw, eof };
enum class TransportKind { async, blocking };
enum class UnitKind { code_points, bytes, utf16_units, graphemes };
enum class LogLevel { quiet, usual, verbose };

struct ServerSettings {
    charcount::ServerOptions options;  ///< with a path: on a Unix domain socket
    FramingKind framing = FramingKind::line;
    TransportKind transport = TransportKind::async;
    UnitKind unit = UnitKind::code_points;
    LogLevel log_level = LogLevel::usual;
};

struct ClientSettings {
    charcount::ClientOptions options;  ///< with a path: to a Unix domain socket
    FramingKind framing = FramingKind::line;
    TransportKind transport = TransportKind::blocking;
    std::vector<std::string> messages;
};

/// Calls `use` with the framing of that kind. Each is a type of its own, so each is compiled.
template <class Use>
decltype(auto) with_framing(FramingKind kind, Use&& use) {
    switch (kind) {
        case FramingKind::length:
            return use(charcount::LengthFraming());
        case FramingKind::raw:
            return use(charcount::RawFraming());
        case FramingKind::eof:
            return use(charcount::UntilEofFraming());
        case FramingKind::line:
            break;
    }
    return use(charcount::LineFraming());
}

}  // namespace programs

#endif
