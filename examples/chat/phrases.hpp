// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the chat says about connections, in Indonesian.

#ifndef CHARCOUNT_EXAMPLES_CHAT_PHRASES_HPP
#define CHARCOUNT_EXAMPLES_CHAT_PHRASES_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

namespace chat {

/// An address as Python prints it: `('127.0.0.1', 9000)`.
[[nodiscard]] std::string pair(const std::string& host, std::uint16_t port);

/// An address as programs print it: `127.0.0.1:9000`, `[::1]:9000`.
[[nodiscard]] std::string address(const std::string& host, std::uint16_t port);

/// Seconds with a decimal comma: `0,4 detik`.
[[nodiscard]] std::string seconds(std::chrono::milliseconds time);

/// What an error means, as the end of a sentence.
[[nodiscard]] std::string reason(std::error_code error);

/// Why there is no connection to a server.
[[nodiscard]] std::string not_connected(const std::string& server, std::error_code error);

/// How a connection to the server ended.
[[nodiscard]] std::string server_lost(std::error_code error);

/// How the connection of a client ended; no error: it closed it.
[[nodiscard]] std::string client_lost(const std::string& client, std::error_code error);

/// How many clients a server has, for the status bar. `place`: where it listens.
[[nodiscard]] std::string clients_connected(std::size_t count, const std::string& place);

}  // namespace chat

#endif
