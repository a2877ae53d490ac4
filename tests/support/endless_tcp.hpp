// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// TCP that is always ready and never done: for deadlines that progress must not renew.

#ifndef CHARCOUNT_TESTS_SUPPORT_ENDLESS_TCP_HPP
#define CHARCOUNT_TESTS_SUPPORT_ENDLESS_TCP_HPP

#include <asio/basic_stream_socket.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <charcount/byte_buffer.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/transport/tcp.hpp>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount::test {

/// Reading always fills the buffer at once; writing takes one byte at a time.
struct EndlessTcp : Tcp {
    template <class Executor>
    class Socket : public asio::basic_stream_socket<asio::ip::tcp, Executor> {
        using Base = asio::basic_stream_socket<asio::ip::tcp, Executor>;

    public:
        using Base::Base;

        std::size_t read_some(const asio::mutable_buffer& buffer, std::error_code& error) {
            error.clear();
            std::memset(buffer.data(), 'x', buffer.size());
            return buffer.size();
        }

        template <class Handler>
        void async_read_some(const asio::mutable_buffer& buffer, Handler handler) {
            asio::post(this->get_executor(), [this, buffer, call = std::move(handler)]() mutable {
                std::error_code error;
                const std::size_t size = read_some(buffer, error);
                call(error, size);
            });
        }

        std::size_t write_some(const asio::const_buffer& bytes, std::error_code& error) {
            return Base::write_some(asio::buffer(bytes, 1), error);
        }
    };
};

/// A message that never ends, and needs no memory.
class EndlessFraming {
public:
    static constexpr bool is_stream = false;
    static constexpr bool splits_at_limit = false;

    [[nodiscard]] FramePart decode(std::string_view input, bool /*more_follows*/) noexcept {
        return {.consumed = input.size()};
    }
    [[nodiscard]] FramePart end_of_stream() noexcept { return {}; }
    [[nodiscard]] bool in_message() const noexcept { return true; }
    static void encode(ByteBuffer& out, std::string_view message) { out.append(message); }
};

static_assert(Framing<EndlessFraming>);

}  // namespace charcount::test

#endif
