// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the programs of the exercise share: arguments, errors, and addresses as Python prints them.

#ifndef CHARCOUNT_EXAMPLES_ASSIGNMENT_COMMON_HPP
#define CHARCOUNT_EXAMPLES_ASSIGNMENT_COMMON_HPP

#include <charconv>
#include <charcount/peer.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace assignment {

/// What a program is told on its command line.
struct Arguments {
    std::string host = "localhost";
    std::uint16_t port = 12345;
    std::chrono::milliseconds timeout{10'000};
};

/// Which arguments a program takes.
enum class Takes { host_and_port, host_port_and_seconds };

/// An address as Python prints it: ('127.0.0.1', 50000).
[[nodiscard]] inline std::string python_address(const charcount::Peer& peer) {
    return "('" + peer.host() + "', " + std::to_string(peer.port()) + ")";
}

[[noreturn]] inline void reject(std::string_view rule, const std::string& text) {
    throw std::invalid_argument(std::string(rule) + ", not '" + text + "'");
}

[[nodiscard]] inline std::uint16_t parse_port(const std::string& text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0)
        reject("the port must be a number from 1 to 65535", text);
    return port;
}

[[nodiscard]] inline std::chrono::milliseconds parse_seconds(const std::string& text) {
    std::istringstream stream(text);  // not every library has from_chars for fractions
    stream.imbue(std::locale::classic());
    double seconds = 0;
    const bool is_number = text.find_first_of("+ ") == std::string::npos && stream >> seconds &&
                           stream.peek() == std::istringstream::traits_type::eof();
    if (!is_number || !(seconds >= 0.001 && seconds <= 86400))  // not a NaN either
        reject("the seconds must be a number from 0.001 to 86400", text);
    return std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

[[nodiscard]] inline Arguments parse_arguments(int argc, char** argv, Takes takes) {
    Arguments arguments;
    if (argc > (takes == Takes::host_and_port ? 3 : 4))
        throw std::invalid_argument("too many arguments");
    if (argc > 1) arguments.host = argv[1];
    if (argc > 2) arguments.port = parse_port(argv[2]);
    if (argc > 3) arguments.timeout = parse_seconds(argv[3]);
    return arguments;
}

/// Runs a program and returns its exit status. An error is one line on standard error: 2 for
/// wrong arguments, 1 for what fails later.
inline int run(int argc, char** argv, Takes takes, int (*program)(const Arguments&)) {
    const std::string path = argv[0];
    const std::string name = path.substr(path.find_last_of("/\\") + 1);
    try {
        return program(parse_arguments(argc, argv, takes));
    } catch (const std::invalid_argument& error) {
        std::cerr << name << ": " << error.what() << "; usage: " << name
                  << (takes == Takes::host_and_port ? " [host [port]]\n"
                                                    : " [host [port [seconds]]]\n");
        return 2;
    } catch (const std::exception& error) {
        std::cerr << name << ": " << error.what() << '\n';
        return 1;
    }
}

}  // namespace assignment

#endif
