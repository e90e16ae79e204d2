# SPDX-License-Identifier: BSD-3-Clause
# What doxygen reads of a header: its plain comments as documentation, the first as that of the file. A
# declaration right below another one shares its comment.
FNR == 1 { about_file = 0 }
/SPDX-License-Identifier/ { next }
!about_file && /^\/\* / { sub(/^\/\* /, "/** @file\n * "); about_file = 1 }
{
    sub(/^ *\/\* /, "/** ")
    sub(/[;,]  *\/\* /, "&\001")
    sub(/\/\* \001/, "/**< ")
}
is_below && /^[a-z].*\(/ { print "/** As the one above. */" }
{ print }
{
    is_open = /^[a-z].*[,(]$/ || is_open && !/[;{]$/
    is_below = /;$/ && (!/^ / || was_open)
    was_open = is_open
}
