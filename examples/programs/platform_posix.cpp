// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// platform.hpp for systems with POSIX.

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "platform.hpp"

namespace programs {

bool is_input_terminal() noexcept {
    return ::isatty(STDIN_FILENO) == 1;
}

bool is_error_terminal() noexcept {
    return ::isatty(STDERR_FILENO) == 1;
}

std::optional<std::uint64_t> remaining_input_bytes() noexcept {
    struct stat status {};
    if (::fstat(STDIN_FILENO, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    const off_t position = ::lseek(STDIN_FILENO, 0, SEEK_CUR);
    if (position < 0 || position > status.st_size) return std::nullopt;
    return static_cast<std::uint64_t>(status.st_size - position);
}

std::size_t read_input(char* buffer, std::size_t size) {
    while (true) {
        const ssize_t count = ::read(STDIN_FILENO, buffer, size);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "read standard input");
    }
}

void ignore_broken_pipes() noexcept {
    std::signal(SIGPIPE, SIG_IGN);
}

std::vector<std::string> utf8_arguments(int argc, char** argv) {
    // A program may even be started without its name.
    return {argc > 0 ? argv + 1 : argv, argv + argc};
}

}  // namespace programs
