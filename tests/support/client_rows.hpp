// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The table of streams that the client tests run over, and what they share.

#ifndef CHARCOUNT_TESTS_SUPPORT_CLIENT_ROWS_HPP
#define CHARCOUNT_TESTS_SUPPORT_CLIENT_ROWS_HPP

#include <charcount/client.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/async.hpp>
#include <charcount/transport/blocking.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <support/scripted_server.hpp>
#include <support/stream_clients.hpp>
#include <support/test_client.hpp>
#include <system_error>
#include <type_traits>
#include <utility>

namespace charcount::test {

// The rows. `Server`: the kind of real server that the client talks to, of `test_server.hpp`.

struct TcpOneLoop;
struct LocalBlocking;

struct OverTcp {
    using Stream = Tcp;
    using Server = TcpOneLoop;
};
struct OverLocal {
    using Stream = Local;
    using Server = LocalBlocking;
};

template <class Row, Framing F = LineFraming>
using BlockingClientOver = Client<BlockingTransport<typename Row::Stream>, F>;

template <class Row, Framing F = LineFraming>
using AsyncClientOver = Client<AsyncTransport<typename Row::Stream>, F>;

template <class Row>
using Scripted = ScriptedServer<typename Row::Stream::Protocol>;
template <class Row>
using Bound = BoundSocket<typename Row::Stream::Protocol>;
template <class Row>
using Connection = TestClient<typename Row::Stream::Protocol>;

/// Options of a client of the server that listens there.
template <class Endpoint>
[[nodiscard]] ClientOptions options_for(const Endpoint& server, ClientOptions others = {}) {
    if constexpr (std::is_same_v<Endpoint, asio::ip::tcp::endpoint>) {
        others.host = server.address().to_string();
        others.port = server.port();
    } else {
        others.path = server.path();
    }
    return others;
}

/// A listening socket with no room for a further connection.
template <class Row>
class FullSocket : public Bound<Row> {
public:
    FullSocket() {
        this->listen(0);
        first_.connect(this->endpoint());
    }

    /// Takes one connection out of the backlog.
    void make_room() { this->accept(accepted_); }

private:
    Connection<Row> first_;
    Connection<Row> accepted_;
};

/// More than the kernel takes from a client whose server doesn't read.
[[nodiscard]] inline std::string endless_text() {
    return std::string(16 * 1024 * 1024, 'x');
}

/// Whether `read_line` found no line, but the end of the connection.
[[nodiscard]] inline bool is_end(std::string_view line) {
    return line.ends_with(stream_ended) || line.ends_with(stream_reset);
}

/// What a throwing call says.
[[nodiscard]] inline std::string what(const std::function<void()>& call) {
    try {
        call();
    } catch (const std::system_error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

[[nodiscard]] inline std::string text_of(errc error) {
    return make_error_code(error).message();
}

}  // namespace charcount::test

#endif
