// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// For which processors kernels are compiled: CHARCOUNT_UTF8_X86, CHARCOUNT_UTF8_NEON, or neither.

#ifndef CHARCOUNT_DETAIL_UTF8_PLATFORM_HPP
#define CHARCOUNT_DETAIL_UTF8_PLATFORM_HPP

// The kernels need the vectors of GCC and Clang, which name the processor as well. With Microsoft's
// library clang has no way to ask for the processor's features.
#if defined(__GNUC__) && !defined(_MSC_VER)
#if defined(__x86_64__)
#define CHARCOUNT_UTF8_X86 1
#elif defined(__AARCH64EL__)
#define CHARCOUNT_UTF8_NEON 1
#endif
#endif

#endif
