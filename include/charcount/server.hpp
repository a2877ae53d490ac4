// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Server: accepts connections and lets a handler answer their messages.

#ifndef CHARCOUNT_SERVER_HPP
#define CHARCOUNT_SERVER_HPP

#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/system_executor.hpp>
#include <charcount/char_count_handler.hpp>
#include <charcount/detail/check_options.hpp>
#include <charcount/detail/handler_servers.hpp>
#include <charcount/detail/loop_threads.hpp>
#include <charcount/detail/own_transport.hpp>
#include <charcount/detail/server_core.hpp>
#include <charcount/detail/signal_stop.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/handler.hpp>
#include <charcount/options.hpp>
#include <charcount/task.hpp>
#include <charcount/transport/async.hpp>
#include <charcount/transport/blocking.hpp>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace charcount {

/// A message server: for each connection a copy of a handler, which answers its messages.
///
///     charcount::Server server{{.port = 12345}};   // counts characters, owns its threads
///     server.run();                                 // until stop()
///
/// It owns its threads, or lives on a loop of the user's (async transports): then all happens on
/// that executor, which is an `io_context` run by one thread, or a strand.
///
/// *Thread safety*: `stop`, `broadcast`, `stats`, `wait` from any thread at any time; the others
/// from one thread at a time.
/// *Lifetime*: a loop of the user's outlives the server, or is never run after it. The server may
/// be destroyed in any state, but, when it owns its threads, not by a handler of its own.
template <class H = CharCountHandler, class Transport = AsyncTcp, Framing F = LineFraming>
class Server {
    using Checked = typename detail::CheckedHandler<H, CharCountHandler>::type;
    static_assert(Transport::is_async || !CoroutineHandler<Checked>,
                  "a handler that returns a charcount::Task or an asio::awaitable needs an async "
                  "transport");
    using Executor = typename Transport::Executor;

public:
    using Endpoint = typename Transport::Endpoint;  ///< an address, as Asio has it

    /// A server that owns its threads. They begin to run in `start`.
    explicit Server(ServerOptions options = {}) requires std::default_initializable<H>
        : Server(std::move(options), H()) {}

    /// A server that owns its threads, with a handler to copy.
    explicit Server(ServerOptions options, H handler, F framing = F())
        : options_(std::move(options)) {
        if constexpr (Transport::is_async) {
            threads_ = std::make_unique<Threads>(std::max<std::size_t>(1, options_.threads));
            const auto core =
                std::make_shared<detail::AsyncHandlerServer<Checked, F, OwnTransport>>(
                    threads_->loop(0).get_executor(), options_, std::move(handler),
                    std::move(framing));
            for (std::size_t i = 1; i < threads_->size(); ++i)
                core->add_loop(threads_->loop(i).get_executor());
            core_ = core;
        } else {
            core_ = std::make_shared<detail::BlockingHandlerServer<Checked, F, OwnTransport>>(
                options_, std::move(handler), std::move(framing));
        }
    }

    /// A server on an executor of the user's. It never runs the loop itself.
    explicit Server(const Executor& executor, ServerOptions options = {}, H handler = H(),
                    F framing = F()) requires(Transport::is_async)
        : options_(std::move(options)),
          executor_(executor),
          core_(std::make_shared<detail::AsyncHandlerServer<Checked, F, Transport>>(
              executor, options_, std::move(handler), std::move(framing))) {}

    /// A server on a loop of the user's, which one thread runs.
    template <class Context>
    requires(Transport::is_async&& std::convertible_to<
             typename Context::executor_type, Executor>) explicit Server(Context& context,
                                                                         ServerOptions options = {},
                                                                         H handler = H(),
                                                                         F framing = F())
        : Server(Executor(context.get_executor()), std::move(options), std::move(handler),
                 std::move(framing)) {}

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Cuts off what is still open. A server that owns its threads waits until they have ended.
    ~Server() {
        signals_.reset();
        if (!started_) return;
        core_->stop(std::chrono::milliseconds(0));
        if (!owns_threads()) return;
        core_->ledger.wait();
        if (threads_) threads_->join();
    }

    /// Opens the listening socket and begins to accept. The server listens when it returns.
    ///
    /// *Throws*: `std::system_error` that names the address: in use, not to be had, an option out
    /// of range.
    void start() {
        if (const auto fault = detail::find_fault(options_); !fault.empty())
            throw std::system_error(make_error_code(errc::invalid_option), std::string(fault));
        std::error_code error;
        start(error);
        throw_if(error, "listen on ");
    }

