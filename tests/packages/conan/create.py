# SPDX-License-Identifier: BSD-3-Clause
"""What `conan create` does with a recipe: create.py RECIPE FOLDER VERSION; the package is FOLDER/package."""
import importlib.util
import pathlib
import sys

recipe, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("conanfile", recipe)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
package = module.CisternConan(str(recipe.parent), *(str(folder / name) for name in ("export", "build", "package")))
package.set_version()
if package.version != sys.argv[3]:
    sys.exit(f"the recipe has version {package.version}")
for step in ("export_sources", "configure", "layout", "build", "package", "package_info"):
    getattr(package, step)()
for builddir in package.cpp_info.builddirs:
    if not (folder / "package" / builddir / "cistern-config.cmake").exists():
        sys.exit(f"the package lacks {builddir}/cistern-config.cmake")
