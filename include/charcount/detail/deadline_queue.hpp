// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// DeadlineQueue: many deadlines for one timer.

#ifndef CHARCOUNT_DETAIL_DEADLINE_QUEUE_HPP
#define CHARCOUNT_DETAIL_DEADLINE_QUEUE_HPP

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace charcount::detail {

/// Something that wants to be looked at when a time has come.
class Timed {
public:
    static constexpr std::size_t not_queued = std::numeric_limits<std::size_t>::max();

    std::size_t queue_index = not_queued;  ///< owned by the queue
};

/// A binary heap whose entries know their place, so that each can be moved and removed.
///
/// A deadline that moves away costs nothing: its entry stays, and the owner, looked at too
/// early, asks again. Only one that comes nearer moves the entry.
///
/// *Thread safety*: none; one loop uses it.
template <class TimePoint>
class DeadlineQueue {
public:
    /// Makes sure that `item` is looked at by `when`.
    void bring_forward(Timed& item, TimePoint when) {
        if (item.queue_index == Timed::not_queued) {
            item.queue_index = heap_.size();
            heap_.push_back({when, &item});
        } else if (when >= heap_[item.queue_index].when) {
            return;
        } else {
            heap_[item.queue_index].when = when;
        }
        sift_up(item.queue_index);
    }

    void remove(Timed& item) noexcept {
        const std::size_t index = item.queue_index;
        if (index == Timed::not_queued) return;
        item.queue_index = Timed::not_queued;
        const Entry last = heap_.back();
        heap_.pop_back();
        if (index == heap_.size()) return;
        place(index, last);
        sift_up(index);
        sift_down(last.item->queue_index);
    }

    [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }

    /// The earliest deadline; `max` when there is none.
    [[nodiscard]] TimePoint next() const noexcept {
        return heap_.empty() ? TimePoint::max() : heap_.front().when;
    }

    /// Takes an item whose time has come; none: a null pointer.
    [[nodiscard]] Timed* take_due(TimePoint now) noexcept {
        if (heap_.empty() || heap_.front().when > now) return nullptr;
        Timed* item = heap_.front().item;
        remove(*item);
        return item;
    }

private:
    struct Entry {
        TimePoint when;
        Timed* item;
    };

    void place(std::size_t index, const Entry& entry) noexcept {
        heap_[index] = entry;
        entry.item->queue_index = index;
    }

    void swap_entries(std::size_t left, std::size_t right) noexcept {
        const Entry entry = heap_[left];
        place(left, heap_[right]);
        place(right, entry);
    }

    void sift_up(std::size_t index) noexcept {
        while (index > 0) {
            const std::size_t parent = (index - 1) / 2;
            if (heap_[parent].when <= heap_[index].when) return;
            swap_entries(parent, index);
            index = parent;
        }
    }

    void sift_down(std::size_t index) noexcept {
        while (true) {
            std::size_t least = index;
            for (const std::size_t child : {2 * index + 1, 2 * index + 2})
                if (child < heap_.size() && heap_[child].when < heap_[least].when) least = child;
            if (least == index) return;
            swap_entries(least, index);
            index = least;
        }
    }

    std::vector<Entry> heap_;
};

}  // namespace charcount::detail

#endif
