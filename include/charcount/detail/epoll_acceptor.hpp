// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// EpollAcceptor: the listening socket of a server on an EpollLoop.

#ifndef CHARCOUNT_DETAIL_EPOLL_ACCEPTOR_HPP
#define CHARCOUNT_DETAIL_EPOLL_ACCEPTOR_HPP

#include <charcount/detail/epoll_executor.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <asio/error.hpp>
#include <charcount/detail/native_acceptor.hpp>
#include <charcount/detail/small_function.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// Has the names of `asio::basic_socket_acceptor`, as far as a server needs them. It is watched
/// as long as it waits for connections; each is accepted when there is one, without trying.
///
/// *Thread safety*: none. All on its loop; what opens it may come before, from another thread.
template <class Protocol, class Accepted = NativeSocket<Protocol>>
class EpollAcceptor final : public NativeAcceptor<Protocol, Accepted, SOCK_NONBLOCK>,
                            private EpollWatcher {
    using Base = NativeAcceptor<Protocol, Accepted, SOCK_NONBLOCK>;

public:
    using typename Base::Endpoint;
    using typename Base::Socket;
    using Handler = SmallFunction<void(std::error_code, Socket)>;

    explicit EpollAcceptor(const EpollExecutor& executor) noexcept
        : Base(executor), loop_(executor.context()) {}
    ~EpollAcceptor() override {
        std::error_code ignored;
        close(ignored);
    }
    EpollAcceptor(const EpollAcceptor&) = delete;
    EpollAcceptor& operator=(const EpollAcceptor&) = delete;

    /// *Lifetime*: `remote` is valid until the handler is called.
    void async_accept(const EpollExecutor&, Endpoint& remote, Handler handler) {
        handler_ = std::move(handler);
        remote_ = &remote;
        if (watch_) return;
        std::error_code error;
        // It lives as long as it is watched.
        watch_ = loop_.watch(this->native_handle(), EPOLLIN,
                             std::shared_ptr<EpollWatcher>(std::shared_ptr<void>(), this), error);
        if (!error) return;
        watch_.reset();
        end_wait(error);
    }

    /// Ends the wait, with `asio::error::operation_aborted`.
    void cancel(std::error_code& error) {
        error.clear();
        if (handler_) end_wait(asio::error::operation_aborted);
    }

    void close(std::error_code& error) {
        cancel(error);
        // If a child process holds a copy, epoll would tell of its connections again and again.
        if (watch_) stop_watching();
        Base::close(error);
    }

private:
    void on_events(std::uint32_t) override {
        // A connection that nobody wants yet would be told of again and again.
        if (!handler_) return stop_watching();
        Socket socket{Descriptor()};
        std::error_code error;
        this->accept(socket, *remote_, error);
        if (error == asio::error::would_block) return;
        Handler handler = std::exchange(handler_, {});
        handler(error, std::move(socket));
    }

    void stop_watching() {
        loop_.unwatch(*std::exchange(watch_, std::nullopt), this->native_handle());
    }

    void end_wait(std::error_code error) {
        loop_.post([handler = std::exchange(handler_, {}), error]() mutable {
            handler(error, Socket(Descriptor()));
        });
    }

    EpollLoop& loop_;
    std::optional<EpollLoop::Watch> watch_;
    Endpoint* remote_ = nullptr;
    Handler handler_;
};

}  // namespace charcount::detail

#endif
#endif
