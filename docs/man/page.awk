# SPDX-License-Identifier: BSD-3-Clause
# One man page from what a command prints for --help, which has a man page's sections already:
#   awk -v name=cistern-size -v summary='...' -v version=0.2.0 -f page.awk
BEGIN {
    printf ".TH %s 1 \"\" \"cistern %s\" \"User Commands\"\n", escape(toupper(name)), version
    printf ".SH NAME\n%s \\- %s\n", escape(name), escape(summary)
}

function escape(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    sub(/^[.']/, "\\\\\\&&", text)
    return text
}

/^[A-Z]/ {
    section = $0
    if (section != "NAME")
        print ".SH " section
    next
}

section == "NAME" { next }

/^$/ {
    if (section == "DESCRIPTION")
        print ".PP"
    next
}

{ sub(/^ +/, "", $0) || 1 }

# "-f, --filter BPF   what it does": the gap is two blanks, or the one behind the longest name
section == "OPTIONS" && /^-/ {
    match($0, /^-[^ ]+( -[^ ]+)?( [A-Z][A-Z]+| [A-Z]| 0\|1)? +/)
    option = substr($0, 1, RLENGTH)
    sub(/ +$/, "", option)
    print ".TP\n.B " escape(option)
    print escape(substr($0, RLENGTH + 1))
    next
}

section == "SYNOPSIS" || section == "EXAMPLES" || section == "EXIT STATUS" {
    print escape($0)
    print ".br"
    next
}

{ print escape($0) }

END {
    print ".SH SEE ALSO\n.BR cistern (1)"
}
