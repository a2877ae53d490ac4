// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A progress bar on standard error.

#ifndef CHARCOUNT_EXAMPLES_PROGRAMS_PROGRESS_BAR_HPP
#define CHARCOUNT_EXAMPLES_PROGRAMS_PROGRESS_BAR_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>

#include "platform.hpp"

namespace programs {

/// Drawn while a known number of bytes is sent, if standard error is a terminal; then erased.
///
///     [############--------]  61% of 1907 MiB, 812 MiB/s
class ProgressBar {
public:
    explicit ProgressBar(std::optional<std::uint64_t> total)
        : total_(total.value_or(0)), is_shown_(total_ > 0 && is_error_terminal()) {
        draw();
    }

    ~ProgressBar() {
        if (is_shown_) std::cerr << "\r\x1b[K" << std::flush;
    }

    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// So many more bytes were sent. Drawn ten times a second, and at the end.
    void advance(std::size_t bytes) {
        done_ += bytes;
        if (done_ >= total_ || Clock::now() >= next_draw_) draw();
    }

private:
    using Clock = std::chrono::steady_clock;

    static constexpr std::uint64_t mebibyte = 1024 * 1024;
    static constexpr std::size_t width = 30;

    void draw() {
        if (!is_shown_) return;
        const auto now = Clock::now();
        next_draw_ = now + std::chrono::milliseconds(100);
        const double part =
            done_ < total_ ? static_cast<double>(done_) / static_cast<double>(total_) : 1.0;
        const auto filled = static_cast<std::size_t>(part * static_cast<double>(width));
        const std::chrono::duration<double> seconds = now - begin_;
        const double rate =
            seconds.count() > 0 ? static_cast<double>(done_) / seconds.count() : 0.0;
        std::cerr << "\r[" + std::string(filled, '#') + std::string(width - filled, '-') + "] " +
                         std::to_string(static_cast<int>(part * 100)) + "% of " +
                         std::to_string(total_ / mebibyte) + " MiB, " +
                         std::to_string(static_cast<std::uint64_t>(rate) / mebibyte) +
                         " MiB/s\x1b[K"
                  << std::flush;
    }

    const std::uint64_t total_;
    const bool is_shown_;
    const Clock::time_point begin_ = Clock::now();
    Clock::time_point next_draw_ = begin_;
    std::uint64_t done_ = 0;
};

}  // namespace programs

#endif
