// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// NativeAcceptor: a listening socket that is the system's descriptor and nothing else.

#ifndef CHARCOUNT_DETAIL_NATIVE_ACCEPTOR_HPP
#define CHARCOUNT_DETAIL_NATIVE_ACCEPTOR_HPP

#include <charcount/detail/native_socket.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <system_error>
#include <utility>

namespace charcount::detail {

/// Has the names of `asio::basic_socket_acceptor`, as far as a server needs them.
/// `Accepted`: what a connection becomes, made of its descriptor; tests bring one that fails.
/// `flags`: of that descriptor, `SOCK_NONBLOCK` or 0.
///
/// *Thread safety*: none.
template <class Protocol, class Accepted, int flags>
class NativeAcceptor : public NativeSocket<Protocol> {
public:
    using Socket = Accepted;
    using Endpoint = typename Protocol::endpoint;

    using NativeSocket<Protocol>::NativeSocket;

    void bind(const Endpoint& endpoint, std::error_code& error) noexcept {
        const auto size = static_cast<socklen_t>(endpoint.size());
        this->check(::bind(this->native_handle(), endpoint.data(), size), error);
    }

    void listen(int backlog, std::error_code& error) noexcept {
        this->check(::listen(this->native_handle(), backlog), error);
    }

    /// Never waits. *Errors*: `would_block` when there is no connection.
    void accept(Socket& socket, Endpoint& remote, std::error_code& error) {
        auto size = static_cast<socklen_t>(remote.capacity());
        Descriptor accepted(direct::accept(this->native_handle(), remote.data(), &size, flags));
        error = accepted ? std::error_code() : last_error();
        if (error) return;
        remote.resize(size);
        socket = Socket(std::move(accepted));
    }
};

}  // namespace charcount::detail

#endif
#endif
