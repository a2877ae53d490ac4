# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The Conan 2 recipe, for the sources beside it: conan create . -s compiler.cppstd=20

import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout
from conan.tools.scm import Version

required_conan_version = ">=2.1"


class CharcountConan(ConanFile):
    name = "charcount"
    description = "A C++20 message server and client on standalone Asio"
    license = "MIT"
    topics = ("asio", "networking", "server", "client", "utf-8", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"graphemes": [True, False]}
    default_options = {"graphemes": False}
    exports_sources = "LICENSE", "include/*"
    no_copy_source = True

    @property
    def _oldest_compilers(self):
        return {"gcc": "12", "clang": "14"}

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "include/charcount/version.hpp"))
        self.version = re.search(r'version = "([0-9.]+)"', header).group(1)

    def layout(self):
        basic_layout(self)

    def requirements(self):
        self.requires("asio/[>=1.22.1 <2]", transitive_headers=True)
        if self.options.graphemes:
            self.requires("utf8proc/[>=2.8 <3]", transitive_headers=True, transitive_libs=True)

    def package_id(self):
        self.info.clear()

    def validate(self):
        check_min_cppstd(self, 20)
        oldest = self._oldest_compilers.get(str(self.settings.compiler))
        if oldest and Version(self.settings.compiler.version) < oldest:
            raise ConanInvalidConfiguration(
                f"{self.ref} needs {self.settings.compiler} {oldest} or newer"
            )

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        for pattern in ("*.hpp", "*.ipp"):
            copy(
                self,
                pattern,
                os.path.join(self.source_folder, "include"),
                os.path.join(self.package_folder, "include"),
            )

    def package_info(self):
        # The names of the CMake package that the sources install.
        self.cpp_info.set_property("cmake_file_name", "charcount")
        self.cpp_info.set_property("cmake_target_name", "charcount::charcount")
        self.cpp_info.set_property("pkg_config_name", "charcount")
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        main = self.cpp_info
        if self.options.graphemes:
            main = self.cpp_info.components["core"]
            main.set_property("cmake_target_name", "charcount::core")
            main.requires = ["asio::asio"]
            graphemes = self.cpp_info.components["graphemes"]
            graphemes.set_property("cmake_target_name", "charcount::graphemes")
            graphemes.requires = ["core", "utf8proc::utf8proc"]
            for component in (main, graphemes):
                component.bindirs = []
                component.libdirs = []
        main.defines = ["ASIO_STANDALONE"]
        if self.settings.os in ("Linux", "FreeBSD"):
            main.system_libs = ["pthread"]
