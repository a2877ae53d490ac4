// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SessionConfig: what all connections of a server share; and what they count.

#ifndef CHARCOUNT_DETAIL_SESSION_CONFIG_HPP
#define CHARCOUNT_DETAIL_SESSION_CONFIG_HPP

#include <atomic>
#include <charcount/detail/peer_link.hpp>
#include <charcount/detail/session_deadlines.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <cstdint>

namespace charcount::detail {

/// A server's options as its sessions need them.
struct SessionConfig {
    ConversationOptions conversation;
    PushLimits push;
    SessionTimeouts timeouts;
};

/// `F` decides about the message deadline where the options leave it open.
template <Framing F>
[[nodiscard]] SessionConfig make_session_config(const ServerOptions& options) {
    const std::chrono::milliseconds usual_message_timeout{F::is_stream ? 0 : 30'000};
    return {.conversation = {.max_message_bytes = options.max_message_bytes,
                             .max_pending_output_bytes = options.max_pending_output_bytes,
                             .max_requests = options.requests_per_connection,
                             .push_policy = options.push_policy},
            .push = {.max_pending_bytes = options.max_pending_output_bytes,
                     .policy = options.push_policy,
                     .max_wait = options.write_timeout},
            .timeouts = {.message = options.message_timeout.value_or(usual_message_timeout),
                         .write = options.write_timeout,
                         .idle = options.idle_timeout,
                         .linger = options.linger_timeout}};
}

/// Figures that one thread counts and any thread reads: no locked instruction is needed.
class SessionCounters {
public:
    void received(std::uint64_t bytes) noexcept { add(bytes_received_, bytes); }
    void sent(std::uint64_t bytes) noexcept { add(bytes_sent_, bytes); }
    void answered(std::uint64_t messages) noexcept { add(messages_, messages); }

    /// Adds the figures to a snapshot.
    void add_to(ServerStats& stats) const noexcept {
        stats.messages += messages_.load(std::memory_order_relaxed);
        stats.bytes_received += bytes_received_.load(std::memory_order_relaxed);
        stats.bytes_sent += bytes_sent_.load(std::memory_order_relaxed);
    }

private:
    static void add(std::atomic<std::uint64_t>& figure, std::uint64_t count) noexcept {
        figure.store(figure.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
    }

    std::atomic<std::uint64_t> messages_ = 0;
    std::atomic<std::uint64_t> bytes_received_ = 0;
    std::atomic<std::uint64_t> bytes_sent_ = 0;
};

/// How a session ended, for its server.
struct SessionEnd {
    std::error_code error;
    std::uint64_t unsent_bytes = 0;
};

}  // namespace charcount::detail

#endif
