// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The application around a window.

#include "show_window.hpp"

#include <QApplication>
#include <QIcon>
#include <QPainter>
#include <QPixmap>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "../console.hpp"
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

}  // namespace

int chat::show_window(const Program& program, const Options& options) {
    check_display();
    std::string name = program.name;
    char* arguments[] = {name.data(), nullptr};
    int count = 1;
    const QApplication application(count, arguments);
    QApplication::setWindowIcon(make_icon(program.is_server));
    apply_theme(options.theme);
    ChatWindow window(program.is_server ? "TCP Server" : "TCP Client", options.with_times,
                      print_if_read);
    window.show();
    window.talk(side_of(program, options));
    return QApplication::exec();
}
