// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of EpollExecutor: where it calls, and that Asio's own parts work on it.

#include <doctest/doctest.h>

#include <charcount/detail/platform.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <array>
#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <asio/bind_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/dispatch.hpp>
#include <asio/execution/blocking.hpp>
#include <asio/execution/context.hpp>
#include <asio/execution/executor.hpp>
#include <asio/io_context.hpp>
#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>
#include <asio/query.hpp>
#include <asio/require.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <charcount/detail/epoll_executor.hpp>
#include <charcount/detail/epoll_loop.hpp>
#include <charcount/detail/epoll_timer.hpp>
#include <charcount/detail/epoll_transport.hpp>
#include <charcount/detail/loop_calls.hpp>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <support/events.hpp>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

using charcount::detail::CoroutineLoop;
using charcount::detail::EpollExecutor;
using charcount::detail::EpollExecutorOf;
using charcount::detail::EpollLoop;
using charcount::detail::EpollTimer;
using charcount::test::Log;
using namespace std::chrono_literals;

static_assert(asio::execution::is_executor<EpollExecutor>::value);
static_assert(std::convertible_to<EpollExecutor, asio::any_io_executor>);
static_assert(std::same_as<EpollLoop::executor_type, EpollExecutor>);

// A loop that a thread runs. Both kinds: the second has what coroutines want.
template <class Loop>
class Threaded {
public:
    Threaded() : thread_([this] { loop.run(); }) {}
    ~Threaded() {
        loop.stop();
        thread_.join();
    }

    [[nodiscard]] EpollExecutor executor() { return loop.get_executor(); }
    [[nodiscard]] std::thread::id id() const { return thread_.get_id(); }

    Loop loop;

private:
    std::thread thread_;
};

using Threads = std::vector<std::thread::id>;

TEST_CASE("on the loop's thread a function is called at once, elsewhere it is posted") {
    EpollLoop loop;
    const EpollExecutor executor = loop.get_executor();
    std::string order;
    executor.execute([&] {
        order += "a";
        executor.execute([&] { order += "b"; });
        asio::dispatch(executor, [&] { order += "c"; });
        charcount::detail::dispatch_to(executor, [&] { order += "d"; });
        order += "e";
        loop.stop();
    });
    CHECK(order == "");
    loop.run();
    CHECK(order == "abcde");
}

TEST_CASE("what is posted is never called at once") {
    EpollLoop loop;
    const EpollExecutor executor = loop.get_executor();
    std::string order;
    asio::post(executor, [&] {
        asio::post(executor, [&] { order += "b"; });
        charcount::detail::post_to(executor, [&] { order += "c"; });
        asio::post(asio::any_io_executor(executor), [&] {
            order += "d";
            loop.stop();
        });
        asio::require(executor, asio::execution::blocking.never).execute([&] { order += "e"; });
        order += "a";
    });
    loop.run();
    CHECK(order == "abcde");
}

TEST_CASE("a function of another thread is called on the loop's") {
    Threaded<EpollLoop> loop;
    Log<std::thread::id> log;
    const auto note = [&] { log.add(std::this_thread::get_id()); };
    loop.executor().execute(note);
    asio::post(loop.executor(), note);
    asio::dispatch(loop.executor(), note);
    asio::post(asio::any_io_executor(loop.executor()), note);
    CHECK(log.wait_for(4) == Threads(4, loop.id()));
}

TEST_CASE("a function that can only be moved is called, at once or later") {
    EpollLoop loop;
    const EpollExecutor executor = loop.get_executor();
    int result = 0;
    const auto adding = [&](int number) {
        return [&result, number = std::make_unique<int>(number)] { result += *number; };
    };
    executor.execute(adding(1));
    loop.post([&] {
        executor.execute(adding(2));
        loop.stop();
    });
    loop.run();
    CHECK(result == 3);
}

TEST_CASE("executors of one loop are equal, and know whether they block") {
    EpollLoop loop;
    EpollLoop other;
    const EpollExecutor executor = loop.get_executor();
    CHECK(executor == loop.get_executor());
    CHECK(executor != other.get_executor());
    CHECK(asio::any_io_executor(executor) == asio::any_io_executor(loop.get_executor()));
    CHECK(asio::any_io_executor(executor) != asio::any_io_executor(other.get_executor()));
    CHECK(&executor.context() == &loop);
    CHECK(&asio::query(executor, asio::execution::context) == &loop);
    CHECK(asio::query(executor, asio::execution::blocking) == asio::execution::blocking.possibly);
    const auto never = asio::require(executor, asio::execution::blocking.never);
    CHECK(asio::query(never, asio::execution::blocking) == asio::execution::blocking.never);
    CHECK(asio::require(never, asio::execution::blocking.possibly) == executor);
}

