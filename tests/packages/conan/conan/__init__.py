# SPDX-License-Identifier: BSD-3-Clause
"""A stand-in of what packaging/conan/conanfile.py uses of Conan's."""


class Settings:
    def rm_safe(self, _name):
        pass


class Properties:
    def set_property(self, _name, _value):
        pass


class ConanFile:
    def __init__(self, recipe, export, build, package):
        self.recipe_folder, self.export_sources_folder = recipe, export
        self.source_folder, self.build_folder, self.package_folder = export, build, package
        self.settings, self.cpp_info, self.version = Settings(), Properties(), None
