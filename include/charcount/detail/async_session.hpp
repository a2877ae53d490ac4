// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsyncSession: drives one connection on a loop.

#ifndef CHARCOUNT_DETAIL_ASYNC_SESSION_HPP
#define CHARCOUNT_DETAIL_ASYNC_SESSION_HPP

#include <algorithm>
#include <charcount/detail/async_loop.hpp>
#include <charcount/detail/async_work.hpp>
#include <charcount/detail/loop_calls.hpp>
#include <charcount/detail/loop_session.hpp>
#include <charcount/detail/session_core.hpp>
#include <charcount/detail/session_tasks.hpp>
#include <chrono>
#include <memory>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// All that a connection does is in `pump`: it does what can be done, and sees that what must
/// happen next is waited for. How it waits is in its base `Transport::Io`.
///
///     open ──(finished: output sent)──> lingering ──(peer's end, or time)──> closed
///       └────(failure, reset, deadline)────────────────────────────────────────┘
///
/// *Thread safety*: all on the loop's executor, but for what `PeerLink` offers.
/// *Lifetime*: what is under way shares the ownership. Once closed, it holds nothing of the
/// loop's, so that a peer may keep it longer than the loop lives.
template <class H, class F, class Transport>
class AsyncSession final : public SessionCore<H, F, LoopSession<Transport>>,
                           public Transport::template Io<AsyncSession<H, F, Transport>>,
                           private SessionTasks<H, AsyncSession<H, F, Transport>> {
    using Core = SessionCore<H, F, LoopSession<Transport>>;
    using Io = typename Transport::template Io<AsyncSession>;
    friend Io;
    friend SessionTasks<H, AsyncSession>;

public:
    using typename Core::Endpoint;
    using typename Core::Executor;
    using typename Core::Socket;
    using typename Core::TimePoint;

    using Core::Core;
    using Core::executor;

    [[nodiscard]] std::shared_ptr<AsyncSession> self() {
        return std::static_pointer_cast<AsyncSession>(this->shared_from_this());
    }

    void start() override {
        const DriverScope scope;
        if constexpr (TaskHandler<H>) conversation_.run_tasks_on(*this);
        this->open();
        if (!failure_) Io::begin_io(failure_);
        // Unless the handler has begun to talk, there is nothing to do but to wait.
        if (failure_ || !conversation_.is_quiet()) return pump();
        wait_for_more();
    }

    void drain() override {
        const DriverScope scope;
        if (!is_open() || std::exchange(draining_, true)) return;
        if (Io::take_input_back()) return;  // the rest is read after it has come back
        pump();
    }

    void force() override {
        const DriverScope scope;
        if (is_lingering()) close({});
        if (is_open()) close(errc::drain_timed_out);
    }

    void on_deadline() override {
        const TimePoint now = Clock::now();
        next_look_ = TimePoint::max();
        if (is_lingering()) {
            if (now >= this->linger_until()) return close({});
            return look_by(this->linger_until());
        }
        this->check_deadlines(now);
        if (Io::may_become_quiet() && now >= quiet_at()) become_quiet();
        pump();
    }

    void on_turn_end(std::shared_ptr<LoopTimed> item) override {
        const DriverScope scope;
        const typename Io::Keeping keeping(*this,
                                           std::static_pointer_cast<AsyncSession>(std::move(item)));
        turn_end_asked_ = false;
        if (phase_ == Phase::closed) return;
        Io::on_turn_end();
        if (std::exchange(pump_waits_, false)) go_on();
    }

    // For `AsyncWork`.

    [[nodiscard]] bool has_work() noexcept {
        if constexpr (AwaitableHandler<H>)
            return is_open() && !failure_ && conversation_.work().is_ready();
        return false;
    }

    [[nodiscard]] auto take_work() requires AwaitableHandler<H> {
        return conversation_.work().take();
    }

    /// `reply`: one or none.
    template <class... R>
    void work_completed(R&&... reply) requires AwaitableHandler<H> {
        const DriverScope scope;
        if (!is_open()) return;
        conversation_.complete(std::forward<R>(reply)...);
        work_ended();
    }

    void work_failed() requires AwaitableHandler<H> {
        const DriverScope scope;
        if (!is_open()) return;
        conversation_.fail_work();
        work_ended();
    }

private:
    using Core::conversation_;
    using Core::failure_;
    using Core::loop_;
    using Core::socket_;
    using typename Core::Clock;

    enum class Phase : unsigned char { open, lingering, closed };

    /// A connection without traffic for so long gives memory back.
    static constexpr std::chrono::milliseconds quiet_after{1'000};

    [[nodiscard]] bool is_open() const noexcept { return phase_ == Phase::open; }
    [[nodiscard]] bool is_lingering() const noexcept { return phase_ == Phase::lingering; }

    void wake() override {
        post_to(executor(), [self = self()] {
            const DriverScope scope;
            self->pump();
        });
    }

    void task_went_on() {
        if (!conversation_.is_task_done()) return;
        if (!is_open()) return conversation_.forget_task();
        conversation_.complete_task();
        work_ended();
    }

    /// What is answered in one turn goes out at its end, in one write.
    void work_ended() {
        if (!pumping_) pump_at_turn_end();
    }

    void go_on() {
        if (is_lingering()) return Io::discard();
        pump();
    }

    void pump() {
        if (!is_open()) return;
        pumping_ = true;
        conversation_.borrow_memory(loop_->output);
        Io::read_ready();
        bool may_drain = draining_ && !Io::is_reading();
        do {
            conversation_.collect_pushes();
            start_work();
            if (!Io::is_writing()) this->write_now();
        } while (drains(may_drain) || this->has_late_push() || has_work());
        pumping_ = false;
        conversation_.return_memory(loop_->output);
        this->count_messages();
        if (!failure_ && conversation_.finished()) return wind_down();
        this->note_times();
        if (!failure_ && conversation_.pending_output() > 0) Io::await_output();
        if (failure_) return close(failure_);
        wait_for_more();
    }

    [[gnu::always_inline]] void wait_for_more() {
        if (conversation_.wants_input()) await_more();
        const TimePoint deadline = this->next_deadline();
        look_by(Io::may_become_quiet() ? std::min(deadline, quiet_at()) : deadline);
    }

    /// Whether reading what had arrived when the server stopped gave work to do. Once a turn.
    [[nodiscard]] bool drains(bool& may_drain) {
        return std::exchange(may_drain, false) && this->drain_step(loop_->large_buffer());
    }

    void await_more() {
        if (!draining_) return Io::await_input();
        if (!Io::is_reading()) pump_at_turn_end();  // else the read comes back
    }

    void start_work() {
        if constexpr (AwaitableHandler<H>)
            if (has_work()) work_.wake(*this);
    }

    /// Asks the loop only for what it does not do anyway.
    void look_by(TimePoint when) {
        if (when >= next_look_) return;
        next_look_ = when;
        loop_->look_at(*this, when);
    }

    void pump_at_turn_end() {
        pump_waits_ = true;
        if (!turn_end_asked_) ask_for_turn_end(self());
    }

    void ask_for_turn_end(std::shared_ptr<AsyncSession> keep) {
        if (!std::exchange(turn_end_asked_, true)) loop_->call_at_turn_end(std::move(keep));
    }

    [[nodiscard]] TimePoint quiet_at() const noexcept {
        return this->deadlines_.last_activity() + quiet_after;
    }

    void become_quiet() {
        conversation_.release_memory();
        if constexpr (AwaitableHandler<H>) work_.release_memory();
        Io::become_quiet();
    }

    // The end.

    void wind_down() {
        if (!this->begin_linger()) return close({});
        phase_ = Phase::lingering;
        look_by(this->linger_until());
        if (!Io::is_reading()) Io::discard();
    }

    void close(std::error_code error) {
        const auto keep = self();
        phase_ = Phase::closed;
        Io::end_io();
        const auto owner = std::move(this->owner_);  // which owns the loop
        loop_->forget(*this);
        if constexpr (AwaitableHandler<H>) work_.cancel();
        if constexpr (TaskHandler<H>) this->cancel_tasks();
        owner->session_ended(*this, this->end(error));
    }

    // The small ones stand first: they find room behind those of the base.
    Phase phase_ = Phase::open;
    bool pumping_ = false;
    bool draining_ = false;
    bool turn_end_asked_ = false;
    bool pump_waits_ = false;
    TimePoint next_look_ = TimePoint::max();  ///< when the loop looks at it
    [[no_unique_address]] AsyncWork<H> work_;
};

}  // namespace charcount::detail

#endif
