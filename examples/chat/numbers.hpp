// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Numbers: gives each client the lowest number that is free.

#ifndef CHARCOUNT_EXAMPLES_CHAT_NUMBERS_HPP
#define CHARCOUNT_EXAMPLES_CHAT_NUMBERS_HPP

#include <cstddef>
#include <set>
#include <string>

namespace chat {

/// The numbers of those who are there, from 1.
class Numbers {
public:
    [[nodiscard]] std::size_t take() {
        std::size_t number = 1;
        for (const std::size_t taken : taken_) {
            if (taken != number) break;
            ++number;
        }
        taken_.insert(number);
        return number;
    }

    void give_back(std::size_t number) { taken_.erase(number); }

    [[nodiscard]] std::size_t count() const noexcept { return taken_.size(); }

    /// `Client`, `Client 2`, `Client 3`: who is alone needs no number.
    [[nodiscard]] static std::string label(std::size_t number) {
        return number == 1 ? "Client" : "Client " + std::to_string(number);
    }

private:
    std::set<std::size_t> taken_;
};

}  // namespace chat

#endif
