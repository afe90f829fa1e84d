#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests common/: what report_error and die print, what use_utf8_console does to
# the console, and that arguments arrive as they were typed.

# The calling make's flags are not for the makes that are started here.
unset MAKEFLAGS MFLAGS MAKELEVEL
programs=build/checks/project/common
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
count=0

# ---- results ----

result()    # ok|not ok, what
{
    count=$((count + 1))
    echo "$1 $count - $2"
}

is()        # what, seen, expected
{
    if [ "$2" = "$3" ]; then
        result ok "$1"
    else
        result 'not ok' "$1"
        printf 'expected:\n%s\nseen:\n%s\n' "$3" "$2" | cut -c 1-200 |
            iconv -c -f UTF-8 -t UTF-8 | sed 's/^/# /'
    fi
}

like()      # what, seen, a pattern of the shell
{
    # shellcheck disable=SC2254 # the pattern is meant as one
    case $2 in
    $3) result ok "$1" ;;
    *) is "$1" "$2" "$3" ;;
    esac
}

skip()      # what, why
{
    result ok "$1 # SKIP $2"
}

# ---- programs ----

# Prints what the program prints, to stderr too, without Windows's line ends,
# and last its exit status where that is not 0.
run()
{
    timeout 30 mk/run "$@" >"$dir/out" 2>&1
    status=$?
    tr -d '\r' <"$dir/out"
    [ $status -eq 0 ] || echo "status $status"
}

subject()
{
    run $programs/subject.exe "$@"
}

# The same for a user whose language is Korean: under Wine, LC_ALL says so. The
# program's own code page would then be 949.
subject_in_korean()
{
    LC_ALL=ko_KR.UTF-8 WINEPREFIX="$PWD/build/wine" WINEDEBUG=-all \
        timeout 30 wine $programs/subject.exe "$@" 2>&1 | tr -d '\r'
}

if ! make -s -C checks/project/common >"$dir/log" 2>&1; then
    sed 's/^/# /' "$dir/log"
    echo 'Bail out!  the test programs do not build'
    exit 1
fi
# Makes Wine ready, where it is used.
mk/run </dev/null || {
    echo 'Bail out!  environment: Windows programs do not run here'
    exit 1
}

# ---- the line ----

# The text is the system's own: only its place in the line is known.
like 'a code with a text and a name' "$(subject report CreateFileW 2)" \
    'CreateFileW: [A-Z]*. (error 2, ERROR_FILE_NOT_FOUND)'
like 'a code with a text, without a name in the table' \
    "$(subject report CreateFileW 1227)" 'CreateFileW: ?* (error 1227)'
is 'a code without text and name' "$(subject report CreateFileW 12345)" \
    'CreateFileW: error 12345'
is 'the largest code' "$(subject report WaitForSingleObject 4294967295)" \
    'WaitForSingleObject: error 4294967295'
like 'a code whose text holds an insert' \
    "$(subject report CreateProcessW 193)" \
    'CreateProcessW: *%1*. (error 193, ERROR_BAD_EXE_FORMAT)'
like 'a call in Korean' "$(subject report '파일 열기' 2)" \
    '파일 열기: [A-Z]*. (error 2, ERROR_FILE_NOT_FOUND)'
is 'the line is one line' "$(subject report CreateFileW 2 | wc -l)" 1
is 'nothing goes to stdout' \
    "$(timeout 30 mk/run $programs/subject.exe report X 2 2>/dev/null)" ''
is 'the line is written in one piece' \
    "$(run $programs/pieces.exe "$programs/subject.exe report CreateFileW 2")" 1
like 'the line is out when the program is killed after it' \
    "$(subject killed CreateFileW 2)" 'CreateFileW: *_NOT_FOUND)'

# ---- texts that no system has at hand ----

name='(error 2, ERROR_FILE_NOT_FOUND)'
text()      # the case of texts.c, the expected line
{
    is "a text with $1" "$(run $programs/texts.exe "$1")" "$2"
}
repeat()    # how often, what
{
    awk -v n="$1" -v what="$2" 'BEGIN { while (n-- > 0) printf "%s", what }'
}

