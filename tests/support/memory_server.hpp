// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryServer: the real server in memory, of either kind, driven step by step from the test.

#ifndef CHARCOUNT_TESTS_SUPPORT_MEMORY_SERVER_HPP
#define CHARCOUNT_TESTS_SUPPORT_MEMORY_SERVER_HPP

#include <doctest/doctest.h>

#include <asio/io_context.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/options.hpp>
#include <charcount/server.hpp>
#include <charcount/transport/memory.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <support/watched_handler.hpp>
#include <support/watched_servers.hpp>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace charcount::test {

/// The server and, where it needs one, its loop. `settle` lets everything happen that can.
template <class Transport, class F = LineFraming, class H = WatchedHandler>
class MemoryServer {
public:
    using Server = charcount::Server<H, Transport, F>;

    explicit MemoryServer(ServerOptions options = {}) {
        if constexpr (Transport::is_async) {
            server_.reset(new Server(loop_, std::move(options), H(hooks)));
        } else {
            server_.reset(new Server(std::move(options), H(hooks)));
        }
        server_->start();
        if constexpr (Transport::is_async) {
            server_->async_wait([this](const StopReport& report) { report_ = report; });
        } else {
            end_ = std::async(std::launch::async, [this] { return server_->wait(); });
        }
        settle();
    }

    /// Stops at once what the test has left running.
    ~MemoryServer() {
        server_->stop(std::chrono::milliseconds(0));
        if constexpr (Transport::is_async) {
            loop_.restart();
            while (!report_) loop_.run_one();
        } else if (end_.valid()) {
            end_.wait();
        }
    }

    MemoryServer(const MemoryServer&) = delete;
    MemoryServer& operator=(const MemoryServer&) = delete;

    [[nodiscard]] Server& operator*() noexcept { return *server_; }
    Server* operator->() noexcept { return server_.get(); }
    [[nodiscard]] std::uint16_t port() const { return server_->local_endpoint().port(); }

    /// The loop of an asynchronous server, for clients to live on too.
    [[nodiscard]] asio::io_context& loop() noexcept { return loop_; }

    /// Returns when nothing more happens by itself. A server that spins fails the test.
    void settle() {
        if constexpr (Transport::is_async) {
            loop_.restart();
            int steps = 0;
            while (loop_.poll_one() > 0) REQUIRE(++steps < 1'000'000);
        } else {
            REQUIRE(Memory::wait_until_idle());
        }
    }

    /// Lets time pass, and what it brings happen.
    void advance(MemoryClock::duration time) {
        settle();
        MemoryClock::advance(time);
        settle();
    }

    /// For a server that is not to have ended.
    [[nodiscard]] bool is_running() {
        settle();
        if constexpr (Transport::is_async) return !report_;
        return end_.wait_for(std::chrono::seconds(0)) == std::future_status::timeout;
    }

    /// For a server that is to have ended by now.
    StopReport report() {
        settle();
        if (!Transport::is_async && !report_) {
            REQUIRE(end_.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
            report_ = end_.get();
        }
        REQUIRE(report_.has_value());
        return *report_;
    }

    const std::shared_ptr<ConnectionNotes> hooks = std::make_shared<ConnectionNotes>();

private:
    asio::io_context loop_;
    std::unique_ptr<Server> server_;
    std::optional<StopReport> report_;
    std::future<StopReport> end_;
};

/// How connections ended, as `ConnectionNotes` has it.
template <class... Codes>
[[nodiscard]] std::vector<std::error_code> ends(Codes... codes) {
    return {std::error_code(codes)...};
}

/// Runs a test on both kinds of server.
template <class Test>
void on_each_transport(Test test) {
    SUBCASE("asynchronous") {
        test.template operator()<AsyncMemory>();
    }
    SUBCASE("blocking") {
        test.template operator()<BlockingMemory>();
    }
}

}  // namespace charcount::test

namespace doctest {

template <>
struct StringMaker<std::vector<std::error_code>> {
    static String convert(const std::vector<std::error_code>& codes) {
        std::string text;
        for (const std::error_code& code : codes) text += "[" + code.message() + "]";
        return text.c_str();
    }
};

}  // namespace doctest

#endif
