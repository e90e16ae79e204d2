#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Each include of the library follows an arrow of docs/architecture.md's table of layers, and no header
# includes itself through others; what pages say of functions is so: architecture.sh ROOT
set -eu
cd "$1"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# Each file, its include as written, one pair per line.
find src include ports -name '*.[ch]' -o -name '*.inc' | sort >"$work/files"
[ "$(wc -l <"$work/files")" -ge 100 ] || {
    echo "architecture.sh: $1 is not the library's root" >&2
    exit 1
}
# shellcheck disable=SC2046 # no name has a space
grep -HE '^ *# *include *"' $(cat "$work/files") |
    sed -E 's/^([^:]*): *# *include *"([^"]*)".*/\1 \2/' >"$work/includes"

# The layers: "path<TAB>layer" and "layer<TAB>layer that it may include".
sed -n '/^## Layers/,/^## F/p' docs/architecture.md | awk -F ' *\\| *' -v out="$work" '
    NF == 5 && $2 != "layer" && $2 !~ /^-/ {
        count = split($3, paths, "`")
        for (i = 2; i <= count; i += 2)
            print paths[i] "\t" $2 >(out "/paths")
        count = split($4, allowed, ", *")
        for (i = 1; i <= count; ++i)
            print $2 "\t" allowed[i] >(out "/arrows")
    }'

# Resolves the includes as PORT compiles them, and writes the edges between files.
check_port() {
    port=$1
    awk -F '\t' -v port="$port" -v edges="$work/edges" '
        FILENAME ~ /paths$/ { layer_at[$1] = $2; next }
        FILENAME ~ /arrows$/ { may[$1, $2] = 1; next }
        FILENAME ~ /files$/ { is_file[$1] = 1; next }
        { split($0, pair, " "); check(pair[1], pair[2]) }

        function layer_of(path,    prefix) {
            for (prefix = path; prefix != ""; ) {
                if (prefix in layer_at)
                    return layer_at[prefix]
                if (!sub(/\/[^\/]*$/, "", prefix))
                    return ""
            }
        }
        function directory(path) {
            sub(/\/[^\/]*$/, "", path)
            return path
        }
        function resolve(from, name,    i, count, places, path) {
            count = split(directory(from) " src include include/standalone ports/" port \
                          " ports/common", places, " ")
            for (i = 1; i <= count; ++i) {
                path = places[i] "/" name
                while (sub(/[^\/]+\/\.\.\//, "", path))
                    ;
                if (path in is_file)
                    return path
            }
            return ""
        }
        function is_other_port(path) {
            return path ~ /^ports\// && path !~ ("^ports/(" port "|common)/")
        }
        # The circles that the page allows; of each, one arrow is left out.
        function is_in_circle(from, name) {
            return (from ~ /\/lwip\/memp\.h$/ && name == "lwip/stats.h") ||
                   (from ~ /\/os\/os_mempool\.h$/ && name == "os/os.h")
        }
        function check(from, name,    to, mine, its) {
            if (is_other_port(from))
                return
            mine = layer_of(from)
            to = resolve(from, name)
            its = to == "" ? (name ~ /^arch\// ? "contract" : "user") : layer_of(to)
            if (its == "port" && mine != "port" && name ~ /^arch\//)
                its = "contract"
            if (mine == "" || its == "") {
                print "docs/architecture.md has no layer for " (mine == "" ? from : to)
                failed = 1
            } else if (mine != its && !((mine, its) in may)) {
                print from " (" mine ") includes " name " (" its "), which docs/architecture.md does not allow"
                failed = 1
            }
            if (to != "" && !is_in_circle(from, name))
                print from, to >edges
        }
        END { exit failed }
    ' "$work/paths" "$work/arrows" "$work/files" "$work/includes" >&2 || return 1
    tsort "$work/edges" >/dev/null 2>"$work/circle" || {
        echo "headers that include each other in a circle, as $port has it:" >&2
        sed 's/^tsort: //' "$work/circle" >&2
        return 1
    }
}

# Sections whose heading has "through a" or "through the": the sources have each function that a table names,
# and each file is there.
check_ways() {
    awk '/^## / { way = /through (a|the) / && FILENAME != "docs/architecture.md" } way && /^\|/' docs/*.md |
        grep -oE '`[a-z_/.0-9]+`' | tr -d '`' | sort -u >"$work/named"
    [ "$(wc -l <"$work/named")" -ge 40 ] || {
        echo "architecture.sh: the pages show no ways through the code" >&2
        return 1
    }
    wrong=0
    while read -r name; do
        case $name in
        */*) [ -f "$name" ] ;;
        *.[ch]) find src include ports tools -name "$name" | grep -q . ;;
        *) grep -rqwE --include='*.[ch]' "$name" src include ports tools/cistern ;;
        esac || {
            echo "docs: there is no $name" >&2
            wrong=1
        }
    done <"$work/named"
    return $wrong
}

status=0
check_ways || status=1
for folder in ports/*/; do
    name=$(basename "$folder")
    [ "$name" = common ] || check_port "$name" || status=1
done
exit $status
