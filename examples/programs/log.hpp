// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The server's log on standard error, and the handler that writes to it.

#ifndef CHARCOUNT_EXAMPLES_PROGRAMS_LOG_HPP
#define CHARCOUNT_EXAMPLES_PROGRAMS_LOG_HPP

#include <atomic>
#include <charcount/peer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "counter.hpp"
#include "settings.hpp"
#include "text.hpp"

namespace programs {

/// Writes whole lines.
///
/// *Thread safety*: all functions, from any thread.
class Log {
public:
    explicit Log(LogLevel level) noexcept : level_(level) {}

    [[nodiscard]] bool is_quiet() const noexcept { return level_ == LogLevel::quiet; }
    [[nodiscard]] bool is_verbose() const noexcept { return level_ == LogLevel::verbose; }

    /// A number for the next connection. (Clients of a Unix socket have no address.)
    [[nodiscard]] std::uint64_t next_number() noexcept { return ++connections_; }

    void write(std::string line) {
        if (is_quiet()) return;
        line += '\n';
        const std::lock_guard lock(mutex_);
        std::cerr << line << std::flush;
    }

    /// The server tries again many times a second: one line a second says enough.
    void accept_failed(std::error_code error) {
        const auto now = std::chrono::steady_clock::now();
        {
            const std::lock_guard lock(mutex_);
            if (now < next_failure_at_) return;
            next_failure_at_ = now + std::chrono::seconds(1);
        }
        write("accepting failed: " + error.message());
    }

private:
    const LogLevel level_;
    std::atomic<std::uint64_t> connections_ = 0;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point next_failure_at_{};
};

/// Counts as its inner handler does, and notes what happens on its connection.
///
/// *Lifetime*: the log outlives the server.
class LoggingHandler {
public:
    LoggingHandler(Log& log, Counter inner) : log_(&log), inner_(inner) {}

    void on_open(const charcount::Peer& peer) {
        if (log_->is_quiet()) return;
        name_ = "connection " + std::to_string(log_->next_number());
        log_->write(name_ + " from " + peer.address());
    }

    void on_close(const charcount::Peer&, std::error_code error) {
        if (log_->is_quiet()) return;
        log_->write(name_ + " ended" + (error ? ": " + error.message() : ""));
    }

    [[nodiscard]] std::string operator()(std::string_view message) {
        std::string reply = inner_(message);
        if (log_->is_verbose()) note(message.size(), message, reply);
        return reply;
    }

    void on_chunk(std::string_view piece) {
        inner_.on_chunk(piece);
        if (!log_->is_verbose()) return;
        bytes_ += piece.size();
        if (begin_.size() < kept_bytes) begin_ += piece.substr(0, kept_bytes - begin_.size());
    }

    [[nodiscard]] std::string on_end() {
        std::string reply = inner_.on_end();
        if (log_->is_verbose()) note(std::exchange(bytes_, 0), std::exchange(begin_, {}), reply);
        return reply;
    }

private:
    /// As much of a message in pieces as the log may show of it, and one byte more.
    static constexpr std::size_t kept_bytes = max_quoted_bytes + 1;

    void note(std::uint64_t bytes, std::string_view text, std::string_view reply) {
        log_->write(name_ + ": " + std::to_string(bytes) + " bytes " + quote(text) + " -> " +
                    quote(reply));
    }

    Log* log_;
    Counter inner_;
    std::string name_;
    std::uint64_t bytes_ = 0;  ///< of a message in pieces
    std::string begin_;        ///< its first bytes
};

}  // namespace programs

#endif
