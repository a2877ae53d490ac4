// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// TCP whose names are resolved as the test says.

#ifndef CHARCOUNT_TESTS_SUPPORT_FAKE_NAMES_HPP
#define CHARCOUNT_TESTS_SUPPORT_FAKE_NAMES_HPP

#include <charcount/transport/tcp.hpp>
#include <cstddef>
#include <memory>
#include <support/events.hpp>
#include <system_error>
#include <vector>

namespace charcount::test {

/// TCP whose resolver answers when the test opens its gate, on the thread that asked.
struct SlowNames : Tcp {
    /// While it lives, whoever resolves waits.
    class Hold {
    public:
        Hold() { current = gate_; }
        ~Hold() { gate_->open(); }
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;

        /// Waits until so many have asked.
        void wait_for_questions(std::size_t count = 1) { gate_->wait_for_arrivals(count); }
        void answer() { gate_->open(); }

    private:
        std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
    };

    template <class Options>
    static std::vector<Endpoint> resolve(const Options& options, std::error_code& error) {
        const auto gate = current;  // the asker may be left behind, and outlive the test
        gate->pass();
        return Tcp::resolve(options, error);
    }

    template <class Options>
    static bool resolves_slowly(const Options&) {
        return true;
    }

private:
    inline static std::shared_ptr<Gate> current;
};

/// TCP where every name has the addresses that the test lists.
struct ListedNames : Tcp {
    inline static std::vector<Endpoint> addresses;

    template <class Options>
    static std::vector<Endpoint> resolve(const Options&, std::error_code& error) {
        error.clear();
        return addresses;
    }

    template <class Options>
    static bool resolves_slowly(const Options&) {
        return false;
    }
};

}  // namespace charcount::test

#endif
