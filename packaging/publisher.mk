# SPDX-License-Identifier: BSD-3-Clause
# Who publishes the packages, and where: placeholders, until a registry has them. The Makefile reads this, and
# tests/packages.py holds every file that repeats a value against it; docs/install.md lists those files.
MAINTAINER = the cistern authors
EMAIL      = cistern@packages.invalid
URL        = urn:cistern