text 'blank at the end' "CreateFileW: Not there. $name"
text 'several lines' "CreateFileW: One. Two %1! Three. $name"
text 'nothing but breaks' 'CreateFileW: error 2, ERROR_FILE_NOT_FOUND'
text 'percent signs' "CreateFileW: %s %n 100% $name"
text 'outside ASCII' "CreateFileW: 파일 café 😀. $name"
text 'half a character' "CreateFileW: a� z $name"
is 'a text as long as the room' \
    "$(run $programs/texts.exe 'as long as the room')" \
    "CreateFileW: $(repeat 2047 한) $name"
is 'a text of 900 bytes is written in one piece' \
    "$(run $programs/pieces.exe "$programs/texts.exe \"900 bytes\"")" 1
is 'a text longer than the room: number and name' \
    "$(run $programs/texts.exe 'longer than the room')" \
    'CreateFileW: error 2, ERROR_FILE_NOT_FOUND'
is 'a very long call is not cut' "$(run $programs/texts.exe 'a long call')" \
    "$(repeat 9999 c): Not there. $name"

# ---- die ----

like 'die reports the last error and ends with 1' \
    "$(subject die ReadFile 109)" "ReadFile: * (error 109, ERROR_BROKEN_PIPE)
status 1"

# ---- the table of names ----

subject names >"$dir/names"
is 'each name is found by its number, and no other' \
    "$(sed '$d' "$dir/names" | awk '$2 != $3')$(tail -n 1 "$dir/names")" NULL
is 'the table is sorted' \
    "$(sed '$d' "$dir/names")" "$(sed '$d' "$dir/names" | sort -n -u)"

# ---- another language ----

case $(uname -s) in
Linux) korean=$(subject_in_korean korean) ;;
*) korean='' ;;
esac
if [ "$korean" = some ]; then
    like 'the text is in the language of the user' \
        "$(subject_in_korean report CreateFileW 2)" \
        'CreateFileW: *[가-힣]*. (error 2, ERROR_FILE_NOT_FOUND)'
    like 'an insert in Korean' "$(subject_in_korean report CreateProcessW 193)" \
        'CreateProcessW: *%1*. (error 193, ERROR_BAD_EXE_FORMAT)'
    is 'the code page is UTF-8 where the system has another' \
        "$(subject_in_korean code-page)" 65001
else
    why='no Korean texts, or no way to ask for them without changing the system'
    skip 'the text is in the language of the user' "$why"
    skip 'an insert in Korean' "$why"
    skip 'the code page is UTF-8 where the system has another' "$why"
fi

# ---- arguments ----

# shellcheck disable=SC1003 # a backslash, and no quote behind it
is 'arguments arrive as they were typed' "$(subject arguments \
    '한글 café 😀' '*' 'c?mmon' 'a "b" c' '\' 'd\\"' '' '%PATH%')" \
    '<한글 café 😀>
<*>
<c?mmon>
<a "b" c>
<\>
<d\\">
<>
<%PATH%>'

# ---- the console ----

is 'use_utf8_console keeps the last error' "$(subject keep 1234)" 1234
for ending in return exit die; do
    what="the code page is UTF-8, and the former one after $ending"
    pages=$(run $programs/page.exe $ending 2>&1 | grep -v '^page:' | tr '\n' ' ')
    case $pages in
    'no console'*) skip "$what" 'no console can be had' ;;
    *) is "$what" "$pages" '949 65001 949 ' ;;
    esac
done

# ---- the makefile ----

is 'make does and says nothing when all is there' \
    "$(make -s -C common && make -C common --no-print-directory)" ''
is 'a change of precompiled.h makes all anew that holds it' \
    "$(make -C common -n -W ../mk/precompiled.h | grep -o '[-]o [^ ]*' |
        sed 's/.*[/]//' | sort | tr '\n' ' ')" \
    'console.o error.o precompiled.h.gch '

folder="$dir/한글 and a space"
mkdir "$folder"
cp -r common mk "$folder"
is 'make works in a folder with a space and Korean letters' \
    "$(make -s -j2 -C "$folder/common" 2>&1 &&
        find "$folder/build/common" -name '*.o' | wc -l)" 3
# -H marks a precompiled header that is taken by an exclamation mark.
is 'gcc takes the precompiled header' "$(make -s -C "$folder/common" -B \
    CPPFLAGS='-Winvalid-pch -H' 2>&1 | grep -c '^! .*precompiled')" 2

echo "1..$count"
