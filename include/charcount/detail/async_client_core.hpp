// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsyncClientCore: the connection of an asynchronous client and the calls on it.

#ifndef CHARCOUNT_DETAIL_ASYNC_CLIENT_CORE_HPP
#define CHARCOUNT_DETAIL_ASYNC_CLIENT_CORE_HPP

#include <asio/error.hpp>
#include <charcount/detail/async_connector.hpp>
#include <charcount/detail/async_loop.hpp>
#include <charcount/detail/client_connection.hpp>
#include <charcount/detail/client_operation.hpp>
#include <charcount/detail/client_output.hpp>
#include <charcount/detail/loop_owned.hpp>
#include <charcount/detail/session_deadlines.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// Calls move through these queues:
///
///     output_ ──(begun to be written)──> waiting_: requests ──(a message)───────────> done
///             ──(written)──> done: send, finish_sending
///             ──(written)──> closers_: close ──(the server's end)───────────────────> done
///     receivers_ ──(a message that no request waits for)────────────────────────────> done
///
/// A call that times out or is cancelled while it is queued leaves no trace. Later its bytes
/// still go out whole, and its place in `waiting_` swallows its reply, so that each later reply
/// finds its own caller.
///
/// *Thread safety*: none, but for what `ClientCalls` says; all on its executor.
template <class Transport, Framing F>
class AsyncClientCore final
    : public ClientCalls<typename Transport::Executor, typename Transport::Clock::time_point>,
      public ClientConnection<AsyncClientCore<Transport, F>, Transport, F>,
      private LoopOwned {
    friend ClientConnection<AsyncClientCore, Transport, F>;

public:
    using Endpoint = typename Transport::Endpoint;
    using Executor = typename Transport::Executor;
    using TimePoint = typename Transport::Clock::time_point;
    using Calls = ClientCalls<Executor, TimePoint>;
    using typename Calls::Operation;
    using typename Calls::Shared;

    AsyncClientCore(const Executor& executor, ClientOptions options, F framing)
        : Calls(executor),
          LoopOwned(executor),
          options_(std::move(options)),
          framing_(std::move(framing)),
          loop_(std::make_shared<Loop>(executor, PushLimits{})) {}

    [[nodiscard]] std::shared_ptr<AsyncClientCore> self() {
        return std::static_pointer_cast<AsyncClientCore>(this->shared_from_this());
    }

    /// Closes at once; every call, also one that has begun and not got here, is aborted.
    void close() {
        this->count_close();
        shut(asio::error::operation_aborted);
    }

private:
    using Socket = typename Transport::Socket;
    using Loop = AsyncLoop<Transport>;
    using Connector = AsyncConnector<Transport>;
    using Queue = std::deque<Shared>;

    // What operations ask for; see `ClientCalls`.

    void submit(const Shared& operation) override {
        if (operation->step == ClientStep::done) return;  // cancelled before it got here
        operation->calls = this;
        if (operation->is_cancelled || operation->closes_before != this->closes())
            return finish(operation, asio::error::operation_aborted);
        if (operation->call == ClientCall::connect) return connect(operation);
        if (!this->socket()) return finish(operation, errc::not_connected);
        if (operation->call == ClientCall::receive) return receive(operation);
        if (!this->is_open()) {  // there is still what the server has said, and its end
            if (operation->call != ClientCall::close) return finish(operation, errc::not_connected);
            wait_for_end(operation);
            return this->read_soon();
        }
        if (half_closes_ > 0 && !half_closes(*operation))
            return finish(operation, asio::error::shut_down);
        queue(operation);
    }

    void cancel(const Shared& operation) override {
        if (operation->step == ClientStep::connecting) return connector_->cancel();
        give_up(operation, asio::error::operation_aborted);
    }

    void on_deadline(const Shared& operation) override {
        if (Transport::Clock::now() < operation->deadline)
            return loop_->look_at(*operation, operation->deadline);
        const bool has_sent =
            operation->step == ClientStep::receiving || operation->step == ClientStep::closing;
        const errc error = has_sent ? errc::receive_timed_out : errc::send_timed_out;
        operation->call == ClientCall::close ? shut(error) : give_up(operation, error);
    }

    // Beginning and ending a call.

    void connect(const Shared& operation) {
        if (this->is_open() || connector_) return finish(operation, errc::already_connected);
        shut(this->write_error());
        operation->step = ClientStep::connecting;
        const auto connector = std::make_shared<Connector>(this->executor(), options_);
        connector_ = connector;
        connector->start([self = self(), operation](std::error_code error,
                                                    std::optional<Socket>& socket) {
            self->connector_.reset();
            self->half_closes_ = 0;
            if (operation->is_cancelled) error = asio::error::operation_aborted;
            if (!error)
                self->open(std::move(*socket), self->options_.max_message_bytes, self->framing_);
            self->finish(operation, error);
        });
    }

    void queue(const Shared& operation) {
        if (!output_.has_room(operation->output.size(), options_.max_pending_output_bytes))
            return finish(operation, errc::output_overflow);
        if (half_closes(*operation)) ++half_closes_;
        operation->step = ClientStep::queued;
        output_.queue(operation);
        arm(*operation, options_.send_timeout);
        this->flush_soon();
    }

    void receive(const Shared& operation) {
        receivers_.push_back(operation);
        wait_for_bytes(*operation, ClientStep::receiving);
        this->read_soon();
    }

    void wait_for_end(const Shared& operation) {
        closers_.push_back(operation);
        wait_for_bytes(*operation, ClientStep::closing);
    }

    void wait_for_bytes(Operation& operation, ClientStep step) {
        operation.step = step;
        count(operation);
        arm(operation, options_.receive_timeout);
    }

    void count(Operation& operation) noexcept {
        if (!std::exchange(operation.is_counted, true)) ++waiting_count_;
    }

    void arm(Operation& operation, std::chrono::milliseconds timeout) {
        operation.deadline = deadline_after(Transport::Clock::now(), timeout);
        loop_->look_at(operation, operation.deadline);
    }

    void finish(const Shared& operation, std::error_code error, std::string message = {}) {
        if (operation->step == ClientStep::done) return;
        operation->step = ClientStep::done;
        loop_->forget(*operation);
        if (operation->is_counted) --waiting_count_;
        operation->complete(error, std::move(message));
    }

    /// A call ends without its result. The others go on.
    void give_up(const Shared& operation, std::error_code error) {
        if (operation->step == ClientStep::queued) {
            output_.remove(operation);
            if (half_closes(*operation)) --half_closes_;
        }
        std::erase(receivers_, operation);
        std::erase(closers_, operation);
        finish(operation, error);
        this->stop_reading();
    }

    /// Closes the connection; every call on it ends with `error`.
    void shut(std::error_code error) {
        if (const auto connector = connector_) connector->cancel();
        this->close_socket();
        for (const Queue& calls :
             {std::exchange(waiting_, {}), output_.clear(), std::exchange(receivers_, {})})
            for (const Shared& operation : calls) finish(operation, error);
        if (error == errc::connection_closed) error.clear();  // that is what they wait for
        for (const Shared& operation : std::exchange(closers_, {})) finish(operation, error);
    }

    void on_loop_destroyed() noexcept override {
        const auto keep = self();
        if (const auto connector = std::exchange(connector_, nullptr)) connector->abandon();
        for (const Queue& calls : {output_.clear(), std::exchange(waiting_, {}),
                                   std::exchange(receivers_, {}), std::exchange(closers_, {})})
            for (const Shared& operation : calls) loop_->forget(*operation);
    }

    static bool half_closes(const Operation& operation) noexcept {
        return operation.call == ClientCall::close ||
               operation.call == ClientCall::finish_sending ||
               (operation.call == ClientCall::request && F::is_stream);
    }

    // What the connection asks and tells; see `ClientConnection`.

    [[nodiscard]] bool is_waiting() const noexcept { return waiting_count_ > 0; }

    std::string_view next_output() {
        output_.gather([this](const Shared& operation) {
            operation->step = ClientStep::sending;
            if (operation->call != ClientCall::request) return;
            waiting_.push_back(operation);
            count(*operation);
        });
        on_written(0);
        return output_.front();
    }

    void on_written(std::size_t size) {
        output_.written(size, [this](const Shared& operation) { on_sent(operation); });
    }

    void on_sent(const Shared& operation) {
        if (half_closes(*operation)) this->half_close();
        if (operation->step == ClientStep::done) return;
        if (operation->call == ClientCall::request) {
            wait_for_bytes(*operation, ClientStep::receiving);
        } else if (operation->call == ClientCall::close) {
            wait_for_end(operation);
        } else {
            finish(operation, {});
        }
    }

    /// A server that refuses a message says so before it closes: requests may still be answered,
    /// and what it said may still be received. So reading tells of the end.
    void on_write_failed(std::error_code error) {
        for (const Shared& operation : output_.clear()) {
            if (operation->step == ClientStep::done) continue;
            if (operation->is_counted) {
                wait_for_bytes(*operation, ClientStep::receiving);
            } else {
                finish(operation, error);
            }
        }
    }

    void on_message(std::string message) {
        // The one reply to a stream is not late for a later request.
        const auto is_done = [](const Shared& one) { return one->step == ClientStep::done; };
        if constexpr (F::is_stream) std::erase_if(waiting_, is_done);
        Queue& queue = waiting_.empty() ? receivers_ : waiting_;
        if (queue.empty()) return;  // the client is closing and wants no more messages
        const Shared operation = std::move(queue.front());
        queue.pop_front();
        finish(operation, {}, std::move(message));
    }

    void on_ended(std::error_code error) { shut(error); }

    const ClientOptions options_;
    const F framing_;
    std::shared_ptr<Loop> loop_;
    std::shared_ptr<Connector> connector_;
    ClientOutput<Operation> output_;
    Queue waiting_;
    Queue receivers_;
    Queue closers_;
    std::size_t waiting_count_ = 0;  ///< calls that bytes from the server may complete
    std::size_t half_closes_ = 0;    ///< calls, made or done, after which nothing is sent
};

}  // namespace charcount::detail

#endif
