// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryNetwork: what the sockets, timers and waits of the memory transport have in common.

#ifndef CHARCOUNT_DETAIL_MEMORY_NETWORK_HPP
#define CHARCOUNT_DETAIL_MEMORY_NETWORK_HPP

#include <algorithm>
#include <atomic>
#include <charcount/detail/memory_conditions.hpp>
#include <charcount/detail/memory_operation.hpp>
#include <charcount/transport/memory_clock.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace charcount::detail {

class MemoryListener;
struct MemoryThread;

/// There is one in the process. Its lock guards everything that hangs on it.
struct MemoryNetwork {
    [[nodiscard]] static MemoryNetwork& instance() {
        static MemoryNetwork network;
        return network;
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::atomic<MemoryClock::duration> now = MemoryClock::duration(std::chrono::hours(1'000));
    std::multimap<MemoryClock::time_point, std::weak_ptr<MemoryTarget>> alarms;
    std::map<std::uint16_t, MemoryListener*> listeners;
    std::uint16_t last_port = 49'151;  ///< before the first dynamic port (RFC 6335, section 6)
    std::atomic<std::uint64_t> last_operation = 0;
    MemoryFaults faults;
    std::vector<std::shared_ptr<MemoryThread>> threads;  ///< that have been in a blocking wait
    std::size_t unattended = 0;  ///< listeners and accepted sockets that nobody has waited for

    /// A port that nobody listens on.
    [[nodiscard]] std::uint16_t free_port() {
        do {
            last_port = last_port == 65'535 ? std::uint16_t{49'152}
                                            : static_cast<std::uint16_t>(last_port + 1);
        } while (listeners.contains(last_port));
        return last_port;
    }
};

/// A thread that uses blocking waits, from its first one to its end.
struct MemoryThread {
    /// True when a wait is over.
    using Look = std::function<bool()>;

    /// With the network's lock held.
    static MemoryThread& current(MemoryNetwork& network) {
        thread_local const End end;
        thread_local MemoryThread* thread = nullptr;
        if (!thread) {
            network.threads.push_back(std::make_shared<MemoryThread>(&end));
            thread = network.threads.back().get();
        }
        return *thread;
    }

    explicit MemoryThread(const void* of_thread) noexcept : of_thread_(of_thread) {}

    [[nodiscard]] bool is_idle() const { return is_over != nullptr && !(*is_over)(); }

    const Look* is_over = nullptr;  ///< while it waits

private:
    /// Ends with its thread. MinGW-w64 has by then freed the memory it is in, and another thread
    /// may have got that: it is known by its address alone, and the oldest with it is meant.
    struct End {
        ~End() {
            MemoryNetwork& network = MemoryNetwork::instance();
            const std::lock_guard lock(network.mutex);
            const auto is_this = [this](const auto& one) { return one->of_thread_ == this; };
            network.threads.erase(
                std::find_if(network.threads.begin(), network.threads.end(), is_this));
            network.changed.notify_all();
        }
    };

    const void* const of_thread_;
};

/// Holds the network's lock. Before it lets go, all that became possible is done.
class MemoryLock {
public:
    MemoryLock() : network_(MemoryNetwork::instance()), lock_(network_.mutex) {}

    ~MemoryLock() {
        while (!touched_.empty()) {
            const auto target = std::move(touched_.front());
            touched_.pop_front();
            target->progress(*this);
        }
        lock_.unlock();
        network_.changed.notify_all();
    }

    MemoryLock(const MemoryLock&) = delete;
    MemoryLock& operator=(const MemoryLock&) = delete;

    [[nodiscard]] MemoryNetwork& network() noexcept { return network_; }

    /// An operation begins: returns what it fails with, if it does.
    [[nodiscard]] std::error_code begin(MemoryStep step, MemorySide side) {
        return network_.faults.count(step, side, false);
    }

    /// An operation would complete: returns what it fails with, if it does.
    [[nodiscard]] std::error_code complete(MemoryStep step, MemorySide side) {
        return network_.faults.count(step, side, true);
    }

    /// For operations that never wait.
    [[nodiscard]] std::error_code begin_and_complete(MemoryStep step, MemorySide side) {
        const std::error_code error = begin(step, side);
        return error ? error : complete(step, side);
    }

    /// What waits for this target is looked at again.
    void touch(std::shared_ptr<MemoryTarget> target) {
        if (target && target->has_pending()) touched_.push_back(std::move(target));
    }

    /// Waits until `look` returns true, or the deadline. At once after taking the lock.
    void wait(const MemoryThread::Look& look, MemoryClock::time_point deadline) {
        const MemoryThread::Look is_over = [&] { return look() || MemoryClock::now() >= deadline; };
        MemoryThread& thread = MemoryThread::current(network_);
        thread.is_over = &is_over;
        network_.changed.notify_all();
        network_.changed.wait(lock_, is_over);
        thread.is_over = nullptr;
    }

    /// Waits, in real time, until no other thread has anything to do.
    [[nodiscard]] bool wait_until_idle(std::chrono::milliseconds limit) {
        const MemoryThread* const self = &MemoryThread::current(network_);
        return network_.changed.wait_for(lock_, limit, [&] {
            const auto is_idle = [self](const auto& thread) {
                return thread.get() == self || thread->is_idle();
            };
            return network_.unattended == 0 &&
                   std::all_of(network_.threads.begin(), network_.threads.end(), is_idle);
        });
    }

private:
    MemoryNetwork& network_;
    std::unique_lock<std::mutex> lock_;
    std::deque<std::shared_ptr<MemoryTarget>> touched_;
};

inline void MemoryTarget::expect_attention(MemoryLock& lock) {
    if (!std::exchange(is_unattended_, true)) ++lock.network().unattended;
}

inline void MemoryTarget::attend(MemoryLock& lock) {
    if (std::exchange(is_unattended_, false)) --lock.network().unattended;
}

}  // namespace charcount::detail

namespace charcount {

inline MemoryClock::time_point MemoryClock::now() noexcept {
    return time_point(detail::MemoryNetwork::instance().now.load());
}

inline void MemoryClock::advance(duration time) {
    detail::MemoryLock lock;
    detail::MemoryNetwork& network = lock.network();
    network.now.store(network.now.load() + time);
    const auto end = network.alarms.upper_bound(now());
    for (auto due = network.alarms.begin(); due != end; ++due) lock.touch(due->second.lock());
}

}  // namespace charcount

#endif
