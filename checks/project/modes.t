#!/bin/sh
# The page of pipe modes says what calls say: a program prints its tables.
# Run from the top folder: prove checks/project/modes.t

out=build/checks/modes
echo 1..2
make -s -C checks/modes WERROR=1 2>&1 | sed 's/^/# /' >&2
if timeout 60 mk/run $out/modes.exe >$out/tables 2>$out/errors </dev/null; then
    echo "ok 1 - every pipe of the tables can be tried"
else
    echo "not ok 1 - every pipe of the tables can be tried"
    sed 's/^/# /' $out/errors
fi
perl docs/modes.pl <$out/tables >$out/page.md
if difference=$(diff docs/pipe-modes.md $out/page.md); then
    echo "ok 2 - pipe-modes.md says what the program finds"
else
    echo "not ok 2 - pipe-modes.md says what the program finds"
    echo "# run 'make -C docs pages'"
    echo "$difference" | sed 's/^/# /' >&2
fi
