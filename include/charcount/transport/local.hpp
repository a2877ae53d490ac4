// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Local: the stream type of Unix domain sockets, for both kinds of transport.

#ifndef CHARCOUNT_TRANSPORT_LOCAL_HPP
#define CHARCOUNT_TRANSPORT_LOCAL_HPP

#include <asio/basic_socket_acceptor.hpp>
#include <asio/basic_stream_socket.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/local/stream_protocol.hpp>
#include <charcount/detail/net_stream.hpp>
#include <charcount/detail/platform.hpp>
#include <charcount/options.hpp>
#include <cstdint>
#include <cstdio>
#include <string>
#include <system_error>
#include <vector>

namespace charcount {

/// Stream sockets within one machine, named by a path (POSIX.1-2017, `AF_UNIX`).
struct Local : detail::NetStream<asio::local::stream_protocol> {
    /// The endpoint that the options name.
    template <class Options>
    static std::vector<Endpoint> resolve(const Options& options, std::error_code& error) {
        if (options.path.empty()) {
            error = errc::invalid_option;
            return {};
        }
        try {
            return {Endpoint(options.path)};
        } catch (const std::system_error& too_long) {
            error = too_long.code();
            return {};
        }
    }

    /// Whether `resolve` may take long.
    template <class Options>
    static bool resolves_slowly(const Options&) noexcept {
        return false;
    }

    /// What the options name, for messages.
    template <class Options>
    static std::string describe(const Options& options) {
        return options.path.empty() ? std::string("a Unix socket without a path") : options.path;
    }

    /// Begins to listen; a socket file that nobody listens on any more is replaced.
    template <class Acceptor>
    static void listen(Acceptor& acceptor, const ServerOptions& options, std::error_code& error) {
        const auto endpoints = resolve(options, error);
        if (error) return;
        const Endpoint& endpoint = endpoints.front();
        acceptor.open(endpoint.protocol(), error);
        if (error) return;
        acceptor.bind(endpoint, error);
        if (error == asio::error::address_in_use && is_stale(endpoint)) {
            std::remove(endpoint.path().c_str());
            acceptor.bind(endpoint, error);
        }
        if (!error) acceptor.listen(options.backlog, error);
        if (!error) acceptor.non_blocking(true, error);
    }

    /// Removes the socket file.
    static void unlisten(const Endpoint& endpoint) noexcept {
        std::remove(endpoint.path().c_str());
    }

    /// Sets a new connection up.
    template <class Socket>
    static void prepare(Socket& socket, std::error_code& error) {
        socket.non_blocking(true, error);
    }

    /// The same for a connection that was accepted.
    template <class Socket>
    static void prepare_accepted(Socket& socket, std::error_code& error) {
        prepare(socket, error);
    }

    /// The path of an endpoint.
    static std::string host(const Endpoint& endpoint) { return endpoint.path(); }

    /// A Unix socket has no port.
    static std::uint16_t port(const Endpoint&) noexcept { return 0; }

private:
    /// A socket that refuses connections was left behind by a server that is gone.
    template <class Context = asio::io_context>  // compiled where it is needed
    static bool is_stale(const Endpoint& endpoint) {
        Context context;
        asio::local::stream_protocol::socket probe(context);
        std::error_code error;
        probe.open(endpoint.protocol(), error);
        if (!error) probe.non_blocking(true, error);  // a busy server's backlog may be full
        if (!error) probe.connect(endpoint, error);
        return error == asio::error::connection_refused && is_socket(endpoint.path());
    }

    static bool is_socket(const std::string& path) {
#if CHARCOUNT_IS_WINDOWS
        return !path.empty();
#else
        struct stat status {};
        return ::stat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
#endif
    }
};

}  // namespace charcount

#endif
