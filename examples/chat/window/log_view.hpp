// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// LogView: the chat's log, which stays fluid however long it gets.

#ifndef CHARCOUNT_EXAMPLES_CHAT_WINDOW_LOG_VIEW_HPP
#define CHARCOUNT_EXAMPLES_CHAT_WINDOW_LOG_VIEW_HPP

#include <QPlainTextEdit>
#include <QString>
#include <QTextCharFormat>
#include <cstddef>
#include <vector>

#include "../line.hpp"

class QTextCursor;

namespace chat {

/// Shows the last lines; the text can be selected, copied and saved. It follows what is added,
/// unless the reader has scrolled back.
///
/// It is an editor of plain text, which lays out only what is visible. A long line becomes several
/// of its blocks, because one block is laid out as a whole.
class LogView final : public QPlainTextEdit {
public:
    static constexpr int usual_max_blocks = 200'000;
    static constexpr qsizetype max_block_length = 2'000;

    explicit LogView(bool with_times, int max_blocks = usual_max_blocks);

    /// Adds lines. A batch costs little more than one.
    void append(const std::vector<Line>& lines);

    /// The log as it is saved: one line each, whatever its length.
    [[nodiscard]] QString text() const;

protected:
    void changeEvent(QEvent* event) override;

private:
    /// What a piece of text is; kept with it, so that it can be coloured anew.
    enum class Part { time, text, note, fault, own, sender };

    [[nodiscard]] QTextCharFormat format(Part part, const QString& sender = {}) const;
    void append(QTextCursor& cursor, const Line& line);
    void append_long(QTextCursor& cursor, const QString& text, const QTextCharFormat& format);
    void colour_anew();

    const bool with_times_;
    bool is_empty_ = true;
};

}  // namespace chat

#endif
