// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SignalRelay: lets a thread wait for SIGINT and SIGTERM, on POSIX.

#ifndef CHARCOUNT_DETAIL_SIGNAL_RELAY_HPP
#define CHARCOUNT_DETAIL_SIGNAL_RELAY_HPP

#include <charcount/detail/platform.hpp>

#if !CHARCOUNT_IS_WINDOWS

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <mutex>
#include <system_error>

#include <fcntl.h>

namespace charcount::detail {

/// Takes the two signals over from whoever has them, for all relays of the process together, and
/// gives them back. A handler may do next to nothing, so it writes one byte for each relay, into a
/// pipe that is never closed: on another thread it may be about to write.
///
///     signal ──> handler ──> pipe of each relay ──> wait returns
///                   └── all know already, and do not come to it: the signal's usual effect
///
/// *Thread safety*: distinct relays from any threads; `cancel` from any.
/// *Source*: POSIX.1-2017, signal concepts, async-signal-safe functions.
class SignalRelay {
public:
    /// *Throws*: `std::system_error` when no descriptor is left, or too many relays live at once.
    SignalRelay() : pipe_(take_pipe()) {}

    ~SignalRelay() {
        let_go();
        pipe_.is_taken.store(false);
    }

    SignalRelay(const SignalRelay&) = delete;
    SignalRelay& operator=(const SignalRelay&) = delete;

    /// Waits for a signal, or for `cancel`; true for a signal. From then on the signals have the
    /// effect again that they had before, unless another relay waits.
    [[nodiscard]] bool wait() noexcept {
        char what = 0;
        while (::read(pipe_.end_to_read, &what, 1) < 0 && errno == EINTR) continue;
        let_go();
        return what == by_signal;
    }

    /// Readable when `wait` returns at once.
    [[nodiscard]] int native_handle() const noexcept { return pipe_.end_to_read; }

    /// Ends the wait.
    void cancel() noexcept { tell(pipe_, by_cancel); }

private:
    static constexpr char by_signal = 's';
    static constexpr char by_cancel = 'c';
    static constexpr std::size_t max_relays = 64;
    static constexpr std::array signals{SIGINT, SIGTERM};

    struct Pipe {
        int end_to_read = -1;
        int end_to_write = -1;
        std::atomic<bool> is_taken = false;
        std::atomic<bool> wants_signals = false;
        std::atomic<bool> is_told = false;  ///< of a signal
    };

    struct Shared {
        std::array<Pipe, max_relays> pipes;
        std::mutex mutex;  ///< guards the following, and who takes a pipe
        std::size_t waiting = 0;
        std::array<struct sigaction, signals.size()> before{};
    };

    static_assert(std::atomic<bool>::is_always_lock_free);

    static Shared& shared() noexcept {
        static Shared& all = *new Shared;  // never destroyed: a signal may come at the very end
        return all;
    }

    static Pipe& take_pipe() {
        Shared& all = shared();
        const std::lock_guard lock(all.mutex);
        for (Pipe& pipe : all.pipes) {
            if (pipe.is_taken.load()) continue;
            open(pipe);
            pipe.is_taken.store(true);
            pipe.is_told.store(false);
            pipe.wants_signals.store(true);
            if (all.waiting++ == 0) install(all);
            return pipe;
        }
        throw std::system_error(EMFILE, std::generic_category(), "too many wait for signals");
    }

    /// A pipe that was used before may hold a byte that nobody waited for.
    static void open(Pipe& pipe) {
        if (pipe.end_to_read >= 0) {
            char byte = 0;
            ::fcntl(pipe.end_to_read, F_SETFL, O_NONBLOCK);
            while (::read(pipe.end_to_read, &byte, 1) == 1) continue;
            ::fcntl(pipe.end_to_read, F_SETFL, 0);
            return;
        }
        int ends[2];
        if (::pipe(ends) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe for signals");
        for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
        ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
        pipe.end_to_read = ends[0];
        pipe.end_to_write = ends[1];
    }

    static void install(Shared& all) noexcept {
        struct sigaction action {};
        action.sa_handler = on_signal;
        action.sa_flags = SA_RESTART;
        for (std::size_t i = 0; i < signals.size(); ++i)
            ::sigaction(signals[i], &action, &all.before[i]);
    }

    void let_go() noexcept {
        Shared& all = shared();
        const std::lock_guard lock(all.mutex);
        if (!pipe_.wants_signals.exchange(false)) return;
        if (--all.waiting > 0) return;
        for (std::size_t i = 0; i < signals.size(); ++i)
            ::sigaction(signals[i], &all.before[i], nullptr);
    }

    static void on_signal(int number) {
        const int error = errno;
        bool is_news = false;
        for (Pipe& pipe : shared().pipes) {
            if (!pipe.wants_signals.load() || pipe.is_told.exchange(true)) continue;
            tell(pipe, by_signal);
            is_news = true;
        }
        if (!is_news) have_usual_effect(number);
        errno = error;
    }

    /// A program that hangs does not come to what the first signal asked for.
    static void have_usual_effect(int number) noexcept {
        for (std::size_t i = 0; i < signals.size(); ++i)
            if (signals[i] == number) ::sigaction(number, &shared().before[i], nullptr);
        ::raise(number);  // comes when this handler has returned
    }

    static void tell(const Pipe& pipe, char what) noexcept {
        // It fails when the pipe is full, and then there is enough to read.
        [[maybe_unused]] const auto written = ::write(pipe.end_to_write, &what, 1);
    }

    Pipe& pipe_;
};

}  // namespace charcount::detail

#endif
#endif
