// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// FakeAwaitable: has the shape of an asio::awaitable, and is completed by the test.

#ifndef CHARCOUNT_TESTS_SUPPORT_FAKE_AWAITABLE_HPP
#define CHARCOUNT_TESTS_SUPPORT_FAKE_AWAITABLE_HPP

#include <string_view>

namespace charcount::test {

/// Carries the message as the handler saw it; it is still valid when the awaitable is run.
/// Like the real one it can be moved and not copied.
template <class T>
class FakeAwaitable {
public:
    using value_type = T;
    struct executor_type {};

    explicit FakeAwaitable(std::string_view message) noexcept : message_(message) {}
    FakeAwaitable(FakeAwaitable&&) = default;
    FakeAwaitable& operator=(FakeAwaitable&&) = default;
    FakeAwaitable(const FakeAwaitable&) = delete;
    FakeAwaitable& operator=(const FakeAwaitable&) = delete;
    ~FakeAwaitable() = default;

    [[nodiscard]] std::string_view message() const noexcept { return message_; }

private:
    std::string_view message_;
};

}  // namespace charcount::test

#endif
