// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// platform.hpp for Windows.

#include <windows.h>
// What follows needs windows.h.
#include <fcntl.h>
#include <io.h>
#include <shellapi.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>

#include "platform.hpp"

namespace programs {
namespace {

constexpr int standard_input = 0;
constexpr int standard_error = 2;

// A NUL device counts as a terminal for _isatty.
bool is_console(int descriptor) noexcept {
    const auto handle = reinterpret_cast<HANDLE>(::_get_osfhandle(descriptor));
    DWORD mode = 0;
    return ::_isatty(descriptor) != 0 && ::GetConsoleMode(handle, &mode) != 0;
}

std::string to_utf8(std::wstring_view text) {
    if (text.empty()) return {};
    const int size = static_cast<int>(text.size());
    const int bytes =
        ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
    std::string out(static_cast<std::size_t>(bytes), '\0');
    ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, out.data(), bytes, nullptr, nullptr);
    return out;
}

}  // namespace

bool is_input_terminal() noexcept {
    return is_console(standard_input);
}

bool is_error_terminal() noexcept {
    return is_console(standard_error);
}

std::optional<std::uint64_t> remaining_input_bytes() noexcept {
    struct _stat64 status {};
    if (::_fstat64(standard_input, &status) != 0 || (status.st_mode & _S_IFMT) != _S_IFREG)
        return std::nullopt;
    const auto position = ::_lseeki64(standard_input, 0, SEEK_CUR);
    if (position < 0 || position > status.st_size) return std::nullopt;
    return static_cast<std::uint64_t>(status.st_size - position);
}

std::size_t read_input(char* buffer, std::size_t size) {
    // Bytes are counted: none may be left out as the CR before an LF would be.
    ::_setmode(standard_input, _O_BINARY);
    const int count = ::_read(standard_input, buffer, static_cast<unsigned>(size));
    if (count < 0) throw std::system_error(errno, std::generic_category(), "read standard input");
    return static_cast<std::size_t>(count);
}

void ignore_broken_pipes() noexcept {}

std::vector<std::string> utf8_arguments(int, char**) {
    ::SetConsoleOutputCP(CP_UTF8);
    int count = 0;
    const std::unique_ptr<LPWSTR, decltype(&::LocalFree)> arguments{
        ::CommandLineToArgvW(::GetCommandLineW(), &count), &::LocalFree};
    if (!arguments)
        throw std::system_error(static_cast<int>(::GetLastError()), std::system_category());
    std::vector<std::string> out;
    for (int i = 1; i < count; ++i) out.push_back(to_utf8(arguments.get()[i]));
    return out;
}

}  // namespace programs
