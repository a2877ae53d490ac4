// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What differs between systems, for the programs: standard streams, pipes, arguments.

#ifndef CHARCOUNT_EXAMPLES_PROGRAMS_PLATFORM_HPP
#define CHARCOUNT_EXAMPLES_PROGRAMS_PLATFORM_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace programs {

/// Whether a person types.
[[nodiscard]] bool is_input_terminal() noexcept;

/// Whether a person reads standard error.
[[nodiscard]] bool is_error_terminal() noexcept;

/// How many bytes of standard input are left, where that is known.
[[nodiscard]] std::optional<std::uint64_t> remaining_input_bytes() noexcept;

/// Reads what one read of standard input brings; 0 at the end.
/// *Throws*: `std::system_error`.
[[nodiscard]] std::size_t read_input(char* buffer, std::size_t size);

/// Lets the program go on when whoever reads its output goes away.
void ignore_broken_pipes() noexcept;

/// The arguments after the program's name, as UTF-8; lets the console show UTF-8, too.
[[nodiscard]] std::vector<std::string> utf8_arguments(int argc, char** argv);

}  // namespace programs

#endif
