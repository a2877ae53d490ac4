// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The line protocol on libuv.
//
// libuv asks for a buffer before each read and has none itself: all connections of a loop share
// one of 64 KiB. All replies of a read go out with one uv_try_write; only what the socket doesn't
// take is handed to uv_write, and nothing is read until that is done. With several threads, each
// has a loop and a listener of its own (SO_REUSEPORT).

#include <uv.h>

#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "peers/line_protocol.hpp"
#include "peers/peer_program.hpp"

namespace {

/// What the connections of a loop share.
struct Shared {
    std::array<char, peers::read_bytes> buffer;
    std::string replies;
    int failure = 0;  ///< why no more connections can be accepted
};

struct Connection {
    uv_tcp_t socket{};
    uv_write_t request{};
    peers::Lines lines;
    std::string unsent;
    bool is_ending = false;
};

void check(int status) {
    if (status < 0) throw std::runtime_error(uv_strerror(status));
}

template <class T>
uv_stream_t* as_stream(T* handle) {
    return reinterpret_cast<uv_stream_t*>(handle);
}

void close(Connection& connection) {
    uv_close(reinterpret_cast<uv_handle_t*>(&connection.socket),
             [](uv_handle_t* handle) { delete static_cast<Connection*>(handle->data); });
}

void start_reading(Connection& connection);

void on_written(uv_write_t* request, int status) {
    auto& connection = *static_cast<Connection*>(request->data);
    if (status < 0 || connection.is_ending) return close(connection);
    connection.unsent = {};
    start_reading(connection);
}

/// Sends the rest once the socket takes it.
void write_later(Connection& connection, std::string_view text) {
    uv_stream_t* stream = as_stream(&connection.socket);
    uv_read_stop(stream);
    connection.unsent = text;
    connection.request.data = &connection;
    const uv_buf_t rest =
        uv_buf_init(connection.unsent.data(), static_cast<unsigned>(connection.unsent.size()));
    if (uv_write(&connection.request, stream, &rest, 1, on_written) < 0) close(connection);
}

void on_read(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
    auto& connection = *static_cast<Connection*>(stream->data);
    if (count < 0) return close(connection);
    if (count == 0) return;
    std::string& replies = static_cast<Shared*>(stream->loop->data)->replies;
    replies.clear();
    connection.is_ending =
        !connection.lines.receive({buffer->base, static_cast<std::size_t>(count)}, replies);
    if (replies.empty()) return;

    const uv_buf_t all = uv_buf_init(replies.data(), static_cast<unsigned>(replies.size()));
    const int status = uv_try_write(stream, &all, 1);
    if (status < 0 && status != UV_EAGAIN) return close(connection);
    const std::size_t sent = status < 0 ? 0 : static_cast<std::size_t>(status);
    if (sent < replies.size())
        write_later(connection, std::string_view(replies).substr(sent));
    else if (connection.is_ending)
        close(connection);
}

void start_reading(Connection& connection) {
    const auto give_buffer = [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
        auto& shared = *static_cast<Shared*>(handle->loop->data);
        *buffer = uv_buf_init(shared.buffer.data(), static_cast<unsigned>(shared.buffer.size()));
    };
    if (uv_read_start(as_stream(&connection.socket), give_buffer, on_read) < 0) close(connection);
}

void on_connection(uv_stream_t* listener, int status) {
    if (status < 0) {
        static_cast<Shared*>(listener->loop->data)->failure = status;
        return uv_stop(listener->loop);
    }
    auto& connection = *std::make_unique<Connection>().release();  // libuv holds it now
    uv_tcp_init(listener->loop, &connection.socket);
    connection.socket.data = &connection;
    if (uv_accept(listener, as_stream(&connection.socket)) < 0) return close(connection);
    start_reading(connection);
}

void run_loop(int listening) {
    uv_loop_t loop{};
    check(uv_loop_init(&loop));
    Shared shared;
    loop.data = &shared;
    uv_tcp_t listener{};
    check(uv_tcp_init(&loop, &listener));
    check(uv_tcp_open(&listener, listening));
    check(uv_listen(as_stream(&listener), SOMAXCONN, on_connection));
    uv_run(&loop, UV_RUN_DEFAULT);
    check(shared.failure);
}

}  // namespace

int main(int argc, char** argv) {
    return peers::run_peer(
        argc, argv, [](const peers::Settings& settings) { peers::run_loops(settings, run_loop); });
}
