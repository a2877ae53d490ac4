// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The window's controls, and what goes in and out.

#include "chat_window.hpp"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QKeySequence>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMetaObject>
#include <QPushButton>
#include <QSaveFile>
#include <QStatusBar>
#include <QTimer>
#include <QVBoxLayout>
#include <limits>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../phrases.hpp"
#include "theme.hpp"

namespace {

constexpr std::size_t mailbox_capacity = 4'000;
constexpr std::size_t news_in_one_turn = 400;
constexpr qsizetype max_letters = 1'048'576;
constexpr int hint_milliseconds = 4'000;

}  // namespace

chat::ChatWindow::ChatWindow(const QString& title, bool with_times, Tap tap)
    : log_(new LogView(with_times)),
      entry_(new QLineEdit),
      button_(new QPushButton("&Kirim")),
      dot_(new QLabel("●")),
      state_(new QLabel),
      tap_(std::move(tap)),
      mailbox_(mailbox_capacity, [this] {
          QMetaObject::invokeMethod(
              this, [this] { deliver_soon(); }, Qt::QueuedConnection);
      }) {
    setWindowTitle(title);
    make_controls();
    make_menus();
    make_status_bar();
    resize(560, 440);
    entry_->setFocus();
}

chat::ChatWindow::~ChatWindow() {
    end();
}

void chat::ChatWindow::talk(const MakeSide& make_side) {
    side_ = make_side({.on_line =
                           [this](const Line& line) {
                               tap_(line);
                               mailbox_.put(line);
                           },
                       .on_status = [this](const Status& status) { mailbox_.put(status); }});
    try {
        side_->start();
    } catch (const std::system_error& error) {
        const std::string text = "Tidak bisa menunggu client: " + reason(error.code());
        const Line line{.kind = Line::Kind::fault, .text = text};
        tap_(line);
        log_->append({line});
        show_status({false, "Tidak aktif: " + reason(error.code())});
        side_.reset();
    }
}

void chat::ChatWindow::send() {
    const QString written = entry_->text();
    const std::string text = written.toStdString();
    if (is_blank(text)) return;
    if (written.size() > max_letters) return hint("paling panjang 1.048.576 huruf");
    if (!side_ || !side_->send(text))
        return hint(status_.is_connected ? "masih banyak yang menunggu"
                                         : "tidak ada yang terhubung");
    entry_->clear();
    statusBar()->clearMessage();
}

void chat::ChatWindow::hint(const QString& why) {
    statusBar()->showMessage("Belum terkirim: " + why, hint_milliseconds);
}

bool chat::ChatWindow::save_log(const QString& path) {
    QSaveFile file(path);
    const QByteArray text = log_->text().toUtf8();
    const bool is_saved =
        file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.commit();
    statusBar()->showMessage(
        is_saved ? "Log disimpan di " + path : "Log tidak bisa disimpan: " + file.errorString(),
        hint_milliseconds);
    return is_saved;
}

QString chat::ChatWindow::state() const {
    return state_->text();
}

void chat::ChatWindow::closeEvent(QCloseEvent* event) {
    hide();
    end();
    event->accept();
}

void chat::ChatWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) colour_controls();
}

void chat::ChatWindow::make_controls() {
    entry_->setPlaceholderText("Tulis pesan...");
    // With a limit of its own it takes minutes over a paste that is too long.
    entry_->setMaxLength(std::numeric_limits<int>::max());
    entry_->setAccessibleName("Pesan");
    button_->setDefault(true);
    button_->setMinimumWidth(fontMetrics().averageCharWidth() * 14);
    for (QWidget* control : {static_cast<QWidget*>(entry_), static_cast<QWidget*>(button_)})
        control->setMinimumHeight(fontMetrics().height() * 2);
    entry_->setTextMargins(6, 0, 6, 0);
    connect(entry_, &QLineEdit::returnPressed, this, [this] { send(); });
    connect(button_, &QPushButton::clicked, this, [this] {
        send();
        entry_->setFocus();
    });

    auto* row = new QHBoxLayout;
    row->addWidget(entry_, 1);
    row->addWidget(button_);
    auto* column = new QVBoxLayout;
    column->setContentsMargins(12, 8, 12, 4);
    column->setSpacing(10);
    column->addWidget(log_, 1);
    column->addLayout(row);
    auto* all = new QWidget;
    all->setLayout(column);
    setCentralWidget(all);
    setTabOrder(entry_, button_);
    setTabOrder(button_, log_);
}

void chat::ChatWindow::colour_controls() {
    const Colours colours(palette());
    const QColor state = status_.is_connected ? colours.good() : colours.fault();
    QPalette dot = palette();
    dot.setColor(QPalette::WindowText, state);
    dot_->setPalette(dot);
    QPalette button = palette();
    button.setColor(QPalette::Button, palette().color(QPalette::Highlight));
    button.setColor(QPalette::ButtonText, palette().color(QPalette::HighlightedText));
    button_->setPalette(button);
}

void chat::ChatWindow::make_menus() {
    const auto add = [this](QMenu* menu, const char* text, const QKeySequence& keys, auto run) {
        auto* action = menu->addAction(text);
        action->setShortcut(keys);
        connect(action, &QAction::triggered, this, run);
    };
    QMenu* file = menuBar()->addMenu("&Berkas");
    add(file, "&Simpan log...", QKeySequence::Save, [this] { ask_where_to_save(); });
    file->addSeparator();
    add(file, "K&eluar", Qt::CTRL | Qt::Key_Q, [this] { close(); });
    QMenu* view = menuBar()->addMenu("&Tampilan");
    add(view, "Huruf lebih &besar", QKeySequence::ZoomIn, [this] { log_->zoomIn(); });
    add(view, "Huruf lebih &kecil", QKeySequence::ZoomOut, [this] { log_->zoomOut(); });
}

void chat::ChatWindow::make_status_bar() {
    statusBar()->setContentsMargins(8, 0, 0, 0);
    statusBar()->addWidget(dot_);
    statusBar()->addWidget(state_, 1);
    show_status({});
}

void chat::ChatWindow::ask_where_to_save() {
    const QString path = QFileDialog::getSaveFileName(this, "Simpan log", "chat.txt");
    if (!path.isEmpty()) save_log(path);
}

/// What Qt has queued it does before it looks at the keyboard, also what is queued meanwhile. A
/// timer has its turn after the keyboard.
void chat::ChatWindow::deliver_soon() {
    QTimer::singleShot(0, this, [this] { deliver(); });
}

void chat::ChatWindow::deliver() {
    std::vector<Line> lines;
    bool has_received = false;
    auto [all_news, has_more] = mailbox_.take(news_in_one_turn);
    for (News& news : all_news) {
        if (const auto* status = std::get_if<Status>(&news)) {
            show_status(*status);
        } else {
            lines.push_back(std::move(std::get<Line>(news)));
            has_received = has_received || lines.back().kind == Line::Kind::received;
        }
    }
    log_->append(lines);
    if (has_received && !isActiveWindow()) QApplication::alert(this);
    if (has_more) deliver_soon();
}

void chat::ChatWindow::show_status(const Status& status) {
    status_ = status;
    colour_controls();
    state_->setText(QString::fromStdString(status.text));
}

void chat::ChatWindow::end() {
    mailbox_.close();
    if (side_) side_->stop();
}
