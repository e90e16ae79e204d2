#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Takes the picture of the page that README.md shows: picture.py PAGE PICTURE"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../tests/tool"))
from browser import Browser  # noqa: E402 - found by the line before

page, picture = sys.argv[1:3]
with Browser() as browser:
    browser.size(1200, 960)
    browser.scheme("light")
    browser.open(page)
    browser.evaluate("document.querySelector('#pools').hidden = true")  # README.md shows the table as text
    browser.frames()
    browser.picture(picture)
    if browser.errors:
        raise SystemExit(browser.errors)
