# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Run by conan create: builds and runs a program that uses the package.

import os

from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout


class TestPackageConan(ConanFile):
    settings = "os", "arch", "compiler", "build_type"
    generators = "CMakeDeps", "VirtualRunEnv"

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires(self.tested_reference_str)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["WITH_GRAPHEMES"] = self._has_graphemes
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def test(self):
        if can_run(self):
            self._run("test_package")
            if self._has_graphemes:
                self._run("test_graphemes")

    @property
    def _has_graphemes(self):
        return bool(self.dependencies["charcount"].options.graphemes)

    def _run(self, name):
        self.run(os.path.join(self.cpp.build.bindir, name), env="conanrun")
