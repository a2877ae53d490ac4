// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// TemporaryFolder: an empty folder of a test's own, for socket files.

#ifndef CHARCOUNT_TESTS_SUPPORT_TEMPORARY_FOLDER_HPP
#define CHARCOUNT_TESTS_SUPPORT_TEMPORARY_FOLDER_HPP

#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <system_error>

namespace charcount::test {

/// Removes itself with all that is in it.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::random_device random;
        do {
            path_ =
                std::filesystem::temp_directory_path() / ("charcount-" + std::to_string(random()));
        } while (!std::filesystem::create_directory(path_));
    }

    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    /// The path of a file in it.
    [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

}  // namespace charcount::test

#endif
