// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Memory between two pages that nobody may touch: one byte too far ends the test.

#ifndef CHARCOUNT_TESTS_SUPPORT_GUARDED_PAGES_HPP
#define CHARCOUNT_TESTS_SUPPORT_GUARDED_PAGES_HPP

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <system_error>

namespace charcount::test {

///     | no access | ........... free to use ........... | no access |
class GuardedPages {
public:
    explicit GuardedPages(std::size_t pages = 1)
        : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))), size_(pages * page_) {
        mapped_ = mmap(nullptr, size_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
        begin_ = static_cast<char*>(mapped_) + page_;
        if (mprotect(begin_, size_, PROT_READ | PROT_WRITE) != 0)
            throw std::system_error(errno, std::generic_category(), "mprotect");
    }

    ~GuardedPages() { munmap(mapped_, size_ + 2 * page_); }

    GuardedPages(const GuardedPages&) = delete;
    GuardedPages& operator=(const GuardedPages&) = delete;

    /// A copy whose last byte is the last one that may be read.
    [[nodiscard]] std::string_view at_end(std::string_view bytes) const {
        return copy_to(begin_ + size_ - bytes.size(), bytes);
    }

    /// A copy `offset` bytes behind the first one that may be read.
    [[nodiscard]] std::string_view at_begin(std::string_view bytes, std::size_t offset = 0) const {
        return copy_to(begin_ + offset, bytes);
    }

private:
    [[nodiscard]] static std::string_view copy_to(char* place, std::string_view bytes) {
        std::copy(bytes.begin(), bytes.end(), place);
        return {place, bytes.size()};
    }

    std::size_t page_;
    std::size_t size_;
    void* mapped_ = nullptr;
    char* begin_ = nullptr;
};

}  // namespace charcount::test

#endif
