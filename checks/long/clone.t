#!/bin/sh
# A copy of the project in a folder with a space and Korean letters in its
# name passes all tests, from the first compilation on.

place="build/tests/a clone 한글"
rm -rf "$place"
mkdir -p "$place/build"
tar --exclude=./build --exclude=./.git -cf - . | tar -xf - -C "$place"
ln -s ../../../wine "$place/build/wine"
echo "1..1"
if (
    cd "$place" && unset MAKEFLAGS MFLAGS MAKELEVEL PERL_TEST_HARNESS_DUMP_TAP
    env CLONE=1 make -j2 check
) >build/tests/clone.log 2>&1 </dev/null; then
    echo "ok 1 - $(tail -n 1 build/tests/clone.log)"
    rm -rf "$place"
else
    tail -n 80 build/tests/clone.log | sed 's/^/# /' >&2
    echo "not ok 1 - a clone passes its tests: $(
        sed -n 's/^\(.*\.t\):not ok [0-9]* - /\1: /p' build/tests/clone.log |
            tr '\n' ';')"
    exit 1
fi
