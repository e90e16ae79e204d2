#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# docs/options.md has every option of the headers, as the headers have it: options_page.sh ROOT
exec python3 "$1/tools/options.py" --check
