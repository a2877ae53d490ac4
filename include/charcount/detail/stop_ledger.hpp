// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// StopLedger: what becomes of a server's connections, and who waits for its end.

#ifndef CHARCOUNT_DETAIL_STOP_LEDGER_HPP
#define CHARCOUNT_DETAIL_STOP_LEDGER_HPP

#include <atomic>
#include <charcount/detail/session_config.hpp>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace charcount::detail {

/// Collects the `StopReport`, and tells those who wait for it.
///
/// *Thread safety*: all functions, from any thread.
class StopLedger {
public:
    using Listener = std::function<void(const StopReport&)>;

    /// The stop has begun: from now on ends of connections are counted.
    void begin() { counting_ = true; }

    /// Notes how a connection ended.
    void note(const SessionEnd& end) {
        if (!counting_) return;
        const std::lock_guard lock(mutex_);
        report_.unsent_bytes += end.unsent_bytes;
        if (end.error == errc::drain_timed_out) {
            ++report_.forced;
        } else if (!end.error || end.error == errc::server_stopped) {
            ++report_.drained;
        } else {
            ++report_.failed;
        }
    }

    /// The server ended for a reason of its own.
    void set_cause(std::error_code cause) {
        const std::lock_guard lock(mutex_);
        report_.cause = cause;
    }

    /// The server has ended.
    void finish() {
        std::vector<Listener> listeners;
        {
            const std::lock_guard lock(mutex_);
            if (std::exchange(finished_, true)) return;
            listeners.swap(listeners_);
            ended_.notify_all();
        }
        for (const Listener& listener : listeners) listener(report_);
    }

    StopReport wait() {
        std::unique_lock lock(mutex_);
        ended_.wait(lock, [&] { return finished_; });
        return report_;
    }

    /// Calls `listener` when the server has ended, on the thread that ends it; at once if it has.
    void on_finish(Listener listener) {
        {
            const std::lock_guard lock(mutex_);
            if (!finished_) {
                listeners_.push_back(std::move(listener));
                return;
            }
        }
        listener(report_);
    }

private:
    std::mutex mutex_;
    std::condition_variable ended_;
    StopReport report_;
    std::vector<Listener> listeners_;
    std::atomic<bool> counting_ = false;
    bool finished_ = false;
};

}  // namespace charcount::detail

#endif
