// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of ReadinessIo, beside the other ways to wait: no byte that has arrived is left lying.

#include <doctest/doctest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <asio/socket_base.hpp>
#include <atomic>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/repeated.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <vector>

namespace {

using charcount::Peer;
using charcount::ServerOptions;
using charcount::test::AllRows;
using charcount::test::eventually;
using charcount::test::Gate;
using charcount::test::Hooks;
using charcount::test::LocalRows;
using charcount::test::Log;
using charcount::test::repeated;
using charcount::test::RunningServer;
using charcount::test::TcpRows;

using Errors = std::vector<std::error_code>;

// The handler waits at the gate when it is told so, so that all that follows arrives meanwhile.
struct Held {
    Gate gate;
    Log<std::error_code> ends;

    [[nodiscard]] Hooks hooks() {
        return {.on_message =
                    [this](Peer&, std::string_view message) {
                        if (message == "wait") gate.pass();
                        return std::string(message);
                    },
                .on_close = [this](Peer&, std::error_code error) { ends.add(error); }};
    }
};

TEST_CASE_TEMPLATE_DEFINE("what arrives while a message is answered is answered next", Row,
                          meanwhile) {
    Held held;
    RunningServer<Row> server({}, held.hooks());
    auto client = server.connect();
    client.send("wait\n");
    held.gate.wait_for_arrivals();
    client.send_and_arrive("a\nb\nc");
    held.gate.open();
    CHECK(client.read(9) == "wait\na\nb\n");
    CHECK(client.ask("d") == "cd");
}
TEST_CASE_TEMPLATE_APPLY(meanwhile, AllRows);

TEST_CASE_TEMPLATE_DEFINE("the end that arrives with the last bytes is noticed", Row, last_bytes) {
    Held held;
    RunningServer<Row> server({}, held.hooks());
    auto client = server.connect();
    client.send("wait\n");
    held.gate.wait_for_arrivals();
    client.send_and_arrive("a\n");
    client.finish_sending();
    held.gate.open();
    CHECK(client.read_to_end() == "wait\na\n");
    CHECK(held.ends.wait_for(1) == Errors{{}});
}
TEST_CASE_TEMPLATE_APPLY(last_bytes, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a connection that ends while its message is answered is noticed", Row,
                          end_meanwhile) {
    Held held;
    RunningServer<Row> server({}, held.hooks());
    auto client = server.connect();
    client.send("wait\n");
    held.gate.wait_for_arrivals();
    client.close();
    held.gate.open();
    CHECK(held.ends.wait_for(1).size() == 1);
    CHECK(server.connect().ask("others") == "others");
}
TEST_CASE_TEMPLATE_APPLY(end_meanwhile, AllRows);

// No event tells of the rest: it was there before.
TEST_CASE_TEMPLATE_DEFINE("what was not read for want of room is read when there is some", Row,
                          no_room) {
    constexpr std::size_t count = 20'000;
    ServerOptions options;
    options.max_pending_output_bytes = 64;
    RunningServer<Row> server(options);
    auto client = server.connect();
    const std::string burst = repeated("0123456789abcde\n", count);
    std::size_t sent = 0;
    std::string received;
    while (received.size() < burst.size()) {  // less than the connection takes, then the replies
        const std::size_t size = std::min<std::size_t>(16 * 1024, burst.size() - sent);
        client.send(std::string_view(burst).substr(sent, size));
        sent += size;
        received += client.read(size);
    }
    CHECK(received == burst);
}
TEST_CASE_TEMPLATE_APPLY(no_room, AllRows);

// Much arrives while the handler is at work, more than one read takes; the last of it has no event.
TEST_CASE_TEMPLATE_DEFINE("a burst larger than a read is answered to its end", Row, large_burst) {
    constexpr std::size_t lines = 50'000;
    Held held;
    Hooks hooks = held.hooks();
    hooks.on_message = [echo = hooks.on_message](Peer& peer, std::string_view message) {
        return message.starts_with('x') ? std::nullopt : echo(peer, message);
    };
    ServerOptions options;
    options.max_pending_output_bytes = 64;
    RunningServer<Row> server(options, hooks);
    auto client = server.connect();
    for (int i = 0; i < 20; ++i) client.send(repeated("x23456789abcdef\n", 64 * 1024));
    REQUIRE(client.ask("first") == "first");  // by now the system gives the connection more room
    client.send("wait\n");
    held.gate.wait_for_arrivals();
    client.send(repeated("0123456789abcde\n", lines));
    held.gate.open();
    CHECK(client.read(5 + 16 * lines) == "wait\n" + repeated("0123456789abcde\n", lines));
}
TEST_CASE_TEMPLATE_APPLY(large_burst, TcpRows);

// Counts how many of its kind there are.
class Living {
public:
    Living() { ++count; }
    Living(const Living&) { ++count; }
    Living& operator=(const Living&) = default;
    ~Living() { --count; }

    std::string operator()(std::string_view message) const { return std::string(message); }

    inline static std::atomic<int> count = 0;
};

TEST_CASE_TEMPLATE_DEFINE("nothing is left of a connection that has ended", Row, nothing_left) {
    RunningServer<Row, Living> server;
    const int before = Living::count;
    auto client = server.connect();
    REQUIRE(client.ask("Halo") == "Halo");
    REQUIRE(Living::count > before);
    SUBCASE("closed") {
        client.close();
    }
    SUBCASE("half-closed") {
        client.finish_sending();
        CHECK(client.read_to_end() == "");
    }
    SUBCASE("reset") {
        client.reset();
    }
    CHECK(eventually([&] { return Living::count == before; }));
}
TEST_CASE_TEMPLATE_APPLY(nothing_left, AllRows);

// A read ends before the urgent byte, although more has arrived behind it (RFC 6093).
TEST_CASE_TEMPLATE_DEFINE("urgent data does not hide what comes behind it", Row, urgent) {
    Held held;
    RunningServer<Row> server({}, held.hooks());
    auto client = server.connect();
    client.send("wait\n");
    held.gate.wait_for_arrivals();
    client.send("a\n");
    REQUIRE(client.socket().send(asio::buffer("!", 1), asio::socket_base::message_out_of_band) ==
            1);
    client.send_and_arrive("b\n");
    held.gate.open();
    CHECK(client.read(9) == "wait\na\nb\n");
    CHECK(client.ask("c") == "c");
}
TEST_CASE_TEMPLATE_APPLY(urgent, TcpRows);

// Sends bytes, and a descriptor with them.
ssize_t send_descriptor(int socket, std::string_view bytes, int descriptor) {
    std::string text(bytes);
    iovec part{text.data(), text.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::copy_n(reinterpret_cast<const unsigned char*>(&descriptor), sizeof descriptor,
                CMSG_DATA(header));
    return ::sendmsg(socket, &message, 0);
}

// A read ends behind the bytes that a descriptor came with, although more has arrived.
TEST_CASE_TEMPLATE_DEFINE("a descriptor that nobody asked for does not hide what comes behind it",
                          Row, descriptor) {
    Held held;
    RunningServer<Row> server({}, held.hooks());
    auto client = server.connect();
    client.send("wait\n");
    held.gate.wait_for_arrivals();
    REQUIRE(send_descriptor(client.socket().native_handle(), "a\n", STDIN_FILENO) == 2);
    client.send_and_arrive("b\n");
    held.gate.open();
    CHECK(client.read(9) == "wait\na\nb\n");
    CHECK(client.ask("c") == "c");
}
TEST_CASE_TEMPLATE_APPLY(descriptor, LocalRows);

}  // namespace
