// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ChatWindow: one side of the chat as a window.

#ifndef CHARCOUNT_EXAMPLES_CHAT_WINDOW_CHAT_WINDOW_HPP
#define CHARCOUNT_EXAMPLES_CHAT_WINDOW_CHAT_WINDOW_HPP

#include <QMainWindow>
#include <QString>
#include <functional>
#include <memory>
#include <variant>

#include "../side.hpp"
#include "log_view.hpp"
#include "mailbox.hpp"

class QLabel;
class QLineEdit;
class QPushButton;

namespace chat {

/// A log, an entry and a button. Both sides have the same window; they differ in what they do.
///
/// The network has a thread of its own. What it tells waits in a mailbox, from which the window
/// takes a batch in each turn of its loop: so neither freezes the other.
class ChatWindow final : public QMainWindow {
public:
    /// Told of each line before the window shows it, on the network thread.
    using Tap = std::function<void(const Line&)>;

    ChatWindow(
        const QString& title, bool with_times, Tap tap = [](const Line&) {});
    ~ChatWindow() override;

    /// Makes the side and starts it; when that fails, the log says why.
    void talk(const MakeSide& make_side);

    /// Sends what the entry holds; the text stays there when it can't be sent.
    void send();

    /// Writes the log to a file; says in the status bar what went wrong. True: all is written.
    bool save_log(const QString& path);

    [[nodiscard]] LogView& log() noexcept { return *log_; }
    [[nodiscard]] QLineEdit& entry() noexcept { return *entry_; }
    [[nodiscard]] QPushButton& button() noexcept { return *button_; }
    [[nodiscard]] QString state() const;
    [[nodiscard]] Side* side() noexcept { return side_.get(); }

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    using News = std::variant<Line, Status>;

    void make_controls();
    void colour_controls();
    void make_menus();
    void make_status_bar();
    void ask_where_to_save();
    void hint(const QString& why);
    void deliver_soon();
    void deliver();
    void show_status(const Status& status);
    void end();

    LogView* log_;
    QLineEdit* entry_;
    QPushButton* button_;
    QLabel* dot_;
    QLabel* state_;
    Status status_;
    const Tap tap_;
    Mailbox<News> mailbox_;
    std::unique_ptr<Side> side_;
};

}  // namespace chat

#endif
