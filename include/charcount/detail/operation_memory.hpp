// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// OperationMemory: room for one operation that is under way, inside the object that began it.

#ifndef CHARCOUNT_DETAIL_OPERATION_MEMORY_HPP
#define CHARCOUNT_DETAIL_OPERATION_MEMORY_HPP

#include <cstddef>
#include <memory>
#include <utility>

namespace charcount::detail {

/// Asio keeps what it needs for an operation in memory from the handler's allocator. Its own keeps
/// two free blocks a thread, which does not help where many connections begin to read in one go.
///
/// *Thread safety*: none. *Lifetime*: Asio gives the memory back before it calls or destroys the
/// handler, so it may lie in what the handler owns.
class OperationMemory {
public:
    OperationMemory() = default;
    OperationMemory(const OperationMemory&) = delete;
    OperationMemory& operator=(const OperationMemory&) = delete;

    /// What does not fit, and a second operation, comes from the heap.
    [[nodiscard]] void* allocate(std::size_t size) {
        if (size > sizeof(memory_) || std::exchange(in_use_, true)) return ::operator new(size);
        return memory_;
    }

    void deallocate(void* memory) noexcept {
        if (memory != memory_) return ::operator delete(memory);
        in_use_ = false;
    }

private:
    /// Of a read, in bytes, with Asio 1.22 and 1.38.
    static constexpr std::size_t usual_size = 120;

    alignas(std::max_align_t) std::byte memory_[usual_size];
    bool in_use_ = false;
};

/// Makes Asio take memory from an `OperationMemory`.
template <class T>
class OperationAllocator {
public:
    using value_type = T;

    explicit OperationAllocator(OperationMemory& memory) noexcept : memory_(&memory) {}
    template <class U>
    OperationAllocator(const OperationAllocator<U>& other) noexcept : memory_(other.memory_) {}

    [[nodiscard]] T* allocate(std::size_t count) {
        return static_cast<T*>(memory_->allocate(sizeof(T) * count));
    }
    void deallocate(T* memory, std::size_t) noexcept { memory_->deallocate(memory); }

    template <class U>
    bool operator==(const OperationAllocator<U>& other) const noexcept {
        return memory_ == other.memory_;
    }

private:
    template <class U>
    friend class OperationAllocator;

    OperationMemory* memory_;
};

}  // namespace charcount::detail

#endif
