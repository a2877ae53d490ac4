// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the handler concepts, and of the functions that call a handler in whichever form it has.

#include <doctest/doctest.h>

#include <charcount/char_count_handler.hpp>
#include <charcount/handler.hpp>
#include <charcount/task.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/fake_awaitable.hpp>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using charcount::AwaitableHandler;
using charcount::AwaitableReply;
using charcount::call_handler;
using charcount::call_on_close;
using charcount::call_on_open;
using charcount::CharCountHandler;
using charcount::ChunkHandler;
using charcount::CoroutineHandler;
using charcount::Handler;
using charcount::MessageHandler;
using charcount::Peer;
using charcount::Reply;
using charcount::Task;
using charcount::TaskHandler;
using charcount::TaskReply;
using charcount::test::FakeAwaitable;

// What a handler may return.

struct Word {
    operator std::string() const { return "word"; }
};

struct View {
    operator std::string_view() const { return "view"; }
};

static_assert(Reply<void>);
static_assert(Reply<std::string>);
static_assert(Reply<const std::string&>);
static_assert(Reply<std::string_view>);
static_assert(Reply<const char*>);
static_assert(Reply<Word> && Reply<View>);
static_assert(Reply<std::optional<std::string>>);
static_assert(Reply<std::optional<const char*>>);
static_assert(Reply<std::optional<Word>>);
static_assert(Reply<FakeAwaitable<void>>);
static_assert(Reply<FakeAwaitable<std::string>>);
static_assert(Reply<FakeAwaitable<std::optional<std::string>>>);

static_assert(!Reply<int>);
static_assert(!Reply<char>);
static_assert(!Reply<bool>);
static_assert(!Reply<std::optional<int>>);
static_assert(!Reply<std::vector<char>>);
static_assert(!Reply<FakeAwaitable<int>>);
static_assert(!Reply<FakeAwaitable<FakeAwaitable<std::string>>>);

static_assert(AwaitableReply<FakeAwaitable<std::string>>);
static_assert(!AwaitableReply<std::string>);
static_assert(!AwaitableReply<void>);

static_assert(Reply<Task<void>> && Reply<Task<std::string>>);
static_assert(Reply<Task<std::optional<std::string>>>);
static_assert(!Reply<Task<int>> && !Reply<Task<Task<std::string>>>);
static_assert(TaskReply<Task<std::string>> && !AwaitableReply<Task<std::string>>);
static_assert(!TaskReply<std::string> && !TaskReply<FakeAwaitable<std::string>>);

// What a handler is.

struct Echo {
    std::string operator()(std::string_view message) const { return std::string(message); }
};

struct PeerEcho {
    std::string operator()(Peer&, std::string_view message) const { return std::string(message); }
};

struct Silent {
    void operator()(std::string_view) {}
};

struct Both {
    std::string operator()(std::string_view) { return "without peer"; }
    std::string operator()(Peer&, std::string_view) { return "with peer"; }
};

struct Chunks {
    void on_chunk(std::string_view) {}
    std::string on_end() { return {}; }
};

struct Later {
    FakeAwaitable<std::string> operator()(std::string_view message) const {
        return FakeAwaitable<std::string>(message);
    }
};

struct InTask {
    Task<std::string> operator()(std::string_view message) const;
};

std::string free_function(std::string_view message) {
    return std::string(message);
}

static_assert(Handler<Echo> && MessageHandler<Echo> && !ChunkHandler<Echo>);
static_assert(Handler<PeerEcho> && Handler<Silent> && Handler<Both>);
static_assert(Handler<decltype(&free_function)>);
static_assert(Handler<decltype([](std::string_view) { return "4"; })>);
static_assert(Handler<decltype([seen = 0](Peer&, std::string_view) mutable { ++seen; })>);
static_assert(Handler<std::function<std::string(std::string_view)>>);
static_assert(Handler<std::reference_wrapper<Echo>>);
static_assert(Handler<Chunks> && ChunkHandler<Chunks> && !MessageHandler<Chunks>);
static_assert(Handler<CharCountHandler> && ChunkHandler<CharCountHandler> &&
              MessageHandler<CharCountHandler>);
static_assert(Handler<Later> && AwaitableHandler<Later> && !TaskHandler<Later>);
static_assert(!AwaitableHandler<Echo> && !AwaitableHandler<Chunks>);
static_assert(Handler<InTask> && TaskHandler<InTask> && !AwaitableHandler<InTask>);
static_assert(!TaskHandler<Echo> && !TaskHandler<Chunks>);
static_assert(CoroutineHandler<Later> && CoroutineHandler<InTask> && !CoroutineHandler<Echo>);

// What is none.

struct NotCallable {};

struct WrongArgument {
    std::string operator()(int) const { return {}; }
};

struct WrongReply {
    int operator()(std::string_view message) const { return static_cast<int>(message.size()); }
};

struct NotCopyable {
    std::unique_ptr<int> state;
    std::string operator()(std::string_view) const { return {}; }
};

struct HalfChunks {
    void on_chunk(std::string_view) {}
};

struct WrongEnd {
    void on_chunk(std::string_view) {}
    int on_end() { return 0; }
};

static_assert(!Handler<NotCallable> && !Handler<WrongArgument> && !Handler<WrongReply>);
static_assert(!Handler<NotCopyable> && MessageHandler<NotCopyable>);
static_assert(!Handler<HalfChunks> && !Handler<WrongEnd>);
static_assert(!Handler<int>);

