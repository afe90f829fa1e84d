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
    echo "not ok 1 - a clone passes its tests"
    tail -n 40 build/tests/clone.log | sed 's/^/# /'
    exit 1
fi
