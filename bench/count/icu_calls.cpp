// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ICU's way to walk over UTF-8, one code point after the other.

#include <unicode/utf8.h>
#include <unicode/uvernum.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "competitors.hpp"
#include "measure.hpp"

namespace charcount::bench {
namespace {

std::size_t count_with_icu(std::string_view text) {
    const char* const data = text.data();
    const std::size_t size = text.size();
    std::size_t count = 0;
    for (std::size_t i = 0; i < size; ++count) {
        std::int32_t code_point = 0;
        U8_NEXT(data, i, size, code_point);
        if (code_point < 0) return ill_formed;
    }
    return count;
}

}  // namespace

std::vector<Competitor> icu_competitors() {
    const auto run = [](benchmark::State& state, const Messages& messages) {
        time_counting(state, messages, count_with_icu);
    };
    return {{"ICU", run, true}};
}

std::string icu_version() {
    return U_ICU_VERSION;
}

}  // namespace charcount::bench
