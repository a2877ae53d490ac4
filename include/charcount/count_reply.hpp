// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// CountReply: what the counting handlers reply.

#ifndef CHARCOUNT_COUNT_REPLY_HPP
#define CHARCOUNT_COUNT_REPLY_HPP

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <string>
#include <string_view>

namespace charcount {

/// A number in decimal, or `error: invalid UTF-8 at byte N`, as a text that lies in the object:
/// a server makes one for each message, and a string would cost more than to count.
///
/// *Thread safety*: distinct objects from any threads.
class CountReply {
public:
    /// The text `count`.
    explicit CountReply(std::uint64_t count) noexcept { append(count); }

    /// The text for a message that is not UTF-8 from this byte on, counted from 0.
    [[nodiscard]] static CountReply invalid_utf8(std::uint64_t offset) noexcept {
        CountReply reply;
        std::copy(invalid_text.begin(), invalid_text.end(), reply.text_.begin());
        reply.size_ = static_cast<unsigned char>(invalid_text.size());
        reply.append(offset);
        return reply;
    }

    /// The text. *Lifetime*: as long as this object.
    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

    /// The text, in place. *Lifetime*: as long as this object.
    operator std::string_view() const noexcept { return view(); }

    /// The text, copied.
    operator std::string() const { return std::string(view()); }

    /// Whether the texts are equal.
    friend bool operator==(const CountReply& reply, std::string_view text) noexcept {
        return reply.view() == text;
    }

    /// Writes the text.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                        const CountReply& reply) {
        return out << reply.view();
    }

private:
    static constexpr std::string_view invalid_text = "error: invalid UTF-8 at byte ";
    static constexpr std::size_t max_digits = std::numeric_limits<std::uint64_t>::digits10 + 1;

    // The text stays without a value until it gets one.
    CountReply() noexcept {}  // NOLINT

    /// As `std::to_chars`, but quicker: most messages are short.
    void append(std::uint64_t number) noexcept {
        if (number >= 100) return append_long(number);
        const auto small = static_cast<unsigned>(number);
        const unsigned tens = small / 10;
        if (tens > 0) text_[size_++] = static_cast<char>('0' + tens);
        text_[size_++] = static_cast<char>('0' + (small - 10 * tens));
    }

    [[gnu::noinline]] void append_long(std::uint64_t number) noexcept {
        char* const end = text_.data() + text_.size();
        size_ = static_cast<unsigned char>(std::to_chars(text_.data() + size_, end, number).ptr -
                                           text_.data());
    }

    std::array<char, invalid_text.size() + max_digits> text_;
    unsigned char size_ = 0;
};

}  // namespace charcount

#endif
