// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Handing a function object to an executor: Asio's, or that of a loop of the library's own.

#ifndef CHARCOUNT_DETAIL_LOOP_CALLS_HPP
#define CHARCOUNT_DETAIL_LOOP_CALLS_HPP

#include <asio/dispatch.hpp>
#include <asio/post.hpp>
#include <charcount/detail/epoll_executor.hpp>
#include <utility>

namespace charcount::detail {

/// Calls `function` on the executor, in a later turn.
template <class Executor, class Function>
void post_to(const Executor& executor, Function&& function) {
    asio::post(executor, std::forward<Function>(function));
}

/// Calls `function` on the executor, at once where this is its thread.
template <class Executor, class Function>
void dispatch_to(const Executor& executor, Function&& function) {
    asio::dispatch(executor, std::forward<Function>(function));
}

#if CHARCOUNT_HAS_EPOLL

// Asio's way would do the same, but costs the compiler a second.

template <class Function>
void post_to(const EpollExecutor& executor, Function&& function) {
    executor.context().post(std::forward<Function>(function));
}

template <class Function>
void dispatch_to(const EpollExecutor& executor, Function&& function) {
    executor.execute(std::forward<Function>(function));
}

#endif

}  // namespace charcount::detail

#endif
