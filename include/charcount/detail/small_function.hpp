// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SmallFunction: a function object behind one type, kept in place.

#ifndef CHARCOUNT_DETAIL_SMALL_FUNCTION_HPP
#define CHARCOUNT_DETAIL_SMALL_FUNCTION_HPP

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace charcount::detail {

template <class Signature>
class SmallFunction;

/// A `std::function` takes memory from the heap for whatever owns something; a timer and an
/// acceptor would do that anew for each connection. This one can be moved and not copied.
///
/// *Thread safety*: none.
template <class... Args>
class SmallFunction<void(Args...)> {
    /// A shared pointer and a pointer to a member take four of these.
    static constexpr std::size_t room = 6 * sizeof(void*);

public:
    /// None.
    SmallFunction() noexcept = default;

    template <class Function>
    requires std::is_invocable_v<Function&, Args...> SmallFunction(Function function)
    noexcept : type_(&type_of<Function>) {
        static_assert(sizeof(Function) <= room && alignof(Function) <= alignof(std::max_align_t));
        static_assert(std::is_nothrow_move_constructible_v<Function>);
        ::new (static_cast<void*>(memory_)) Function(std::move(function));
    }

    SmallFunction(SmallFunction&& other) noexcept { take(other); }
    SmallFunction& operator=(SmallFunction&& other) noexcept {
        SmallFunction last(std::move(*this));
        take(other);
        return *this;
    }
    ~SmallFunction() {
        if (type_) type_->destroy(memory_);
    }

    [[nodiscard]] explicit operator bool() const noexcept { return type_ != nullptr; }

    void operator()(Args... args) { type_->call(memory_, std::forward<Args>(args)...); }

private:
    struct Type {
        void (*call)(void* function, Args&&... args);
        void (*move)(void* from, void* to) noexcept;  ///< and destroys it where it was
        void (*destroy)(void* function) noexcept;
    };

    template <class Function>
    static constexpr Type type_of = {
        [](void* function, Args&&... args) {
            (*static_cast<Function*>(function))(std::forward<Args>(args)...);
        },
        [](void* from, void* to) noexcept {
            auto& function = *static_cast<Function*>(from);
            ::new (to) Function(std::move(function));
            function.~Function();
        },
        [](void* function) noexcept { static_cast<Function*>(function)->~Function(); }};

    void take(SmallFunction& other) noexcept {
        type_ = std::exchange(other.type_, nullptr);
        if (type_) type_->move(other.memory_, memory_);
    }

    const Type* type_ = nullptr;
    alignas(std::max_align_t) std::byte memory_[room];
};

}  // namespace charcount::detail

#endif
