// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// LoopOwned: something that lets go of its handlers when the loop they wait on is destroyed.

#ifndef CHARCOUNT_DETAIL_LOOP_OWNED_HPP
#define CHARCOUNT_DETAIL_LOOP_OWNED_HPP

#include <algorithm>
#include <asio/execution/context.hpp>
#include <asio/execution_context.hpp>
#include <asio/query.hpp>
#include <mutex>
#include <vector>

namespace charcount::detail {

/// A loop destroys the handlers that wait on it. Handlers that wait in an object of ours would
/// outlive it, and with them the coroutines that they resume, and what these own: perhaps that
/// very object, which then nothing would ever destroy.
///
/// *Thread safety*: none, but that objects of one loop may live on different threads.
class LoopOwned {
public:
    template <class Executor>
    explicit LoopOwned(const Executor& executor)
        : list_(&list_of(asio::query(executor, asio::execution::context))) {
        list_->add(*this);
    }
    LoopOwned(const LoopOwned&) = delete;
    LoopOwned& operator=(const LoopOwned&) = delete;

protected:
    ~LoopOwned() {
        if (list_) list_->remove(*this);
    }

    /// The loop is being destroyed: destroy the handlers, call none of them.
    virtual void on_loop_destroyed() = 0;

private:
    class List : public asio::execution_context::service {
    public:
        using key_type = List;
        inline static asio::execution_context::id id;

        explicit List(asio::execution_context& context) : service(context) {}

        void add(LoopOwned& item) {
            const std::lock_guard lock(mutex_);
            items_.push_back(&item);
        }

        void remove(LoopOwned& item) {
            const std::lock_guard lock(mutex_);
            items_.erase(std::find(items_.begin(), items_.end(), &item));
        }

    private:
        /// One may destroy others.
        void shutdown() noexcept override {
            while (!items_.empty()) {
                LoopOwned& item = *items_.back();
                items_.pop_back();
                item.list_ = nullptr;
                item.on_loop_destroyed();
            }
        }

        std::mutex mutex_;
        std::vector<LoopOwned*> items_;
    };

    static List& list_of(asio::execution_context& loop) { return asio::use_service<List>(loop); }

    List* list_;
};

}  // namespace charcount::detail

#endif
