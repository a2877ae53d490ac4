// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The client's connection with its transport and framing chosen at run time; each kind of
// transport is compiled in a file of its own.

#ifndef CHARCOUNT_EXAMPLES_PROGRAMS_CONNECTION_HPP
#define CHARCOUNT_EXAMPLES_PROGRAMS_CONNECTION_HPP

#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "settings.hpp"

namespace programs {

/// What the program does with a server. Each call returns when it is done or has failed.
class Connection {
public:
    virtual ~Connection() = default;

    virtual void connect(std::error_code& error) = 0;

    /// Sends a message and returns its reply. Where a message is a stream: its last piece.
    virtual std::string request(std::string_view message, std::error_code& error) = 0;

    /// Sends a piece of the one message that is a stream.
    virtual void send(std::string_view piece, std::error_code& error) = 0;

    /// Waits for what the server says of its own accord.
    virtual std::string receive(std::error_code& error) = 0;
};

/// A connection whose operations run on a loop.
std::unique_ptr<Connection> make_async_connection(const ClientSettings& settings);

/// A connection whose operations block.
std::unique_ptr<Connection> make_blocking_connection(const ClientSettings& settings);

/// Makes the connection for the framing and the kind of socket that are asked for.
template <template <class, class> class Kind, class Tcp, class Local>
std::unique_ptr<Connection> make_connection(const ClientSettings& settings) {
    return with_framing(settings.framing, [&](auto framing) -> std::unique_ptr<Connection> {
        using F = decltype(framing);
        if (settings.options.path.empty()) return std::make_unique<Kind<Tcp, F>>(settings.options);
        return std::make_unique<Kind<Local, F>>(settings.options);
    });
}

}  // namespace programs

#endif
