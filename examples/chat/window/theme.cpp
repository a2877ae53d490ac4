// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The palettes of the themes, and colours for text on them.

#include "theme.hpp"

#include <QApplication>
#include <QStringView>
#include <QStyle>
#include <QStyleFactory>
#include <array>
#include <cstddef>

namespace {

struct Shades {
    const char* window;
    const char* base;
    const char* button;
    const char* text;
    const char* faint;
    const char* accent;
    const char* on_accent;
    const char* link;
};

constexpr Shades light{"#f3f4f6", "#ffffff", "#ffffff", "#1f2328",
                       "#7d8590", "#0b57d0", "#ffffff", "#0b57d0"};
constexpr Shades dark{"#1f2125", "#16181b", "#2c2f34", "#e6e8eb",
                      "#8b929c", "#2f6fcf", "#ffffff", "#8ab4f8"};

QPalette to_palette(const Shades& shades) {
    QPalette palette(QColor(shades.button), QColor(shades.window));
    palette.setColor(QPalette::Base, shades.base);
    palette.setColor(QPalette::AlternateBase, shades.window);
    palette.setColor(QPalette::ToolTipBase, shades.base);
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
        palette.setColor(role, shades.text);
    palette.setColor(QPalette::PlaceholderText, shades.faint);
    palette.setColor(QPalette::Highlight, shades.accent);
    palette.setColor(QPalette::HighlightedText, shades.on_accent);
    palette.setColor(QPalette::Link, shades.link);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, shades.faint);
    return palette;
}

QColor mix(const QColor& first, const QColor& second, double part) {
    const auto between = [part](float a, float b) {
        return static_cast<float>(a * part + b * (1 - part));
    };
    return QColor::fromRgbF(between(first.redF(), second.redF()),
                            between(first.greenF(), second.greenF()),
                            between(first.blueF(), second.blueF()));
}

}  // namespace

void chat::apply_theme(Theme theme) {
    if (theme == Theme::system) return;
    QApplication::setStyle(QStyleFactory::create("Fusion"));
    QApplication::setPalette(to_palette(theme == Theme::dark ? dark : light));
}

chat::Colours::Colours(const QPalette& palette)
    : text_(palette.color(QPalette::Text)),
      base_(palette.color(QPalette::Base)),
      is_dark_(base_.lightness() < text_.lightness()) {}

QColor chat::Colours::muted() const {
    return mix(text_, base_, 0.6);
}
QColor chat::Colours::own() const {
    return either("#0b57d0", "#8ab4f8");
}
QColor chat::Colours::fault() const {
    return either("#b3261e", "#f2938c");
}
QColor chat::Colours::good() const {
    return either("#137333", "#81c995");
}

QColor chat::Colours::sender(const QString& name) const {
    constexpr std::array<std::array<const char*, 2>, 6> colours{{{"#137333", "#81c995"},
                                                                 {"#8430ce", "#d7aefb"},
                                                                 {"#a15800", "#fcc96b"},
                                                                 {"#00707a", "#78d9ec"},
                                                                 {"#b80672", "#ff8bcb"},
                                                                 {"#5d4a3c", "#d3c1b0"}}};
    // "Client 2" follows "Client".
    const int number = QStringView(name).mid(name.lastIndexOf(' ') + 1).toInt();
    const auto index = static_cast<std::size_t>(number > 0 ? number - 1 : 0) % colours.size();
    return either(colours[index][0], colours[index][1]);
}

QColor chat::Colours::either(const char* on_light, const char* on_dark) const {
    return QColor(is_dark_ ? on_dark : on_light);
}
