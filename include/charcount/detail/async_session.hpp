// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsyncSession: drives one connection by completion handlers.

#ifndef CHARCOUNT_DETAIL_ASYNC_SESSION_HPP
#define CHARCOUNT_DETAIL_ASYNC_SESSION_HPP

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/socket_base.hpp>
#include <charcount/detail/async_loop.hpp>
#include <charcount/detail/async_work.hpp>
#include <charcount/detail/buffer_pool.hpp>
#include <charcount/detail/operation_memory.hpp>
#include <charcount/detail/session_core.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace charcount::detail {

/// The server's side of a session's end.
template <class Session>
class AsyncSessionOwner {
public:
    /// Called on the session's loop, once, when its socket is closed.
    virtual void session_ended(const Session& session, const SessionEnd& end) = 0;

protected:
    ~AsyncSessionOwner() = default;
};

/// One read and one write are under way at most. While busy it reads into a small buffer; when
/// that was filled, the rest comes through the loop's large one. After a quiet moment it holds
/// no buffer and waits until the socket is readable.
///
///     open ──(finished: output sent)──> lingering ──(peer's end, or time)──> closed
///       └────(failure, reset, deadline)────────────────────────────────────────┘
///
/// *Thread safety*: all on the loop's executor, but for what `PeerLink` offers.
/// *Lifetime*: every operation under way shares the ownership. Once closed, it holds nothing of
/// the loop's, so that a peer may keep it longer than the loop lives.
template <class H, class F, class Transport>
class AsyncSession final : public SessionCore<H, F, Transport>, public LoopTimed {
    using Core = SessionCore<H, F, Transport>;

public:
    using typename Core::Endpoint;
    using typename Core::Socket;
    using typename Core::TimePoint;
    using Executor = typename Transport::Executor;
    using Loop = AsyncLoop<Transport>;
    using Owner = AsyncSessionOwner<AsyncSession>;

    AsyncSession(std::shared_ptr<Owner> owner, std::shared_ptr<Loop> loop, Socket socket,
                 Endpoint remote, const SessionConfig& config, const H& handler, const F& framing)
        : Core(loop->gate, std::move(socket), std::move(remote), config, handler, framing),
          loop_(std::move(loop)),
          executor_(loop_->executor()),
          owner_(std::move(owner)) {}

    /// The executor of its loop. *Thread safety*: from any thread.
    [[nodiscard]] const Executor& executor() const noexcept { return executor_; }

    [[nodiscard]] std::shared_ptr<AsyncSession> self() {
        return std::static_pointer_cast<AsyncSession>(this->shared_from_this());
    }

    void start() {
        const DriverScope scope;
        this->open();
        pump();
    }

    /// The server stops: answers what has reached the socket, then closes.
    void drain() {
        const DriverScope scope;
        if (phase_ != Phase::open || std::exchange(draining_, true)) return;
        // A read under way may hold bytes already: the rest is read after it has come back.
        if (reading_) return cancel_read();
        pump();
    }

    /// The end of the server's patience.
    void force() {
        const DriverScope scope;
        if (phase_ == Phase::lingering) close({});
        if (phase_ == Phase::open) close(errc::drain_timed_out);
    }

    void on_deadline() override {
        const TimePoint now = Clock::now();
        next_look_ = TimePoint::max();
        if (phase_ == Phase::lingering) {
            if (now >= linger_until_) return close({});
            return look_by(linger_until_);
        }
        this->check_deadlines(now);
        if (buffer_ && now >= quiet_at()) become_quiet();
        pump();
    }

    // For `AsyncWork`.

    [[nodiscard]] bool has_work() noexcept {
        if constexpr (AwaitableHandler<H>)
            return phase_ == Phase::open && !failure_ && conversation_.work().is_ready();
        return false;
    }

    [[nodiscard]] auto take_work() requires AwaitableHandler<H> {
        return conversation_.work().take();
    }

    /// What is answered in one turn goes out at its end, in one write.
    template <class R>
    void work_ended(bool has_failed, std::optional<R> reply) {
        const DriverScope scope;
        if (phase_ != Phase::open) return;
        if (has_failed) {
            conversation_.fail_work();
        } else if constexpr (std::is_void_v<typename MessageResult<H>::type::value_type>) {
            conversation_.complete();
        } else {
            conversation_.complete(std::move(*reply));
        }
        if (!pumping_) pump_at_turn_end();
    }

private:
    using Core::conversation_;
    using Core::failure_;
    using Core::socket_;
    using typename Core::Clock;

