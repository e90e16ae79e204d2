#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Each function that the headers declare has a comment in doxygen's eyes: api.py FOLDER_OF_XML"""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def has_comment(member):
    return any("".join(member.find(part).itertext()).strip()
               for part in ("briefdescription", "detaileddescription"))


def main():
    functions = [m for path in sorted(pathlib.Path(sys.argv[1]).glob("*_8h.xml"))
                 for m in ElementTree.parse(path).iter("memberdef") if m.get("kind") == "function"]
    missing = [m for m in functions if m.get("inline") == "no" and not has_comment(m)]
    for member in missing:
        place = member.find("location")
        print(f"{place.get('file')}:{place.get('line')}: {member.findtext('name')} has no comment")
    print(f"{sum(map(has_comment, functions))} functions are documented")
    sys.exit(bool(missing) or len(functions) < 150)


main()
