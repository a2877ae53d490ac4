// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// One io_context for each thread, as in Asio's example "HTTP server 2"; for both Asio peers.

#ifndef CHARCOUNT_BENCH_PEERS_ASIO_CONTEXTS_HPP
#define CHARCOUNT_BENCH_PEERS_ASIO_CONTEXTS_HPP

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace peers {

class AsioContexts {
public:
    explicit AsioContexts(std::size_t amount) {
        while (contexts_.size() < amount) {
            contexts_.push_back(std::make_unique<asio::io_context>());
            work_.emplace_back(contexts_.back()->get_executor());
        }
    }

    /// The one that accepts.
    [[nodiscard]] asio::io_context& first() noexcept { return *contexts_.front(); }

    /// The one for the next connection, in turn.
    [[nodiscard]] asio::io_context& next() noexcept {
        asio::io_context& context = *contexts_[next_];
        next_ = (next_ + 1) % contexts_.size();
        return context;
    }

    /// Runs the first one here, the others in threads of their own.
    void run() {
        std::vector<std::jthread> threads;
        for (std::size_t i = 1; i < contexts_.size(); ++i)
            threads.emplace_back([&context = *contexts_[i]] { context.run(); });
        first().run();
    }

private:
    std::vector<std::unique_ptr<asio::io_context>> contexts_;
    std::vector<asio::executor_work_guard<asio::io_context::executor_type>> work_;
    std::size_t next_ = 0;
};

}  // namespace peers

#endif
