// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Task: what it can await, how it ends, and what a conversation makes of it; no sockets.

#include <doctest/doctest.h>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/error.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <charcount/conversation.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/peer.hpp>
#include <charcount/task.hpp>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/splits.hpp>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using charcount::Conversation;
using charcount::errc;
using charcount::LineFraming;
using charcount::Peer;
using charcount::RawFraming;
using charcount::Task;
using charcount::TaskRunner;
using charcount::UntilEofFraming;
using charcount::test::describe;
using charcount::test::Pieces;
using charcount::test::split_at_every_offset;
using namespace std::chrono_literals;

static_assert(!std::is_copy_constructible_v<Task<int>> && !std::is_copy_assignable_v<Task<int>>);
static_assert(std::is_nothrow_move_constructible_v<Task<int>>);
static_assert(std::is_nothrow_move_assignable_v<Task<int>>);

// Runs tasks on a loop of the test's.
class LoopRunner final : public TaskRunner {
public:
    [[nodiscard]] asio::any_io_executor get_executor() override { return loop_.get_executor(); }
    [[nodiscard]] asio::cancellation_slot get_cancellation_slot() override {
        return signal_.slot();
    }
    [[nodiscard]] bool is_cancelled() const noexcept override { return is_cancelled_; }
    [[nodiscard]] std::shared_ptr<void> keep() override { return kept; }

    void resume(std::coroutine_handle<> waiting) override {
        waiting.resume();
        if (on_resumed) on_resumed();
    }

    void cancel() {
        is_cancelled_ = true;
        signal_.emit(asio::cancellation_type::terminal);
    }

    // Until nothing is awaited any more.
    void run() {
        loop_.restart();
        loop_.run();
    }

    // Starts on the loop's thread, as a server does.
    template <class T>
    void start(Task<T>& task) {
        asio::post(loop_, [&] { task.start(*this); });
        run();
    }

    std::shared_ptr<int> kept = std::make_shared<int>(0);
    std::function<void()> on_resumed;

private:
    asio::cancellation_signal signal_;
    bool is_cancelled_ = false;
    asio::io_context loop_;
};

// Whether what it refers to is gone.
class Guard {
public:
    explicit Guard(bool& is_gone) noexcept : is_gone_(&is_gone) {}
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() { *is_gone_ = true; }

private:
    bool* is_gone_;
};

asio::awaitable<void> wait_for(std::chrono::milliseconds duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<std::string> later(std::string text) {
    co_await wait_for(1ms);
    co_return text;
}

// How a task ends.

Task<std::string> at_once(std::string_view text) {
    co_return std::string(text);
}

TEST_CASE("nothing of a task runs before it is started") {
    bool has_run = false;
    const auto run = [](bool& noted) -> Task<void> {
        noted = true;
        co_return;
    };
    LoopRunner runner;
    Task<void> task = run(has_run);
    CHECK_FALSE(has_run);
    CHECK_FALSE(task.is_done());
    task.start(runner);
    CHECK(has_run);
    CHECK(task.is_done());
    task.result();
}

TEST_CASE("a task that does not wait is done at once") {
    LoopRunner runner;
    auto task = at_once("4");
    task.start(runner);
    REQUIRE(task.is_done());
    CHECK(task.result() == "4");
}

TEST_CASE("a task returns what it moves, and what converts") {
    LoopRunner runner;
    auto moved = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); }();
    moved.start(runner);
    const std::unique_ptr<int> owner = moved.result();
    CHECK(*owner == 7);

    auto converted = []() -> Task<std::optional<std::string>> { co_return "text"; }();
    converted.start(runner);
    CHECK(converted.result() == "text");

    auto none = []() -> Task<std::optional<std::string>> { co_return std::nullopt; }();
    none.start(runner);
    CHECK(none.result() == std::nullopt);
}

TEST_CASE("what a task throws comes with its result") {
    LoopRunner runner;
    auto text = []() -> Task<std::string> {
        throw std::runtime_error("on purpose");
        co_return "never";
    }();
    text.start(runner);
    REQUIRE(text.is_done());
    CHECK_THROWS_WITH_AS(static_cast<void>(text.result()), "on purpose", std::runtime_error);

    auto nothing = []() -> Task<void> {
        co_await wait_for(1ms);
        throw std::runtime_error("later");
    }();
    runner.start(nothing);
    REQUIRE(nothing.is_done());
    CHECK_THROWS_WITH_AS(nothing.result(), "later", std::runtime_error);
}

