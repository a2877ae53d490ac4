// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// BlockingServer: accepts connections on one thread and gives each a thread of its own.

#ifndef CHARCOUNT_DETAIL_BLOCKING_SERVER_HPP
#define CHARCOUNT_DETAIL_BLOCKING_SERVER_HPP

#include <algorithm>
#include <asio/error.hpp>
#include <atomic>
#include <charcount/detail/accept_policy.hpp>
#include <charcount/detail/deadline_queue.hpp>
#include <charcount/detail/server_core.hpp>
#include <charcount/detail/session_config.hpp>
#include <charcount/detail/session_registry.hpp>
#include <charcount/detail/stop_ledger.hpp>
#include <charcount/detail/thread_session.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace charcount::detail {

/// The accepting thread waits for connections, ends of sessions, and deadlines.
///
/// *Thread safety*: the public functions; `listen` and `begin` before all others.
template <class Transport>
class BlockingServer : public ServerCore<typename Transport::Endpoint>,
                       public ThreadSessionOwner<typename Transport::Clock::time_point> {
public:
    using Endpoint = typename Transport::Endpoint;
    using Stream = typename Transport::Stream;
    using Session = ThreadSession<Transport>;

    BlockingServer(ServerOptions options, const SessionConfig& config)
        : options_(std::move(options)), config_(config), policy_(options_), acceptor_(home_) {}

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

    /// Begins to accept.
    void begin() override {
        thread_ = std::thread([this] { run(); });
    }

    /// Stops listening. Before `begin`, or where all else happens.
    void close_acceptor() override {
        if (!acceptor_.is_open()) return;
        // The waker forgets the acceptor as long as it is open: a child process may hold a copy,
        // to which clients go on to connect.
        if (Stream::wait(waker_, Clock::now()).woken) waker_.signal();
        std::error_code ignored;
        acceptor_.close(ignored);
        Stream::unlisten(local_endpoint_);
    }

    void stop(std::chrono::milliseconds deadline) override {
        const TimePoint now = Clock::now();
        const std::lock_guard lock(mutex_);
        const TimePoint at = deadline.count() <= 0 ? now : deadline_after(now, deadline);
        stop_at_ = stop_at_ ? std::min(*stop_at_, at) : at;
        waker_.signal();
    }

    std::size_t broadcast(std::string_view message) override {
        std::size_t queued = 0;
        for (const auto& session : registry_.snapshot())
            if (!session->push(message)) ++queued;
        return queued;
    }

    [[nodiscard]] ServerStats stats() const override {
        const std::lock_guard lock(mutex_);
        ServerStats stats = past_;
        for (const auto& session : registry_.snapshot()) {
            session->counters().add_to(stats);
            ++stats.connections_open;
        }
        return stats;
    }

protected:
    using Socket = typename Transport::Socket;
    using Waker = typename Transport::Waker;

    ~BlockingServer() = default;

    /// Waits for the thread that accepts, and uses what derived classes have.
    void join() {
        if (thread_.joinable()) thread_.join();
    }

    /// A session with a copy of the handler. *Throws*: what that throws.
    [[nodiscard]] virtual std::shared_ptr<Session> make_session(const SessionConfig& config,
                                                                typename Session::Owner& owner,
                                                                std::unique_ptr<Waker> waker,
                                                                Socket socket,
                                                                Endpoint remote) const = 0;

private:
    using ServerCore<Endpoint>::ledger;
    using Clock = typename Transport::Clock;
    using TimePoint = typename Clock::time_point;

    struct Ended {
        std::shared_ptr<Session> session;
        SessionEnd end;
    };

    void run() {
        const DriverScope scope;
        quiet_since_ = Clock::now();
        while (!is_over()) {
            const bool is_ready = wait();
            collect_ended();
            if (is_stop_asked_for()) begin_stop();
            if (is_ready && !stopping_) accept();
            if (stopping_) drain_backlog();
            check_deadlines(Clock::now());
        }
        close_acceptor();
        ledger.finish();
    }

    /// Waits for something to do; true when a connection may be waiting.
    bool wait() {
        const TimePoint deadline = next_deadline();
        if (!may_accept(Clock::now())) {
            Stream::wait(waker_, deadline);
            return false;
        }
        return Stream::wait(acceptor_, {.read = true}, &waker_, deadline).readable;
    }

    [[nodiscard]] bool may_accept(TimePoint now) const {
        return acceptor_.is_open() && policy_.has_room(registry_.size()) && now >= retry_at_ &&
               !unstarted_ && !(stopping_ && backlog_left_ == 0);
    }

    [[nodiscard]] bool is_over() const {
        const bool accepts_more = acceptor_.is_open() && !(stopping_ && backlog_left_ == 0) &&
                                  !policy_.is_satisfied() && !gave_up_;
        return !accepts_more && registry_.size() == 0 && !unstarted_;
    }

    // Accepting.

    /// Accepts one connection, unless none waits (`would_block`) or that fails.
    std::error_code accept() {
        std::error_code error;
        if (!spare_waker_) error = make_waker();
        Socket socket(home_);
        Endpoint remote;
        if (!error) acceptor_.accept(socket, remote, error);
        if (!error) {
            open_session(std::move(socket), std::move(remote));
        } else if (error != asio::error::would_block) {
            accept_failed(error);
        }
        return error;
    }

    /// Made before a connection is accepted, which otherwise goes on waiting in the backlog.
    std::error_code make_waker() {
        try {
            spare_waker_ = std::make_unique<Waker>();
            return {};
        } catch (const std::system_error& failure) {
            return failure.code();
        }
    }

    void open_session(Socket socket, Endpoint remote) {
        policy_.accepted();
        if (policy_.is_satisfied()) close_acceptor();  // before its session can answer
        {
            const std::lock_guard lock(mutex_);
            ++past_.connections_accepted;
        }
        try {
            unstarted_ = make_session(config_, *this, std::move(spare_waker_), std::move(socket),
                                      std::move(remote));
        } catch (...) {  // the handler's copy threw: that connection is lost, not the server
            report_failure(errc::handler_failed);
        }
        if (unstarted_) start_session();
    }

    /// Without a thread to be had the connection waits.
    void start_session() {
        if (stopping_) unstarted_->drain();
        registry_.add(unstarted_);
        try {
            unstarted_->thread = std::thread([this, session = unstarted_] {
                const SessionEnd end = session->run();
                const std::lock_guard lock(mutex_);
                deadlines_.remove(*session);
                ended_.push_back({session, end});
                waker_.signal();
            });
            unstarted_.reset();
        } catch (const std::system_error& failure) {
            registry_.remove(*unstarted_);
            accept_failed(failure.code());
        }
    }

    void accept_failed(std::error_code error) {
        report_failure(error);
        retry_at_ = Clock::now() + options_.accept_retry_delay;
    }

    void report_failure(std::error_code error) {
        {
            const std::lock_guard lock(mutex_);
            ++past_.accept_failures;
        }
        if (options_.on_accept_error) options_.on_accept_error(error);
    }

    // Ending.

    [[nodiscard]] bool is_stop_asked_for() const {
        const std::lock_guard lock(mutex_);
        return stop_at_ && !stopping_;
    }

    void begin_stop() {
        stopping_ = true;
        ledger.begin();
        backlog_left_ = acceptor_.is_open() ? policy_.backlog_to_drain() : 0;
        for (const auto& session : registry_.snapshot()) session->drain();
    }

    /// Connections that wait in the backlog were accepted by the kernel, and may have asked.
    void drain_backlog() {
        while (backlog_left_ > 0 && may_accept(Clock::now())) {
            const std::error_code error = accept();
            if (!error) {
                --backlog_left_;
            } else if (error == asio::error::would_block || registry_.size() == 0) {
                backlog_left_ = 0;
            }  // else a session that ends may leave a descriptor
        }
        if (backlog_left_ == 0) close_acceptor();
    }

    void collect_ended() {
        std::vector<Ended> ended;
        {
            const std::lock_guard lock(mutex_);
            ended.swap(ended_);
            for (const Ended& one : ended) {
                one.session->counters().add_to(past_);
                registry_.remove(*one.session);
            }
        }
        for (const Ended& one : ended) {
            one.session->thread.join();
            ledger.note(one.end);
        }
        if (!ended.empty()) quiet_since_ = Clock::now();
    }

    [[nodiscard]] TimePoint next_deadline() const {
        TimePoint next = TimePoint::max();
        if (unstarted_ || retry_at_ > Clock::now()) next = std::min(next, retry_at_);
        if (registry_.size() == 0) next = std::min(next, patience_ends_at());
        const std::lock_guard lock(mutex_);
        if (stop_at_ && !forced_) next = std::min(next, *stop_at_);
        return std::min(next, deadlines_.next());
    }

    [[nodiscard]] TimePoint patience_ends_at() const {
        return deadline_after(quiet_since_, options_.accept_timeout);
    }

    void check_deadlines(TimePoint now) {
        if (unstarted_ && now >= retry_at_) start_session();
        if (!stopping_ && registry_.size() == 0 && !unstarted_ && now >= patience_ends_at()) {
            gave_up_ = true;
            ledger.set_cause(errc::accept_timed_out);
        }
        if (is_time_up(now)) force_all();
        wake_sessions(now);
    }

    void look_at(Timed& session, TimePoint when) override {
        const std::lock_guard lock(mutex_);
        const bool is_next = when < deadlines_.next();
        deadlines_.bring_forward(session, when);
        if (is_next) waker_.signal();
    }

    void wake_sessions(TimePoint now) {
        const std::lock_guard lock(mutex_);
        while (Timed* due = deadlines_.take_due(now)) static_cast<Session*>(due)->look();
    }

    [[nodiscard]] bool is_time_up(TimePoint now) const {
        const std::lock_guard lock(mutex_);
        return stop_at_ && !forced_ && now >= *stop_at_;
    }

    void force_all() {
        forced_ = true;
        backlog_left_ = 0;
        unstarted_.reset();
        close_acceptor();
        for (const auto& session : registry_.snapshot()) session->force();
    }

    const ServerOptions options_;
    const SessionConfig config_;
    AcceptPolicy policy_;
    typename Transport::Home home_{1};  ///< of the sockets; nobody runs it
    typename Transport::Acceptor acceptor_;
    Endpoint local_endpoint_;
    Waker waker_;
    std::unique_ptr<Waker> spare_waker_;
    SessionRegistry<Session> registry_;
    std::shared_ptr<Session> unstarted_;  ///< accepted, and waits for a thread to be had
    TimePoint retry_at_{};
    TimePoint quiet_since_{};
    std::size_t backlog_left_ = 0;
    bool stopping_ = false;
    bool forced_ = false;
    bool gave_up_ = false;

    mutable std::mutex mutex_;  ///< guards the following
    std::optional<TimePoint> stop_at_;
    std::vector<Ended> ended_;
    DeadlineQueue<TimePoint> deadlines_;  ///< of sessions whose threads run
    ServerStats past_;                    ///< of sessions that have ended
    std::thread thread_;
};

}  // namespace charcount::detail

#endif
