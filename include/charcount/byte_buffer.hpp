// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ByteBuffer: bytes that grow at their end.

#ifndef CHARCOUNT_BYTE_BUFFER_HPP
#define CHARCOUNT_BYTE_BUFFER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace charcount {

/// What a framing writes messages to. It is used as a `std::string` is, but takes less room, and
/// appends a few bytes, which a server does for each reply, with fewer instructions.
///
/// *Thread safety*: distinct objects from any threads.
class ByteBuffer {
public:
    /// No bytes, and no memory.
    ByteBuffer() = default;

    /// Takes the bytes over; `other` has none afterwards.
    ByteBuffer(ByteBuffer&& other) noexcept
        : bytes_(std::move(other.bytes_)),
          size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}

    /// Copies the bytes. *Throws*: as `append`.
    ByteBuffer(const ByteBuffer& other) { append(other); }

    /// Takes the bytes over, or a copy of them. Those that stood here are gone.
    ByteBuffer& operator=(ByteBuffer other) noexcept {
        swap(other);
        return *this;
    }

    ~ByteBuffer() = default;

    /// How many bytes there are.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Whether there are none.
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// How many there can be without new memory.
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// The bytes. *Lifetime*: until the next call that is not `const`.
    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }

    /// The bytes, in place. *Lifetime*: as above.
    operator std::string_view() const noexcept { return view(); }

    /// Appends the text, which may be a part of these bytes.
    /// *Throws*: `std::bad_alloc`, `std::length_error`; then nothing has changed.
    ByteBuffer& append(std::string_view text) {
        if (text.size() > few || text.size() > capacity_ - size_) return append_many(text);
        copy_few(bytes_.get() + size_, text.data(), text.size());
        size_ += text.size();
        return *this;
    }

    /// Appends the text, and a byte behind it. *Throws*: as above.
    ByteBuffer& append(std::string_view text, char last) {
        if (text.size() > few || text.size() >= capacity_ - size_) return append_many(text, last);
        char* const end = bytes_.get() + size_;
        copy_few(end, text.data(), text.size());
        end[text.size()] = last;
        size_ += text.size() + 1;
        return *this;
    }

    /// Appends the byte. *Throws*: as `append`.
    void push_back(char byte) {
        if (size_ == capacity_) [[unlikely]] {
            append_in_new_memory({&byte, 1});
        } else {
            bytes_[size_++] = byte;
        }
    }

    /// As `append`.
    ByteBuffer& operator+=(std::string_view text) { return append(text); }

    /// As `push_back`.
    ByteBuffer& operator+=(char byte) {
        push_back(byte);
        return *this;
    }

    /// Takes all bytes away, and keeps the memory.
    void clear() noexcept { size_ = 0; }

    /// Exchanges bytes and memory.
    void swap(ByteBuffer& other) noexcept {
        std::swap(bytes_, other.bytes_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

private:
    static constexpr std::size_t few = 2 * sizeof(std::uint64_t);
    static constexpr std::size_t least_capacity = 64;
    static constexpr std::size_t max_size = std::numeric_limits<std::ptrdiff_t>::max();

    /// As `memcpy`, which takes longer to call than a few bytes do to copy.
    static void copy_few(char* to, const char* from, std::size_t size) noexcept {
        if (size >= sizeof(std::uint64_t)) {
            copy_ends<std::uint64_t>(to, from, size);
        } else if (size >= sizeof(std::uint32_t)) {
            copy_ends<std::uint32_t>(to, from, size);
        } else if (size > 0) {
            to[0] = from[0];
            to[size / 2] = from[size / 2];
            to[size - 1] = from[size - 1];
        }
    }

    /// One or two words, which overlap where the bytes are fewer.
    template <class Word>
    static void copy_ends(char* to, const char* from, std::size_t size) noexcept {
        const std::size_t last = size - sizeof(Word);
        Word ends[2];
        std::memcpy(&ends[0], from, sizeof(Word));
        std::memcpy(&ends[1], from + last, sizeof(Word));
        std::memcpy(to, &ends[0], sizeof(Word));
        std::memcpy(to + last, &ends[1], sizeof(Word));
    }

    [[gnu::noinline]] ByteBuffer& append_many(std::string_view text) {
        if (text.size() > capacity_ - size_) return append_in_new_memory(text);
        std::memcpy(bytes_.get() + size_, text.data(), text.size());
        size_ += text.size();
        return *this;
    }

    [[gnu::noinline]] ByteBuffer& append_many(std::string_view text, char last) {
        if (text.size() < capacity_ - size_) {
            append_many(text);
        } else {
            append_in_new_memory(text, 1);
        }
        bytes_[size_++] = last;
        return *this;
    }

    /// Leaves room for so many bytes more at least.
    [[gnu::noinline]] ByteBuffer& append_in_new_memory(std::string_view text,
                                                       std::size_t room = 0) {
        if (text.size() > max_size - size_)
            throw std::length_error("charcount: more bytes than a buffer can have");
        const std::size_t twice = capacity_ < max_size / 2 ? 2 * capacity_ : max_size;
        const std::size_t capacity = std::max({least_capacity, twice, size_ + text.size() + room});
        std::unique_ptr<char[]> bytes(new char[capacity]);
        if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
        std::memcpy(bytes.get() + size_, text.data(), text.size());
        bytes_ = std::move(bytes);
        size_ += text.size();
        capacity_ = capacity;
        return *this;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace charcount

#endif
