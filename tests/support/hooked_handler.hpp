// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// HookedHandler: a handler whose behaviour each test gives as functions.

#ifndef CHARCOUNT_TESTS_SUPPORT_HOOKED_HANDLER_HPP
#define CHARCOUNT_TESTS_SUPPORT_HOOKED_HANDLER_HPP

#include <charcount/handler.hpp>
#include <charcount/peer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <system_error>
#include <utility>

namespace charcount::test {

/// What a hooked handler does; without `on_message` it echoes.
struct Hooks {
    std::function<std::optional<std::string>(Peer&, std::string_view)> on_message = {};
    std::function<void(Peer&)> on_open = {};
    std::function<void(Peer&, std::error_code)> on_close = {};
};

/// All connections share the hooks. One type for most tests keeps them quick to compile.
class HookedHandler {
public:
    explicit HookedHandler(Hooks hooks = {}) : hooks_(std::make_shared<Hooks>(std::move(hooks))) {}

    std::optional<std::string> operator()(Peer& peer, std::string_view message) const {
        return hooks_->on_message ? hooks_->on_message(peer, message) : std::string(message);
    }

    void on_open(Peer& peer) const {
        if (hooks_->on_open) hooks_->on_open(peer);
    }

    void on_close(Peer& peer, std::error_code error) const {
        if (hooks_->on_close) hooks_->on_close(peer, error);
    }

private:
    std::shared_ptr<Hooks> hooks_;
};

/// Hooks that echo, and note how each connection ended.
[[nodiscard]] inline Hooks noting_ends(Log<std::error_code>& ends) {
    return {.on_close = [&](Peer&, std::error_code error) { ends.add(error); }};
}

}  // namespace charcount::test

#endif
