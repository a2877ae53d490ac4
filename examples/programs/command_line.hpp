// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Reads command lines with CLI11, and ends a program with one line that says what went wrong.

#ifndef CHARCOUNT_EXAMPLES_PROGRAMS_COMMAND_LINE_HPP
#define CHARCOUNT_EXAMPLES_PROGRAMS_COMMAND_LINE_HPP

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <charconv>
#include <charcount/version.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <locale>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "platform.hpp"
#include "settings.hpp"
#include "text.hpp"

namespace programs {

/// Exit statuses beside 0.
enum ExitStatus : int {
    failed = 1,       ///< something that was tried
    wrong_usage = 2,  ///< the command line; nothing was tried
    error_reply = 3,  ///< all replies came, but one of them says that there is an error
};

/// CLI11's help with a usage line of its own.
class HelpFormatter final : public CLI::Formatter {
public:
    explicit HelpFormatter(std::string usage) : usage_(std::move(usage)) { column_width(30); }

    std::string make_usage(const CLI::App*, std::string) const override {
        return "Usage: " + usage_ + "\n";
    }

private:
    std::string usage_;
};

/// Gives the app its help and its version. Of an option that is given twice the last one counts.
inline void prepare(CLI::App& app, const std::string& usage) {
    app.formatter(std::make_shared<HelpFormatter>(usage));
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app.get_help_ptr()->description("Print this text");
    app.set_version_flag("--version", app.get_name() + " " + std::string(charcount::version),
                         "Print the version");
}

/// An option whose text `set` turns into a value. What it throws is said about the command line.
inline CLI::Option* add_option(CLI::App& app, const std::string& name, const std::string& form,
                               const std::string& help,
                               std::function<void(const std::string&)> set) {
    return app.add_option_function<std::string>(name, std::move(set), help)
        ->type_name(form)
        ->option_text(form);
}

/// Reads a number that fills the whole text.
template <class Number>
[[nodiscard]] bool read_number(const std::string& text, Number& number) {
    if constexpr (std::is_floating_point_v<Number>) {
        // Not from_chars: libc++ 14 has none for these.
        std::istringstream stream(text);
        stream.imbue(std::locale::classic());
        return text.find_first_of("+ ") == std::string::npos && stream >> number &&
               stream.peek() == std::istringstream::traits_type::eof();
    } else {
        const char* const last = text.data() + text.size();
        const auto [end, error] = std::from_chars(text.data(), last, number);
        return error == std::errc() && end == last;
    }
}

/// A number that fills the whole text and lies in the range.
template <class Number>
[[nodiscard]] Number parse_number(const std::string& option, const std::string& text, Number low,
                                  Number high) {
    Number number{};
    if (read_number(text, number) && number >= low && number <= high) return number;
    throw CLI::ValidationError(option, "'" + text + "' is not a number from " +
                                           std::to_string(static_cast<std::int64_t>(low)) + " to " +
                                           std::to_string(static_cast<std::int64_t>(high)));
}

/// An option with a whole number; shows the target's value as the default.
template <class Number>
CLI::Option* add_number(CLI::App& app, const std::string& name, Number& target, Number low,
                        Number high, const std::string& form, const std::string& help) {
    const std::string shown = help + " [" + std::to_string(target) + "]";
    return add_option(app, name, form, shown, [=, &target](const std::string& text) {
        target = parse_number(name, text, low, high);
    });
}

/// An option with seconds, whole or with a fraction. 0 stays 0; a fraction of a millisecond
/// counts as a whole one.
template <class Milliseconds>
CLI::Option* add_seconds(CLI::App& app, const std::string& name, Milliseconds& target,
                         const std::string& help) {
    return add_option(app, name, "SECONDS", help, [=, &target](const std::string& text) {
        constexpr double most = 100'000'000;  // three years
        const double seconds = parse_number<double>(name, text, 0, most);
        target = std::chrono::milliseconds(std::llround(std::ceil(seconds * 1000)));
    });
}

/// An option with one of several words; the first is the default.
template <class Value>
CLI::Option* add_choice(CLI::App& app, const std::string& name, Value& target,
                        const std::vector<std::pair<std::string, Value>>& choices,
                        const std::string& help) {
    std::string words;
    for (const auto& [word, value] : choices) words += (words.empty() ? "" : "|") + word;
    return add_option(app, name, words, help, [=, &target](const std::string& text) {
        for (const auto& [word, value] : choices)
            if (word == text) return void(target = value);
        throw CLI::ValidationError(name, "'" + text + "' is not one of " + words);
    });
}

/// A function that sets a text, which must not be empty.
inline std::function<void(const std::string&)> text_setter(const std::string& name,
                                                           std::string& target) {
    return [name, &target](const std::string& text) {
        if (text.empty()) throw CLI::ValidationError(name, "the text is empty");
        target = text;
    };
}

/// The options --host and --port.
template <class Options>
std::pair<CLI::Option*, CLI::Option*> add_host_and_port(CLI::App& app, Options& options,
                                                        std::uint16_t lowest_port) {
    auto* host = add_option(app, "--host", "HOST", "Name or address [" + options.host + "]",
                            text_setter("--host", options.host));
    auto* port = add_number<std::uint16_t>(app, "--port", options.port, lowest_port, 65535, "PORT",
                                           lowest_port == 0 ? "Port; 0: any that is free" : "Port");
    return {host, port};
}

/// The options that say where the server is.
template <class Options>
void add_address(CLI::App& app, Options& options, std::uint16_t lowest_port) {
    const auto [host, port] = add_host_and_port(app, options, lowest_port);
    add_option(app, "--unix", "PATH", "Unix domain socket, instead of a host and a port",
               text_setter("--unix", options.path))
        ->excludes(host)
        ->excludes(port);
}

inline void add_framing(CLI::App& app, FramingKind& target) {
    add_choice<FramingKind>(app, "--framing", target,
                            {{"line", FramingKind::line},
                             {"length", FramingKind::length},
                             {"raw", FramingKind::raw},
                             {"eof", FramingKind::eof}},
                            "Where a message ends. line: at LF [this]; length: a number of bytes\n"
                            "goes before it; raw: with what arrives at once; eof: at the end");
}

inline void add_transport(CLI::App& app, TransportKind& target, const std::string& help) {
    add_choice<TransportKind>(
        app, "--transport", target,
        {{"async", TransportKind::async}, {"blocking", TransportKind::blocking}}, help);
}

/// Parses the command line and runs the program; returns the exit status.
template <class Program>
int run(CLI::App& app, int argc, char** argv, Program program) {
    const auto fail = [&](const std::string& what, int status) {
        std::cerr << app.get_name() + ": " + escape(what) + "\n" << std::flush;
        return status;
    };
    try {
        auto arguments = utf8_arguments(argc, argv);
        std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the end
        app.parse(std::move(arguments));
        return program();
    } catch (const CLI::Success& wish) {  // --help, --version
        return app.exit(wish);
    } catch (const CLI::ParseError& error) {
        return fail(std::string(error.what()) + "; try --help", wrong_usage);
    } catch (const std::exception& error) {
        return fail(error.what(), failed);
    }
}

}  // namespace programs

#endif
