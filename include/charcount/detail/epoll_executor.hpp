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

/// Runs function objects on a loop. Unless it `NeverBlocks`, one that comes from the loop's own
/// thread is called at once.
///
/// *Thread safety*: all functions, from any thread.
template <bool NeverBlocks>
class EpollExecutorOf {
public:
    explicit EpollExecutorOf(EpollLoop& loop) noexcept : loop_(&loop) {}

    [[nodiscard]] EpollLoop& context() const noexcept { return *loop_; }

    template <class Function>
    void execute(Function&& function) const {
        if (NeverBlocks || !loop_->runs_in_this_thread())
            return loop_->post(std::forward<Function>(function));
        std::decay_t<Function> called(std::forward<Function>(function));
        std::move(called)();
    }

    // Asio's properties.

    [[nodiscard]] EpollLoop& query(asio::execution::context_t) const noexcept { return *loop_; }

    [[nodiscard]] static constexpr asio::execution::blocking_t query(
        asio::execution::blocking_t) noexcept {
        if (NeverBlocks) return asio::execution::blocking.never;
        return asio::execution::blocking.possibly;
    }

    [[nodiscard]] EpollExecutorOf<true> require(asio::execution::blocking_t::never_t) const {
        return EpollExecutorOf<true>(*loop_);
    }

    [[nodiscard]] EpollExecutorOf<false> require(asio::execution::blocking_t::possibly_t) const {
        return EpollExecutorOf<false>(*loop_);
    }

    friend bool operator==(const EpollExecutorOf&, const EpollExecutorOf&) noexcept = default;

private:
    EpollLoop* loop_;
};

inline EpollExecutor EpollLoop::get_executor() noexcept {
    return EpollExecutor(*this);
}

}  // namespace charcount::detail

#endif
#endif
