// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// repeated: a text many times over.

#ifndef CHARCOUNT_TESTS_SUPPORT_REPEATED_HPP
#define CHARCOUNT_TESTS_SUPPORT_REPEATED_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace charcount::test {

[[nodiscard]] inline std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace charcount::test

#endif
