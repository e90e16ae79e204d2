# SPDX-License-Identifier: BSD-3-Clause
"""Conan recipe: conan create packaging/conan

The package has the sources and the CMake files: a program's lwipopts.h decides how they are built, so that
find_package(cistern) builds them in the project that needs them. See docs/install.md.
"""
import os
import re

from conan import ConanFile
from conan.tools.cmake import CMake, cmake_layout
from conan.tools.files import copy, load


class CisternConan(ConanFile):
    name = "cistern"
    license = "BSD-3-Clause"
    description = "Memory, packet buffers and an OS layer for small network stacks"
    topics = ("memory", "pool", "allocator", "lwip", "mynewt", "embedded")
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"
    generators = "CMakeToolchain"

    def _root(self):
        return os.path.join(self.recipe_folder, os.pardir, os.pardir)

    def set_version(self):
        text = load(self, os.path.join(self._root(), "include/cistern/version.h"))
        self.version = ".".join(re.findall(r"^#define CISTERN_VERSION_(?:MAJOR|MINOR|PATCH) +(\d+)$", text, re.M))

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "README.md", "cmake/*", "include/*", "src/*", "ports/*"):
            copy(self, pattern, src=self._root(), dst=self.export_sources_folder)

    def configure(self):
        self.settings.rm_safe("compiler.libcxx")
        self.settings.rm_safe("compiler.cppstd")

    def layout(self):
        cmake_layout(self)

    def build(self):
        cmake = CMake(self)
        cmake.configure(variables={"CISTERN_BUILD_TOOL": "OFF"})
        cmake.build()

    def package(self):
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "cistern")]
        self.cpp_info.includedirs = []
        self.cpp_info.libs = []
