#!/bin/sh
# A copy of the project in a folder with a space and Korean letters in its name
# is built, played, drawn, swept, graded and proven there, from the first
# compilation on. Left out is what looks at the text of the sources only, or
# makes a copy of its own; and all topics but one, which has two programs with a
# part that both share.

place="build/tests/a clone 한글"
topic=06-read-modes
rm -rf "$place"
mkdir -p "$place/build"
tar --exclude=./build --exclude=./.git -cf - . | tar -xf - -C "$place"
ln -s ../../../wine "$place/build/wine"
unset MAKEFLAGS MFLAGS MAKELEVEL PERL_TEST_HARNESS_DUMP_TAP

n=0
failed=0
passes()
{
    n=$((n + 1))
    what=$1
    shift
    if (cd "$place" && "$@") >build/tests/clone.log 2>&1 </dev/null; then
        echo "ok $n - $what"
    else
        failed=1
        tail -n 80 build/tests/clone.log | sed 's/^/# /' >&2
        echo "not ok $n - $what"
    fi
}

scripts()
{
    for script in checks/project/*.t; do
        case ${script##*/} in
        analysis.t | cppcheck.t | format.t | glossary.t) ;;
        grading.t | learner.t | new-lesson.t | setup.t | submissions.t) ;;
        *) echo "$script" ;;
        esac
    done
}

passes "a copy is built" make -j2 all graded viewer "exercises/$topic/how"
passes "its right answers are proven" \
    checks/prove-answers "checks/right/$topic/"*.patch
passes "so is the topic" make "build/tests/$topic.t"
# shellcheck disable=SC2046 # names without blanks
passes "the tests of what is built there" env CLONE=1 \
    mk/prove "build/tests/$topic.t" $(scripts)
[ "$failed" -ne 0 ] || rm -rf "$place"
echo "1..$n"
exit "$failed"
