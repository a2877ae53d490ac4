// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Counts the allocations of conversations and servers: none per message once it has warmed up, none
// for a stream of any length, and none kept by a connection that is quiet.

#include <doctest/doctest.h>

#include <algorithm>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <atomic>
#include <charcount/conversation.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/task.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <ostream>
#include <string>
#include <string_view>
#include <support/fake_awaitable.hpp>
#include <support/test_server.hpp>
#include <tuple>
#include <utility>

namespace {

std::atomic<std::uint64_t> allocations = 0;
std::atomic<std::size_t> bytes_in_use = 0;

// In front of each block: its size, in as many bytes as keep the block aligned.
constexpr std::size_t header_size = alignof(std::max_align_t);
static_assert(header_size >= sizeof(std::size_t));

}  // namespace

// All forms are replaced, so that none of them mixes with a runtime's own.

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    void* const block = std::malloc(header_size + size);
    if (block == nullptr) return nullptr;
    ::new (block) std::size_t(size);
    ++allocations;
    bytes_in_use += size;
    return static_cast<char*>(block) + header_size;
}

void* operator new(std::size_t size) {
    void* const memory = operator new(size, std::nothrow);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

void* operator new[](std::size_t size) {
    return operator new(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return operator new(size, std::nothrow);
}

void operator delete(void* memory) noexcept {
    if (memory == nullptr) return;
    void* const block = static_cast<char*>(memory) - header_size;
    bytes_in_use -= *static_cast<std::size_t*>(block);
    std::free(block);
}

void operator delete(void* memory, std::size_t) noexcept {
    operator delete(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
    operator delete(memory);
}
void operator delete[](void* memory) noexcept {
    operator delete(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    operator delete(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
    operator delete(memory);
}

namespace {

using charcount::CharCountHandler;
using charcount::Conversation;
using charcount::LengthFraming;
using charcount::LineFraming;
using charcount::Peer;
using charcount::RawFraming;
using charcount::UntilEofFraming;
using namespace std::string_view_literals;

// How often `code` allocates when it has run some times before.
template <class Code>
std::uint64_t allocations_in_steady_state(Code code) {
    for (int i = 0; i < 10; ++i) code();
    const std::uint64_t before = allocations;
    for (int i = 0; i < 1000; ++i) code();
    return allocations - before;
}

template <class Talk>
std::size_t write_all(Talk& conversation) {
    std::size_t written = 0;
    while (!conversation.output().empty()) {
        const std::size_t size = conversation.output().size();
        conversation.consume(size);
        written += size;
    }
    return written;
}

template <class F>
std::uint64_t allocations_of_burst(std::string_view frame, int depth) {
    std::string burst;
    for (int i = 0; i < depth; ++i) burst += frame;
    Conversation<CharCountHandler, F> conversation;
    conversation.open();
    std::size_t written = 0;
    const std::uint64_t count = allocations_in_steady_state([&] {
        conversation.receive(burst);
        written += write_all(conversation);
    });
    CHECK(written > 0);
    return count;
}

TEST_CASE("allocations are counted") {
    const std::uint64_t before = allocations;
    const std::size_t used_before = bytes_in_use;
    {
        const std::string text(1000, 'x');
        CHECK(allocations > before);
        CHECK(bytes_in_use > used_before + 999);
    }
    CHECK(bytes_in_use == used_before);
}

TEST_CASE("a message costs no allocation, alone or in a burst") {
    for (const int depth : {1, 16}) {
        CAPTURE(depth);
        CHECK(allocations_of_burst<LineFraming>("Halo dunia, apa kabar?\n", depth) == 0);
        CHECK(allocations_of_burst<LineFraming>("Gr\xC3\xBC\xC3\x9F\x65\r\n", depth) == 0);
        CHECK(allocations_of_burst<LengthFraming>("\0\0\0\4Halo"sv, depth) == 0);
        CHECK(allocations_of_burst<RawFraming>("Halo dunia", depth) == 0);
    }
}

// Asks a server as often, alone and in a burst; what answers is on other threads.
template <class Row, class H>
void check_server() {
    charcount::test::RunningServer<Row, H> server;
    asio::io_context context;  // nobody runs it
    asio::ip::tcp::socket socket(context);
    socket.connect(server->local_endpoint());
    for (const int depth : {1, 16}) {
        CAPTURE(depth);
        std::string burst;
        for (int i = 0; i < depth; ++i) burst += "Halo dunia, apa kabar?\n";
        std::string replies(std::string_view("22\n").size() * static_cast<std::size_t>(depth), ' ');
        const std::uint64_t count = allocations_in_steady_state([&] {
            asio::write(socket, asio::buffer(burst));
            asio::read(socket, asio::buffer(replies));
        });
        CHECK(replies.starts_with("22\n"));
        CHECK(count < 10);  // of a thousand turns; once a second a timer is set anew
    }
}

TEST_CASE_TEMPLATE_DEFINE("a message to a server costs no allocation", Row, server_messages) {
    check_server<Row, CharCountHandler>();
}
TEST_CASE_TEMPLATE_APPLY(server_messages,
                         std::tuple<charcount::test::TcpOneLoop, charcount::test::TcpUsersLoop,
                                    charcount::test::TcpBlocking>);

template <class Coroutine>
struct InCoroutine {
    Coroutine operator()(std::string_view message) const { co_return counter(message); }
    CharCountHandler counter;
};

TEST_CASE_TEMPLATE("a message to a coroutine that does not wait costs no allocation", Coroutine,
                   charcount::Task<std::string>, asio::awaitable<std::string>) {
    check_server<charcount::test::TcpOneLoop, InCoroutine<Coroutine>>();
}

TEST_CASE("a message that arrives in pieces costs no allocation") {
    Conversation<> conversation;
    conversation.open();
    CHECK(allocations_in_steady_state([&] {
              for (const char byte : "Gr\xC3\xBC\xC3\x9F\x65 dari jauh sekali\r\n"sv)
                  conversation.receive({&byte, 1});
              write_all(conversation);
          }) == 0);
}

TEST_CASE("a message that has to be joined costs no allocation") {
    // The reply is no longer than what a string holds by itself.
    struct Length {
        std::string operator()(std::string_view message) const {
            return std::to_string(message.size());
        }
    };
    Conversation<Length> conversation;
    conversation.open();
    const std::string half(1000, 'x');
    CHECK(allocations_in_steady_state([&] {
              conversation.receive(half);
              conversation.receive(half);
              conversation.receive("\nbegun");
              conversation.receive("\n");
              write_all(conversation);
          }) == 0);
}

TEST_CASE("a burst that stops at the high-water mark costs no allocation") {
    Conversation<> conversation(CharCountHandler(), {.max_pending_output_bytes = 8});
    conversation.open();
    std::string burst;
    for (int i = 0; i < 16; ++i) burst += "Halo dunia\n";
    std::size_t written = 0;
    CHECK(allocations_in_steady_state([&] {
              conversation.receive(burst);
              written += write_all(conversation);
          }) == 0);
    CHECK(written == std::size_t{1010 * 16 * 3});
}

TEST_CASE("a push costs no allocation") {
    Conversation<> conversation;
    conversation.open();
    const Peer peer = conversation.peer();
    CHECK(allocations_in_steady_state([&] {
              for (int i = 0; i < 16; ++i) peer.send("a message that is longer than a few bytes");
              conversation.receive("Halo\n");
              conversation.collect_pushes();
              write_all(conversation);
          }) == 0);
}

TEST_CASE("a stream of any length needs no memory") {
    constexpr std::uint64_t total = 100'000'000;
    constexpr std::uint64_t piece_size = 50'000;
    static_assert(total % piece_size == 0);
    const std::string piece(piece_size, 'x');
    Conversation<CharCountHandler, UntilEofFraming> conversation;
    conversation.open();
    const std::uint64_t before = allocations;
    for (std::uint64_t sent = 0; sent < total; sent += piece_size) conversation.receive(piece);
    CHECK(allocations == before);
    conversation.end_of_stream();
    CHECK(conversation.output() == "100000000");
}

TEST_CASE("a stream of text that is cut anywhere needs no memory") {
    constexpr std::string_view text = "Gr\xC3\xBC\xC3\x9F\x65 \xE5\xAD\x97 \xF0\x9F\x98\x80 ";
    constexpr std::size_t rounds = 50'000;
    std::string stream;
    for (std::size_t i = 0; i < rounds; ++i) stream += text;
    Conversation<CharCountHandler, UntilEofFraming> conversation;
    conversation.open();
    const std::uint64_t before = allocations;
    std::string_view rest = stream;
    for (std::size_t size = 1; !rest.empty(); size = size % 97 + 1) {
        conversation.receive(rest.substr(0, size));
        rest.remove_prefix(std::min(size, rest.size()));
    }
    CHECK(allocations == before);
    conversation.end_of_stream();
    CHECK(conversation.output() == std::to_string(rounds * 10));
}

TEST_CASE("a quiet connection holds no memory of what it has done") {
    struct Echo {
        std::string operator()(std::string_view message) const { return std::string(message); }
    };
    Conversation<Echo> conversation({}, {.max_pending_output_bytes = 20'000});
    conversation.open();
    const Peer peer = conversation.peer();
    const std::size_t used_at_first = bytes_in_use;
    {
        const std::string half(10'000, 'x');
        for (int i = 0; i < 4; ++i) {
            conversation.receive(half);
            conversation.receive(half + "\n" + half + "\n");
            peer.send(half);
            conversation.collect_pushes();
            write_all(conversation);
            peer.send(half);
            conversation.collect_pushes();
            write_all(conversation);
        }
    }
    CHECK(bytes_in_use > used_at_first + 10'000);
    conversation.release_memory();
    CHECK(bytes_in_use == used_at_first);
}

TEST_CASE("a quiet connection of an awaitable handler holds no memory either") {
    struct Later {
        charcount::test::FakeAwaitable<void> operator()(std::string_view message) const {
            return charcount::test::FakeAwaitable<void>(message);
        }
    };
    Conversation<Later> conversation;
    conversation.open();
    const std::size_t used_at_first = bytes_in_use;
    {
        const std::string line = std::string(10'000, 'x') + "\n";
        conversation.receive(line);
        CHECK(conversation.work().take().message().size() == 10'000);
        conversation.release_memory();
        CHECK(bytes_in_use > used_at_first + 10'000 + line.size());
        conversation.complete();
    }
    conversation.release_memory();
    CHECK(bytes_in_use == used_at_first);
}

}  // namespace
