// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The executor of an EpollLoop, as Asio wants executors to be.

#ifndef CHARCOUNT_DETAIL_EPOLL_EXECUTOR_HPP
#define CHARCOUNT_DETAIL_EPOLL_EXECUTOR_HPP

#include <charcount/detail/epoll_loop.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <asio/execution/blocking.hpp>
#include <asio/execution/context.hpp>
#include <type_traits>
#include <utility>

namespace charcount::detail {

/// Runs function objects on a loop. With `blocking.possibly`, as it is at first, one that comes
/// from the loop's own thread is called at once.
///
/// *Thread safety*: all functions, from any thread.
class EpollLoop::executor_type {
public:
    explicit executor_type(EpollLoop& loop) noexcept : loop_(&loop) {}

    [[nodiscard]] EpollLoop& context() const noexcept { return *loop_; }

    template <class Function>
    void execute(Function&& function) const {
        if (never_blocks_ || !loop_->runs_in_this_thread())
            return loop_->post(std::forward<Function>(function));
        std::decay_t<Function> called(std::forward<Function>(function));
        std::move(called)();
    }

    // Asio's properties.

    [[nodiscard]] EpollLoop& query(asio::execution::context_t) const noexcept { return *loop_; }

    [[nodiscard]] asio::execution::blocking_t query(asio::execution::blocking_t) const noexcept {
        if (never_blocks_) return asio::execution::blocking.never;
        return asio::execution::blocking.possibly;
    }

    [[nodiscard]] executor_type require(asio::execution::blocking_t::never_t) const noexcept {
        return executor_type(*loop_, true);
    }

    [[nodiscard]] executor_type require(asio::execution::blocking_t::possibly_t) const noexcept {
        return executor_type(*loop_, false);
    }

    friend bool operator==(const executor_type&, const executor_type&) noexcept = default;

private:
    executor_type(EpollLoop& loop, bool never_blocks) noexcept
        : loop_(&loop), never_blocks_(never_blocks) {}

    EpollLoop* loop_;
    bool never_blocks_ = false;
};

inline EpollLoop::executor_type EpollLoop::get_executor() noexcept {
    return executor_type(*this);
}

using EpollExecutor = EpollLoop::executor_type;

}  // namespace charcount::detail

#endif
#endif
