// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Every case of Unicode's GraphemeBreakTest.txt, each in every split of its bytes.

#include <doctest/doctest.h>

#include <utf8proc.h>
#include <charcount/graphemes.hpp>
#include <charcount/utf8_scan.hpp>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <support/encoding_tree.hpp>
#include <support/splits.hpp>
#include <vector>

namespace {

using charcount::GraphemeCounter;
using charcount::GraphemeScan;
using charcount::scan_graphemes;
using charcount::Utf8Status;
using charcount::test::encode;
using charcount::test::Pieces;
using charcount::test::split_at_every_offset;

/// A code point, and whether a cluster begins with it.
struct CodePoint {
    std::string bytes;
    bool begins;
};

struct Case {
    std::string line;
    std::vector<CodePoint> code_points;
};

struct TestFile {
    std::string version_line;  ///< "# GraphemeBreakTest-15.0.0.txt"
    std::size_t announced = 0;
    std::vector<Case> cases;
};

// "÷ 0061 × 0308 ÷ 0062 ÷": a sign before each code point and one at the end.
Case parse_case(const std::string& line) {
    Case result{line.substr(0, line.find('\t')), {}};
    std::istringstream words(result.line);
    std::string sign;
    std::uint32_t code_point = 0;
    while (words >> sign >> std::hex >> code_point) {
        REQUIRE((sign == "\xC3\xB7" || sign == "\xC3\x97"));
        result.code_points.push_back({encode(code_point), sign == "\xC3\xB7"});
    }
    REQUIRE(sign == "\xC3\xB7");
    return result;
}

TestFile read_test_file() {
    constexpr std::string_view announcement = "# Lines: ";
    std::ifstream file(CHARCOUNT_GRAPHEME_BREAK_TEST);
    TestFile result;
    std::getline(file, result.version_line);
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(announcement)) {
            result.announced = std::stoul(line.substr(announcement.size()));
        } else if (!line.empty() && !line.starts_with('#')) {
            result.cases.push_back(parse_case(line));
        }
    }
    return result;
}

const TestFile& test_file() {
    static const TestFile instance = read_test_file();
    return instance;
}

std::string text_of(const Case& test) {
    std::string text;
    for (const CodePoint& code_point : test.code_points) text += code_point.bytes;
    return text;
}

std::size_t count_of(const Case& test) {
    std::size_t count = 0;
    for (const CodePoint& code_point : test.code_points) count += code_point.begins ? 1 : 0;
    return count;
}

TEST_CASE("the file holds as many cases as it says, and they are many") {
    CHECK(test_file().version_line.starts_with("# GraphemeBreakTest-"));
    CHECK(test_file().cases.size() == test_file().announced);
    CHECK(test_file().cases.size() > 600);
}

TEST_CASE("utf8proc has the tables of the Unicode version that the file is of") {
    CHECK(test_file().version_line.find(utf8proc_unicode_version()) != std::string::npos);
}

TEST_CASE("each case is counted whole") {
    for (const Case& test : test_file().cases) {
        CAPTURE(test.line);
        const std::string text = text_of(test);
        const GraphemeScan expected{count_of(test), text.size(), Utf8Status::valid};
        CHECK((scan_graphemes(text) == expected));
    }
}

TEST_CASE("each case is counted byte by byte, and cut at every offset") {
    for (const Case& test : test_file().cases) {
        CAPTURE(test.line);
        for (const Pieces& pieces : split_at_every_offset(text_of(test))) {
            GraphemeCounter counter;
            for (const std::string& piece : pieces) counter.feed(piece);
            counter.finish();
            CHECK(counter.valid());
            CHECK(counter.graphemes() == count_of(test));
        }
    }
}

TEST_CASE("each case has its breaks where the file has them, not only as many") {
    for (const Case& test : test_file().cases) {
        CAPTURE(test.line);
        GraphemeCounter counter;
        for (const CodePoint& code_point : test.code_points) {
            const auto before = counter.graphemes();
            counter.feed(code_point.bytes);
            CHECK((counter.graphemes() > before) == code_point.begins);
        }
    }
}

TEST_CASE("all cases in one text are counted, with a control character after each") {
    std::string text;
    std::size_t expected = 0;
    for (const Case& test : test_file().cases) {
        text += text_of(test) + '\t';
        expected += count_of(test) + 1;
    }
    CHECK(scan_graphemes(text).graphemes == expected);

    for (std::size_t size = 1; size < 100; ++size) {
        GraphemeCounter counter;
        for (std::size_t at = 0; at < text.size(); at += size) {
            counter.feed(std::string_view(text).substr(at, size));
        }
        CHECK(counter.graphemes() == expected);
    }
}

}  // namespace
