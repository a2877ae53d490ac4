// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryPeer: the other side of a connection, driven by hand from the test.

#ifndef CHARCOUNT_TESTS_SUPPORT_MEMORY_PEER_HPP
#define CHARCOUNT_TESTS_SUPPORT_MEMORY_PEER_HPP

#include <array>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/socket_base.hpp>
#include <charcount/transport/memory.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace charcount::test {

/// A plain socket that does nothing by itself and never waits.
class MemoryPeer {
public:
    MemoryPeer() = default;
    explicit MemoryPeer(std::uint16_t port) { connect(port); }

    std::error_code connect(std::uint16_t port) {
        std::error_code error;
        socket.connect(MemoryEndpoint(port), error);
        return error;
    }

    /// Writes as much as there is room for; returns how much.
    std::size_t send(std::string_view bytes) {
        std::size_t sent = 0;
        std::error_code error;
        while (sent < bytes.size() && !error)
            sent += socket.write_some(asio::buffer(bytes.substr(sent)), error);
        return sent;
    }

    /// Reads all that is there, and notes how the stream ended, if it has.
    const std::string& receive() {
        std::array<char, 4096> buffer;
        while (!end) {
            std::error_code error;
            const std::size_t size = socket.read_some(asio::buffer(buffer), error);
            received.append(buffer.data(), size);
            if (error == asio::error::would_block) break;
            end = error;
        }
        return received;
    }

    void half_close() {
        std::error_code ignored;
        socket.shutdown(asio::socket_base::shutdown_send, ignored);
    }

    void close() {
        std::error_code ignored;
        socket.close(ignored);
    }

    void reset() {
        socket.reset_on_close();
        close();
    }

    asio::io_context context;  ///< nobody runs it
    MemorySocket<asio::io_context::executor_type> socket{context};
    std::string received;
    std::error_code end;  ///< eof, or what the connection failed with
};

}  // namespace charcount::test

#endif
