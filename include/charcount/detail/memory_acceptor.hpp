// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryAcceptor: listens on a port of the memory network.

#ifndef CHARCOUNT_DETAIL_MEMORY_ACCEPTOR_HPP
#define CHARCOUNT_DETAIL_MEMORY_ACCEPTOR_HPP

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/error.hpp>
#include <asio/socket_base.hpp>
#include <charcount/detail/memory_actions.hpp>
#include <charcount/detail/memory_endpoint.hpp>
#include <charcount/detail/memory_handle.hpp>
#include <charcount/detail/memory_listener.hpp>
#include <charcount/detail/memory_network.hpp>
#include <charcount/detail/memory_socket.hpp>
#include <charcount/detail/memory_task.hpp>
#include <charcount/detail/poll.hpp>
#include <concepts>
#include <memory>
#include <system_error>
#include <utility>

namespace charcount {

/// Has the names of `asio::basic_socket_acceptor`.
///
/// *Thread safety*: different acceptors, from any threads; one from one thread at a time.
/// *Cancellation*: terminal, partial and total; the connection stays in the backlog.
template <class Executor = asio::any_io_executor>
class MemoryAcceptor : public asio::socket_base {
public:
    using executor_type = Executor;
    using endpoint_type = MemoryEndpoint;

    explicit MemoryAcceptor(const Executor& executor) : executor_(executor) {}
    template <class Context>
    requires std::convertible_to<typename Context::executor_type, Executor>
    explicit MemoryAcceptor(Context& context) : executor_(context.get_executor()) {}

    MemoryAcceptor(MemoryAcceptor&&) noexcept = default;
    MemoryAcceptor& operator=(MemoryAcceptor&&) noexcept = default;
    ~MemoryAcceptor() = default;

    [[nodiscard]] const Executor& get_executor() const noexcept { return executor_; }
    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(listener_); }

    /// Opens the port; 0: a free one. *Errors*: `address_in_use`.
    void listen(const MemoryEndpoint& endpoint, int backlog, std::error_code& error) {
        detail::MemoryHandle listener(std::make_shared<detail::MemoryListener>());
        {
            detail::MemoryLock lock;
            listener->open(lock, endpoint, backlog, error);
        }
        if (!error) listener_ = std::move(listener);
    }

    [[nodiscard]] MemoryEndpoint local_endpoint(std::error_code& error) const {
        error = listener_ ? std::error_code() : std::error_code(asio::error::bad_descriptor);
        return listener_ ? listener_->local : MemoryEndpoint();
    }

    /// Never waits. *Errors*: `would_block` when there is no connection.
    template <class OtherExecutor>
    void accept(MemorySocket<OtherExecutor>& socket, MemoryEndpoint& remote,
                std::error_code& error) {
        error = asio::error::bad_descriptor;
        if (!listener_) return;
        using Socket = MemorySocket<OtherExecutor>;
        detail::MemoryAccept<Socket> action{listener_.get().get(), socket.get_executor(), &remote};
        {
            detail::MemoryLock lock;
            error = action.begin(lock);
            if (!error) error = action.is_ready() ? action.perform(lock) : asio::error::would_block;
            if (!error) action.accepted->expect_attention(lock);
        }
        if (!error) socket = Socket(action.executor, std::move(action.accepted));
    }

    /// *Completion signature*: `void(std::error_code, MemorySocket<OtherExecutor>)`.
    /// *Lifetime*: `remote` is valid until then.
    template <class OtherExecutor, class Token>
    auto async_accept(const OtherExecutor& executor, MemoryEndpoint& remote, Token&& token) {
        using Socket = MemorySocket<OtherExecutor>;
        using Action = detail::MemoryAccept<Socket>;
        return asio::async_initiate<Token, void(std::error_code, Socket)>(
            [](auto handler, MemoryAcceptor* self, Action action) {
                detail::start_memory_task(self->executor_, self->listener_.get(), std::move(action),
                                          std::move(handler));
            },
            token, this, Action{listener_.get().get(), executor, &remote});
    }

    /// Ends the operations that wait, with `asio::error::operation_aborted`.
    void cancel(std::error_code& error) {
        const detail::MemoryLock lock;
        error = listener_ ? std::error_code() : std::error_code(asio::error::bad_descriptor);
        if (listener_) listener_->abort_all(asio::error::operation_aborted);
    }

    /// Closes the port; connections in the backlog are reset.
    void close(std::error_code& error) {
        error.clear();
        listener_.close();
    }

    /// Internal: what a blocking wait sees.
    [[nodiscard]] detail::Readiness readiness(detail::MemoryLock& lock,
                                              detail::Interest interest) const {
        if (listener_) listener_->attend(lock);
        return {.readable = interest.read && (!listener_ || listener_->has_connection())};
    }

private:
    Executor executor_;
    detail::MemoryHandle<detail::MemoryListener> listener_;
};

}  // namespace charcount

#endif