TEST_CASE("to destroy a task destroys what its coroutine holds") {
    bool is_gone = false;
    const auto hold = [](bool& gone) -> Task<void> {
        const Guard guard(gone);
        co_await wait_for(1h);
    };
    SUBCASE("one that never ran holds nothing") {
        static_cast<void>(hold(is_gone));
        CHECK_FALSE(is_gone);
    }
    SUBCASE("one that waits") {
        std::optional<LoopRunner> runner(std::in_place);
        std::optional<Task<void>> task(hold(is_gone));
        task->start(*runner);
        CHECK_FALSE(is_gone);
        task.reset();
        CHECK(is_gone);
    }
    SUBCASE("one that another takes the place of") {
        LoopRunner runner;
        auto task = hold(is_gone);
        task.start(runner);
        task = []() -> Task<void> { co_return; }();
        CHECK(is_gone);
        runner.cancel();
        task.start(runner);
        CHECK(task.is_done());
    }
}

// What a task awaits.

TEST_CASE("a task waits for what Asio does, and is resumed by its runner") {
    LoopRunner runner;
    int resumed = 0;
    runner.on_resumed = [&] { ++resumed; };
    auto task = []() -> Task<std::string> {
        std::string text = co_await later("one");
        asio::steady_timer timer(co_await asio::this_coro::executor, 1ms);
        co_await timer.async_wait(asio::use_awaitable);
        co_return text + co_await later(" two");
    }();
    runner.start(task);
    REQUIRE(task.is_done());
    CHECK(task.result() == "one two");
    CHECK(resumed == 3);
}

TEST_CASE("what is there at once is awaited too, in any number") {
    LoopRunner runner;
    constexpr int count = 10'000;
    auto task = []() -> Task<int> {
        int sum = 0;
        for (int i = 0; i < count; ++i)
            sum += co_await [](int number) -> asio::awaitable<int> { co_return number; }(1);
        co_return sum;
    }();
    runner.start(task);
    REQUIRE(task.is_done());
    CHECK(task.result() == count);
}

TEST_CASE("a result without a default can be awaited, and one that only moves") {
    struct Number {
        explicit Number(int number) : value(std::make_unique<int>(number)) {}
        std::unique_ptr<int> value;
    };
    LoopRunner runner;
    auto task = []() -> Task<int> {
        const Number number = co_await []() -> asio::awaitable<Number> { co_return Number(7); }();
        co_return *number.value;
    }();
    runner.start(task);
    REQUIRE(task.is_done());
    CHECK(task.result() == 7);
}

TEST_CASE("what is awaited may throw, and the task may catch it") {
    const auto fail = []() -> asio::awaitable<int> {
        co_await wait_for(1ms);
        throw std::runtime_error("on purpose");
    };
    LoopRunner runner;
    auto task = [](auto failing) -> Task<std::string> {
        std::string seen;
        try {
            co_await failing();
        } catch (const std::runtime_error& error) {
            seen = error.what();
        }
        co_return seen + co_await later(", and went on");
    }(fail);
    runner.start(task);
    REQUIRE(task.is_done());
    CHECK(task.result() == "on purpose, and went on");
}

TEST_CASE("Asio's operators of awaitables work in a task") {
    using namespace asio::experimental::awaitable_operators;
    LoopRunner runner;
    auto task = []() -> Task<std::string> {
        const auto first = co_await (wait_for(1h) || later("quick"));
        co_return std::get<1>(first);
    }();
    runner.start(task);
    REQUIRE(task.is_done());
    CHECK(task.result() == "quick");
}

TEST_CASE("a task awaits another, whether that waits or not") {
    LoopRunner runner;
    auto task = []() -> Task<std::string> {
        const auto inner = [](std::string text, bool waits) -> Task<std::string> {
            if (waits) text = co_await later(text + " waited");
            if (text == "throw") throw std::runtime_error("on purpose");
            co_return text;
        };
        const auto nothing = []() -> Task<void> { co_return; };
        std::string text = co_await inner("one", false);
        co_await nothing();
        text += ", " + co_await inner("two", true);
        try {
            co_await inner("throw", false);
        } catch (const std::runtime_error& error) {
            text += std::string(", ") + error.what();
        }
        co_return text;
    }();
    runner.start(task);
    REQUIRE(task.is_done());
    CHECK(task.result() == "one, two waited, on purpose");
}