// Asio's objects.

TEST_CASE_TEMPLATE("a timer of Asio's completes on the loop's thread", Loop, EpollLoop,
                   CoroutineLoop<asio::io_context>) {
    Threaded<Loop> loop;
    asio::steady_timer timer(loop.executor(), 5ms);
    Log<std::thread::id> log;
    timer.async_wait([&](std::error_code error) {
        CHECK_FALSE(error);
        log.add(std::this_thread::get_id());
    });
    CHECK(log.wait_for(1) == Threads{loop.id()});
}

TEST_CASE("sockets of Asio's complete on the loop's thread") {
    Threaded<EpollLoop> loop;
    asio::local::stream_protocol::socket near(loop.executor());
    asio::local::stream_protocol::socket far(loop.executor());
    asio::local::connect_pair(near, far);
    std::array<char, 4> bytes{};
    Log<std::thread::id> log;
    near.async_read_some(asio::buffer(bytes), [&](std::error_code error, std::size_t size) {
        CHECK_FALSE(error);
        CHECK(size == 4);
        log.add(std::this_thread::get_id());
    });
    asio::write(far, asio::buffer("Halo", 4));
    CHECK(log.wait_for(1) == Threads{loop.id()});
}

template <class Executor>
asio::awaitable<void, Executor> wait_twice(Log<std::thread::id>& log) {
    const auto executor = co_await asio::this_coro::executor;
    for (int i = 0; i < 2; ++i) {
        asio::basic_waitable_timer<std::chrono::steady_clock,
                                   asio::wait_traits<std::chrono::steady_clock>, Executor>
            timer(executor, 5ms);
        co_await timer.async_wait(asio::use_awaitable_t<Executor>());
        log.add(std::this_thread::get_id());
    }
    throw std::exception();
}

TEST_CASE_TEMPLATE("a coroutine runs on the loop's thread, to its end", Executor, EpollExecutor,
                   asio::any_io_executor) {
    Threaded<CoroutineLoop<asio::io_context>> loop;
    Log<std::thread::id> log;
    asio::co_spawn(Executor(loop.executor()), wait_twice<Executor>(log),
                   [&](std::exception_ptr failure) {
                       CHECK(failure);
                       log.add(std::this_thread::get_id());
                   });
    CHECK(log.wait_for(3) == Threads(3, loop.id()));
}

TEST_CASE("what waits on Asio's objects is destroyed with the loop, without a call") {
    const auto shared = std::make_shared<int>(0);
    {
        EpollLoop loop;
        auto timer = std::make_shared<asio::steady_timer>(loop.get_executor(), 1h);
        timer->async_wait([timer, shared](std::error_code) { ++*shared; });
        asio::co_spawn(
            loop.get_executor(),
            [shared]() -> asio::awaitable<void, EpollExecutor> {
                ++*shared;
                co_return;
            },
            [shared](std::exception_ptr) { ++*shared; });
    }
    CHECK(shared.use_count() == 1);
    CHECK(*shared == 0);
}

TEST_CASE("what is destroyed with Asio's objects may still use the loop") {
    class UsesLoop {
    public:
        UsesLoop(EpollLoop& loop, std::shared_ptr<int> shared)
            : loop_(loop), shared_(std::move(shared)), timer_(loop.get_executor()) {
            timer_.expires_after(1h);
            timer_.async_wait([shared = shared_](std::error_code) { ++*shared; });
        }
        UsesLoop(const UsesLoop&) = delete;
        UsesLoop& operator=(const UsesLoop&) = delete;
        ~UsesLoop() {
            timer_.cancel();
            loop_.post([shared = shared_] { ++*shared; });
        }

    private:
        EpollLoop& loop_;
        std::shared_ptr<int> shared_;
        EpollTimer timer_;
    };
    const auto shared = std::make_shared<int>(0);
    {
        EpollLoop loop;
        auto timer = std::make_shared<asio::steady_timer>(loop.get_executor(), 1h);
        timer->async_wait(
            [timer, uses = std::make_unique<UsesLoop>(loop, shared)](std::error_code) {});
    }
    CHECK(shared.use_count() == 1);
    CHECK(*shared == 0);
}

}  // namespace

#endif
