// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsyncLoop: what the connections of one executor share.

#ifndef CHARCOUNT_DETAIL_ASYNC_LOOP_HPP
#define CHARCOUNT_DETAIL_ASYNC_LOOP_HPP

#include <charcount/byte_buffer.hpp>
#include <charcount/detail/buffer_pool.hpp>
#include <charcount/detail/deadline_queue.hpp>
#include <charcount/detail/loop_calls.hpp>
#include <charcount/detail/peer_link.hpp>
#include <charcount/detail/session_config.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

namespace charcount::detail {

/// Something that an `AsyncLoop` calls when its time has come.
class LoopTimed : public Timed {
public:
    virtual void on_deadline() = 0;
    /// For those that ask for it; `self` is what they gave.
    virtual void on_turn_end(std::shared_ptr<LoopTimed> /*self*/) {}

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

    /// Notes whose turn it is; whether another item than this has had the last one.
    [[nodiscard]] bool is_busy_beside(const LoopTimed& item) noexcept {
        return std::exchange(last_item_, &item) != &item;
    }

    /// Calls `item->on_turn_end(item)` after the handlers that are ready now, shares its ownership
    /// until then. One handler of Asio's calls all items that asked for it meanwhile.
    void call_at_turn_end(std::shared_ptr<LoopTimed> item) {
        if (turn_) return turn_->push_back(std::move(item));
        auto turn = std::make_unique<Turn>(std::move(spare_turn_));
        turn_ = turn.get();
        turn_->push_back(std::move(item));
        post_to(executor_, [self = this->shared_from_this(), turn = std::move(turn)] {
            self->turn_ = nullptr;
            for (auto& waiting : *turn) {
                LoopTimed& next = *waiting;
                next.on_turn_end(std::move(waiting));
            }
            turn->clear();
            self->spare_turn_ = std::move(*turn);
        });
    }

    /// For one read whose bytes are used before the next: connections take turns.
    [[nodiscard]] std::span<char> large_buffer() {
        if (!large_buffer_) large_buffer_.reset(new char[large_buffer_size]);
        return {large_buffer_.get(), large_buffer_size};
    }

    const std::shared_ptr<PushGate> gate;
    SessionCounters counters;
    ByteBuffer output;  ///< lent to the session whose turn it is; most send all in it
    BufferPool small_buffers;

private:
    using Turn = std::vector<std::shared_ptr<LoopTimed>>;

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
    Turn* turn_ = nullptr;  ///< owned by the handler that ends it
    Turn spare_turn_;       ///< its memory serves again
    const LoopTimed* last_item_ = nullptr;
};

}  // namespace charcount::detail

#endif
