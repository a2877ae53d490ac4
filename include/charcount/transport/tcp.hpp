// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tcp: the stream type of TCP connections, for both kinds of transport.

#ifndef CHARCOUNT_TRANSPORT_TCP_HPP
#define CHARCOUNT_TRANSPORT_TCP_HPP

#include <asio/basic_socket_acceptor.hpp>
#include <asio/basic_stream_socket.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <charcount/detail/address_lookup.hpp>
#include <charcount/detail/net_stream.hpp>
#include <charcount/detail/platform.hpp>
#include <charcount/options.hpp>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace charcount {

/// TCP over IPv4 and IPv6 (RFC 9293). Nagle's algorithm is off: a reply goes out when it is
/// written (TCP_NODELAY).
struct Tcp : detail::NetStream<asio::ip::tcp> {
    /// The addresses of a name, or of an address in text. IPv4 comes first.
    ///
    /// `localhost` is the loopback without asking anybody (RFC 6761, section 6.3). Any other
    /// name may take as long as the system's resolver does.
    static std::vector<Endpoint> resolve(const std::string& host, std::uint16_t port,
                                         std::error_code& error) {
        if (host == "localhost")
            return {{asio::ip::address_v4::loopback(), port},
                    {asio::ip::address_v6::loopback(), port}};
        const auto address = asio::ip::make_address(host, error);
        if (!error) return {{address, port}};
        return detail::look_up(host, port, error);
    }

    /// The addresses that the options name.
    template <class Options>
    static std::vector<Endpoint> resolve(const Options& options, std::error_code& error) {
        return resolve(options.host, options.port, error);
    }

    /// Whether `resolve` may take long.
    template <class Options>
    static bool resolves_slowly(const Options& options) {
        std::error_code error;
        asio::ip::make_address(options.host, error);
        return error && options.host != "localhost";
    }

    /// What the options name, for messages.
    template <class Options>
    static std::string describe(const Options& options) {
        const bool is_ipv6 = options.host.find(':') != std::string::npos;
        return (is_ipv6 ? "[" + options.host + "]" : options.host) + ":" +
               std::to_string(options.port);
    }

    /// Begins to listen on the first address that the options name.
    template <class Acceptor>
    static void listen(Acceptor& acceptor, const ServerOptions& options, std::error_code& error) {
        const auto endpoints = resolve(options, error);
        if (error) return;
        const Endpoint& endpoint = endpoints.front();
        acceptor.open(endpoint.protocol(), error);
        // Elsewhere the option allows a quick restart; on Windows it would let others in.
        if (!error && !CHARCOUNT_IS_WINDOWS)
            acceptor.set_option(asio::socket_base::reuse_address(true), error);
        if (!error && detail::accepted_inherit_options)
            acceptor.set_option(asio::ip::tcp::no_delay(true), error);
        if (!error) acceptor.bind(endpoint, error);
        if (!error) acceptor.listen(options.backlog, error);
        if (!error) acceptor.non_blocking(true, error);
    }

    /// Tidies up after listening.
    static void unlisten(const Endpoint&) noexcept {}

    /// Sets a new connection up.
    template <class Socket>
    static void prepare(Socket& socket, std::error_code& error) {
        socket.non_blocking(true, error);
        if (!error) socket.set_option(asio::ip::tcp::no_delay(true), error);
    }

    /// The same for a connection that `listen`'s acceptor has accepted.
    template <class Socket>
    static void prepare_accepted(Socket& socket, std::error_code& error) {
        if (!detail::accepted_inherit_options) return prepare(socket, error);
        socket.non_blocking(true, error);
    }

    /// The address of an endpoint in text.
    static std::string host(const Endpoint& endpoint) { return endpoint.address().to_string(); }

    /// The port of an endpoint.
    static std::uint16_t port(const Endpoint& endpoint) noexcept { return endpoint.port(); }
};

}  // namespace charcount

#endif
