// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A file descriptor that closes itself.

#ifndef CHARCOUNT_BENCH_LOADGEN_DESCRIPTOR_HPP
#define CHARCOUNT_BENCH_LOADGEN_DESCRIPTOR_HPP

#include <unistd.h>

#include <utility>

namespace charcount::bench {

/// Owns a file descriptor, or none (-1).
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }

    [[nodiscard]] int number() const noexcept { return number_; }
    [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }

private:
    int number_ = -1;
};

}  // namespace charcount::bench

#endif
