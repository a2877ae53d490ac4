// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the chat's parts that need no socket: lines, waits, numbers, names.

#include <doctest/doctest.h>

#include <chat/backoff.hpp>
#include <chat/line.hpp>
#include <chat/numbers.hpp>
#include <chat/phrases.hpp>
#include <chat/side.hpp>
#include <chat/speech.hpp>
#include <chat/window/mailbox.hpp>
#include <chrono>
#include <cstddef>
#include <semaphore>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace chat;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

// Speech whose lines are kept as text.
struct Told {
    Lines lines;
    Speech speech;

    explicit Told(std::string name)
        : speech({.on_line = [this](const Line& line) { lines.push_back(to_text(line)); }},
                 "Client", std::move(name)) {}
};

}  // namespace

TEST_CASE("the lines of a message are shown one by one, without what could mislead") {
    CHECK(printable_lines("halo") == Lines{"halo"});
    CHECK(printable_lines("satu\r\n\n\tdua\n") == Lines{"satu", " dua"});
    CHECK(printable_lines("\x1b[2J\xff") == Lines{"\\x1b[2J\\xff"});
    CHECK(printable_lines("\n").empty());
}

TEST_CASE("a message of blanks is blank") {
    CHECK(is_blank(""));
    CHECK(is_blank(" \t\r\n"));
    CHECK_FALSE(is_blank(" a "));
}

TEST_CASE("waits grow up to a limit, and each is shortened at random by half at most") {
    Backoff backoff(1);
    std::set<Backoff::Wait> last_waits;
    for (auto most = Backoff::shortest; most < Backoff::longest; most *= 2) {
        const auto wait = backoff.next();
        CHECK(wait >= most / 2);
        CHECK(wait <= most);
    }
    for (int i = 0; i < 100; ++i) {
        const auto wait = backoff.next();
        CHECK(wait >= Backoff::longest / 2);
        CHECK(wait <= Backoff::longest);
        last_waits.insert(wait);
    }
    CHECK(last_waits.size() > 10);
    backoff.reset();
    CHECK(backoff.next() <= Backoff::shortest);
}

TEST_CASE("a client gets the lowest number that is free") {
    Numbers numbers;
    CHECK(numbers.take() == 1);
    CHECK(numbers.take() == 2);
    CHECK(numbers.take() == 3);
    numbers.give_back(2);
    CHECK(numbers.count() == 2);
    CHECK(numbers.take() == 2);
    CHECK(Numbers::label(1) == "Client");
    CHECK(Numbers::label(2) == "Client 2");
}

TEST_CASE("a name goes before what is written here") {
    Told named("Budi");
    CHECK(named.speech.to_wire("halo\n") == "Budi: halo");
    named.speech.sent("halo");
    named.speech.received("Server", "halo Budi");
    CHECK(named.lines == Lines{"Budi: halo", "Server: halo Budi"});

    Told nameless("");
    CHECK(nameless.speech.to_wire("halo\r\n") == "halo");
    nameless.speech.sent("halo");
    CHECK(nameless.lines == Lines{"Client: halo"});
}

TEST_CASE("of a long message that could not be sent the log shows the beginning") {
    Told told("");
    told.speech.unsent("pendek", "tidak ada koneksi");
    told.speech.unsent(std::string(199, 'x') + "漢字", "tidak ada koneksi");
    CHECK(told.lines ==
          Lines{"Tidak terkirim (tidak ada koneksi): pendek",
                "Tidak terkirim (tidak ada koneksi): " + std::string(199, 'x') + "..."});
}

TEST_CASE("a mailbox is emptied in batches, and notifies once until it is empty") {
    int notified = 0;
    Mailbox<int> mailbox(10, [&] { ++notified; });
    for (const int item : {1, 2, 3}) mailbox.put(item);
    CHECK(notified == 1);
    auto batch = mailbox.take(2);
    CHECK(batch.items == std::vector<int>{1, 2});
    CHECK(batch.has_more);
    mailbox.put(4);
    CHECK(notified == 1);
    batch = mailbox.take(2);
    CHECK(batch.items == std::vector<int>{3, 4});
    CHECK_FALSE(batch.has_more);
    mailbox.put(5);
    CHECK(notified == 2);
}

TEST_CASE("whoever puts into a full mailbox waits for room, or for its end") {
    std::counting_semaphore<> notes(0);
    Mailbox<int> mailbox(2, [&] { notes.release(); });
    std::thread other([&] {
        for (int item = 0; item < 100; ++item) mailbox.put(item);
    });
    std::vector<int> taken;
    while (taken.size() < 50) {
        notes.acquire();
        for (bool has_more = true; has_more;) {
            const auto batch = mailbox.take(10);
            CHECK(batch.items.size() <= 2);
            taken.insert(taken.end(), batch.items.begin(), batch.items.end());
            has_more = batch.has_more;
        }
    }
    for (std::size_t i = 0; i < taken.size(); ++i) CHECK(taken[i] == static_cast<int>(i));
    mailbox.close();  // the other thread ends
    other.join();
    mailbox.put(1);
}

TEST_CASE("addresses and times are written as readers expect them") {
    CHECK(pair("127.0.0.1", 5000) == "('127.0.0.1', 5000)");
    CHECK(address("::1", 9000) == "[::1]:9000");
    CHECK(seconds(340ms) == "0,3 detik");
    CHECK(seconds(9'999ms) == "10,0 detik");
    CHECK(time_of_day(Line::Clock::now()).size() == 8);
}
