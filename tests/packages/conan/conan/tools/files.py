# SPDX-License-Identifier: BSD-3-Clause
import fnmatch
import pathlib
import shutil


def load(_recipe, path):
    return pathlib.Path(path).read_text()


def copy(_recipe, pattern, src, dst):
    """Files under src whose path from there matches the pattern, of which * also matches a slash."""
    for folder in sorted(pathlib.Path(src).glob(pattern.split("*")[0] or "*")):
        for path in [folder, *folder.rglob("*")]:
            name = path.relative_to(src)
            if path.is_file() and fnmatch.fnmatch(str(name), pattern):
                target = pathlib.Path(dst) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
