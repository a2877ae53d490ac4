// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Waker: interrupts a thread that waits for a socket.

#ifndef CHARCOUNT_DETAIL_WAKER_HPP
#define CHARCOUNT_DETAIL_WAKER_HPP

#include <charcount/detail/platform.hpp>

#if CHARCOUNT_HAS_EVENTFD
#include <cerrno>
#include <cstdint>
#include <system_error>
#else
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/udp.hpp>
#include <system_error>
#endif

namespace charcount::detail {

#if CHARCOUNT_HAS_EVENTFD

/// A descriptor that becomes readable when it is signalled: an eventfd.
///
/// *Thread safety*: `signal` from any thread; the others from the waiting one.
class Waker {
public:
    Waker() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
        if (descriptor_ < 0) throw std::system_error(errno, std::system_category(), "eventfd");
    }
    ~Waker() { ::close(descriptor_); }
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;

    /// Ends the current wait, or the next one.
    void signal() noexcept {
        const std::uint64_t one = 1;
        // It fails only when the counter is full, and then the descriptor is readable anyway.
        [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
    }

    /// Makes it wait again.
    void clear() noexcept {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto read = ::read(descriptor_, &count, sizeof count);
    }

    [[nodiscard]] int native_handle() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

#else

/// A descriptor that becomes readable when it is signalled: a UDP socket connected to itself,
/// which every system with sockets has and no other socket can send to.
///
/// *Thread safety*: `signal` from any thread; the others from the waiting one.
class Waker {
public:
    Waker() : socket_(context_, {asio::ip::address_v4::loopback(), 0}) {
        socket_.connect(socket_.local_endpoint());
        socket_.non_blocking(true);
    }
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;

    /// Ends the current wait, or the next one.
    void signal() noexcept {
        const char byte = 0;
        std::error_code ignored;  // a full buffer is readable anyway
        socket_.send(asio::buffer(&byte, 1), 0, ignored);
    }

    /// Makes it wait again.
    void clear() noexcept {
        char bytes[64];
        std::error_code error;
        while (!error) socket_.receive(asio::buffer(bytes), 0, error);
    }

    [[nodiscard]] auto native_handle() { return socket_.native_handle(); }

private:
    asio::io_context context_;
    asio::ip::udp::socket socket_;
};

#endif

}  // namespace charcount::detail

#endif
