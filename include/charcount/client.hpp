// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Client: sends messages to a server and receives its replies.

#ifndef CHARCOUNT_CLIENT_HPP
#define CHARCOUNT_CLIENT_HPP

#include <charcount/detail/async_client.hpp>
#include <charcount/detail/blocking_client.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/async.hpp>
#include <charcount/transport/blocking.hpp>
#include <cstdint>
#include <string>
#include <type_traits>

namespace charcount {

/// A client of a message server. With a blocking transport each call returns when it is done, or
/// at its deadline; with an async one it takes a completion token.
///
///     charcount::Client client{"127.0.0.1", 12345};
///     std::cout << client.request("Halo dunia") << '\n';   // 10
///
///     charcount::Client<charcount::AsyncTcp> later{context, {.port = 12345}};
///     co_await later.async_connect(asio::use_awaitable);
///     auto reply = co_await later.async_request("Halo dunia", asio::use_awaitable);
///
/// See `detail::BlockingClient` and `detail::AsyncClient` for the members of each.
template <class Transport = BlockingTcp, Framing F = LineFraming>
class Client
    : public std::conditional_t<Transport::is_async,
                                std::type_identity<detail::AsyncClient<Transport, F>>,
                                std::type_identity<detail::BlockingClient<Transport, F>>>::type {
    using Base =
        typename std::conditional_t<Transport::is_async,
                                    std::type_identity<detail::AsyncClient<Transport, F>>,
                                    std::type_identity<detail::BlockingClient<Transport, F>>>::type;

public:
    using Base::Base;
};

/// Blocking, over TCP, in lines: what `Client` means without template arguments.
Client(std::string, std::uint16_t)->Client<>;

/// As above.
Client(std::string, std::uint16_t, ClientOptions)->Client<>;

/// As above.
Client(ClientOptions)->Client<>;

}  // namespace charcount

#endif
