// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ReadinessIo: how a session on an EpollLoop waits for its socket.

#ifndef CHARCOUNT_DETAIL_READINESS_IO_HPP
#define CHARCOUNT_DETAIL_READINESS_IO_HPP

#include <charcount/detail/epoll_loop.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <charcount/detail/peer_link.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <system_error>
#include <type_traits>
#include <utility>

namespace charcount::detail {

/// The loop tells of changes alone (EPOLLET), so that waiting costs no system call but its own;
/// and a session holds no buffer, as all read into the loop's large one.
///
///     waits ──(event)──> readable ──(a read that gets less than it asked for)──> waits
///                            └── nothing is wanted: it stays so, and is read when it is
///
/// `Session` derives from it, and `CompletionIo` has the same functions for it.
///
/// *Thread safety*: none; all on the session's loop.
/// *Lifetime*: the loop shares the ownership of the session as long as it watches the socket.
template <class Session>
class ReadinessIo : public EpollWatcher {
protected:
    struct Keeping {
        Keeping(ReadinessIo&, std::shared_ptr<Session> item) noexcept : share(std::move(item)) {}
        const std::shared_ptr<Session> share;
    };

    /// No read is ever under way.
    static constexpr bool is_reading() noexcept { return false; }
    static constexpr bool take_input_back() noexcept { return false; }

    [[nodiscard]] bool is_writing() const noexcept { return is_writing_; }

    void begin_io(std::error_code& error) {
        watch_ = loop().watch(socket_handle(), wanted_events, session().self(), error);
        is_watched_ = !error;
    }

    void end_io() {
        if (std::exchange(is_watched_, false)) loop().unwatch(watch_);
    }

    /// Reads what there is, as far as it is wanted.
    void read_ready() {
        if (is_readable_ && !session().draining_)
            is_readable_ =
                session().read_available(session().loop_->large_buffer(), reads_to_end());
    }

    /// What came while nothing was wanted, and what a turn left, has no event any more.
    void await_input() {
        if (is_readable_) session().pump_at_turn_end();
    }

    static constexpr void on_turn_end() noexcept {}

    void await_output() {
        is_writing_ = true;
        if (std::exchange(watches_output_, true)) return;
        loop().change(watch_, socket_handle(), wanted_events | EPOLLOUT, session().failure_);
    }

    /// Reads to the peer's end without looking.
    void discard() {
        const std::span<char> buffer = session().loop_->large_buffer();
        for (std::size_t total = 0; total < Session::max_bytes_per_turn && is_readable_;) {
            std::error_code error;
            total +=
                session().socket_->read_some(asio::buffer(buffer.data(), buffer.size()), error);
            if (error == asio::error::would_block) {
                is_readable_ = false;
            } else if (error) {
                return session().close({});
            }
        }
        await_input();
    }

    [[nodiscard]] bool may_become_quiet() const noexcept { return !is_quiet_; }

    void become_quiet() noexcept { is_quiet_ = true; }

private:
    static constexpr std::uint32_t wanted_events = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET;

    void on_events(std::uint32_t events) override {
        constexpr std::uint32_t end = EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI;
        const DriverScope scope;
        is_quiet_ = false;
        if ((events & (EPOLLIN | end)) != 0) is_readable_ = true;
        if ((events & end) != 0) has_ended_ = true;
        if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) is_writing_ = false;
        session().go_on();
    }

    /// Whether more may have arrived although a read got less than it asked for. TCP's reads end
    /// before urgent data, those of Unix domain sockets behind bytes that came with descriptors.
    [[nodiscard]] bool reads_to_end() const noexcept {
        return has_ended_ ||
               !std::is_same_v<typename Session::Socket::protocol_type, asio::ip::tcp>;
    }

    [[nodiscard]] int socket_handle() { return session().socket_->native_handle(); }
    [[nodiscard]] EpollLoop& loop() { return session().loop_->executor().context(); }
    [[nodiscard]] Session& session() noexcept { return static_cast<Session&>(*this); }

    EpollLoop::Watch watch_ = 0;
    bool is_watched_ = false;
    bool is_readable_ = false;  ///< there was an event that no read has used up
    bool has_ended_ = false;    ///< the end, an error or urgent data is behind what can be read
    bool is_writing_ = false;   ///< the socket took no more, and an event comes when it does
    bool watches_output_ = false;
    bool is_quiet_ = false;
};

}  // namespace charcount::detail

#endif
#endif
