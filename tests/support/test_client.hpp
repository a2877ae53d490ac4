// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// TestClient: a plain socket whose every step has a deadline. It shares no code with the library.

#ifndef CHARCOUNT_TESTS_SUPPORT_TEST_CLIENT_HPP
#define CHARCOUNT_TESTS_SUPPORT_TEST_CLIENT_HPP

#ifndef _WIN32
#include <sys/ioctl.h>
#endif

#include <array>
#include <asio/basic_stream_socket.hpp>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/socket_base.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <system_error>
#include <type_traits>
#include <utility>

namespace charcount::test {

/// What a read adds to the bytes when the stream did not go on as it should.
inline constexpr std::string_view stream_ended = "<end>";
inline constexpr std::string_view stream_reset = "<reset>";
inline constexpr std::string_view stream_silent = "<timed out>";

/// A connection to a server under test.
///
/// *Thread safety*: none, but that one thread may `flood` while another reads the other client.
template <class Protocol>
class TestClient {
public:
    using Endpoint = typename Protocol::endpoint;
    using Socket = asio::basic_stream_socket<Protocol, asio::io_context::executor_type>;

    /// A socket that is not connected yet.
    TestClient() : socket_(context_) {}

    /// *Throws*: `std::system_error` when it does not connect in time.
    explicit TestClient(const Endpoint& server) : TestClient() { connect(server); }

    void connect(const Endpoint& server) {
        if (const std::error_code error = try_connect(server))
            throw std::system_error(error, "test client: connect");
    }

    [[nodiscard]] std::error_code try_connect(const Endpoint& server) {
        std::error_code result;
        socket_.async_connect(server, [&](std::error_code error) { result = error; });
        return run(patience) ? result : make_error_code(asio::error::timed_out);
    }

    /// Sends all of it. *Throws*: `std::system_error` when that fails or takes too long.
    void send(std::string_view bytes) {
        if (const std::error_code error = try_send(bytes))
            throw std::system_error(error, "test client: send");
    }

    [[nodiscard]] std::error_code try_send(std::string_view bytes,
                                           std::chrono::milliseconds patient = patience) {
        std::error_code result;
        asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()),
                          [&](std::error_code error, std::size_t) { result = error; });
        return run(patient) ? result : make_error_code(asio::error::timed_out);
    }

    /// Sends, and returns when the server's socket holds all of it.
    void send_and_arrive(std::string_view bytes) {
        send(bytes);
        if (!eventually([&] { return unacknowledged() == 0; }))
            throw std::runtime_error("test client: the bytes did not arrive");
    }

    /// Sends for ever; returns what ended it.
    [[nodiscard]] std::error_code flood() {
        const std::string bytes(64 * 1024, 'x');
        const auto until = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < until)
            if (const std::error_code error = try_send(bytes)) return error;
        return {};
    }

    void finish_sending() { socket_.shutdown(asio::socket_base::shutdown_send); }

    /// So many bytes, or what came before the stream ended and how it ended.
    [[nodiscard]] std::string read(std::size_t count) {
        while (received_.size() < count)
            if (const auto end = receive()) return take(received_.size()).append(*end);
        return take(count);
    }

    /// The next line without its LF, or what came before the stream ended and how it ended.
    [[nodiscard]] std::string read_line() {
        std::size_t searched = 0;
        while (true) {
            const std::size_t size = received_.find('\n', searched);
            if (size != std::string::npos) {
                std::string line = take(size + 1);
                line.pop_back();
                return line;
            }
            searched = received_.size();
            if (const auto end = receive()) return take(received_.size()).append(*end);
        }
    }

    /// All bytes to the stream's end; more than these when that is not one in good order.
    [[nodiscard]] std::string read_to_end() {
        while (true)
            if (const auto end = receive())
                return take(received_.size()).append(*end == stream_ended ? "" : *end);
    }

    /// Sends a line and returns the reply.
    [[nodiscard]] std::string ask(std::string_view line) {
        send(std::string(line) + '\n');
        return read_line();
    }

    /// Whether anything arrives within the time, be it the end of the stream.
    [[nodiscard]] bool receives_within(std::chrono::milliseconds time) {
        bool is_ready = false;
        socket_.async_wait(asio::socket_base::wait_read,
                           [&](std::error_code error) { is_ready = !error; });
        run(time);
        return is_ready;
    }

    /// Bytes that have arrived and were not read.
    [[nodiscard]] std::size_t available() { return received_.size() + socket_.available(); }

    /// Closes in a way that the server sees as a reset (TCP).
    void reset() {
        socket_.set_option(asio::socket_base::linger(true, 0));
        socket_.close();
    }

    void close() { socket_.close(); }

    [[nodiscard]] Socket& socket() noexcept { return socket_; }

private:
    /// Runs what was begun to its end; false when the time ended it.
    bool run(std::chrono::milliseconds time) {
        context_.restart();
        context_.run_for(time);
        if (context_.stopped()) return true;
        socket_.cancel();
        context_.restart();
        context_.run();
        return false;
    }

    /// Receives some bytes; at the end of the stream, what end it is, however often one asks.
    std::optional<std::string_view> receive() {
        if (end_) return end_;
        std::error_code result;
        socket_.async_read_some(asio::buffer(chunk_),
                                [&](std::error_code error, std::size_t count) {
                                    result = error;
                                    received_.append(chunk_.data(), count);
                                });
        if (!run(patience)) return stream_silent;
        if (result) end_ = result == asio::error::eof ? stream_ended : stream_reset;
        return end_;
    }

    [[nodiscard]] std::string take(std::size_t count) {
        std::string bytes = received_.substr(0, count);
        received_.erase(0, count);
        return bytes;
    }

    /// A Unix socket's bytes are with the peer at once; Windows does not tell.
    [[nodiscard]] int unacknowledged() {
        int count = 0;
#ifndef _WIN32
        if constexpr (std::is_same_v<Protocol, asio::ip::tcp>)
            ::ioctl(socket_.native_handle(), TIOCOUTQ, &count);
#endif
        return count;
    }

    asio::io_context context_{1};
    Socket socket_;
    std::string received_;
    std::optional<std::string_view> end_;
    std::array<char, 16 * 1024> chunk_;
};

}  // namespace charcount::test

#endif
