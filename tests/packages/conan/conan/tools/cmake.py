# SPDX-License-Identifier: BSD-3-Clause
import subprocess


def cmake_layout(_recipe):
    pass


class CMake:
    def __init__(self, recipe):
        self.recipe = recipe

    def configure(self, variables):
        subprocess.run(["cmake", "-S", self.recipe.source_folder, "-B", self.recipe.build_folder, "-G", "Ninja",
                        *(f"-D{name}={value}" for name, value in variables.items())], check=True)

    def build(self):
        subprocess.run(["cmake", "--build", self.recipe.build_folder], check=True)

    def install(self):
        subprocess.run(["cmake", "--install", self.recipe.build_folder, "--prefix", self.recipe.package_folder],
                       check=True)
