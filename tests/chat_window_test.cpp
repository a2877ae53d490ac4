// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the chat's windows, as a person uses them; on Qt's screen that nobody sees.

#include <doctest/doctest.h>

#include <QApplication>
#include <QByteArray>
#include <QClipboard>
#include <QElapsedTimer>
#include <QFile>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPushButton>
#include <QScrollBar>
#include <QStatusBar>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QTextCursor>
#include <QTimer>
#include <charcount/client.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <chat/phrases.hpp>
#include <chat/side.hpp>
#include <chat/window/chat_window.hpp>
#include <chat/window/theme.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace chat;
using namespace std::chrono_literals;

template <class F>
using Peer = charcount::Client<charcount::BlockingTcp, F>;

constexpr auto patience = 20s;

// The program that has the windows.
class Desktop {
public:
    Desktop() { QApplication::setQuitOnLastWindowClosed(false); }

    // Runs the loop until the condition holds.
    static bool until(const std::function<bool()>& holds) {
        QElapsedTimer time;
        time.start();
        while (!holds()) {
            if (time.elapsed() > std::chrono::milliseconds(patience).count()) return false;
            QApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 20);
        }
        return true;
    }

private:
    static inline int count_ = 1;
    static inline char name_[] = "chat_window_test";
    static inline char* arguments_[] = {name_, nullptr};
    const bool is_unseen_ = qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application_{count_, arguments_};
};

void press(QWidget& widget, int key, const QString& text = {},
           Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    for (const auto type : {QEvent::KeyPress, QEvent::KeyRelease}) {
        QKeyEvent event(type, key, modifiers, text);
        QApplication::sendEvent(&widget, &event);
    }
}

void type(ChatWindow& window, const QString& text) {
    for (const char32_t character : text.toUcs4())
        press(window.entry(), 0, QString::fromUcs4(&character, 1));
}

void say(ChatWindow& window, const QString& text) {
    type(window, text);
    press(window.entry(), Qt::Key_Return, "\r");
}

// The lines of the log, in the order in which they came.
QStringList lines(ChatWindow& window) {
    return window.log().text().split('\n', Qt::SkipEmptyParts);
}

bool logs(ChatWindow& window, const QString& line) {
    return Desktop::until([&] { return lines(window).contains(line); });
}

bool logs_beginning(ChatWindow& window, const QString& begin) {
    return Desktop::until([&] {
        for (const QString& line : lines(window))
            if (line.startsWith(begin)) return true;
        return false;
    });
}

// One side with its window.
struct Shown {
    ChatWindow window;

    Shown(const char* title, const MakeSide& make_side) : window(title, false) {
        window.show();
        window.talk(make_side);
    }

    [[nodiscard]] std::uint16_t port() { return window.side()->port(); }
};

std::unique_ptr<Shown> show_server(Wire wire = Wire::raw, std::uint16_t port = 0) {
    return std::make_unique<Shown>("TCP Server", [=](Events events) {
        return make_server({.port = port, .wire = wire}, std::move(events));
    });
}

std::unique_ptr<Shown> show_client(std::uint16_t port, Wire wire = Wire::raw) {
    return std::make_unique<Shown>("TCP Client", [=](Events events) {
        return make_client({.port = port, .wire = wire}, std::move(events));
    });
}

// Both sides, connected.
struct Pair {
    Desktop desktop;
    std::unique_ptr<Shown> server;
    std::unique_ptr<Shown> client;

    explicit Pair(Wire wire = Wire::raw)
        : server(show_server(wire)), client(show_client(server->port(), wire)) {
        REQUIRE(logs(client->window, "Terhubung ke server..."));
        REQUIRE(logs_beginning(server->window, "Terhubung dengan ('127.0.0.1', "));
    }
};

}  // namespace

TEST_CASE("what is typed in one window is in the log of both") {
    Pair pair;
    CHECK(pair.server->window.windowTitle() == "TCP Server");
    CHECK(pair.client->window.windowTitle() == "TCP Client");
    CHECK(lines(pair.server->window).first() == "Menunggu koneksi client...");
    for (const char* text :
         {"Halo, apa kabar?", "漢字かな交じり文", "👨‍👩‍👧‍👦 🎉"}) {
        say(pair.client->window, text);
        CHECK(logs(pair.client->window, QString("Client: ") + text));
        CHECK(logs(pair.server->window, QString("Client: ") + text));
        say(pair.server->window, text);
        CHECK(logs(pair.server->window, QString("Server: ") + text));
        CHECK(logs(pair.client->window, QString("Server: ") + text));
    }
    CHECK(pair.client->window.entry().text().isEmpty());
}

