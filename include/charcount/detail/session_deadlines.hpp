// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SessionDeadlines: how long one connection may be quiet, take for a message, or not read.

#ifndef CHARCOUNT_DETAIL_SESSION_DEADLINES_HPP
#define CHARCOUNT_DETAIL_SESSION_DEADLINES_HPP

#include <algorithm>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <cstdint>
#include <system_error>

namespace charcount::detail {

/// The durations that a server's connections share; 0: no limit.
struct SessionTimeouts {
    std::chrono::milliseconds message;
    std::chrono::milliseconds write;
    std::chrono::milliseconds idle;
    std::chrono::milliseconds linger;
};

/// A time as far in the future as times go where the duration is 0.
template <class TimePoint>
[[nodiscard]] constexpr TimePoint deadline_after(TimePoint start,
                                                 std::chrono::milliseconds duration) noexcept {
    const bool is_unlimited = duration.count() == 0 || duration > TimePoint::max() - start;
    return is_unlimited ? TimePoint::max() : start + duration;
}

/// Remembers times, looks at them when asked: nothing is armed or cancelled per message.
///
/// - message: from the first byte of a message that is not complete; further bytes don't renew it.
/// - write: from the last time that output made progress, while there is some.
/// - idle: from the last byte either way, while none of the above holds and no handler works.
template <class TimePoint>
class SessionDeadlines {
public:
    explicit SessionDeadlines(TimePoint now) noexcept : activity_(now) {}

    /// What the conversation is at, after each step.
    struct Situation {
        std::uint64_t messages;
        bool in_message;
        bool has_output;
        bool is_awaiting;
    };

    void bytes_moved(TimePoint now) noexcept { activity_ = now; }

    void output_progressed(TimePoint now) noexcept { activity_ = output_since_ = now; }

    void update(TimePoint now, const Situation& situation) noexcept {
        if (situation.in_message && (!now_.in_message || situation.messages != now_.messages))
            message_since_ = now;
        if (situation.has_output && !now_.has_output) output_since_ = now;
        if (now_.is_awaiting && !situation.is_awaiting) activity_ = now;
        now_ = situation;
    }

    /// When to look again.
    [[nodiscard]] TimePoint next(const SessionTimeouts& timeouts) const noexcept {
        TimePoint earliest = TimePoint::max();
        if (now_.in_message)
            earliest = std::min(earliest, deadline_after(message_since_, timeouts.message));
        if (now_.has_output)
            earliest = std::min(earliest, deadline_after(output_since_, timeouts.write));
        if (is_idle()) earliest = std::min(earliest, deadline_after(activity_, timeouts.idle));
        return earliest;
    }

    /// Which deadline has passed; no error: none.
    [[nodiscard]] std::error_code expired(TimePoint now, const SessionTimeouts& timeouts) const {
        if (now_.has_output && deadline_after(output_since_, timeouts.write) <= now)
            return errc::write_timed_out;
        if (now_.in_message && deadline_after(message_since_, timeouts.message) <= now)
            return errc::message_timed_out;
        if (is_idle() && deadline_after(activity_, timeouts.idle) <= now)
            return errc::idle_timed_out;
        return {};
    }

    /// How many messages there were at the last update.
    [[nodiscard]] std::uint64_t messages() const noexcept { return now_.messages; }

    /// When bytes last moved.
    [[nodiscard]] TimePoint last_activity() const noexcept { return activity_; }

private:
    /// A stream without a message deadline may still fall silent.
    [[nodiscard]] bool is_idle() const noexcept { return !now_.has_output && !now_.is_awaiting; }

    TimePoint activity_;
    TimePoint message_since_{};
    TimePoint output_since_{};
    Situation now_{};
};

}  // namespace charcount::detail

#endif
