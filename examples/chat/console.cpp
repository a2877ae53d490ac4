// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The loop of the console: standard input, signals and news of the network.

#include "console.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <deque>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

#include "../programs/platform.hpp"
#include "../programs/standard_input.hpp"

namespace {

using namespace chat;

/// Started without standard input, a program would take the next file that it opens for it.
void replace_closed_input() {
    if (::fcntl(STDIN_FILENO, F_GETFD) >= 0) return;
    // It gets the lowest number that is free.
    [[maybe_unused]] const int input = ::open("/dev/null", O_RDONLY);
}

/// Wakes the loop from a signal handler or another thread.
class Waker {
public:
    Waker() {
        if (::pipe(ends_.data()) != 0)
            throw std::system_error(errno, std::generic_category(), "make a pipe");
        for (const int end : ends_) {
            ::fcntl(end, F_SETFL, O_NONBLOCK);
            ::fcntl(end, F_SETFD, FD_CLOEXEC);
        }
    }

    ~Waker() {
        for (const int end : ends_) ::close(end);
    }

    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;

    /// What readiness to read of means that somebody has woken.
    [[nodiscard]] int descriptor() const noexcept { return ends_[0]; }

    /// *Thread safety*: from any thread and from a signal handler.
    void wake() const noexcept {
        const int error = errno;
        // A pipe that is full wakes as well.
        [[maybe_unused]] const auto written = ::write(ends_[1], "", 1);
        errno = error;
    }

    void clear() const noexcept {
        std::array<char, 256> bytes{};
        while (::read(ends_[0], bytes.data(), bytes.size()) > 0) {
        }
    }

private:
    std::array<int, 2> ends_{};
};

volatile std::sig_atomic_t signal_came = 0;
std::atomic<const Waker*> woken_by_signals = nullptr;

extern "C" void on_signal(int) {
    signal_came = 1;
    if (const Waker* waker = woken_by_signals) waker->wake();
}

/// SIGINT, SIGTERM and SIGHUP wake it; the second one ends the process as it would without.
class SignalsWake {
public:
    explicit SignalsWake(const Waker& waker) {
        woken_by_signals = &waker;
        struct sigaction action {};
        action.sa_handler = on_signal;
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
    }

    ~SignalsWake() { woken_by_signals = nullptr; }

    SignalsWake(const SignalsWake&) = delete;
    SignalsWake& operator=(const SignalsWake&) = delete;
};

/// The lines that were typed and not sent yet.
class Typed {
public:
    /// Reads once; call it when standard input is readable.
    void read() {
        const std::string_view piece = input_.read_piece();
        is_at_end_ = piece.empty();
        rest_ += piece;
        cut();
    }

    [[nodiscard]] bool is_at_end() const noexcept { return is_at_end_; }
    [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }

    /// On a terminal the end may come while lines wait, so some more are read.
    [[nodiscard]] bool wants_more() const noexcept { return !is_at_end_ && lines_.size() < 100; }

    /// Sends as many as the side takes.
    void send(Side& side) {
        while (!lines_.empty()) {
            if (!is_blank(lines_.front()) && !side.send(lines_.front())) return;
            lines_.pop_front();
        }
    }

    /// Nothing is lost without a word.
    void tell_what_is_left(bool with_times) const {
        for (const std::string& message : lines_)
            for (const std::string& line : printable_lines(message))
                print({.kind = Line::Kind::fault, .text = "Tidak terkirim: " + line}, with_times);
    }

private:
    /// A line that is longer than a message may be goes in parts.
    void cut() {
        std::string_view text = rest_;
        for (std::size_t end = text.find('\n'); end != std::string_view::npos;
             end = text.find('\n')) {
            lines_.emplace_back(text.substr(0, end));
            text.remove_prefix(end + 1);
        }
        if (text.size() > longest || (is_at_end_ && !text.empty())) {
            lines_.emplace_back(text);
            text = {};
        }
        rest_ = std::string(text);
    }

    static constexpr std::size_t longest = Side::max_message_bytes / 2;

    programs::StandardInput input_;
    std::string rest_;
    std::deque<std::string> lines_;
    bool is_at_end_ = false;
};

}  // namespace

void chat::print(const Line& line, bool with_time) {
    std::string text;
    if (with_time) text.append("[").append(time_of_day(line.time)).append("] ");
    text.append(to_text(line)).append("\n");
    std::cout << text << std::flush;
}

void chat::print_if_read(const Line& line) {
    static bool is_stuck = false;
    const std::string text = to_text(line) + "\n";
    // A pipe that is ready takes as much at least.
    constexpr std::size_t piece = 512;
    for (std::size_t done = 0; done < text.size();) {
        pollfd out{STDOUT_FILENO, POLLOUT, 0};
        is_stuck = ::poll(&out, 1, is_stuck ? 0 : 100) != 1;
        if (is_stuck) return;
        const ssize_t count =
            ::write(STDOUT_FILENO, text.data() + done, std::min(piece, text.size() - done));
        if (count <= 0) return;
        done += static_cast<std::size_t>(count);
    }
}

int chat::talk_on_console(const Program& program, const Options& options) {
    replace_closed_input();
    const Waker waker;
    const SignalsWake signals(waker);
    const bool with_times = options.with_times;
    const auto side =
        side_of(program, options)({.on_line = [=](const Line& line) { print(line, with_times); },
                                   .on_change = [&] { waker.wake(); }});
    side->start();

    const bool is_terminal = programs::is_input_terminal();
    Typed typed;
    while (signal_came == 0) {
        typed.send(*side);
        if (typed.is_at_end() && is_terminal) break;
        if (typed.is_at_end() && !program.is_server && typed.empty() && !side->has_unsent()) break;
        std::array<pollfd, 2> waits{
            {{waker.descriptor(), POLLIN, 0}, {typed.wants_more() ? STDIN_FILENO : -1, POLLIN, 0}}};
        if (::poll(waits.data(), waits.size(), -1) < 0) continue;  // a signal
        if (waits[0].revents != 0) waker.clear();
        if (waits[1].revents != 0) typed.read();
    }
    side->stop();
    typed.tell_what_is_left(with_times);
    return 0;
}
