// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// EpollLoop: the loop of a server that owns its threads, on Linux.

#ifndef CHARCOUNT_DETAIL_EPOLL_LOOP_HPP
#define CHARCOUNT_DETAIL_EPOLL_LOOP_HPP

#include <charcount/detail/platform.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <algorithm>
#include <array>
#include <asio/execution_context.hpp>
#include <atomic>
#include <charcount/detail/deadline_queue.hpp>
#include <charcount/detail/descriptor.hpp>
#include <charcount/detail/direct_calls.hpp>
#include <charcount/detail/loop_task.hpp>
#include <charcount/detail/waker.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace charcount::detail {

/// Something that is told when its descriptor is ready.
class EpollWatcher {
public:
    virtual ~EpollWatcher() = default;

    /// `events`: those of `epoll_wait`.
    virtual void on_events(std::uint32_t events) = 0;
};

/// Something that is told when its time has come, once.
class EpollTimed : public Timed {
public:
    virtual void on_time() = 0;

protected:
    ~EpollTimed() = default;
};

template <bool NeverBlocks>
class EpollExecutorOf;
using EpollExecutor = EpollExecutorOf<false>;

/// One thread waits here for everything: descriptors, times, and what others hand over.
///
///     tasks ──> timers ──> epoll_wait ──> watchers ──┐
///       ^────────────────────────────────────────────┘
///
/// What is posted in a turn runs in the next. Watched descriptors cost no system call but the
/// ones that add them, and that change what they are watched for. An execution context of Asio's,
/// so that its I/O objects, which handlers may use, find a home here.
///
/// *Thread safety*: `post`, `stop` and `hand_over` from any thread; the others on the one that runs
/// it. *Lifetime*: watchers are kept until `unwatch`; tasks that were not run are destroyed with
/// it. *Source*: epoll(7).
class EpollLoop : public asio::execution_context {
public:
    using Clock = std::chrono::steady_clock;
    using TimePoint = Clock::time_point;
    using executor_type = EpollExecutor;

    /// What `watch` hands out.
    using Watch = std::uint32_t;

    /// *Throws*: `std::system_error` when no descriptor is left.
    EpollLoop()
        : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
          alarm_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
        std::error_code error;
        if (!epoll_ || !alarm_) error = last_error();
        const std::uint32_t once = EPOLLIN | EPOLLET;  // so they are never read
        if (!error) control(EPOLL_CTL_ADD, waker_.native_handle(), once, key_of_waker, error);
        if (!error) control(EPOLL_CTL_ADD, alarm_.number(), once, key_of_alarm, error);
        if (error) throw std::system_error(error, "epoll");
    }

    ~EpollLoop() {
        shutdown();  // what waits on Asio's objects goes first: it may hold what is here
        LoopTaskQueue last;
        last.take_all(tasks_);
        last.take_all(posted_);
    }

    EpollLoop(const EpollLoop&) = delete;
    EpollLoop& operator=(const EpollLoop&) = delete;

    [[nodiscard]] executor_type get_executor() noexcept;

    /// Serves until `stop` or `hand_over`.
    void run() {
        const Running scope(*this);
        std::array<epoll_event, 256> events;
        while (true) {
            take_posted();
            run_tasks();
            run_due();
            release_unwatched();
            if (shall_.load(std::memory_order_acquire) != Shall::serve) return end_run();
            const int count = direct::epoll_wait(epoll_.number(), events, tasks_.empty() ? -1 : 0);
            for (int i = 0; i < count; ++i) tell(events[static_cast<std::size_t>(i)]);
        }
    }

    /// Lets `run` return, and each later one.
    void stop() noexcept {
        shall_.store(Shall::stop, std::memory_order_release);
        waker_.signal();
    }

    /// Lets `run` return once, so that another thread can go on with it.
    void hand_over() noexcept {
        Shall before = Shall::serve;
        shall_.compare_exchange_strong(before, Shall::hand_over, std::memory_order_release);
        waker_.signal();
    }

    [[nodiscard]] bool runs_in_this_thread() const noexcept { return current() == this; }

    /// Calls a function object in a later turn.
    template <class Function>
    void post(Function&& function) {
        LoopTask* const task = LoopTask::make(std::forward<Function>(function));
        if (runs_in_this_thread()) return tasks_.push(task);
        bool is_first = false;
        {
            const std::lock_guard lock(posted_mutex_);
            posted_.push(task);
            is_first = !has_posted_.exchange(true, std::memory_order_acq_rel);
        }
        if (is_first) waker_.signal();
    }

    // Descriptors.

    /// Tells `watcher` of the events of a descriptor from now on.
    Watch watch(int descriptor, std::uint32_t events, std::shared_ptr<EpollWatcher> watcher,
                std::error_code& error) {
        if (free_ == no_place) {
            free_ = static_cast<Watch>(watched_.size());
            watched_.emplace_back();
        }
        const Watch place = free_;
        control(EPOLL_CTL_ADD, descriptor, events, key_of(place), error);
        if (error) return place;
        free_ = watched_[place].next;
        watched_[place].watcher = std::move(watcher);
        return place;
    }

    /// Changes what a descriptor is watched for.
    void change(Watch place, int descriptor, std::uint32_t events, std::error_code& error) {
        control(EPOLL_CTL_MOD, descriptor, events, key_of(place), error);
    }

    /// Forgets a descriptor that stays open.
    void unwatch(Watch place, int descriptor) {
        std::error_code ignored;
        control(EPOLL_CTL_DEL, descriptor, 0, key_of(place), ignored);
        unwatch(place);
    }

    /// Forgets a descriptor, which is then closed. (If a copy of it is open, in a child process
    /// say, epoll goes on telling of it; the count of the place tells that from what comes after.)
    void unwatch(Watch place) {
        Watched& watched = watched_[place];
        ++watched.count;
        watched.next = std::exchange(unwatched_, place);  // it may be the one that is being told
    }

    // Times.

    /// Tells `timed` when its time has come.
    void tell_at(EpollTimed& timed, TimePoint when) {
        timers_.remove(timed);
        timers_.bring_forward(timed, when);
        if (when < alarm_at_) set_alarm(when);
    }

    void forget(EpollTimed& timed) noexcept { timers_.remove(timed); }

