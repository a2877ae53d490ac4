// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryHandle: what sockets, acceptors and timers of the memory transport own.

#ifndef CHARCOUNT_DETAIL_MEMORY_HANDLE_HPP
#define CHARCOUNT_DETAIL_MEMORY_HANDLE_HPP

#include <charcount/detail/memory_network.hpp>
#include <memory>
#include <utility>

namespace charcount::detail {

/// Owns an end, a listener or a timer: closes it when it goes.
template <class Target>
class MemoryHandle {
public:
    MemoryHandle() = default;
    explicit MemoryHandle(std::shared_ptr<Target> target) noexcept : target_(std::move(target)) {}
    ~MemoryHandle() { close(); }
    MemoryHandle(MemoryHandle&& other) noexcept : target_(std::move(other.target_)) {}
    MemoryHandle& operator=(MemoryHandle&& other) noexcept {
        if (this == &other) return *this;
        close();
        target_ = std::move(other.target_);
        return *this;
    }

    /// For an empty handle, with the lock held.
    void assign(std::shared_ptr<Target> target) noexcept { target_ = std::move(target); }

    void close() noexcept {
        if (!target_) return;
        {
            MemoryLock lock;
            target_->close(lock);
        }
        target_.reset();
    }

    [[nodiscard]] const std::shared_ptr<Target>& get() const noexcept { return target_; }
    Target* operator->() const noexcept { return target_.get(); }
    explicit operator bool() const noexcept { return static_cast<bool>(target_); }

private:
    std::shared_ptr<Target> target_;
};

}  // namespace charcount::detail

#endif