TEST_CASE("what keeps the tasks alive is shared while one waits, and not longer") {
    LoopRunner runner;
    long while_waiting = 0;
    auto task = [](LoopRunner& owner, long& uses) -> Task<void> {
        const auto look = [](LoopRunner& seen, long& count) -> asio::awaitable<void> {
            co_await wait_for(1ms);
            count = seen.kept.use_count();
        };
        co_await look(owner, uses);
    }(runner, while_waiting);
    runner.start(task);
    CHECK(while_waiting == 2);
    CHECK(runner.kept.use_count() == 1);
}

TEST_CASE("a cancelled task sees that at what it awaits, now and later") {
    LoopRunner runner;
    std::vector<std::error_code> seen;
    auto task = [](std::vector<std::error_code>& errors) -> Task<void> {
        const auto nested = []() -> Task<void> { co_return; };
        for (int i = 0; i < 3; ++i) {
            try {
                if (i < 2) co_await wait_for(1h);
                if (i == 2) co_await nested();
            } catch (const std::system_error& error) {
                errors.push_back(error.code());
            }
        }
    }(seen);
    task.start(runner);
    CHECK_FALSE(task.is_done());
    runner.cancel();
    runner.run();
    CHECK(task.is_done());
    CHECK(seen == std::vector<std::error_code>(3, asio::error::operation_aborted));
}

// As a handler of a conversation.

struct Answers {
    Task<std::optional<std::string>> operator()(Peer& peer, std::string_view message) {
        if (message == "nothing") co_return std::nullopt;
        if (message == "throw") throw std::runtime_error("on purpose");
        if (message == "push") peer.send("pushed");
        if (message.starts_with("later")) co_await wait_for(1ms);
        if (message == "later throw") throw std::runtime_error("on purpose");
        if (message == "later push") peer.send("pushed");
        co_return "<" + std::string(message) + ">";
    }
};

// A conversation whose tasks run on a loop of the test's.
template <class F = LineFraming>
class Talk {
public:
    explicit Talk(const charcount::ConversationOptions& options = {}) : conversation({}, options) {
        conversation.run_tasks_on(runner_);
        runner_.on_resumed = [this] {
            if (conversation.is_task_done()) conversation.complete_task();
        };
        conversation.open();
    }

    // The tasks, until none waits.
    void run() { runner_.run(); }

    [[nodiscard]] std::string written() {
        std::string all;
        conversation.collect_pushes();
        while (!conversation.output().empty()) {
            all += conversation.output();
            conversation.consume(conversation.output().size());
        }
        return all;
    }

private:
    LoopRunner runner_;

public:
    Conversation<Answers, F> conversation;
};

template <class F>
void check_in_every_split(std::string_view stream, std::string_view expected) {
    for (const Pieces& reads : split_at_every_offset(stream)) {
        for (const bool runs_between : {false, true}) {
            CAPTURE(describe(reads));
            CAPTURE(runs_between);
            Talk<F> talk;
            for (std::size_t i = 0; i < reads.size(); ++i) {
                talk.conversation.receive(reads[i], i + 1 < reads.size());
                if (runs_between) talk.run();
            }
            talk.conversation.end_of_stream();
            talk.run();
            CHECK(talk.written() == expected);
            CHECK(talk.conversation.finished());
            CHECK_FALSE(talk.conversation.error());
        }
    }
}

TEST_CASE("tasks answer whole messages in their order, wherever the reads are cut") {
    check_in_every_split<LineFraming>("Halo\nlater\n\nnothing\nlater too\r\npush\n",
                                      "<Halo>\n<later>\n<>\n<later too>\npushed\n<push>\n");
    check_in_every_split<UntilEofFraming>("later\n", "<later\n>");
    check_in_every_split<RawFraming>("later \xC3\xA9", "<later \xC3\xA9>");
}