    enum class Phase : unsigned char { open, lingering, closed };

    /// Keeps its session, which has room for the operation.
    template <auto function>
    struct Completion {
        using allocator_type = OperationAllocator<void>;

        [[nodiscard]] allocator_type get_allocator() const noexcept {
            return allocator_type(self->read_memory_);
        }

        template <class... R>
        void operator()(const R&... results) {
            AsyncSession& session = *self;
            (session.*function)(std::move(self), results...);
        }

        std::shared_ptr<AsyncSession> self;
    };

    /// A connection without traffic for so long gives its buffer back.
    static constexpr std::chrono::milliseconds quiet_after{1'000};

    void wake() override {
        asio::post(executor_, [self = self()] {
            const DriverScope scope;
            self->pump();
        });
    }

    /// Does all that can be done now, and sees that what must happen next is under way.
    /// `keep`: a share in its ownership for the next operation; each new one is a locked
    /// instruction.
    void pump(std::shared_ptr<AsyncSession> keep = {}) {
        if (phase_ != Phase::open) return;
        pumping_ = true;
        do {
            conversation_.collect_pushes();
            start_work();
            if (!writing_) this->write_now(loop_->counters);
        } while (
            (draining_ && !reading_ && this->drain_step(loop_->large_buffer(), loop_->counters)) ||
            this->has_late_push() || has_work());
        pumping_ = false;
        loop_->counters.answered(conversation_.messages() - counted_messages_);
        counted_messages_ = conversation_.messages();
        if (failure_) return close(failure_);
        if (conversation_.finished()) return wind_down();
        if (!writing_ && conversation_.pending_output() > 0) write_later();
        if (!reading_ && conversation_.wants_input()) read(std::move(keep));
        const TimePoint deadline = this->update_deadlines();
        const bool may_become_quiet = buffer_ && !switching_ && !writing_;
        look_by(may_become_quiet ? std::min(deadline, quiet_at()) : deadline);
    }

    /// Asks the loop only for what it does not do anyway.
    void look_by(TimePoint when) {
        if (when >= next_look_) return;
        next_look_ = when;
        loop_->look_at(*this, when);
    }

    void pump_at_turn_end() {
        pump_waits_ = true;
        ask_for_turn_end({});
    }

    void ask_for_turn_end(std::shared_ptr<AsyncSession> keep) {
        if (std::exchange(turn_end_asked_, true)) return;
        loop_->call_at_turn_end(keep ? std::move(keep) : self());
    }

    void on_turn_end(std::shared_ptr<LoopTimed> item) override {
        const DriverScope scope;
        auto keep = std::static_pointer_cast<AsyncSession>(std::move(item));
        turn_end_asked_ = false;
        if (phase_ == Phase::closed) return;
        if (std::exchange(pump_waits_, false)) {
            if (std::exchange(read_waits_, false)) begin_read_unless_taken_back(self());
            pump(std::move(keep));
        } else if (std::exchange(read_waits_, false)) {
            begin_read_unless_taken_back(std::move(keep));
        }
    }

    // Reading.

    /// Asio tries each read at once, and right behind a reply nothing is there yet. So others have
    /// their turn first.
    void read(std::shared_ptr<AsyncSession> keep) {
        reading_ = true;
        if (quiet_ || !loop_->is_busy_beside(*this)) return begin_read(std::move(keep));
        read_waits_ = true;
        ask_for_turn_end(std::move(keep));
    }

    void begin_read_unless_taken_back(std::shared_ptr<AsyncSession> keep) {
        if (std::exchange(switching_, false)) give_buffer_up();
        if (phase_ != Phase::open || !draining_) return begin_read(std::move(keep));
        reading_ = false;
        pump(std::move(keep));
    }

    void begin_read(std::shared_ptr<AsyncSession> keep) {
        if (!keep) keep = self();
        if (quiet_) {
            socket_->async_wait(asio::socket_base::wait_read,
                                Completion<&AsyncSession::on_readable>{std::move(keep)});
            return;
        }
        if (!buffer_) buffer_ = loop_->small_buffers.take();
        socket_->async_read_some(asio::buffer(buffer_.get(), BufferPool::buffer_size),
                                 Completion<&AsyncSession::on_read>{std::move(keep)});
    }

    void on_readable(std::shared_ptr<AsyncSession> keep, std::error_code error) {
        const DriverScope scope;
        reading_ = quiet_ = false;
        if (phase_ == Phase::lingering) return discard();
        if (phase_ == Phase::closed) return;
        if (!error) {
            this->read_available(loop_->large_buffer(), loop_->counters);
        } else if (error != asio::error::operation_aborted) {
            failure_ = error;
        }
        pump(std::move(keep));
    }

    void on_read(std::shared_ptr<AsyncSession> keep, std::error_code error, std::size_t count) {
        const DriverScope scope;
        reading_ = false;
        const bool was_switching = std::exchange(switching_, false);
        if (phase_ == Phase::lingering) return on_discarded(error);
        if (phase_ == Phase::closed) return;
        if (error == asio::error::operation_aborted) {
            if (was_switching) give_buffer_up();
        } else if (error) {
            this->end_of_input(error);
        } else {
            const bool is_full = count == BufferPool::buffer_size;
            this->take({buffer_.get(), count}, is_full, loop_->counters);
            if (is_full) read_on();
        }
        pump(std::move(keep));
    }

    /// The small buffer was filled, so there is more: it goes into the same turn's answer.
    void read_on() {
        pumping_ = true;  // in a moment
        start_work();
        this->read_available(loop_->large_buffer(), loop_->counters);
    }

    /// Takes the read back. A write under way comes back too, and is begun again.
    void cancel_read() {
        std::error_code ignored;
        socket_->cancel(ignored);
    }

    [[nodiscard]] TimePoint quiet_at() const noexcept {
        return this->deadlines_.last_activity() + quiet_after;
    }

    void become_quiet() {
        conversation_.release_memory();
        if constexpr (AwaitableHandler<H>) work_.release_memory();
        if (!reading_) return give_buffer_up();
        if (writing_ || switching_) return;
        switching_ = true;
        cancel_read();
    }

    void give_buffer_up() {
        loop_->small_buffers.give_back(std::move(buffer_));
        quiet_ = true;
    }

    // Writing.

    void write_later() {
        writing_ = true;
        const std::string_view bytes = conversation_.output();
        socket_->async_write_some(asio::buffer(bytes.data(), bytes.size()),
                                  [self = self()](std::error_code error, std::size_t count) {
                                      self->on_written(error, count);
                                  });
    }

    void on_written(std::error_code error, std::size_t count) {
        const DriverScope scope;
        writing_ = false;
        if (phase_ != Phase::open) return;
        if (!error) {
            this->written(count, loop_->counters);
        } else if (error != asio::error::operation_aborted) {
            failure_ = error;
        }
        pump();
    }

    // Awaitable handlers.

    void start_work() {
        if constexpr (AwaitableHandler<H>)
            if (has_work()) work_.wake(*this);
    }

    // The end.

    void wind_down() {
        if (!this->begin_linger()) return close({});
        phase_ = Phase::lingering;
        linger_until_ = deadline_after(Clock::now(), this->config_.timeouts.linger);
        look_by(linger_until_);
        if (!reading_) discard();
    }

    /// Reads to the peer's end without looking.
    void discard() {
        quiet_ = false;
        read({});
    }

    void on_discarded(std::error_code error) {
        if (error && error != asio::error::operation_aborted) return close({});
        discard();
    }

    void close(std::error_code error) {
        const auto keep = self();
        phase_ = Phase::closed;
        const auto loop = std::move(loop_);
        const auto owner = std::move(owner_);
        loop->forget(*this);
        if (!reading_) loop->small_buffers.give_back(std::move(buffer_));
        if constexpr (AwaitableHandler<H>) work_.cancel();
        owner->session_ended(*this, this->close_socket(error));
    }

    // What each message needs stands first.
    OperationMemory read_memory_;
    std::shared_ptr<Loop> loop_;
    BufferPool::Buffer buffer_;
    std::uint64_t counted_messages_ = 0;
    TimePoint next_look_ = TimePoint::max();  ///< when the loop looks at it
    Phase phase_ = Phase::open;
    bool pumping_ = false;
    bool reading_ = false;
    bool writing_ = false;
    bool draining_ = false;
    bool turn_end_asked_ = false;
    bool read_waits_ = false;  ///< the read under way begins at the turn's end
    bool pump_waits_ = false;
    bool quiet_ = false;      ///< waits for the socket to become readable, without a buffer
    bool switching_ = false;  ///< the read under way was taken back to become quiet
    const Executor executor_;
    std::shared_ptr<Owner> owner_;
    TimePoint linger_until_{};
    [[no_unique_address]] AsyncWork<H> work_;
};

}  // namespace charcount::detail

#endif
