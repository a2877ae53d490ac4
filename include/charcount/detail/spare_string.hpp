// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SpareString: a string that most objects of a kind never need.

#ifndef CHARCOUNT_DETAIL_SPARE_STRING_HPP
#define CHARCOUNT_DETAIL_SPARE_STRING_HPP

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace charcount::detail {

/// Takes the room of a pointer until bytes are put in: a server has many connections, and few of
/// them have something to keep.
class SpareString {
public:
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return text_ ? text_->size() : 0; }
    [[nodiscard]] std::string_view view() const noexcept {
        return text_ ? std::string_view(*text_) : std::string_view();
    }

    /// The string, to put bytes in.
    [[nodiscard]] std::string& text() {
        if (!text_) text_ = std::make_unique<std::string>();
        return *text_;
    }

    /// Empties it, and keeps the memory for the next bytes.
    void clear() noexcept {
        if (text_) text_->clear();
    }

    /// Gives memory back that holds no bytes.
    void release_memory() noexcept {
        if (empty()) text_.reset();
    }

private:
    std::unique_ptr<std::string> text_;
};

}  // namespace charcount::detail

#endif