    /// As above, with an error instead of an exception.
    void start(std::error_code& error) {
        error.clear();
        if (started_) error = errc::already_started;
        if (!detail::find_fault(options_).empty()) error = errc::invalid_option;
        if (error) return;
        try {
            // First: whoever sees that it listens may send a signal.
            if (options_.stop_on_signals) signals_.emplace([this] { stop(); });
            core_->listen(error);
            if (!error) begin();
        } catch (const std::system_error& failure) {  // no thread, no descriptor
            core_->close_acceptor();
            error = failure.code();
        }
        if (error) signals_.reset();
    }

    /// Where it listens, with the real port where the options said 0. After `start`.
    [[nodiscard]] Endpoint local_endpoint() const { return core_->local_endpoint(); }

    /// Starts, if that wasn't done, and returns at the end. For a server that owns its threads:
    /// on Linux the calling thread takes the place of the first of them.
    ///
    /// *Throws*: what `start` does, and `errc::accept_timed_out`.
    StopReport run() {
        if (!started_) start();
        const StopReport report = serve();
        throw_if(report.cause, "accept on ");
        return report;
    }

    /// As above, with an error instead of an exception.
    StopReport run(std::error_code& error) {
        error.clear();
        if (!started_) start(error);
        if (error) return {};
        const StopReport report = serve();
        error = report.cause;
        return report;
    }

    /// Waits until the server has ended. Not from a callback of its own, nor on the thread that
    /// runs the loop it lives on; returns at once if it was never started.
    StopReport wait() { return started_ ? core_->ledger.wait() : StopReport(); }

    /// Completes when the server has ended: on the handler's executor; where it has none, on the
    /// user's loop, or on a thread of Asio's (`system_executor`) for a server that owns its
    /// threads.
    ///
    /// *Completion signature*: `void(StopReport)`.
    template <class Token>
    requires(Transport::is_async) auto async_wait(Token&& token) {
        return asio::async_initiate<Token, void(StopReport)>(
            [](auto handler, const std::shared_ptr<Core>& core,
               const std::optional<Executor>& users) {
                // The server's own threads end with it: they can't run what comes after.
                if (!users) {
                    auto executor = asio::get_associated_executor(handler, asio::system_executor());
                    post_at_end(*core, executor, std::move(handler));
                } else {
                    auto executor = asio::get_associated_executor(handler, *users);
                    post_at_end(*core, executor, std::move(handler));
                }
            },
            token, core_, executor_);
    }

    /// Stops as `stop(drain_timeout)` does.
    void stop() { stop(options_.drain_timeout); }

    /// Asks for an end, and returns at once: no further connection is accepted, every request
    /// that has reached the server is answered, quiet connections are closed; what is left at the
    /// deadline is cut off, at once if that is 0. `wait` gives the report.
    ///
    /// *Thread safety*: from any thread and any callback, before `start`, and again, which can
    /// only bring the deadline nearer. Not from a signal handler; see `stop_on_signals`.
    void stop(std::chrono::milliseconds deadline) { core_->stop(deadline); }

    /// Sends one message to every open connection, framed as replies are, and returns for how
    /// many it was queued. See `Peer::send`.
    std::size_t broadcast(std::string_view message) { return core_->broadcast(message); }

    /// What the server has done so far.
    [[nodiscard]] ServerStats stats() const { return core_->stats(); }

private:
    using Core = detail::ServerCore<Endpoint>;
    using OwnTransport = detail::OwnTransport<Transport, Checked>;
    using Threads = detail::LoopThreads<typename OwnTransport::Loop>;

    void begin() {
        if (threads_) {
            threads_->start();
            core_->ledger.on_finish([this](const StopReport&) { threads_->stop(); });
        }
        if (signals_) wait_for_signals();
        core_->begin();
        started_ = true;
    }

    void wait_for_signals() {
        if constexpr (Transport::is_async) {
            if (threads_) return signals_->wait_on(threads_->loop(0));
        }
        signals_->wait_on_thread();
    }

    StopReport serve() {
        if constexpr (Transport::is_async) {
            if (threads_) threads_->run_first_here();
        }
        return wait();
    }

    template <class Anywhere, class Completion>
    static void post_at_end(Core& core, const Anywhere& executor, Completion handler) {
        auto shared = std::make_shared<Completion>(std::move(handler));
        auto work = asio::make_work_guard(executor);
        core.ledger.on_finish([shared, work](const StopReport& report) {
            asio::post(work.get_executor(), [shared, report] { std::move (*shared)(report); });
        });
    }

    void throw_if(const std::error_code& error, const char* operation) const {
        if (error)
            throw std::system_error(error, operation + Transport::Stream::describe(options_));
    }

    [[nodiscard]] bool owns_threads() const noexcept { return !executor_; }

    ServerOptions options_;
    std::optional<Executor> executor_;  ///< of a loop of the user's
    std::unique_ptr<Threads> threads_;
    std::shared_ptr<Core> core_;
    std::optional<detail::SignalStop> signals_;
    bool started_ = false;
};

}  // namespace charcount

#endif
