#!/bin/sh
# cppcheck finds nothing. It keeps what it knows of unchanged files.

command -v cppcheck >/dev/null || {
    echo "1..0 # SKIP cppcheck is missing (./setup check)"
    exit 0
}
mkdir -p build/cppcheck
echo "1..1"
found=$(make -s --no-print-directory list-analysed |
    cppcheck --file-list=- --cppcheck-build-dir=build/cppcheck -j2 --quiet \
        --platform=win64 --library=windows --std=c11 -I. \
        --enable=warning,performance,portability,style \
        --suppress=missingIncludeSystem --suppress=unusedStructMember \
        --suppress=variableScope --suppress=badBitmaskCheck \
        --suppress=constParameter --inline-suppr --error-exitcode=1 2>&1)
if [ $? -eq 0 ] && [ -z "$found" ]; then
    echo "ok 1 - cppcheck finds nothing"
else
    echo "not ok 1 - cppcheck finds nothing"
    echo "$found" | sed 's/^/# /' >&2
    exit 1
fi
