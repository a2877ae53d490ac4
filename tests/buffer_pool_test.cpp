// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the pool of small buffers: what is lent is nobody else's, and slabs become free.

#include <doctest/doctest.h>

#include <charcount/detail/buffer_pool.hpp>
#include <cstddef>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace {

using charcount::detail::BufferPool;
using Buffer = BufferPool::Buffer;

std::vector<Buffer> take_many(BufferPool& pool, std::size_t count) {
    std::vector<Buffer> buffers;
    for (std::size_t i = 0; i < count; ++i) buffers.push_back(pool.take());
    return buffers;
}

void give_all_back(BufferPool& pool, std::vector<Buffer>& buffers) {
    for (Buffer& buffer : buffers) pool.give_back(std::move(buffer));
    buffers.clear();
}

TEST_CASE("buffers that are lent don't overlap") {
    BufferPool pool;
    const auto buffers = take_many(pool, 3 * BufferPool::buffers_per_slab + 1);
    std::set<const char*> places;
    for (const Buffer& buffer : buffers) places.insert(buffer.get());
    REQUIRE(places.size() == buffers.size());
    const char* before = nullptr;
    for (const char* place : places) {
        if (before != nullptr)
            CHECK(static_cast<std::size_t>(place - before) >= BufferPool::buffer_size);
        before = place;
    }
}

TEST_CASE("a buffer can be written from its first byte to its last") {
    BufferPool pool;
    for (const Buffer& buffer : take_many(pool, BufferPool::buffers_per_slab + 1)) {
        buffer.get()[0] = 'a';
        buffer.get()[BufferPool::buffer_size - 1] = 'z';
        CHECK(buffer.get()[0] == 'a');
    }
}

TEST_CASE("what was given back is lent again") {
    BufferPool pool;
    Buffer buffer = pool.take();
    const char* const place = buffer.get();
    pool.give_back(std::move(buffer));
    CHECK(pool.take().get() == place);
}

TEST_CASE("a rush leaves one slab at most") {
    BufferPool pool;
    auto buffers = take_many(pool, 4 * BufferPool::buffers_per_slab);
    std::vector<std::weak_ptr<char>> slabs;
    for (std::size_t i = 0; i < buffers.size(); i += BufferPool::buffers_per_slab)
        slabs.emplace_back(buffers[i]);
    give_all_back(pool, buffers);
    CHECK(slabs[0].expired());
    CHECK(slabs[1].expired());
    CHECK(slabs[2].expired());
    CHECK_FALSE(slabs[3].expired());
}

TEST_CASE("one buffer that is still lent keeps its slab and no other") {
    BufferPool pool;
    auto buffers = take_many(pool, 2 * BufferPool::buffers_per_slab + 1);
    const Buffer kept = buffers.front();
    const std::weak_ptr<char> second = buffers[BufferPool::buffers_per_slab];
    give_all_back(pool, buffers);
    kept.get()[0] = 'a';
    CHECK(kept.get()[0] == 'a');
    CHECK(second.expired());
}

TEST_CASE("a buffer may outlive its pool") {
    Buffer buffer;
    {
        BufferPool pool;
        buffer = pool.take();
    }
    buffer.get()[0] = 'a';
    CHECK(buffer.get()[0] == 'a');
}

TEST_CASE("no buffer is given back as nothing") {
    BufferPool pool;
    pool.give_back({});
    const Buffer buffer = pool.take();
    pool.give_back({});
    CHECK(pool.take().get() != nullptr);
}

}  // namespace
