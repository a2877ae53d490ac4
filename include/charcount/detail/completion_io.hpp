// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// CompletionIo: how a session on a loop of Asio's waits for its socket.

#ifndef CHARCOUNT_DETAIL_COMPLETION_IO_HPP
#define CHARCOUNT_DETAIL_COMPLETION_IO_HPP

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/socket_base.hpp>
#include <charcount/detail/buffer_pool.hpp>
#include <charcount/detail/operation_memory.hpp>
#include <charcount/detail/peer_link.hpp>
#include <cstddef>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// One read and one write are under way at most. While busy a session reads into a small buffer;
/// when that was filled, the rest comes through the loop's large one. After a quiet moment it
/// holds no buffer and waits until the socket is readable.
///
/// `Session` derives from it, and `ReadinessIo` has the same functions for it.
///
/// *Thread safety*: none; all on the session's loop.
/// *Lifetime*: every operation under way shares the ownership of the session.
template <class Session>
class CompletionIo {
protected:
    CompletionIo() = default;
    ~CompletionIo() = default;

    /// Holds a share in the ownership for the next operation, or until the end of the scope:
    /// each new share is a locked instruction.
    class Keeping {
    public:
        Keeping(CompletionIo& io, std::shared_ptr<Session> share) noexcept : io_(io) {
            io_.share_ = std::move(share);
        }
        ~Keeping() { const auto last = std::move(io_.share_); }
        Keeping(const Keeping&) = delete;
        Keeping& operator=(const Keeping&) = delete;

    private:
        CompletionIo& io_;
    };

    [[nodiscard]] bool is_reading() const noexcept { return is_reading_; }
    [[nodiscard]] bool is_writing() const noexcept { return is_writing_; }

    void begin_io(std::error_code&) noexcept {}

    void end_io() {
        if (!is_reading_) session().loop_->small_buffers.give_back(std::move(buffer_));
    }

    void read_ready() noexcept {}

    /// Asio tries each read at once, and right behind a reply nothing is there yet. So others have
    /// their turn first.
    void await_input() {
        if (is_reading_) return;
        is_reading_ = true;
        if (is_quiet_ || !session().loop_->is_busy_beside(session())) return begin_read();
        read_waits_ = true;
        session().ask_for_turn_end(take_share());
    }

    void on_turn_end() {
        if (!std::exchange(read_waits_, false)) return;
        if (std::exchange(is_switching_, false)) give_buffer_up();
        if (!session().is_open() || !session().draining_) return begin_read();
        is_reading_ = false;
        session().pump();
    }

    /// Takes the read back, as it may hold bytes already; false when none is under way. A write
    /// under way comes back too, and is begun again.
    bool take_input_back() {
        if (is_reading_) cancel();
        return is_reading_;
    }

    void await_output() {
        if (std::exchange(is_writing_, true)) return;
        const std::string_view bytes = session().conversation_.output();
        session().socket_->async_write_some(
            asio::buffer(bytes.data(), bytes.size()),
            [self = session().self()](std::error_code error, std::size_t count) {
                self->on_written(error, count);
            });
    }

    /// Reads to the peer's end without looking.
    void discard() {
        is_quiet_ = false;
        await_input();
    }

    /// Whether there is a buffer to be given up.
    [[nodiscard]] bool may_become_quiet() const noexcept {
        return buffer_ && !is_switching_ && !is_writing_;
    }

    void become_quiet() {
        if (!is_reading_) return give_buffer_up();
        if (is_writing_ || is_switching_) return;
        is_switching_ = true;
        cancel();
    }

private:
    /// Keeps its session, which has room for the operation.
    template <auto function>
    struct Completion {
        using allocator_type = OperationAllocator<void>;

        [[nodiscard]] allocator_type get_allocator() const noexcept {
            return allocator_type(self->read_memory_);
        }

        template <class... R>
        void operator()(const R&... results) {
            const DriverScope scope;
            CompletionIo& io = *self;
            const Keeping keeping(io, std::move(self));
            (io.*function)(results...);
        }

        std::shared_ptr<Session> self;
    };

    void begin_read() {
        auto& socket = *session().socket_;
        if (is_quiet_) {
            socket.async_wait(asio::socket_base::wait_read,
                              Completion<&CompletionIo::on_readable>{take_share()});
            return;
        }
        if (!buffer_) buffer_ = session().loop_->small_buffers.take();
        socket.async_read_some(asio::buffer(buffer_.get(), BufferPool::buffer_size),
                               Completion<&CompletionIo::on_read>{take_share()});
    }

    void on_readable(std::error_code error) {
        is_reading_ = is_quiet_ = false;
        if (session().is_lingering()) return discard();
        if (!session().is_open()) return;
        if (!error) {
            session().read_available(session().loop_->large_buffer());
        } else if (error != asio::error::operation_aborted) {
            session().failure_ = error;
        }
        session().pump();
    }

    void on_read(std::error_code error, std::size_t count) {
        is_reading_ = false;
        const bool was_switching = std::exchange(is_switching_, false);
        if (session().is_lingering()) return on_discarded(error);
        if (!session().is_open()) return;
        if (error == asio::error::operation_aborted) {
            if (was_switching) give_buffer_up();
        } else if (error) {
            session().end_of_input(error);
        } else {
            const bool is_full = count == BufferPool::buffer_size;
            session().conversation_.borrow_memory(session().loop_->output);
            session().take({buffer_.get(), count}, is_full);
            if (is_full) read_on();
        }
        session().pump();
    }

    /// The small buffer was filled, so there is more: it goes into the same turn's answer.
    void read_on() {
        session().pumping_ = true;  // in a moment
        session().start_work();
        session().read_available(session().loop_->large_buffer());
    }

    void on_discarded(std::error_code error) {
        if (error && error != asio::error::operation_aborted) return session().close({});
        discard();
    }

    void on_written(std::error_code error, std::size_t count) {
        const DriverScope scope;
        is_writing_ = false;
        if (!session().is_open()) return;
        if (!error) {
            session().written(count);
        } else if (error != asio::error::operation_aborted) {
            session().failure_ = error;
        }
        session().pump();
    }

    void cancel() {
        std::error_code ignored;
        session().socket_->cancel(ignored);
    }

    void give_buffer_up() {
        session().loop_->small_buffers.give_back(std::move(buffer_));
        is_quiet_ = true;
    }

    [[nodiscard]] std::shared_ptr<Session> take_share() {
        return share_ ? std::move(share_) : session().self();
    }

    [[nodiscard]] Session& session() noexcept { return static_cast<Session&>(*this); }

    OperationMemory read_memory_;
    std::shared_ptr<Session> share_;
    BufferPool::Buffer buffer_;
    bool is_reading_ = false;
    bool is_writing_ = false;
    bool read_waits_ = false;    ///< the read under way begins at the turn's end
    bool is_quiet_ = false;      ///< waits for the socket to become readable, without a buffer
    bool is_switching_ = false;  ///< the read under way was taken back to become quiet
};

}  // namespace charcount::detail

#endif
