// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// PendingWork: what an awaitable handler has begun and not completed.

#ifndef CHARCOUNT_DETAIL_PENDING_WORK_HPP
#define CHARCOUNT_DETAIL_PENDING_WORK_HPP

#include <charcount/byte_buffer.hpp>
#include <charcount/handler.hpp>
#include <optional>
#include <utility>

namespace charcount::detail {

/// A handler that answers at once leaves nothing pending.
template <class H>
class PendingWork {
public:
    [[nodiscard]] static constexpr bool is_active() noexcept { return false; }
};

/// The message stays where it is for as long as the handler may look at it.
template <AwaitableHandler H>
class PendingWork<H> {
public:
    using Awaitable = typename MessageResult<H>::type;

    template <class Call>
    void start(Call&& call) {
        awaitable_.emplace(call());
        active_ = true;
    }

    /// Takes over memory that the message may lie in.
    void keep(ByteBuffer memory) noexcept {
        if (kept_.capacity() == 0) kept_.swap(memory);  // in that of a second call it can't
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

    void reset() noexcept {
        active_ = false;
        kept_ = ByteBuffer();
    }

private:
    ByteBuffer kept_;
    std::optional<Awaitable> awaitable_;
    bool active_ = false;
};

}  // namespace charcount::detail

#endif
