// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// From the command line to the window.

#include "window_program.hpp"

#include <CLI/App.hpp>
#include <QApplication>
#include <QFont>
#include <QIcon>
#include <QPainter>
#include <QPixmap>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "../../programs/command_line.hpp"
#include "../console.hpp"
#include "../options.hpp"
#include "chat_window.hpp"
#include "theme.hpp"

namespace {

using namespace chat;

/// Qt would end the process with a core dump.
void check_display() {
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        if (const char* value = std::getenv(name); value && *value) return;
    throw std::runtime_error(
        "there is no display to show a window on; chat_server and chat_client need none");
}

/// A speech bubble: filled for the server, an outline for the client.
QIcon make_icon(bool is_filled) {
    QPixmap picture(128, 128);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor colour(0x0b, 0x57, 0xd0);
    painter.setPen(QPen(colour, 12, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(is_filled ? colour : QColor(Qt::white));
    painter.drawRoundedRect(12, 18, 104, 72, 18, 18);
    painter.drawPolygon(QPolygon({{34, 90}, {34, 116}, {62, 90}}));
    return QIcon(picture);
}

int show_window(const WindowProgram& program, const Settings& settings, Theme theme,
                bool with_times) {
    check_display();
    std::string name = program.name;
    char* arguments[] = {name.data(), nullptr};
    int count = 1;
    const QApplication application(count, arguments);
    QApplication::setApplicationDisplayName("");
    QApplication::setWindowIcon(make_icon(program.is_server));
    apply_theme(theme);
    ChatWindow window(QString::fromStdString(program.title), with_times, print_if_read);
    window.show();
    window.talk([&](Events events) { return program.make_side(settings, std::move(events)); });
    return QApplication::exec();
}

}  // namespace

int chat::run_window(const WindowProgram& program, int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);

    Settings settings;
    Theme theme = Theme::system;
    bool without_times = false;
    CLI::App app(program.description, program.name);
    programs::prepare(app, program.name + " [OPTION]...");
    add_options(app, settings);
    if (program.is_server) add_max_clients(app, settings);
    programs::add_choice<Theme>(
        app, "--theme", theme,
        {{"system", Theme::system}, {"light", Theme::light}, {"dark", Theme::dark}},
        "Colours of the window [system]");
    app.add_flag("--no-timestamps", without_times, "Don't show the time of day before each line");
    app.footer("Exit status: 0; 1 without a display, 2 for a wrong option.");
    return programs::run(app, argc, argv,
                         [&] { return show_window(program, settings, theme, !without_times); });
}