TEST_CASE("a click on the button and its letter send as Return does") {
    Pair pair;
    ChatWindow& window = pair.client->window;
    CHECK(window.button().text().remove('&') == "Kirim");
    type(window, "satu");
    window.button().click();
    CHECK(logs(pair.server->window, "Client: satu"));
    type(window, "dua");
    press(window.button(), Qt::Key_Space, " ");
    CHECK(logs(pair.server->window, "Client: dua"));
    CHECK_FALSE(window.button().shortcut().isEmpty());
}

TEST_CASE("every control is reached with Tab") {
    const Desktop desktop;
    const auto shown = show_server();
    ChatWindow& window = shown->window;
    window.activateWindow();
    REQUIRE(Desktop::until([&] { return window.entry().hasFocus(); }));
    press(window.entry(), Qt::Key_Tab);
    CHECK(window.button().hasFocus());
    press(window.button(), Qt::Key_Tab);
    CHECK(window.log().hasFocus());
    press(window.log(), Qt::Key_Tab);
    CHECK(window.entry().hasFocus());
}

TEST_CASE("an empty message is not sent, and one that can't be sent stays in the entry") {
    const Desktop desktop;
    const auto server = show_server();
    say(server->window, "halo?");
    CHECK(server->window.entry().text() == "halo?");

    const auto client = show_client(server->port());
    REQUIRE(logs_beginning(server->window, "Terhubung dengan "));
    say(client->window, "   ");
    client->window.entry().clear();
    press(server->window.entry(), Qt::Key_Return, "\r");
    CHECK(server->window.entry().text().isEmpty());
    CHECK(logs(client->window, "Server: halo?"));
    for (const QString& line : lines(client->window)) CHECK_FALSE(line.startsWith("Client:"));
}

TEST_CASE("a client whose server goes says so, and finds the next one") {
    Pair pair;
    const std::uint16_t port = pair.server->port();
    pair.server.reset();
    CHECK(logs_beginning(pair.client->window, "Koneksi ditutup oleh server; mencoba lagi dalam "));
    CHECK(pair.client->window.state().startsWith("Tidak terhubung, mencoba lagi dalam "));
    say(pair.client->window, "masih ada?");
    CHECK(pair.client->window.entry().text() == "masih ada?");
    CHECK(logs_beginning(pair.client->window, "Koneksi ditolak: tidak ada server di 127.0.0.1:"));

    pair.server = show_server(Wire::raw, port);
    REQUIRE(logs_beginning(pair.server->window, "Terhubung dengan "));
    REQUIRE(Desktop::until(
        [&] { return pair.client->window.state().startsWith("Terhubung ke 127.0.0.1:"); }));
    press(pair.client->window.entry(), Qt::Key_Return, "\r");
    CHECK(logs(pair.server->window, "Client: masih ada?"));
}

TEST_CASE("a server whose client goes says so, and serves the next one") {
    Pair pair;
    pair.client.reset();
    CHECK(logs_beginning(pair.server->window, "Koneksi ditutup oleh client ('127.0.0.1', "));
    CHECK(pair.server->window.state().startsWith("Menunggu client"));
    Peer<charcount::RawFraming> plain("127.0.0.1", pair.server->port());
    plain.send("saya python");
    CHECK(logs(pair.server->window, "Client: saya python"));
    say(pair.server->window, "halo python");
    CHECK(plain.receive() == "halo python");
}

TEST_CASE("a port that is taken is said in the window") {
    const Desktop desktop;
    const auto first = show_server();
    const auto second = show_server(Wire::raw, first->port());
    CHECK(logs_beginning(second->window, "Tidak bisa menunggu client: "));
    say(second->window, "tidak ada");
    CHECK(second->window.entry().text() == "tidak ada");
}

