// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The colours of the windows: the system's, or a light or a dark set.

#ifndef CHARCOUNT_EXAMPLES_CHAT_WINDOW_THEME_HPP
#define CHARCOUNT_EXAMPLES_CHAT_WINDOW_THEME_HPP

#include <QColor>
#include <QPalette>
#include <QString>

#include "../program.hpp"

namespace chat {

/// Applies a theme to the whole program. `system` leaves all as it is.
void apply_theme(Theme theme);

/// Colours that are readable on the background of a palette, be it light or dark.
class Colours {
public:
    explicit Colours(const QPalette& palette);

    [[nodiscard]] QColor text() const { return text_; }
    [[nodiscard]] QColor muted() const;  ///< for what matters less
    [[nodiscard]] QColor own() const;    ///< the sender of what was written here
    [[nodiscard]] QColor fault() const;
    [[nodiscard]] QColor good() const;

    /// One of several, the same for the same sender.
    [[nodiscard]] QColor sender(const QString& name) const;

private:
    [[nodiscard]] QColor either(const char* on_light, const char* on_dark) const;

    QColor text_;
    QColor base_;
    bool is_dark_;
};

}  // namespace chat

#endif
