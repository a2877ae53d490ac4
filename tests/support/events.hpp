// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// How a test waits for what other threads do: always for an event, never longer than `patience`.

#ifndef CHARCOUNT_TESTS_SUPPORT_EVENTS_HPP
#define CHARCOUNT_TESTS_SUPPORT_EVENTS_HPP

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace charcount::test {

/// How long a test waits for what must happen, on a machine that does other things too.
inline constexpr std::chrono::seconds patience{10};

/// Whether the condition comes true.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::yield();
    }
    return true;
}

/// Holds threads up until the test opens it.
class Gate {
public:
    /// Waits until it is open. *Throws*: `std::runtime_error` when that takes too long.
    void pass() {
        std::unique_lock lock(mutex_);
        ++arrivals_;
        changed_.notify_all();
        if (!changed_.wait_for(lock, patience, [&] { return open_; }))
            throw std::runtime_error("the gate was not opened");
    }

    /// Waits until so many have come to the gate.
    void wait_for_arrivals(std::size_t count = 1) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, patience, [&] { return arrivals_ >= count; }))
            throw std::runtime_error("nobody came to the gate");
    }

    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t arrivals_ = 0;
    bool open_ = false;
};

/// What happened, in order.
template <class T>
class Log {
public:
    void add(T entry) {
        const std::lock_guard lock(mutex_);
        entries_.push_back(std::move(entry));
        changed_.notify_all();
    }

    /// All entries once there are so many; those that there are when that takes too long.
    [[nodiscard]] std::vector<T> wait_for(std::size_t count) const {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, patience, [&] { return entries_.size() >= count; });
        return entries_;
    }

    [[nodiscard]] std::vector<T> entries() const { return wait_for(0); }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<T> entries_;
};

}  // namespace charcount::test

#endif
