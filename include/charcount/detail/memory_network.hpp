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
#include <utility>
#include <vector>

namespace charcount::detail {

class MemoryListener;

/// There is one in the process. Its lock guards everything that hangs on it.
struct MemoryNetwork {
    /// True when a wait is over.
    using Look = std::function<bool()>;

    [[nodiscard]] static MemoryNetwork& instance() {
        static MemoryNetwork network;
        return network;
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::atomic<MemoryClock::duration> now = std::chrono::hours(1'000);
    std::multimap<MemoryClock::time_point, std::weak_ptr<MemoryTarget>> alarms;
    std::map<std::uint16_t, MemoryListener*> listeners;
    std::uint16_t last_port = 49'151;  ///< before the first dynamic port (RFC 6335, section 6)
    MemoryFaults faults;
    std::vector<const Look*> waits;  ///< one for each thread in a blocking wait

    /// A port that nobody listens on.
    [[nodiscard]] std::uint16_t free_port() {
        do {
            last_port = last_port == 65'535 ? std::uint16_t{49'152}
                                            : static_cast<std::uint16_t>(last_port + 1);
        } while (listeners.contains(last_port));
        return last_port;
    }
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

    /// What waits for this target is looked at again.
    void touch(std::shared_ptr<MemoryTarget> target) {
        if (target && target->has_pending()) touched_.push_back(std::move(target));
    }

    /// Waits until `look` returns true, or the deadline. At once after taking the lock.
    void wait(const MemoryNetwork::Look& look, MemoryClock::time_point deadline) {
        const MemoryNetwork::Look is_over = [&] {
            return look() || MemoryClock::now() >= deadline;
        };
        if (is_over()) return;
        network_.waits.push_back(&is_over);
        network_.changed.notify_all();
        network_.changed.wait(lock_, is_over);
        std::erase(network_.waits, &is_over);
    }

    /// Waits, in real time, until as many threads wait for something that has not come.
    [[nodiscard]] bool wait_until_idle(std::size_t threads, std::chrono::milliseconds limit) {
        return network_.changed.wait_for(lock_, limit, [&] {
            const auto is_idle = [](const MemoryNetwork::Look* is_over) { return !(*is_over)(); };
            return static_cast<std::size_t>(std::count_if(network_.waits.begin(),
                                                          network_.waits.end(), is_idle)) ==
                   threads;
        });
    }

private:
    MemoryNetwork& network_;
    std::unique_lock<std::mutex> lock_;
    std::deque<std::shared_ptr<MemoryTarget>> touched_;
};

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
