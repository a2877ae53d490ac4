// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// LocalLink: the link of a conversation that no server drives.

#ifndef CHARCOUNT_DETAIL_LOCAL_LINK_HPP
#define CHARCOUNT_DETAIL_LOCAL_LINK_HPP

#include <charcount/byte_buffer.hpp>
#include <charcount/detail/peer_link.hpp>
#include <charcount/options.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace charcount::detail {

/// Pushes wait here until the owner of the conversation collects them.
template <class F>
class LocalLink final : public PeerLink {
public:
    /// A sender never waits: who would make room is not known here.
    explicit LocalLink(const ConversationOptions& options)
        : PeerLink(std::make_shared<PushGate>(PushLimits{
              options.max_pending_output_bytes,
              options.push_policy == PushPolicy::block ? PushPolicy::drop : options.push_policy,
              {}})) {}

    /// Set before any other thread has a peer.
    void on_wake(std::function<void()> wake) { wake_ = std::move(wake); }

    [[nodiscard]] std::string remote_host() const override { return {}; }
    [[nodiscard]] std::uint16_t remote_port() const override { return 0; }

private:
    void wake() override {
        if (wake_) wake_();
    }

    void encode(ByteBuffer& out, std::string_view message) const override {
        F::encode(out, message);
    }

    std::function<void()> wake_;
};

}  // namespace charcount::detail

#endif
