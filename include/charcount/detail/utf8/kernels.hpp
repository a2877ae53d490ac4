// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// All kernels there are, and the one that this machine runs.

#ifndef CHARCOUNT_DETAIL_UTF8_KERNELS_HPP
#define CHARCOUNT_DETAIL_UTF8_KERNELS_HPP

#include <array>
#include <charcount/detail/utf8/avx2.hpp>
#include <charcount/detail/utf8/avx512.hpp>
#include <charcount/detail/utf8/neon.hpp>
#include <charcount/detail/utf8/platform.hpp>
#include <charcount/detail/utf8/scalar.hpp>
#include <charcount/detail/utf8/short_load.hpp>
#include <charcount/detail/utf8/sse41.hpp>
#include <charcount/utf8_scan.hpp>
#include <string_view>

namespace charcount::detail::utf8 {

using Kernel = Utf8Scan (*)(std::string_view) noexcept;

/// A kernel, and whether this machine can run it.
struct NamedKernel {
    std::string_view name;
    Kernel scan;
    bool is_supported;
};

/// All that were compiled, the fastest first.
[[nodiscard]] inline auto kernels() noexcept {
#if defined(CHARCOUNT_UTF8_X86)
    __builtin_cpu_init();  // the first call may come before main
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
    const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512bw") &&
                            __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("bmi2");
    return std::to_array<NamedKernel>({
        {"avx512", avx512::scan, has_avx512},
        {"avx2", avx2::scan, has_avx2},
        {"sse4.1", sse41::scan, __builtin_cpu_supports("sse4.1") != 0},
        {"scalar", scan_scalar, true},
    });
#elif defined(CHARCOUNT_UTF8_NEON)
    return std::to_array<NamedKernel>({
        {"neon", neon::scan, true},
        {"scalar", scan_scalar, true},
    });
#else
    return std::to_array<NamedKernel>({{"scalar", scan_scalar, true}});
#endif
}

#if defined(CHARCOUNT_UTF8_X86)

inline Utf8Scan choose_and_scan(std::string_view bytes) noexcept;

/// What scans: at first the function that looks for the fastest. All threads set the same.
inline constinit Kernel chosen_kernel = choose_and_scan;

inline Utf8Scan choose_and_scan(std::string_view bytes) noexcept {
    Kernel fastest = scan_scalar;
    for (const NamedKernel& kernel : kernels()) {
        if (!kernel.is_supported) continue;
        fastest = kernel.scan;
        break;
    }
    __atomic_store_n(&chosen_kernel, fastest, __ATOMIC_RELAXED);
    return fastest(bytes);
}

[[nodiscard]] inline Utf8Scan scan_by_kernel(std::string_view bytes) noexcept {
    return __atomic_load_n(&chosen_kernel, __ATOMIC_RELAXED)(bytes);
}

#elif defined(CHARCOUNT_UTF8_NEON)

[[nodiscard]] inline Utf8Scan scan_by_kernel(std::string_view bytes) noexcept {
    return neon::scan(bytes);
}

#else

[[nodiscard]] inline Utf8Scan scan_by_kernel(std::string_view bytes) noexcept {
    return scan_scalar(bytes);
}

#endif

/// A word of ASCII needs no kernel.
[[nodiscard]] inline Utf8Scan scan_fast(std::string_view bytes) noexcept {
    if (is_ascii_at_a_glance(bytes)) return result_of({.bytes = bytes.size()});
    return scan_by_kernel(bytes);
}

}  // namespace charcount::detail::utf8

#endif
