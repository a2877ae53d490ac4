// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The entry of libFuzzer. Built with clang++ and run by hand, from the folder of the repository:
//
//     clang++ -std=c++20 -g -O2 -fsanitize=fuzzer,address,undefined -fno-sanitize=function
//         -Iinclude -Itests tests/fuzz/utf8_fuzz.cpp -o utf8_fuzz
//     ./utf8_fuzz -max_len=600 -runs=10000000

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fuzz/check_utf8.hpp>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Casting bytes to characters is what this interface demands.
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string problem = charcount::test::check_utf8(input);
    if (problem.empty()) return 0;
    std::fprintf(stderr, "%s\n", problem.c_str());
    std::abort();
}
