// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Descriptor: owns one of the system's file descriptors.

#ifndef CHARCOUNT_DETAIL_DESCRIPTOR_HPP
#define CHARCOUNT_DETAIL_DESCRIPTOR_HPP

#include <charcount/detail/direct_calls.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <asio/error.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// What the last system call failed with, in the category that Asio's own errors have.
[[nodiscard]] inline std::error_code last_error() noexcept {
    return {errno, asio::error::get_system_category()};
}

/// Closes its descriptor at the end; -1: none.
class Descriptor {
public:
    Descriptor() noexcept = default;
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { reset(); }

    [[nodiscard]] int number() const noexcept { return number_; }
    [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }

    void reset() noexcept {
        if (number_ >= 0) direct::close(std::exchange(number_, -1));
    }

private:
    int number_ = -1;
};

}  // namespace charcount::detail

#endif
#endif