TEST_CASE("a task that does not wait is answered within receive") {
    Talk<> talk;
    talk.conversation.receive("a\nb\nnothing\n");
    CHECK_FALSE(talk.conversation.is_awaiting());
    CHECK(talk.conversation.wants_input());
    CHECK(talk.conversation.messages() == 3);
    CHECK(talk.written() == "<a>\n<b>\n");
}

TEST_CASE("while a task waits nothing more is taken, and its message stays as it was") {
    Talk<> talk;
    const std::string message = "later " + std::string(300, 'a');
    talk.conversation.receive("first\n" + message + "\nthi");
    CHECK(talk.conversation.is_awaiting());
    CHECK_FALSE(talk.conversation.wants_input());
    std::string expected = "<first>\n<" + message + ">\n";
    for (int i = 0; i < 100; ++i) {
        talk.conversation.receive(i == 0 ? "rd\n" : "x\n");
        expected += i == 0 ? "<third>\n" : "<x>\n";
    }
    talk.conversation.release_memory();
    talk.run();
    CHECK_FALSE(talk.conversation.is_awaiting());
    CHECK(talk.written() == expected);
}

TEST_CASE("a task may return a part of its message, wherever that lies") {
    struct Echo {
        Task<std::string_view> operator()(std::string_view message) const {
            if (message.starts_with("later")) co_await wait_for(1ms);
            co_return message.substr(1);
        }
    };
    LoopRunner runner;
    Conversation<Echo> conversation;
    conversation.run_tasks_on(runner);
    runner.on_resumed = [&] {
        if (conversation.is_task_done()) conversation.complete_task();
    };
    conversation.open();
    const std::string message = "later " + std::string(300, 'a');
    conversation.receive("first\n" + message + "\n");
    const std::string more(300, 'x');
    for (int i = 0; i < 10; ++i) conversation.receive(more);
    runner.run();
    CHECK(conversation.output() == "irst\n" + message.substr(1) + "\n");
}

TEST_CASE("a task that throws ends the conversation, after what was said before") {
    Talk<> talk;
    SUBCASE("before it waits") {
        talk.conversation.receive("a\nthrow\nb\n");
    }
    SUBCASE("after it has waited") {
        talk.conversation.receive("a\nlater throw\nb\n");
        talk.run();
    }
    CHECK(talk.written() == "<a>\n");
    CHECK(talk.conversation.finished());
    CHECK(talk.conversation.error() == errc::handler_failed);
}

TEST_CASE("what a task pushed goes out before its reply") {
    Talk<> talk;
    talk.conversation.receive("push\nlater push\npush\n");
    talk.run();
    CHECK(talk.written() == "pushed\n<push>\npushed\n<later push>\npushed\n<push>\n");
}

TEST_CASE("tasks are counted as requests, whether they wait or not") {
    Talk<> talk({.max_requests = 3});
    talk.conversation.receive("a\nlater\nlater too\nb\n");
    talk.run();
    CHECK(talk.written() == "<a>\n<later>\n<later too>\n");
    CHECK(talk.conversation.finished());
    CHECK_FALSE(talk.conversation.error());
}

TEST_CASE("at the high-water mark tasks wait for room") {
    Talk<> talk({.max_pending_output_bytes = 4});
    std::string messages;
    std::string expected;
    for (int i = 0; i < 20; ++i) {
        messages += i % 2 == 0 ? "a\n" : "later\n";
        expected += i % 2 == 0 ? "<a>\n" : "<later>\n";
    }
    talk.conversation.receive(messages);
    std::string all;
    for (int i = 0; i < 20; ++i) {
        CHECK(talk.conversation.pending_output() <= 8);
        all += talk.written();
        talk.run();
    }
    CHECK(all + talk.written() == expected);
}

TEST_CASE("a conversation that is closed forgets the task that is done") {
    bool is_gone = false;
    struct Holding {
        bool* gone;
        Task<void> operator()(std::string_view) const {
            const auto guard = std::make_shared<Guard>(*gone);
            co_await wait_for(1ms);
        }
    };
    LoopRunner runner;
    Conversation<Holding> conversation(Holding{&is_gone});
    conversation.run_tasks_on(runner);
    conversation.open();
    conversation.receive("a\n");
    conversation.close();
    runner.run();
    CHECK(is_gone);
    REQUIRE(conversation.is_task_done());
    conversation.forget_task();
    CHECK_FALSE(conversation.is_awaiting());
}

}  // namespace