TEST_CASE("a pasted mebibyte arrives whole") {
    Pair pair(Wire::line);
    std::string text;
    while (text.size() < 1024 * 1024 - 8) text += "漢字 kata-kata ";
    QApplication::clipboard()->setText(QString::fromStdString(text));
    pair.client->window.entry().paste();
    press(pair.client->window.entry(), Qt::Key_Return, "\r");
    CHECK(logs(pair.server->window, QString::fromStdString("Client: " + text)));
    CHECK(pair.client->window.entry().text().isEmpty());
}

TEST_CASE("a pasted text of several lines is shown line by line, and too long a one stays") {
    Pair pair;
    QLineEdit& entry = pair.client->window.entry();
    QApplication::clipboard()->setText("satu\ndua\n");
    entry.paste();
    press(entry, Qt::Key_Return, "\r");
    CHECK(logs(pair.server->window, "Client: satu"));
    CHECK(logs(pair.server->window, "Client: dua"));
    QApplication::clipboard()->setText(QString(1'048'577, 'x'));
    entry.paste();
    press(entry, Qt::Key_Return, "\r");
    CHECK(entry.text().size() == 1'048'577);
    CHECK(pair.client->window.statusBar()->currentMessage().startsWith("Belum terkirim: paling"));
}

TEST_CASE("the log can be selected, copied and saved") {
    const Desktop desktop;
    LogView log(false);
    const std::string text(5'000, 'x');
    log.append({{.text = "Terhubung ke server..."},
                {.kind = Line::Kind::sent, .sender = "Client", .text = text + "漢"},
                {.kind = Line::Kind::received, .sender = "Server", .text = "🎉"}});
    CHECK(log.blockCount() > 3);  // the long one was cut for the screen, and for it alone
    const QString saved =
        QString::fromStdString("Terhubung ke server...\nClient: " + text + "漢\nServer: 🎉\n");
    CHECK(log.text() == saved);
    log.selectAll();
    log.copy();
    CHECK(QApplication::clipboard()->text().startsWith("Terhubung ke server...\nClient: xxx"));

    const QTemporaryDir folder;
    const auto server = show_server();
    REQUIRE(logs(server->window, "Menunggu koneksi client..."));
    CHECK(server->window.save_log(folder.filePath("chat.txt")));
    QFile file(folder.filePath("chat.txt"));
    REQUIRE(file.open(QIODevice::ReadOnly));
    CHECK(file.readAll() == "Menunggu koneksi client...\n");
    CHECK_FALSE(server->window.save_log(folder.filePath("tidak/ada/chat.txt")));
}

TEST_CASE("a reader who has scrolled back stays there, others follow") {
    const Desktop desktop;
    LogView log(true);
    log.resize(300, 200);
    log.show();
    log.append(std::vector<Line>(100, {.text = "baris"}));
    QScrollBar& bar = *log.verticalScrollBar();
    CHECK(bar.value() == bar.maximum());
    bar.setValue(10);
    log.append(std::vector<Line>(100, {.text = "baris"}));
    CHECK(bar.value() == 10);
    bar.setValue(bar.maximum());
    log.append({{.text = "baris"}});
    CHECK(bar.value() == bar.maximum());
}

TEST_CASE("the last line is in sight after each that is added, also where lines wrap") {
    const Desktop desktop;
    LogView log(true);
    log.resize(560, 300);
    log.show();
    QApplication::processEvents();
    const auto shows_end = [&] {
        QTextCursor end(log.document());
        end.movePosition(QTextCursor::End);
        return log.viewport()->rect().contains(log.cursorRect(end).center());
    };
    for (int words = 1; words < 60; ++words) {
        std::string text;
        for (int i = 0; i < words; ++i) text += "kata ";
        log.append({{.kind = Line::Kind::sent, .sender = "Client", .text = text}});
        QApplication::processEvents();
        CHECK(shows_end());
        CHECK(log.verticalScrollBar()->value() == log.verticalScrollBar()->maximum());
        if (words == 30) log.resize(300, 200);
        QApplication::processEvents();
        CHECK(shows_end());
    }
}

// So many lines as of people who talk.
std::vector<Line> talk_of(int count) {
    std::vector<Line> lines;
    for (int i = 0; i < count; ++i)
        lines.push_back({.kind = Line::Kind::received,
                         .sender = "Client " + std::to_string(i % 9 + 1),
                         .text = "pesan yang agak panjang, nomor " + std::to_string(i)});
    return lines;
}

TEST_CASE("a log of a hundred thousand lines stays fluid") {
    const Desktop desktop;
    LogView log(true);
    log.resize(500, 400);
    log.show();
    log.append(talk_of(100'000));
    QElapsedTimer time;
    const auto takes = [&](const std::function<void()>& act) {
        time.start();
        act();
        QApplication::processEvents();
        return time.elapsed();
    };
    CHECK(takes([&] { log.append(talk_of(1)); }) < 1'000);
    CHECK(takes([&] { press(log, Qt::Key_PageUp); }) < 1'000);
    CHECK(takes([&] { log.verticalScrollBar()->setValue(0); }) < 1'000);
    CHECK(takes([&] { log.resize(400, 300); }) < 1'000);
    CHECK(takes([&] { apply_theme(Theme::dark); }) < 10'000);  // once in a blue moon
}

TEST_CASE("a log keeps its last lines, as many as it may") {
    const Desktop desktop;
    LogView log(false, 100);
    log.append(talk_of(150));
    log.append(talk_of(20));
    CHECK(log.blockCount() == 100);
    CHECK(log.text().startsWith("Client 8: pesan yang agak panjang, nomor 70\n"));
    CHECK(log.text().endsWith("nomor 19\n"));
}

TEST_CASE("text is readable on light and on dark") {
    const Desktop desktop;
    for (const Theme theme : {Theme::light, Theme::dark}) {
        apply_theme(theme);
        const Colours colours((QPalette(QApplication::palette())));
        const int base = QApplication::palette().color(QPalette::Base).lightness();
        for (const QColor& colour :
             {colours.text(), colours.muted(), colours.own(), colours.fault(), colours.good(),
              colours.sender("Server"), colours.sender("Client 2"), colours.sender("Client 3"),
              colours.sender("Client 6")})
            CHECK(std::abs(colour.lightness() - base) > 60);
    }
}

TEST_CASE("a flood from a hundred clients neither freezes the window nor loses a line") {
    constexpr int clients = 100;
    constexpr int messages = 1'000;
    const Desktop desktop;
    const auto server = show_server(Wire::line);
    const std::uint16_t port = server->port();
    const Peer<charcount::LineFraming> asleep("127.0.0.1", port);

    qint64 longest_gap = 0;
    QElapsedTimer since_tick;
    QTimer ticks;
    QObject::connect(&ticks, &QTimer::timeout,
                     [&] { longest_gap = std::max(longest_gap, since_tick.restart()); });
    std::vector<std::string> heard(clients);
    std::jthread flood([&] {
        std::vector<std::unique_ptr<Peer<charcount::LineFraming>>> all;
        for (int i = 0; i < clients; ++i)
            all.push_back(std::make_unique<Peer<charcount::LineFraming>>("127.0.0.1", port));
        for (int message = 0; message < messages; ++message)
            for (int i = 0; i < clients; ++i)
                all[static_cast<std::size_t>(i)]->send(std::string("c")
                                                           .append(std::to_string(i))
                                                           .append(" m")
                                                           .append(std::to_string(message)));
        for (std::size_t i = 0; i < clients; ++i) heard[i] = all[i]->receive();
    });
    since_tick.start();
    ticks.start(1);
    const auto blocks = [&] { return server->window.log().blockCount(); };
    REQUIRE(Desktop::until([&] { return server->window.state() == "Terhubung: 101 client"; }));
    say(server->window, "tenang, semua dibaca");
    // A client that ends has its line, too: those of the others may come before another's last.
    REQUIRE(Desktop::until([&] { return blocks() >= clients * messages + 2 * clients + 2; }));
    flood.join();
    ticks.stop();
    CHECK(longest_gap < 500);
    for (const std::string& line : heard) CHECK(line == "tenang, semua dibaca");

    std::vector<int> next(clients);
    for (const QString& line : lines(server->window)) {
        const QStringList words = line.section(": ", 1).split(' ');
        if (!line.startsWith("Client") || !words[0].startsWith('c')) continue;
        int& expected = next[words[0].mid(1).toUInt()];
        CHECK(words[1] == "m" + QString::number(expected));
        ++expected;
    }
    for (const int count : next) CHECK(count == messages);
}
