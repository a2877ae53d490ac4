// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SpareBuffer: bytes that most objects of a kind never need.

#ifndef CHARCOUNT_DETAIL_SPARE_BUFFER_HPP
#define CHARCOUNT_DETAIL_SPARE_BUFFER_HPP

#include <charcount/byte_buffer.hpp>
#include <cstddef>
#include <memory>
#include <string_view>

namespace charcount::detail {

/// Takes the room of a pointer until bytes are put in: a server has many connections, and few of
/// them have something to keep.
class SpareBuffer {
public:
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_ ? bytes_->size() : 0; }
    [[nodiscard]] std::string_view view() const noexcept {
        return bytes_ ? bytes_->view() : std::string_view();
    }

    /// The buffer, to put bytes in.
    [[nodiscard]] ByteBuffer& bytes() {
        if (!bytes_) bytes_ = std::make_unique<ByteBuffer>();
        return *bytes_;
    }

    /// Empties it, and keeps the memory for the next bytes.
    void clear() noexcept {
        if (bytes_) bytes_->clear();
    }

    /// Gives memory back that holds no bytes.
    void release_memory() noexcept {
        if (empty()) bytes_.reset();
    }

private:
    std::unique_ptr<ByteBuffer> bytes_;
};

}  // namespace charcount::detail

#endif
