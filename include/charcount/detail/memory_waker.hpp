// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryWaker: interrupts a thread that waits in the memory transport.

#ifndef CHARCOUNT_DETAIL_MEMORY_WAKER_HPP
#define CHARCOUNT_DETAIL_MEMORY_WAKER_HPP

#include <charcount/detail/memory_network.hpp>
#include <system_error>

namespace charcount::detail {

/// *Thread safety*: `signal` from any thread; the others from the waiting one.
class MemoryWaker {
public:
    /// *Throws*: `std::system_error` where the conditions say so.
    MemoryWaker() {
        MemoryLock lock;
        const std::error_code error = lock.begin_and_complete(MemoryStep::wake, MemorySide::server);
        if (error) throw std::system_error(error, "wake");
    }
    MemoryWaker(const MemoryWaker&) = delete;
    MemoryWaker& operator=(const MemoryWaker&) = delete;

    /// Ends the current wait, or the next one.
    void signal() noexcept {
        const MemoryLock lock;
        is_signalled_ = true;
    }

    /// With the network's lock held.
    [[nodiscard]] bool is_signalled() const noexcept { return is_signalled_; }
    void clear() noexcept { is_signalled_ = false; }

private:
    bool is_signalled_ = false;
};

}  // namespace charcount::detail

#endif
