# SPDX-License-Identifier: BSD-3-Clause
# bash completion of cistern: commands and options are those that the program's --help lists.

_cistern_commands() {
    cistern --help 2>/dev/null | sed -n 's/^ *cistern \([a-z][a-z]*\) \[OPTION.*/\1/p' | sort -u
}

_cistern_options() { # COMMAND
    cistern "$1" --help 2>/dev/null | sed -n 's/^ *\(-[a-z], \)\{0,1\}\(--[a-z][a-z-]*\).*/\2/p'
}

_cistern() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_cistern_commands) --help --version" -- "$word")
        return
    fi
    case $before in
    --format) mapfile -t COMPREPLY < <(compgen -W "text json lwipopts lwippools syscfg sdkconfig" -- "$word") ;;
    --pointer) mapfile -t COMPREPLY < <(compgen -W "16 32 64" -- "$word") ;;
    --threads) mapfile -t COMPREPLY < <(compgen -W "0 1" -- "$word") ;;
    *)
        case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "$(_cistern_options "$command")" -- "$word") ;;
        *) compopt -o filenames 2>/dev/null && mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        esac
        ;;
    esac
}

complete -F _cistern cistern
