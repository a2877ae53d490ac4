// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The line protocol on libevent's bufferevents.
//
// What arrived is looked at where libevent has put it (evbuffer_readln would allocate and copy each
// line; searching the evbuffer is slower, too). The replies to all of it go into the output buffer
// at once, which libevent writes when it has asked epoll for that. libevent 2.1 asks how much can
// be read before each read, and reads at most 4 KiB; neither can be changed from outside. With
// several threads, each has a loop and a listener of its own (SO_REUSEPORT).

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

#include "peers/line_protocol.hpp"
#include "peers/peer_program.hpp"

namespace {

struct Connection {
    std::string& replies;  ///< of the loop: empty between the callbacks
    peers::Lines lines;
    bool is_ending = false;
};

void close(bufferevent* event, const Connection* connection) {
    delete connection;
    bufferevent_free(event);
}

/// Takes all that has arrived.
void take(evbuffer* input, Connection& connection) {
    std::array<evbuffer_iovec, 16> parts;
    while (!connection.is_ending && evbuffer_get_length(input) > 0) {
        const int all =
            evbuffer_peek(input, -1, nullptr, parts.data(), static_cast<int>(parts.size()));
        const std::size_t count = std::min(static_cast<std::size_t>(all), parts.size());
        std::size_t taken = 0;
        for (const evbuffer_iovec& part : std::span(parts).first(count)) {
            taken += part.iov_len;
            connection.is_ending = !connection.lines.receive(
                {static_cast<const char*>(part.iov_base), part.iov_len}, connection.replies);
            if (connection.is_ending) break;
        }
        evbuffer_drain(input, taken);
    }
}

void wait_for_output(bufferevent* event, Connection* connection);

void on_read(bufferevent* event, void* context) {
    auto* connection = static_cast<Connection*>(context);
    take(bufferevent_get_input(event), *connection);
    if (!connection->replies.empty())
        bufferevent_write(event, connection->replies.data(), connection->replies.size());
    connection->replies.clear();
    const std::size_t pending = evbuffer_get_length(bufferevent_get_output(event));
    if (connection->is_ending || pending > peers::max_pending_bytes)
        wait_for_output(event, connection);
}

void on_event(bufferevent* event, short what, void* context) {
    auto* connection = static_cast<Connection*>(context);
    const bool has_output = evbuffer_get_length(bufferevent_get_output(event)) > 0;
    if ((what & BEV_EVENT_EOF) == 0 || !has_output) return close(event, connection);
    connection->is_ending = true;
    wait_for_output(event, connection);
}

void on_output_sent(bufferevent* event, void* context) {
    auto* connection = static_cast<Connection*>(context);
    if (connection->is_ending) return close(event, connection);
    bufferevent_setcb(event, on_read, nullptr, on_event, connection);
    bufferevent_enable(event, EV_READ);
}

/// Reads no more until all is sent.
void wait_for_output(bufferevent* event, Connection* connection) {
    bufferevent_disable(event, EV_READ);
    bufferevent_setcb(event, nullptr, on_output_sent, on_event, connection);
}

void on_accept(evconnlistener* listener, evutil_socket_t socket, sockaddr*, int, void* context) {
    auto connection =
        std::make_unique<Connection>(Connection{*static_cast<std::string*>(context), {}});
    bufferevent* event =
        bufferevent_socket_new(evconnlistener_get_base(listener), socket, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(event, on_read, nullptr, on_event, connection.release());
    bufferevent_enable(event, EV_READ);
}

void on_accept_error(evconnlistener* listener, void*) {
    event_base_loopbreak(evconnlistener_get_base(listener));
}

void run_loop(int listening) {
    std::string replies;
    const std::unique_ptr<event_base, decltype(&event_base_free)> base(event_base_new(),
                                                                       event_base_free);
    const std::unique_ptr<evconnlistener, decltype(&evconnlistener_free)> listener(
        evconnlistener_new(base.get(), on_accept, &replies, LEV_OPT_CLOSE_ON_EXEC, 0, listening),
        evconnlistener_free);
    if (!listener) throw std::runtime_error("libevent can't listen");
    evconnlistener_set_error_cb(listener.get(), on_accept_error);
    event_base_dispatch(base.get());
    throw std::runtime_error("libevent can't accept");
}

}  // namespace

int main(int argc, char** argv) {
    return peers::run_peer(
        argc, argv, [](const peers::Settings& settings) { peers::run_loops(settings, run_loop); });
}
