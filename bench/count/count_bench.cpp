// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Measures everything that counts, for each text and size, with google-benchmark.

#include <benchmark/benchmark.h>

#include <array>
#include <charcount/version.hpp>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "competitors.hpp"
#include "machine.hpp"
#include "texts.hpp"

namespace charcount::bench {
namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

// For messages "in turn": so many bytes of them that they stay in the first cache.
constexpr std::size_t all_messages_bytes = 16 * kib;

// More than the caches of today's machines hold, and the memory that two such texts need.
constexpr std::size_t beyond_caches = 512 * mib;
constexpr std::size_t enough_memory = 4 * beyond_caches;

struct Sizes {
    std::vector<std::size_t> same;     // one message again and again
    std::vector<std::size_t> in_turn;  // many short messages
    bool has_huge = false;
};

Sizes sizes(bool is_quick) {
    if (is_quick) return {{16, 64, 64 * kib, 16 * mib}, {16, 64}, false};
    return {{5, 16, 32, 64, 256, kib, 4 * kib, 64 * kib, mib, 16 * mib},
            {5, 16, 32, 64, 256},
            available_bytes() >= enough_memory};
}

// Makes its messages when they are first asked for.
using LazyMessages = std::function<const Messages&()>;

LazyMessages lazy_messages(const TextKind& kind, std::size_t size, std::size_t amount) {
    return [&kind, size, amount,
            made = std::make_shared<std::optional<Messages>>()]() -> const Messages& {
        if (!made->has_value()) made->emplace(kind, size, amount);
        return **made;
    };
}

void add_case(std::string_view mode, const TextKind& kind, std::size_t size, std::size_t amount,
              bool without_slow = false) {
    static const std::vector<Competitor> competitors = all_competitors();
    const LazyMessages messages = lazy_messages(kind, size, amount);
    for (const Competitor& competitor : competitors) {
        if (competitor.is_slow && without_slow) continue;
        const std::string name = std::string(mode) + '/' + competitor.name + '/' +
                                 std::string(kind.name) + '/' + std::to_string(size);
        const auto run = [&competitor, messages](benchmark::State& state) {
            competitor.run(state, messages());
        };
        benchmark::RegisterBenchmark(name.c_str(), run);
    }
}

void add_all_cases(const Sizes& sizes) {
    for (const TextKind& kind : text_kinds()) {
        for (const std::size_t size : sizes.same) add_case("same", kind, size, 1);
        for (const std::size_t size : sizes.in_turn) {
            add_case("in-turn", kind, size, all_messages_bytes / size);
        }
        const bool is_huge_too = kind.name == "ASCII" || kind.name == "CJK";
        if (sizes.has_huge && is_huge_too) add_case("same", kind, beyond_caches, 1, true);
    }
}

// For those who count outside of this program: one file for each text and size.
void write_texts(const std::filesystem::path& folder, const Sizes& sizes) {
    for (const TextKind& kind : text_kinds()) {
        for (const std::size_t size : sizes.same) {
            const Messages messages(kind, size, 1);
            std::ofstream file(folder / (std::string(kind.name) + '-' + std::to_string(size)),
                               std::ios::binary);
            file.write(messages.data(), static_cast<std::streamsize>(size));
            if (!file.flush()) throw std::runtime_error("cannot write to " + folder.string());
        }
    }
}

void add_context() {
    benchmark::AddCustomContext("processor", processor());
    benchmark::AddCustomContext("compiler", CHARCOUNT_BENCH_COMPILER);
    benchmark::AddCustomContext("charcount", std::string(version));
    benchmark::AddCustomContext("simdutf", simdutf_version());
    benchmark::AddCustomContext("icu", icu_version());
}

constexpr std::string_view usage = R"(usage: count_bench [--quick] [option of google-benchmark]...
       count_bench [--quick] --write-texts=FOLDER

Measures how fast UTF-8 is counted; names are MODE/COMPETITOR/TEXT/BYTES.

  --quick               four sizes, three repetitions
  --write-texts=FOLDER  only write the texts, a file each
  --help                this text, and then the options of google-benchmark
)";

struct Options {
    bool is_quick = false;
    std::optional<std::string> texts_folder;
    std::vector<std::string> for_benchmark;
};

Options parse(int count, char** arguments) {
    Options options;
    std::vector<std::string> others;
    constexpr std::string_view write_texts_option = "--write-texts=";
    for (int i = 1; i < count; ++i) {
        const std::string argument = arguments[i];
        if (argument == "--quick") {
            options.is_quick = true;
        } else if (argument.starts_with(write_texts_option)) {
            options.texts_folder = argument.substr(write_texts_option.size());
        } else {
            if (argument == "--help") std::cout << usage << std::endl;
            others.push_back(argument);
        }
    }
    // Of an option that is given twice the last counts.
    options.for_benchmark = {
        arguments[0],
        "--benchmark_enable_random_interleaving=true",
        "--benchmark_report_aggregates_only=true",
        options.is_quick ? "--benchmark_repetitions=3" : "--benchmark_repetitions=7",
        options.is_quick ? "--benchmark_min_time=0.01" : "--benchmark_min_time=0.02",
    };
    options.for_benchmark.insert(options.for_benchmark.end(), others.begin(), others.end());
    return options;
}

int run(Options options) {
    std::vector<char*> arguments;
    for (std::string& argument : options.for_benchmark) arguments.push_back(argument.data());
    auto count = static_cast<int>(arguments.size());
    arguments.push_back(nullptr);
    benchmark::Initialize(&count, arguments.data());
    if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;

    const Sizes wanted = sizes(options.is_quick);
    if (options.texts_folder) {
        write_texts(*options.texts_folder, wanted);
        return 0;
    }
    if (!options.is_quick && !wanted.has_huge) {
        std::cerr
            << "count_bench: less than 2 GiB of memory available: nothing beyond the caches\n";
    }
    add_context();
    add_all_cases(wanted);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}

}  // namespace
}  // namespace charcount::bench

int main(int count, char** arguments) {
    try {
        return charcount::bench::run(charcount::bench::parse(count, arguments));
    } catch (const std::exception& error) {
        std::cerr << "count_bench: " << error.what() << '\n';
        return 1;
    }
}
