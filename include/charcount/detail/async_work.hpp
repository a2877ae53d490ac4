// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsyncWork: runs what an awaitable handler returned, and can cancel it.

#ifndef CHARCOUNT_DETAIL_ASYNC_WORK_HPP
#define CHARCOUNT_DETAIL_ASYNC_WORK_HPP

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/co_spawn.hpp>
#include <charcount/handler.hpp>
#include <utility>

namespace charcount::detail {

/// Nothing to run for a handler that answers at once.
template <class H>
class AsyncWork {};

/// One awaitable at a time.
template <AwaitableHandler H>
class AsyncWork<H> {
public:
    /// `done(std::exception_ptr, reply...)` is called on the executor.
    template <class Executor, class Awaitable, class Done>
    void run(const Executor& executor, Awaitable awaitable, Done done) {
        asio::co_spawn(executor, std::move(awaitable),
                       asio::bind_cancellation_slot(signal_.slot(), std::move(done)));
    }

    /// Asks what is running to end; its result is not needed any more.
    void cancel() { signal_.emit(asio::cancellation_type::terminal); }

private:
    asio::cancellation_signal signal_;
};

}  // namespace charcount::detail

#endif