private:
    /// What others want of the thread that runs it.
    enum class Shall : unsigned char { serve, hand_over, stop };

    static constexpr Watch no_place = std::numeric_limits<Watch>::max();

    struct Watched {
        std::shared_ptr<EpollWatcher> watcher;
        std::uint32_t count = 0;  ///< how often the place was given up
        Watch next = no_place;    ///< in the list of those that are free, or will be
    };

    /// Marks the thread that runs it.
    class Running {
    public:
        explicit Running(const EpollLoop& loop) noexcept
            : before_(std::exchange(current(), &loop)) {}
        ~Running() { current() = before_; }
        Running(const Running&) = delete;
        Running& operator=(const Running&) = delete;

    private:
        const EpollLoop* const before_;
    };

    static constexpr std::uint64_t key_of_waker = std::numeric_limits<std::uint64_t>::max();
    static constexpr std::uint64_t key_of_alarm = key_of_waker - 1;

    static const EpollLoop*& current() noexcept {
        thread_local const EpollLoop* value = nullptr;
        return value;
    }

    /// A stop holds on.
    void end_run() noexcept {
        Shall before = Shall::hand_over;
        shall_.compare_exchange_strong(before, Shall::serve, std::memory_order_relaxed);
    }

    [[nodiscard]] std::uint64_t key_of(Watch place) const noexcept {
        return std::uint64_t{watched_[place].count} << 32 | place;
    }

    void control(int operation, int descriptor, std::uint32_t events, std::uint64_t key,
                 std::error_code& error) noexcept {
        epoll_event event{};
        event.events = events;
        event.data.u64 = key;
        const int result = ::epoll_ctl(epoll_.number(), operation, descriptor, &event);
        error = result == 0 ? std::error_code() : last_error();
    }

    void tell(const epoll_event& event) {
        const std::uint64_t key = event.data.u64;
        if (key == key_of_waker) return;  // to end the wait was all it had to do
        if (key == key_of_alarm) return static_cast<void>(alarm_rang_ = true);
        const Watch place = static_cast<Watch>(key);
        if (key == key_of(place)) watched_[place].watcher->on_events(event.events);
    }

    void release_unwatched() noexcept {
        while (unwatched_ != no_place) {
            const Watch place = std::exchange(unwatched_, watched_[unwatched_].next);
            watched_[place].next = std::exchange(free_, place);
            const auto last = std::move(watched_[place].watcher);  // its end may watch or unwatch
        }
    }

    void take_posted() {
        if (!has_posted_.load(std::memory_order_acquire)) return;
        const std::lock_guard lock(posted_mutex_);
        has_posted_.store(false, std::memory_order_relaxed);
        tasks_.take_all(posted_);
    }

    /// Those that are there now: what they post comes when others had their turn.
    void run_tasks() {
        if (tasks_.empty()) return;
        LoopTaskQueue due;
        due.take_all(tasks_);
        while (!due.empty()) due.pop()->run();
    }

    void run_due() {
        if (!std::exchange(alarm_rang_, false)) return;
        alarm_at_ = TimePoint::max();
        const TimePoint now = Clock::now();
        while (Timed* due = timers_.take_due(now)) static_cast<EpollTimed*>(due)->on_time();
        if (timers_.next() < alarm_at_) set_alarm(timers_.next());
    }

    /// One system call for many turns: a time that is given to `epoll_wait` costs in each of them.
    void set_alarm(TimePoint when) noexcept {
        alarm_at_ = when;
        const auto since_boot = std::max(when.time_since_epoch(), TimePoint::duration(1));
        const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
        itimerspec setting{};
        setting.it_value.tv_sec = static_cast<time_t>(seconds.count());
        setting.it_value.tv_nsec = static_cast<long>((since_boot - seconds).count());
        ::timerfd_settime(alarm_.number(), TFD_TIMER_ABSTIME, &setting, nullptr);
    }

    const Descriptor epoll_;
    const Descriptor alarm_;  ///< a timerfd
    Waker waker_;
    std::atomic<Shall> shall_ = Shall::serve;
    LoopTaskQueue tasks_;
    DeadlineQueue<TimePoint> timers_;
    TimePoint alarm_at_ = TimePoint::max();
    bool alarm_rang_ = false;
    std::vector<Watched> watched_;
    Watch free_ = no_place;       ///< the first of the places that are free
    Watch unwatched_ = no_place;  ///< the first of those whose watchers wait to be released
    std::atomic<bool> has_posted_ = false;
    std::mutex posted_mutex_;  ///< guards the next
    LoopTaskQueue posted_;
};

}  // namespace charcount::detail

#endif
#endif
