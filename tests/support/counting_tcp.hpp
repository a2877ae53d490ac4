// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// TCP that counts how often it is written to.

#ifndef CHARCOUNT_TESTS_SUPPORT_COUNTING_TCP_HPP
#define CHARCOUNT_TESTS_SUPPORT_COUNTING_TCP_HPP

#include <asio/basic_stream_socket.hpp>
#include <asio/ip/tcp.hpp>
#include <charcount/transport/tcp.hpp>
#include <cstddef>
#include <system_error>

namespace charcount::test {

/// *Thread safety*: none; its sockets are used by one thread.
struct CountingTcp : Tcp {
    inline static int writes = 0;

    template <class Executor>
    class Socket : public asio::basic_stream_socket<asio::ip::tcp, Executor> {
        using Base = asio::basic_stream_socket<asio::ip::tcp, Executor>;

    public:
        using Base::Base;

        template <class Buffers>
        std::size_t write_some(const Buffers& buffers, std::error_code& error) {
            ++writes;
            return Base::write_some(buffers, error);
        }
    };
};

}  // namespace charcount::test

#endif
