// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsyncServer: accepts connections on one executor and deals them out to all.

#ifndef CHARCOUNT_DETAIL_ASYNC_SERVER_HPP
#define CHARCOUNT_DETAIL_ASYNC_SERVER_HPP

#include <algorithm>
#include <asio/error.hpp>
#include <atomic>
#include <charcount/detail/accept_policy.hpp>
#include <charcount/detail/async_loop.hpp>
#include <charcount/detail/loop_calls.hpp>
#include <charcount/detail/loop_session.hpp>
#include <charcount/detail/server_core.hpp>
#include <charcount/detail/session_config.hpp>
#include <charcount/detail/session_registry.hpp>
#include <charcount/detail/stop_ledger.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace charcount::detail {

/// The part of a server that lives as long as its last connection.
///
///     accepting ──(stop, enough served, nobody came)──> ending ──(last session ended)──> ended
///
/// The first loop is the home: all but the sessions runs there.
///
/// *Thread safety*: the public functions; `listen` before all others.
template <class Transport>
class AsyncServer : public ServerCore<typename Transport::Endpoint>,
                    public LoopSessionOwner<Transport>,
                    public std::enable_shared_from_this<AsyncServer<Transport>> {
public:
    using Executor = typename Transport::Executor;
    using Endpoint = typename Transport::Endpoint;
    using Stream = typename Transport::Stream;
    using Loop = AsyncLoop<Transport>;
    using Session = LoopSession<Transport>;

    AsyncServer(const Executor& home, ServerOptions options, const SessionConfig& config)
        : options_(std::move(options)),
          config_(config),
          policy_(options_),
          acceptor_(home),
          retry_timer_(home),
          patience_timer_(home),
          stop_timer_(home) {
        add_loop(home);
    }

    /// Has another loop take its share of the connections. Before `listen`.
    void add_loop(const Executor& executor) {
        loops_.push_back(std::make_shared<Loop>(executor, config_.push));
    }

    /// Opens the listening socket, in the caller's thread. After an error it may be tried again.
    void listen(std::error_code& error) override {
        Stream::listen(acceptor_, options_, error);
        if (!error) local_endpoint_ = acceptor_.local_endpoint(error);
        std::error_code ignored;
        if (error) acceptor_.close(ignored);
    }

    [[nodiscard]] const Endpoint& local_endpoint() const noexcept override {
        return local_endpoint_;
    }

    /// Begins to accept, or to end if a stop came first.
    void begin() override {
        bool is_stop_asked_for = false;
        {
            const std::lock_guard lock(stop_mutex_);
            has_begun_ = true;
            is_stop_asked_for = stop_within_.has_value();
        }
        on_home(&AsyncServer::begin_to_accept);
        if (is_stop_asked_for) on_home(&AsyncServer::begin_stop);
    }

    /// Stops listening. Before `begin`, or where all else happens.
    void close_acceptor() override {
        if (!acceptor_.is_open()) return;
        std::error_code ignored;
        acceptor_.close(ignored);
        Stream::unlisten(local_endpoint_);
    }

    /// Before `begin` the acceptor belongs to the thread that listens: the stop is kept for later.
    void stop(std::chrono::milliseconds deadline) override {
        if (note_stop(deadline)) on_home(&AsyncServer::begin_stop);
    }

    std::size_t broadcast(std::string_view message) override {
        std::size_t queued = 0;
        for (const auto& session : registry_.snapshot())
            if (!session->push(message)) ++queued;
        return queued;
    }

    [[nodiscard]] ServerStats stats() const override {
        ServerStats stats;
        stats.connections_accepted = accepted_.load(std::memory_order_relaxed);
        stats.accept_failures = accept_failures_.load(std::memory_order_relaxed);
        stats.connections_open = registry_.size();
        for (const auto& loop : loops_) loop->counters.add_to(stats);
        return stats;
    }

protected:
    using Socket = typename Transport::Socket;

    ~AsyncServer() = default;

    /// A session with a copy of the handler. *Throws*: what that throws.
    [[nodiscard]] virtual std::shared_ptr<Session> make_session(
        const SessionConfig& config, std::shared_ptr<LoopSessionOwner<Transport>> owner, Loop& loop,
        Socket socket, const Endpoint& remote) const = 0;

private:
    using ServerCore<Endpoint>::ledger;
    using Clock = typename Transport::Clock;

    // Each operation of Asio's with a handler of its own costs a user 50 ms of compiling, so those
    // that are seldom needed share one.

    void on_home(void (AsyncServer::*step)()) {
        dispatch_to(home(), [self = this->shared_from_this(), step] {
            const DriverScope scope;
            ((*self).*step)();
        });
    }

    void when_due(typename Transport::Timer& timer, void (AsyncServer::*step)()) {
        timer.async_wait([self = this->shared_from_this(), step](std::error_code error) {
            const DriverScope scope;
            if (!error) ((*self).*step)();
        });
    }

    static void tell(std::shared_ptr<Session> session, void (Session::*step)()) {
        const Executor& executor = session->executor();
        post_to(executor, [session = std::move(session), step] { ((*session).*step)(); });
    }

    [[nodiscard]] const Executor& home() const noexcept { return loops_.front()->executor(); }

    // Accepting.

    void begin_to_accept() {
        wait_patiently();
        accept();
    }

    void accept() {
        if (accepting_ || ending_ || waiting_to_retry_ || !policy_.has_room(open_)) return;
        accepting_ = true;
        Loop& loop = *loops_[next_loop_];
        acceptor_.async_accept(
            loop.executor(), remote_,
            [self = this->shared_from_this()](std::error_code error, Socket socket) {
                const DriverScope scope;
                self->on_accept(error, std::move(socket));
            });
    }

    void on_accept(std::error_code error, Socket socket) {
        accepting_ = false;
        if (!error) {
            open_session(std::move(socket));
        } else if (error != asio::error::operation_aborted) {
            accept_failed(error);
        }
        if (ending_) return drain_backlog();
        accept();
    }

    void open_session(Socket socket) {
        accepted_.fetch_add(1, std::memory_order_relaxed);
        policy_.accepted();
        Loop* const loop = loops_[next_loop_].get();
        next_loop_ = (next_loop_ + 1) % loops_.size();
        std::shared_ptr<Session> session;
        try {
            session =
                make_session(config_, this->shared_from_this(), *loop, std::move(socket), remote_);
            registry_.add(session);
        } catch (...) {  // the handler's copy threw: that connection is lost, not the server
            report_failure(errc::handler_failed);
            return end_if_served();
        }
        ++open_;
        end_if_served();  // before the session can answer
        if (options_.accept_timeout.count() > 0) patience_timer_.cancel();
        if (stopping_) {  // never within this call: a session that ends at once asks for the next
            tell(session, &Session::start);
            tell(session, &Session::drain);
        } else if (loop == loops_.front().get()) {
            session->start();
        } else {
            tell(std::move(session), &Session::start);
        }
    }

    /// Reset peers and lacking descriptors must neither end the loop nor make it spin.
    void accept_failed(std::error_code error) {
        report_failure(error);
        waiting_to_retry_ = true;
        retry_timer_.expires_after(options_.accept_retry_delay);
        when_due(retry_timer_, &AsyncServer::retry);
    }

    void retry() {
        waiting_to_retry_ = false;
        accept();
    }

    void report_failure(std::error_code error) {
        accept_failures_.fetch_add(1, std::memory_order_relaxed);
        if (options_.on_accept_error) options_.on_accept_error(error);
    }

    /// Gives up when nobody comes while nobody is there.
    void wait_patiently() {
        if (options_.accept_timeout.count() == 0 || ending_ || open_ > 0) return;
        patience_timer_.expires_after(options_.accept_timeout);
        when_due(patience_timer_, &AsyncServer::give_up);
    }

    void give_up() {
        if (ending_ || open_ > 0) return;
        ledger.set_cause(errc::accept_timed_out);
        note_stop({});
        begin_stop();
    }

    // Ending.

    /// Enough connections were accepted: those that are open go on, no other comes.
    void end_if_served() {
        if (!policy_.is_satisfied() || ending_) return;
        ending_ = true;
        close_acceptor();
        end_if_idle();
    }

    /// How much time a stop leaves; of several the least. Returns whether the server has begun.
    bool note_stop(std::chrono::milliseconds deadline) {
        const std::lock_guard lock(stop_mutex_);
        stop_within_ = stop_within_ ? std::min(*stop_within_, deadline) : deadline;
        return has_begun_;
    }

    /// A handler may call it from within its session: so sessions are told in later turns.
    void begin_stop() {
        if (ended_) return;
        set_stop_deadline();
        if (std::exchange(stopping_, true)) return;
        ending_ = true;
        ledger.begin();
        backlog_left_ = acceptor_.is_open() ? policy_.backlog_to_drain() : 0;
        for (const auto& session : registry_.snapshot()) tell(session, &Session::drain);
        if (!accepting_) return drain_backlog();
        std::error_code ignored;
        acceptor_.cancel(ignored);  // goes on in on_accept
    }

    /// A second stop can only shorten the time.
    void set_stop_deadline() {
        typename Clock::time_point at = Clock::now();
        {
            const std::lock_guard lock(stop_mutex_);
            if (stop_within_->count() > 0) at = deadline_after(at, *stop_within_);
        }
        if (stopping_ && stop_timer_.expiry() <= at) return;
        stop_timer_.expires_at(at);
        when_due(stop_timer_, &AsyncServer::force_all);
    }

    /// Connections that wait in the backlog were accepted by the kernel, and may have asked.
    void drain_backlog() {
        while (backlog_left_ > 0 && policy_.has_room(open_)) {
            std::error_code error;
            Socket socket(loops_[next_loop_]->executor());
            acceptor_.accept(socket, remote_, error);
            --backlog_left_;
            if (!error) {
                open_session(std::move(socket));
            } else if (error == asio::error::would_block || open_ == 0) {
                backlog_left_ = 0;
            } else {
                return;  // a session that ends may leave a descriptor
            }
        }
        if (backlog_left_ == 0) close_acceptor();
        end_if_idle();
    }

    void force_all() {
        backlog_left_ = 0;
        close_acceptor();
        for (const auto& session : registry_.snapshot()) tell(session, &Session::force);
        end_if_idle();
    }

    void session_ended(const Session& session, const SessionEnd& end) override {
        registry_.remove(session);
        ledger.note(end);
        if (&session.executor() == &home()) return make_room();
        on_home(&AsyncServer::make_room);
    }

    void make_room() {
        --open_;
        wait_patiently();
        if (stopping_ && backlog_left_ > 0) return drain_backlog();
        if (ending_) return end_if_idle();
        accept();
    }

    void end_if_idle() {
        if (ended_ || !ending_ || open_ > 0 || accepting_ || acceptor_.is_open()) return;
        ended_ = true;
        retry_timer_.cancel();
        patience_timer_.cancel();
        stop_timer_.cancel();
        ledger.finish();
    }

    const ServerOptions options_;
    const SessionConfig config_;
    AcceptPolicy policy_;
    std::vector<std::shared_ptr<Loop>> loops_;
    SessionRegistry<Session> registry_;
    typename Transport::Acceptor acceptor_;
    Endpoint local_endpoint_;
    Endpoint remote_;
    typename Transport::Timer retry_timer_;
    typename Transport::Timer patience_timer_;
    typename Transport::Timer stop_timer_;
    std::mutex stop_mutex_;  ///< guards the next two
    bool has_begun_ = false;
    std::optional<std::chrono::milliseconds> stop_within_;
    std::atomic<std::uint64_t> accepted_ = 0;
    std::atomic<std::uint64_t> accept_failures_ = 0;
    std::size_t open_ = 0;  ///< sessions that have not reported their end
    std::size_t next_loop_ = 0;
    std::size_t backlog_left_ = 0;  ///< how many waiting connections a stop still takes
    bool accepting_ = false;
    bool waiting_to_retry_ = false;
    bool ending_ = false;
    bool stopping_ = false;
    bool ended_ = false;
};

}  // namespace charcount::detail

#endif
