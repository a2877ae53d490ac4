// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Mailbox: what one thread tells another, in batches and within a bound.

#ifndef CHARCOUNT_EXAMPLES_CHAT_WINDOW_MAILBOX_HPP
#define CHARCOUNT_EXAMPLES_CHAT_WINDOW_MAILBOX_HPP

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

namespace chat {

/// Takes items from other threads to the loop of a window system.
///
///     network thread:  put ──> | | | | | ──> take:  window's thread, a batch a turn
///                              notify, once until all is taken
///
/// When it is full, `put` waits. So a flood is slowed down at its source, by TCP, and the window
/// never has more to do than it can.
///
/// *Thread safety*: all functions, from any thread.
template <class T>
class Mailbox {
public:
    /// `notify` is called by the thread that puts; it makes the other thread call `take` soon.
    Mailbox(std::size_t capacity, std::function<void()> notify)
        : capacity_(capacity), notify_(std::move(notify)) {}

    /// Adds an item, once there is room. After `close` it does nothing.
    void put(T item) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return is_closed_ || items_.size() < capacity_; });
        if (is_closed_) return;
        items_.push_back(std::move(item));
        const bool is_first = !std::exchange(is_notified_, true);
        lock.unlock();
        if (is_first) notify_();
    }

    struct Batch {
        std::vector<T> items;
        bool has_more;  ///< there are more: take them soon, without being notified
    };

    /// Takes up to so many items.
    [[nodiscard]] Batch take(std::size_t most) {
        std::unique_lock lock(mutex_);
        const std::size_t count = std::min(most, items_.size());
        const auto end = items_.begin() + static_cast<std::ptrdiff_t>(count);
        Batch batch{{std::make_move_iterator(items_.begin()), std::make_move_iterator(end)}, false};
        items_.erase(items_.begin(), end);
        batch.has_more = is_notified_ = !items_.empty();
        lock.unlock();
        room_.notify_all();
        return batch;
    }

    /// Nobody takes any more: whoever waits for room goes on.
    void close() {
        {
            const std::lock_guard lock(mutex_);
            is_closed_ = true;
        }
        room_.notify_all();
    }

private:
    const std::size_t capacity_;
    const std::function<void()> notify_;
    std::mutex mutex_;
    std::condition_variable room_;
    std::deque<T> items_;
    bool is_notified_ = false;
    bool is_closed_ = false;
};

}  // namespace chat

#endif
