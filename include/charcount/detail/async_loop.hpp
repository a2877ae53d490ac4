// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsyncLoop: what the connections of one executor share.

#ifndef CHARCOUNT_DETAIL_ASYNC_LOOP_HPP
#define CHARCOUNT_DETAIL_ASYNC_LOOP_HPP

#include <charcount/detail/buffer_pool.hpp>
#include <charcount/detail/deadline_queue.hpp>
#include <charcount/detail/peer_link.hpp>
#include <charcount/detail/session_config.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// Something that an `AsyncLoop` looks at when its deadline has come.
class LoopTimed : public Timed {
public:
    virtual void on_deadline() = 0;

protected:
    ~LoopTimed() = default;
};

/// One timer for all deadlines, the buffers to read into, and the counters.
///
/// *Thread safety*: none but for `gate` and reading the counters: it belongs to its executor.
template <class Transport>
class AsyncLoop : public std::enable_shared_from_this<AsyncLoop<Transport>> {
public:
    using Executor = typename Transport::Executor;
    using TimePoint = typename Transport::Clock::time_point;

    /// A busy connection reads into a small buffer; more is read into the large one.
    static constexpr std::size_t large_buffer_size = 256 * 1024;

    AsyncLoop(const Executor& executor, const PushLimits& push_limits)
        : gate(std::make_shared<PushGate>(push_limits)), executor_(executor), timer_(executor) {}

    [[nodiscard]] const Executor& executor() const noexcept { return executor_; }

    /// Makes sure that `item.on_deadline()` is called by `when`, or a little later.
    void look_at(LoopTimed& item, TimePoint when) {
        if (when == TimePoint::max()) return;
        deadlines_.bring_forward(item, when);
        if (deadlines_.next() < armed_for_) arm();
    }

    void forget(LoopTimed& item) {
        deadlines_.remove(item);
        if (deadlines_.empty()) disarm();
    }

    /// For one read whose bytes are used before the next: connections take turns.
    [[nodiscard]] std::span<char> large_buffer() {
        if (!large_buffer_) large_buffer_.reset(new char[large_buffer_size]);
        return {large_buffer_.get(), large_buffer_size};
    }

    const std::shared_ptr<PushGate> gate;
    SessionCounters counters;
    BufferPool small_buffers;

private:
    void arm() {
        armed_for_ = deadlines_.next();
        timer_.expires_at(armed_for_);
        timer_.async_wait([self = this->shared_from_this()](std::error_code error) {
            if (!error) self->run_due();
        });
    }

    void disarm() {
        if (std::exchange(armed_for_, TimePoint::max()) != TimePoint::max()) timer_.cancel();
    }

    void run_due() {
        const DriverScope scope;
        armed_for_ = TimePoint::max();
        const TimePoint now = Transport::Clock::now();
        while (Timed* due = deadlines_.take_due(now)) static_cast<LoopTimed*>(due)->on_deadline();
        if (deadlines_.next() < armed_for_) arm();
    }

    Executor executor_;
    typename Transport::Timer timer_;
    TimePoint armed_for_ = TimePoint::max();
    DeadlineQueue<TimePoint> deadlines_;
    std::unique_ptr<char[]> large_buffer_;
};

}  // namespace charcount::detail

#endif
