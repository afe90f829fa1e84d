#!/bin/sh
# The Wine prefix: made once, said so, also when two ask for it at once; and
# nothing of the user's is touched.

case $(uname -s) in
MINGW* | MSYS* | CYGWIN*)
    echo "1..0 # SKIP Windows needs no prefix"
    exit 0
    ;;
esac

place="build/tests/fresh prefix 새"
rm -rf "$place"
mkdir -p "$place/home" "$place/build/checks/specimens/lens"
cp -r mk "$place"
cp build/checks/specimens/lens/specimen.exe "$place"

n=0
failed=0
check()
{
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        failed=1
    fi
}

# Both are waited for by their ids.
for i in 1 2; do
    HOME="$PWD/$place/home" "$place/mk/run" "$place/specimen.exe" end 7 \
        >"$place/out-$i" 2>"$place/err-$i" </dev/null &
    pids="$pids $!"
done
for pid in $pids; do
    wait "$pid"
    [ $? -eq 7 ]
    check $? "a program runs and its exit status comes through"
done
[ "$(cat "$place"/err-* | grep -c '^Making the Wine prefix')" -eq 1 ]
check $? "making the prefix is said once"
[ -f "$place/build/wine/system.reg" ] && [ ! -e "$place/build/wine.new" ]
check $? "the prefix is whole"
[ ! -e "$place/home/.wine" ] && [ ! -e "$place/home/.local/share/applications" ]
check $? "the user's own folder is not touched"
grep -q ready "$place/out-1" && grep -q ready "$place/out-2"
check $? "both print what they print"
"$place/mk/run" "$place/specimen.exe" end 0 >"$place/out-3" 2>"$place/err-3"
[ ! -s "$place/err-3" ]
check $? "the next use says nothing"

WINEPREFIX="$PWD/$place/build/wine" wineserver -k
WINEPREFIX="$PWD/$place/build/wine" wineserver -w
rm -rf "$place"
echo "1..$n"
exit $failed
