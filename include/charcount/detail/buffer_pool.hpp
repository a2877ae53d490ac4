// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// BufferPool: small buffers of one loop, whose memory goes back to the system after a rush.

#ifndef CHARCOUNT_DETAIL_BUFFER_POOL_HPP
#define CHARCOUNT_DETAIL_BUFFER_POOL_HPP

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace charcount::detail {

/// Buffers of one size, cut from slabs. One by one, between the other memory of connections, they
/// would leave holes that no other memory fits into.
///
///     older slab:    | lent | free | lent |            freed with the last that is lent
///     current slab:  | lent | spare | lent | uncut |   whose spares are lent out again
///
/// *Thread safety*: none; but a buffer may be given up on any thread. *Lifetime*: a buffer keeps
/// its slab, also when the pool is gone.
class BufferPool {
public:
    static constexpr std::size_t buffer_size = 1024;
    static constexpr std::size_t buffers_per_slab = 256;

    /// A buffer of `buffer_size` bytes, or none.
    using Buffer = std::shared_ptr<char>;

    [[nodiscard]] Buffer take() {
        if (!spares_.empty()) {
            Buffer buffer = std::move(spares_.back());
            spares_.pop_back();
            return buffer;
        }
        if (cut_ == buffers_per_slab) {
            slab_.reset(new char[slab_size]);
            cut_ = 0;
        }
        return {slab_, slab_.get() + buffer_size * cut_++};
    }

    /// Takes a buffer, or none, back. Only those of the current slab are kept: so older slabs
    /// become free.
    void give_back(Buffer buffer) {
        const bool is_of_slab = !buffer.owner_before(slab_) && !slab_.owner_before(buffer);
        if (buffer && is_of_slab) spares_.push_back(std::move(buffer));
    }

private:
    static constexpr std::size_t slab_size = buffer_size * buffers_per_slab;

    std::shared_ptr<char[]> slab_;
    std::size_t cut_ = buffers_per_slab;
    std::vector<Buffer> spares_;
};

}  // namespace charcount::detail

#endif
