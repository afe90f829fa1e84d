#!/bin/sh
# All C sources are laid out as clang-format 14 does it (make format).

version=$(clang-format --version 2>/dev/null | sed -n 's/.*version \([0-9]*\).*/\1/p')
if [ "$version" != 14 ]; then
    echo "1..0 # SKIP clang-format is ${version:-missing}, not version 14"
    exit 0
fi

n=0
status=0
for file in $(make -s --no-print-directory list-sources); do
    n=$((n + 1))
    if clang-format --dry-run --Werror "$file" 2>/dev/null; then
        echo "ok $n - $file"
    else
        echo "not ok $n - $file (make format)"
        status=1
    fi
done
echo "1..$n"
exit $status
