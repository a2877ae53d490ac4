// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsioLoop: Asio's loop for one thread of a server's.

#ifndef CHARCOUNT_DETAIL_ASIO_LOOP_HPP
#define CHARCOUNT_DETAIL_ASIO_LOOP_HPP

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

namespace charcount::detail {

/// Runs until it is stopped, also while there is nothing to do.
class AsioLoop {
public:
    [[nodiscard]] asio::io_context::executor_type get_executor() noexcept {
        return context_.get_executor();
    }

    void run() {
        const auto guard = asio::make_work_guard(context_);
        context_.run();
    }

    /// *Thread safety*: from any thread.
    void stop() { context_.stop(); }

private:
    asio::io_context context_{1};
};

}  // namespace charcount::detail

#endif
