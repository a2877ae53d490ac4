// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The log's text, its colours, and what is kept of it.

#include "log_view.hpp"

#include <QEvent>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <algorithm>
#include <string>

#include "theme.hpp"

namespace {

constexpr int part_property = QTextFormat::UserProperty + 1;
constexpr int sender_property = QTextFormat::UserProperty + 2;

/// The state of a block that goes on with the line of the one before.
constexpr int continues = 1;

QString to_qt(const std::string& text) {
    return QString::fromStdString(text);
}

}  // namespace

chat::LogView::LogView(bool with_times, int max_blocks) : with_times_(with_times) {
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setUndoRedoEnabled(false);
    setMaximumBlockCount(max_blocks);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setFrameShape(QFrame::StyledPanel);
    document()->setDocumentMargin(12);
    zoomIn(1);
    setAccessibleName("Log percakapan");
}

void chat::LogView::append(const std::vector<Line>& lines) {
    if (lines.empty()) return;
    const bool follows = verticalScrollBar()->value() == verticalScrollBar()->maximum();
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    cursor.beginEditBlock();
    for (const Line& line : lines) append(cursor, line);
    cursor.endEditBlock();
    if (follows) verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

QString chat::LogView::text() const {
    QString text;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        if (block.userState() != continues && block != document()->begin()) text += '\n';
        text += block.text();
    }
    return is_empty_ ? text : text + '\n';
}

void chat::LogView::changeEvent(QEvent* event) {
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) colour_anew();
}

QTextCharFormat chat::LogView::format(Part part, const QString& sender) const {
    const Colours colours(palette());
    QTextCharFormat format;
    format.setProperty(part_property, static_cast<int>(part));
    switch (part) {
        case Part::time:
        case Part::note:
            format.setForeground(colours.muted());
            break;
        case Part::fault:
            format.setForeground(colours.fault());
            break;
        case Part::text:
            break;
        case Part::own:
        case Part::sender:
            format.setFontWeight(QFont::DemiBold);
            format.setProperty(sender_property, sender);
            format.setForeground(part == Part::own ? colours.own() : colours.sender(sender));
            break;
    }
    return format;
}

void chat::LogView::append(QTextCursor& cursor, const Line& line) {
    if (!std::exchange(is_empty_, false)) cursor.insertBlock();
    if (with_times_) cursor.insertText(to_qt(time_of_day(line.time)) + "  ", format(Part::time));
    const bool is_speech = !line.sender.empty();
    if (is_speech) {
        const QString sender = to_qt(line.sender);
        const Part part = line.kind == Line::Kind::sent ? Part::own : Part::sender;
        cursor.insertText(sender + ":", format(part, sender));
    }
    const Part part = line.kind == Line::Kind::fault  ? Part::fault
                      : line.kind == Line::Kind::note ? Part::note
                                                      : Part::text;
    append_long(cursor, (is_speech ? " " : "") + to_qt(line.text), format(part));
}

void chat::LogView::append_long(QTextCursor& cursor, const QString& text,
                                const QTextCharFormat& format) {
    for (qsizetype begin = 0; begin < text.size();) {
        qsizetype size = std::min(max_block_length, text.size() - begin);
        // A character of two units is not cut.
        if (begin + size < text.size() && text[begin + size].isLowSurrogate()) --size;
        if (begin > 0) {
            cursor.insertBlock();
            cursor.block().setUserState(continues);
        }
        cursor.insertText(text.mid(begin, size), format);
        begin += size;
    }
}

void chat::LogView::colour_anew() {
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        for (auto at = block.begin(); !at.atEnd(); ++at) {
            const QTextFragment fragment = at.fragment();
            const QTextCharFormat old = fragment.charFormat();
            if (!old.hasProperty(part_property)) continue;
            cursor.setPosition(fragment.position());
            cursor.setPosition(fragment.position() + fragment.length(), QTextCursor::KeepAnchor);
            cursor.setCharFormat(format(static_cast<Part>(old.intProperty(part_property)),
                                        old.stringProperty(sender_property)));
        }
    }
    cursor.endEditBlock();
}
