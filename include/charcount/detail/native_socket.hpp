// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// NativeSocket: the system's own socket, without Asio's machinery around it.

#ifndef CHARCOUNT_DETAIL_NATIVE_SOCKET_HPP
#define CHARCOUNT_DETAIL_NATIVE_SOCKET_HPP

#include <charcount/detail/descriptor.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/socket_base.hpp>
#include <charcount/detail/direct_calls.hpp>
#include <charcount/detail/epoll_executor.hpp>
#include <chrono>
#include <cstddef>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// For sockets that no loop knows.
struct NoHome {
    explicit NoHome(int /*threads*/) noexcept {}
};

/// Has the names of `asio::basic_stream_socket` for calls that never wait, and one that does.
///
/// *Thread safety*: none, but `shutdown` may be called from any thread while it is open.
template <class Protocol>
class NativeSocket {
public:
    using protocol_type = Protocol;
    using endpoint_type = typename Protocol::endpoint;

    /// Without a descriptor.
    explicit NativeSocket(const EpollExecutor&) noexcept {}
    explicit NativeSocket(const NoHome&) noexcept {}
    /// Takes a descriptor, which may block.
    explicit NativeSocket(Descriptor descriptor) noexcept : descriptor_(std::move(descriptor)) {}

    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(descriptor_); }
    [[nodiscard]] int native_handle() const noexcept { return descriptor_.number(); }

    void open(const Protocol& protocol, std::error_code& error) noexcept {
        descriptor_ =
            Descriptor(::socket(protocol.family(), protocol.type() | SOCK_NONBLOCK | SOCK_CLOEXEC,
                                protocol.protocol()));
        error = descriptor_ ? std::error_code() : last_error();
    }

    /// *Errors*: `would_block`; `eof` when the peer has ended.
    std::size_t read_some(const asio::mutable_buffer& buffer, std::error_code& error) noexcept {
        const auto size = transferred(
            [&] {
                return direct::recv(native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            },
            error);
        if (size == 0 && !error) error = asio::error::eof;
        return size;
    }

    /// Waits for bytes as long as `limit_waits` has said. For a descriptor that blocks.
    ///
    /// *Errors*: `would_block` after that time, or when a signal has interrupted it: begun again,
    /// it would wait for ever where signals come often; `eof` when the peer has ended.
    std::size_t read_waiting(const asio::mutable_buffer& buffer, std::error_code& error) noexcept {
        const ssize_t size = direct::recv(native_handle(), buffer.data(), buffer.size(), 0);
        error.clear();
        if (size > 0) return static_cast<std::size_t>(size);
        if (size == 0) {
            error = asio::error::eof;
        } else {
            error = last_error();
            if (error == asio::error::interrupted) error = asio::error::would_block;
        }
        return 0;
    }

    /// *Source*: socket(7), SO_RCVTIMEO.
    void limit_waits(std::chrono::milliseconds limit, std::error_code& error) noexcept {
        const auto seconds = std::chrono::floor<std::chrono::seconds>(limit);
        timeval time{};
        time.tv_sec = static_cast<time_t>(seconds.count());
        time.tv_usec = static_cast<suseconds_t>(std::chrono::microseconds(limit - seconds).count());
        check(::setsockopt(native_handle(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time), error);
    }

    /// *Errors*: `would_block`.
    std::size_t write_some(const asio::const_buffer& bytes, std::error_code& error) noexcept {
        return transferred(
            [&] { return direct::send(native_handle(), bytes.data(), bytes.size()); }, error);
    }

    /// How many bytes can be read at once.
    [[nodiscard]] std::size_t available(std::error_code& error) const noexcept {
        int size = 0;
        check(::ioctl(native_handle(), FIONREAD, &size), error);
        return static_cast<std::size_t>(size);
    }

    [[nodiscard]] endpoint_type local_endpoint(std::error_code& error) const {
        endpoint_type endpoint;
        auto size = static_cast<socklen_t>(endpoint.capacity());
        check(::getsockname(native_handle(), endpoint.data(), &size), error);
        if (!error) endpoint.resize(size);
        return endpoint;
    }

    template <class Option>
    void set_option(const Option& option, std::error_code& error) noexcept {
        const endpoint_type any;
        const auto protocol = any.protocol();
        check(::setsockopt(native_handle(), option.level(protocol), option.name(protocol),
                           option.data(protocol), static_cast<socklen_t>(option.size(protocol))),
              error);
    }

    /// It never blocks.
    void non_blocking(bool /*mode*/, std::error_code& error) noexcept { error.clear(); }

    void shutdown(asio::socket_base::shutdown_type what, std::error_code& error) noexcept {
        check(::shutdown(native_handle(), what), error);
    }

    /// Nothing is ever under way.
    void cancel(std::error_code& error) noexcept { error.clear(); }

    void close(std::error_code& error) noexcept {
        descriptor_.reset();
        error.clear();
    }

protected:
    static void check(int result, std::error_code& error) noexcept {
        error = result == 0 ? std::error_code() : last_error();
    }

private:
    /// A call that a signal interrupted is made again.
    template <class Call>
    static std::size_t transferred(const Call& call, std::error_code& error) noexcept {
        error.clear();
        while (true) {
            const ssize_t size = call();
            if (size >= 0) return static_cast<std::size_t>(size);
            if (errno == EINTR) continue;
            error = last_error();
            return 0;
        }
    }

    Descriptor descriptor_;
};

}  // namespace charcount::detail

#endif
#endif
