// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// PendingWork: what an awaitable handler has begun and not completed.

#ifndef CHARCOUNT_DETAIL_PENDING_WORK_HPP
#define CHARCOUNT_DETAIL_PENDING_WORK_HPP

#include <charcount/byte_buffer.hpp>
#include <charcount/handler.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace charcount::detail {

/// A handler that answers at once leaves nothing pending.
template <class H>
class PendingWork {
public:
    [[nodiscard]] static constexpr bool is_active() noexcept { return false; }
    static constexpr void release_memory() noexcept {}
};

/// Keeps the message for as long as the handler may look at it.
template <AwaitableHandler H>
class PendingWork<H> {
public:
    using Awaitable = typename MessageResult<H>::type;

    template <class Call>
    void start(std::string_view message, Call&& call) {
        message_.clear();
        message_.append(message);
        awaitable_.emplace(call(message_.view()));
        active_ = true;
    }

    /// The awaitable, to be run once.
    [[nodiscard]] Awaitable take() {
        Awaitable taken = std::move(*awaitable_);
        awaitable_.reset();
        return taken;
    }

    /// There is an awaitable that nobody has taken.
    [[nodiscard]] bool is_ready() const noexcept { return awaitable_.has_value(); }

    [[nodiscard]] bool is_active() const noexcept { return active_; }

    void reset() noexcept { active_ = false; }

    /// Gives memory back that is not in use.
    void release_memory() {
        if (!active_) message_ = ByteBuffer();
    }

private:
    ByteBuffer message_;
    std::optional<Awaitable> awaitable_;
    bool active_ = false;
};

}  // namespace charcount::detail

#endif
