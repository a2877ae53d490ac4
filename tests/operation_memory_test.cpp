// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of OperationMemory: one operation inside, all others from the heap.

#include <doctest/doctest.h>

#include <charcount/detail/operation_memory.hpp>
#include <cstddef>
#include <functional>
#include <memory>

namespace {

using charcount::detail::OperationAllocator;
using charcount::detail::OperationMemory;

bool lies_in(const void* memory, const OperationMemory& room) {
    const auto* begin = reinterpret_cast<const std::byte*>(&room);
    const auto* byte = static_cast<const std::byte*>(memory);
    return !std::less<>()(byte, begin) && std::less<>()(byte, begin + sizeof room);
}

TEST_CASE("one operation is kept inside, and its room serves again") {
    OperationMemory room;
    for (int i = 0; i < 3; ++i) {
        void* memory = room.allocate(100);
        CHECK(lies_in(memory, room));
        room.deallocate(memory);
    }
}

TEST_CASE("a second operation comes from the heap, whichever ends first") {
    OperationMemory room;
    void* first = room.allocate(100);
    void* second = room.allocate(100);
    CHECK(lies_in(first, room));
    CHECK_FALSE(lies_in(second, room));
    room.deallocate(first);
    void* third = room.allocate(100);
    CHECK(third == first);
    room.deallocate(second);
    room.deallocate(third);
}

TEST_CASE("what does not fit comes from the heap") {
    OperationMemory room;
    void* large = room.allocate(sizeof room + 1);
    CHECK_FALSE(lies_in(large, room));
    void* small = room.allocate(1);
    CHECK(lies_in(small, room));
    room.deallocate(large);
    room.deallocate(small);
}

TEST_CASE("allocators of any type share the room") {
    OperationMemory room;
    const OperationAllocator<void> allocator(room);
    OperationAllocator<int> of_int(allocator);
    const OperationAllocator<double> of_double(of_int);
    CHECK(of_int == of_double);
    int* numbers = std::allocator_traits<OperationAllocator<int>>::allocate(of_int, 10);
    CHECK(lies_in(numbers, room));
    of_int.deallocate(numbers, 10);
    OperationMemory other;
    CHECK_FALSE(of_int == OperationAllocator<int>(other));
}

}  // namespace
