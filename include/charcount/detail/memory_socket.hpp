// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemorySocket: a stream socket of the memory network.

#ifndef CHARCOUNT_DETAIL_MEMORY_SOCKET_HPP
#define CHARCOUNT_DETAIL_MEMORY_SOCKET_HPP

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/error.hpp>
#include <asio/socket_base.hpp>
#include <charcount/detail/memory_actions.hpp>
#include <charcount/detail/memory_endpoint.hpp>
#include <charcount/detail/memory_handle.hpp>
#include <charcount/detail/memory_network.hpp>
#include <charcount/detail/memory_pipe.hpp>
#include <charcount/detail/memory_task.hpp>
#include <charcount/detail/poll.hpp>
#include <concepts>
#include <cstddef>
#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

namespace charcount {

/// Has the names of `asio::basic_stream_socket`, and is what `asio::async_read` and its kind take.
///
/// Calls without a completion token never wait: they fail with `asio::error::would_block`.
///
/// *Thread safety*: different sockets, from any threads; one socket from one thread at a time, but
/// for `shutdown`, which may be called from any while the socket is not closed.
/// *Cancellation*: terminal, partial and total. An operation that is cancelled has moved nothing.
template <class Executor = asio::any_io_executor>
class MemorySocket : public asio::socket_base {
public:
    using executor_type = Executor;
    using endpoint_type = MemoryEndpoint;

    /// A socket without a connection.
    explicit MemorySocket(const Executor& executor) : executor_(executor) {}
    template <class Context>
    requires std::convertible_to<typename Context::executor_type, Executor>
    explicit MemorySocket(Context& context) : executor_(context.get_executor()) {}

    /// Internal: a socket that was accepted.
    MemorySocket(const Executor& executor, detail::MemoryHandle<detail::MemoryEnd> end)
        : executor_(executor), end_(std::move(end)) {}

    MemorySocket(MemorySocket&&) noexcept = default;
    MemorySocket& operator=(MemorySocket&&) noexcept = default;
    ~MemorySocket() = default;

    [[nodiscard]] const Executor& get_executor() const noexcept { return executor_; }
    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(end_); }

    [[nodiscard]] MemoryEndpoint local_endpoint(std::error_code& error) const {
        return endpoint(&detail::MemoryEnd::local, error);
    }
    [[nodiscard]] MemoryEndpoint remote_endpoint(std::error_code& error) const {
        return endpoint(&detail::MemoryEnd::remote, error);
    }

    /// Connects to a listener in this process.
    ///
    /// *Errors*: `connection_refused` when nobody listens there; `would_block` when the backlog is
    /// full: the socket connects, or becomes unconnected again, later.
    void connect(const MemoryEndpoint& endpoint, std::error_code& error) {
        open();
        detail::MemoryLock lock;
        detail::MemoryConnect action{end_.get().get(), endpoint};
        error = action.begin(lock);
        if (!error) error = action.is_ready() ? action.perform(lock) : asio::error::would_block;
    }

    /// As above; waits as long as the backlog is full.
    ///
    /// *Completion signature*: `void(std::error_code)`.
    template <class Token>
    auto async_connect(const MemoryEndpoint& endpoint, Token&& token) {
        open();
        return start<void(std::error_code)>(detail::MemoryConnect{end_.get().get(), endpoint},
                                            token);
    }

    template <class Buffers>
    std::size_t read_some(const Buffers& buffers, std::error_code& error) {
        return transfer(detail::MemoryRead<Buffers>{end_.get().get(), buffers}, error);
    }

    template <class Buffers>
    std::size_t write_some(const Buffers& buffers, std::error_code& error) {
        return transfer(detail::MemoryWrite<Buffers>{end_.get().get(), buffers}, error);
    }

    /// *Completion signature*: `void(std::error_code, std::size_t)`.
    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return start<void(std::error_code, std::size_t)>(
            detail::MemoryRead<Buffers>{end_.get().get(), buffers}, token);
    }

    /// *Completion signature*: `void(std::error_code, std::size_t)`.
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return start<void(std::error_code, std::size_t)>(
            detail::MemoryWrite<Buffers>{end_.get().get(), buffers}, token);
    }

    /// *Completion signature*: `void(std::error_code)`.
    template <class Token>
    auto async_wait(asio::socket_base::wait_type what, Token&& token) {
        return start<void(std::error_code)>(detail::MemoryReadiness{end_.get().get(), what}, token);
    }

    /// How many bytes can be read at once.
    [[nodiscard]] std::size_t available(std::error_code& error) const {
        const detail::MemoryLock lock;
        error = end_ ? std::error_code() : std::error_code(asio::error::bad_descriptor);
        return end_ ? end_->available() : 0;
    }

    void shutdown(asio::socket_base::shutdown_type what, std::error_code& error) {
        detail::MemoryLock lock;
        error = asio::error::bad_descriptor;
        if (end_) end_->shut_down(lock, what, error);
    }

    /// Ends the operations that wait, with `asio::error::operation_aborted`.
    void cancel(std::error_code& error) {
        const detail::MemoryLock lock;
        error = end_ ? std::error_code() : std::error_code(asio::error::bad_descriptor);
        if (end_) end_->abort_all(asio::error::operation_aborted);
    }

    /// Closes; the peer gets a reset if bytes of its were not read.
    void close(std::error_code& error) {
        error.clear();
        end_.close();
    }

    /// Makes the coming close a reset.
    void reset_on_close() {
        const detail::MemoryLock lock;
        if (end_) end_->reset_on_close();
    }

    /// Internal: sets a new connection up.
    void prepare(std::error_code& error) {
        detail::MemoryLock lock;
        error = asio::error::bad_descriptor;
        if (end_) error = lock.begin_and_complete(MemoryStep::prepare, end_->side);
    }

    /// Internal: what a blocking wait sees.
    [[nodiscard]] detail::Readiness readiness(detail::MemoryLock& lock,
                                              detail::Interest interest) const {
        if (end_) end_->attend(lock);
        const bool failed = !end_ || end_->has_failed();
        detail::Readiness ready;
        ready.readable = interest.read && (failed || end_->is_readable());
        ready.writable =
            (interest.write && !failed && end_->is_writable()) || (failed && !ready.readable);
        return ready;
    }

private:
    void open() {
        if (!end_)
            end_ = detail::MemoryHandle(std::make_shared<detail::MemoryEnd>(MemorySide::client));
    }

    [[nodiscard]] MemoryEndpoint endpoint(MemoryEndpoint detail::MemoryEnd::*which,
                                          std::error_code& error) const {
        const detail::MemoryLock lock;
        const bool is_connected = end_ && end_->is_connected();
        error = is_connected ? std::error_code() : std::error_code(asio::error::not_connected);
        return is_connected ? end_.get().get()->*which : MemoryEndpoint();
    }

    template <class Action>
    std::size_t transfer(Action action, std::error_code& error) {
        detail::MemoryLock lock;
        error = asio::error::bad_descriptor;
        if (!end_) return 0;
        error = action.begin(lock);
        if (!error) error = action.is_ready() ? action.perform(lock) : asio::error::would_block;
        return action.size;
    }

    template <class Signature, class Action, class Token>
    auto start(Action action, Token& token) {
        return asio::async_initiate<Token, Signature>(
            [](auto handler, MemorySocket* self, Action begun) {
                detail::start_memory_task(self->executor_, self->end_.get(), std::move(begun),
                                          std::move(handler));
            },
            token, this, std::move(action));
    }

    Executor executor_;
    detail::MemoryHandle<detail::MemoryEnd> end_;
};

}  // namespace charcount

#endif