static_assert(std::is_same_v<charcount::detail::CheckedHandler<Echo, Silent>::type, Echo>);

TEST_CASE("a handler is called in the form that it has") {
    Peer peer;
    Echo echo;
    PeerEcho peer_echo;
    CHECK(call_handler(echo, peer, "Halo") == "Halo");
    CHECK(call_handler(peer_echo, peer, "Halo") == "Halo");

    auto* function = &free_function;
    CHECK(call_handler(function, peer, "Halo") == "Halo");

    int seen = 0;
    auto lambda = [&seen](std::string_view) { ++seen; };
    call_handler(lambda, peer, "Halo");
    CHECK(seen == 1);
}

TEST_CASE("of two forms the one with the peer is called") {
    Peer peer;
    Both both;
    CHECK(call_handler(both, peer, "Halo") == "with peer");
}

TEST_CASE("a handler gets the peer itself, not a copy") {
    Peer peer;
    const Peer* seen = nullptr;
    auto handler = [&seen](Peer& given, std::string_view) { seen = &given; };
    call_handler(handler, peer, "Halo");
    CHECK(seen == &peer);
}

TEST_CASE("a reply by reference is not copied") {
    struct Keeper {
        std::string kept = "kept";
        const std::string& operator()(std::string_view) const { return kept; }
    };
    Peer peer;
    Keeper keeper;
    CHECK(&call_handler(keeper, peer, "Halo") == &keeper.kept);
}

struct Hooked {
    int opened = 0;
    std::vector<std::error_code> closed = {};
    void on_open(Peer&) { ++opened; }
    void on_close(Peer&, std::error_code error) { closed.push_back(error); }
    void operator()(std::string_view) {}
};

TEST_CASE("the hooks are called where a handler has them, and missed nowhere else") {
    Peer peer;
    Hooked hooked;
    call_on_open(hooked, peer);
    call_on_close(hooked, peer, charcount::errc::idle_timed_out);
    CHECK(hooked.opened == 1);
    CHECK(hooked.closed == std::vector{make_error_code(charcount::errc::idle_timed_out)});

    Echo without;
    call_on_open(without, peer);
    call_on_close(without, peer, {});
}

TEST_CASE("what a handler or a hook throws passes through its caller") {
    struct Thrower {
        void on_open(Peer&) { throw std::runtime_error("open"); }
        void on_close(Peer&, std::error_code) { throw std::runtime_error("close"); }
        void operator()(std::string_view) { throw std::runtime_error("message"); }
    };
    Peer peer;
    Thrower thrower;
    CHECK_THROWS_WITH(call_on_open(thrower, peer), "open");
    CHECK_THROWS_WITH(call_handler(thrower, peer, "Halo"), "message");
    CHECK_THROWS_WITH(call_on_close(thrower, peer, {}), "close");
}

// A handler around another: what the three functions are for.
template <class Inner>
struct Shouting {
    Inner inner;

    void on_open(Peer& peer) { call_on_open(inner, peer); }
    void on_close(Peer& peer, std::error_code error) { call_on_close(inner, peer, error); }
    auto operator()(Peer& peer, std::string_view message) {
        return call_handler(inner, peer, std::string(message) + "!");
    }
};

static_assert(Handler<Shouting<Echo>> && Handler<Shouting<Hooked>>);
static_assert(AwaitableHandler<Shouting<Later>>);
static_assert(Handler<Shouting<Shouting<CharCountHandler>>>);

TEST_CASE("a handler can wrap another in either form") {
    Peer peer;
    Shouting<Shouting<Echo>> twice;
    CHECK(call_handler(twice, peer, "Halo") == "Halo!!");

    Shouting<Hooked> hooked;
    call_on_open(hooked, peer);
    CHECK(hooked.inner.opened == 1);
}

template <class R>
std::vector<std::string> texts_of(R&& reply) {
    std::vector<std::string> texts;
    charcount::detail::visit_reply(std::forward<R>(reply),
                                   [&](std::string_view text) { texts.emplace_back(text); });
    return texts;
}

TEST_CASE("every kind of reply is read as one text, an empty optional as none") {
    const std::vector<std::string> halo{"Halo"};
    const std::string constant = "Halo";
    CHECK(texts_of(std::string("Halo")) == halo);
    CHECK(texts_of(constant) == halo);
    CHECK(texts_of(std::string_view("Halo")) == halo);
    CHECK(texts_of("Halo") == halo);
    CHECK(texts_of(Word()) == std::vector<std::string>{"word"});
    CHECK(texts_of(View()) == std::vector<std::string>{"view"});
    CHECK(texts_of(std::optional<std::string>("Halo")) == halo);
    CHECK(texts_of(std::optional<const char*>("Halo")) == halo);
    CHECK(texts_of(std::optional<Word>(Word())) == std::vector<std::string>{"word"});
    CHECK(texts_of(std::optional<std::string>()).empty());
    CHECK(texts_of(std::optional<std::string_view>()).empty());
}

TEST_CASE("an empty text is a reply") {
    CHECK(texts_of(std::string()) == std::vector<std::string>{""});
    CHECK(texts_of(std::optional<std::string>("")) == std::vector<std::string>{""});
}

}  // namespace
