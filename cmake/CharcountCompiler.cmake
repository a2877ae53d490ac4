# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Says whether the compiler is new enough, for the build and for installed packages.

# charcount_check_compiler(<result>)
#
# <result> is empty, or the sentence that tells the user what is wrong.
function(charcount_check_compiler result)
  set(oldest_GNU 12)
  set(oldest_Clang 14)
  set(${result} "" PARENT_SCOPE)
  set(id "${CMAKE_CXX_COMPILER_ID}")
  if(NOT id)
    set(${result} "charcount needs a C++ compiler: enable the language CXX in project()" PARENT_SCOPE)
  elseif((DEFINED oldest_${id} AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS oldest_${id})
         OR NOT cxx_std_20 IN_LIST CMAKE_CXX_COMPILE_FEATURES
  )
    set(${result}
        "charcount needs a C++20 compiler: GCC ${oldest_GNU}, clang ${oldest_Clang}, or newer; this is ${id} ${CMAKE_CXX_COMPILER_VERSION} (${CMAKE_CXX_COMPILER}). Choose another with -DCMAKE_CXX_COMPILER=..."
        PARENT_SCOPE
    )
  endif()
endfunction()
