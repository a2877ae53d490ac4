// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Operations of the memory transport that wait, and what they wait for.

#ifndef CHARCOUNT_DETAIL_MEMORY_OPERATION_HPP
#define CHARCOUNT_DETAIL_MEMORY_OPERATION_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

namespace charcount::detail {

class MemoryLock;
class MemoryTarget;

/// An asynchronous operation. Its handler is in the derived class.
///
/// All but the destruction happens with the network's lock held: so no code of a user's runs
/// here. `post` only tells the executor to deliver.
class MemoryOperation {
public:
    using Pending = std::unordered_set<MemoryOperation*>;

    struct Destroy {
        void operator()(MemoryOperation* operation) const noexcept { operation->destroy(); }
    };
    using Owner = std::unique_ptr<MemoryOperation, Destroy>;

    /// `of_context`: the operations that end with an execution context.
    MemoryOperation(std::uint64_t number, Pending& of_context) noexcept
        : id(number), context_operations(of_context) {}
    MemoryOperation(const MemoryOperation&) = delete;
    MemoryOperation& operator=(const MemoryOperation&) = delete;

    /// Does it, if that is possible now.
    virtual bool attempt(MemoryLock& lock) = 0;

    /// Makes it end with this error.
    virtual void fail(std::error_code error) noexcept = 0;

    /// Hands it to its executor, which calls the handler.
    static void post(Owner operation) { operation.release()->post_self(); }

    const std::uint64_t id;  ///< never used again
    Pending& context_operations;
    MemoryTarget* target = nullptr;  ///< while it waits

protected:
    ~MemoryOperation() = default;

private:
    virtual void post_self() = 0;
    virtual void destroy() noexcept = 0;
};

/// What operations wait for: one end of a connection, a listener, a timer.
///
/// *Thread safety*: none; the network's lock is held.
class MemoryTarget : public std::enable_shared_from_this<MemoryTarget> {
public:
    MemoryTarget() = default;
    virtual ~MemoryTarget() = default;
    MemoryTarget(const MemoryTarget&) = delete;
    MemoryTarget& operator=(const MemoryTarget&) = delete;

    /// Does an operation, at once or as soon as that is possible.
    void start(MemoryLock& lock, MemoryOperation::Owner operation) {
        if (operation->attempt(lock)) return MemoryOperation::post(std::move(operation));
        operation->target = this;
        operation->context_operations.insert(operation.get());
        pending_.push_back(std::move(operation));
    }

    /// Something has changed: does what is possible now.
    void progress(MemoryLock& lock) {
        for (std::size_t i = 0; i < pending_.size();) {
            if (pending_[i]->attempt(lock)) {
                MemoryOperation::post(remove(*pending_[i]));
            } else {
                ++i;
            }
        }
    }

    /// Ends every operation; returns how many.
    std::size_t abort_all(std::error_code error) {
        const std::size_t count = pending_.size();
        while (!pending_.empty()) abort(*pending_.front(), error);
        return count;
    }

    /// Ends the operation if it is still here.
    void abort_one(std::uint64_t id, std::error_code error) {
        for (const auto& one : pending_)
            if (one->id == id) return abort(*one, error);
    }

    /// Somebody is going to wait for it: until then not all is idle.
    void expect_attention(MemoryLock& lock);
    void attend(MemoryLock& lock);
    [[nodiscard]] bool is_unattended() const noexcept { return is_unattended_; }

    [[nodiscard]] bool has_pending() const noexcept { return !pending_.empty(); }

    /// Takes an operation back.
    MemoryOperation::Owner remove(MemoryOperation& operation) {
        const auto found = std::find_if(pending_.begin(), pending_.end(),
                                        [&](const auto& one) { return one.get() == &operation; });
        MemoryOperation::Owner owner = std::move(*found);
        pending_.erase(found);
        owner->context_operations.erase(&operation);
        return owner;
    }

private:
    void abort(MemoryOperation& operation, std::error_code error) {
        operation.fail(error);
        MemoryOperation::post(remove(operation));
    }

    std::vector<MemoryOperation::Owner> pending_;
    bool is_unattended_ = false;
};

}  // namespace charcount::detail

#endif
