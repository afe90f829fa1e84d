#!/bin/sh
# The lens: what it defines, what it records, how it meddles with calls.
# Run from the top folder: prove checks/project/lens.t

CROSS_COMPILE=${CROSS_COMPILE-x86_64-w64-mingw32-}
out=build/checks/project/lens
tests=0

# test_is SENTENCE SEEN EXPECTED
test_is()
{
    tests=$((tests + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $tests - $1"
    else
        echo "not ok $tests - $1"
        printf 'seen:\n%s\nexpected:\n%s\n' "$2" "$3" | sed 's/^/#   /'
    fi
}

log=$(make -s -C checks/project/lens WERROR=1 2>&1) || {
    echo "$log" | tail -12 | sed 's/^/# /' >&2
    echo "Bail out! The lens's test programs could not be built."
    exit 1
}
test_is "it builds, and links with kernel32 alone, without a word" "$log" ""

# The table's functions, one name a line.
calls=$(sed -n 's/^LENS_[A-Z]*(\([A-Za-z_]*, \)\{0,1\}\([A-Za-z_]*\), *\((.*\)\{0,1\}$/\2/p' \
    lens/calls.h)

# Whatever a program can link with is a function of the table, or gives memory.
memory='malloc|calloc|realloc|free|_?strdup|_wcsdup'
foreign=$("${CROSS_COMPILE}nm" -g --defined-only build/lens/lens.o |
    sed 's/.* //; s/^__imp_//' | sort -u | grep -vxF "$calls" |
    grep -vxE "$memory|__stack_chk_(fail|guard)")
test_is "every global symbol is in the table, or memory's" "$foreign" ""

defined=$("${CROSS_COMPILE}nm" -g --defined-only build/lens/lens.o |
    sed -n 's/.* __imp_//p' | grep -vxE "$memory" | sort)
test_is "every function of the table is there" \
    "$defined" "$(echo "$calls" | sort)"

# The lens's own functions are not for the program: it can't call them, and
# those of the same names are its own.  Two files, or the compiler would know
# what is where.
names=$out/names
mkdir -p "$names"
cat >"$names/calls.c" <<'END'
void lens_stop(const char *, const char *, const char *);
extern unsigned char lens_on;
int main(void) { lens_on = 0; lens_stop("", "", ""); return 0; }
END
cat >"$names/main.c" <<'END'
#include <windows.h>
int lens_stop(int);
extern int lens_on, lens_real, lens_table;
int main(void)
{
    BOOL failed = !SetEvent(CreateEventW(NULL, TRUE, FALSE, NULL));
    return lens_stop(lens_on + lens_real + lens_table + 8 * failed);
}
END
cat >"$names/own.c" <<'END'
int lens_on = 1, lens_real = 2, lens_table = 4;
int lens_stop(int status) { return status; }
END
link_with_lens()
{
    "${CROSS_COMPILE}gcc" -std=c11 -o "$names/main.exe" "$@" build/lens/lens.o
}
undefined=$(link_with_lens "$names/calls.c" 2>&1 |
    sed -n 's/.*undefined reference to [^A-Za-z_]*\([a-z_.]*\).*/\1/p' | sort -u)
test_is "a program can't call the lens's functions, nor see its variables" \
    "$(echo $undefined)" "lens_on lens_stop"
link_with_lens "$names/main.c" "$names/own.c" 2>&1 | sed 's/^/# /' >&2
mk/run "$names/main.exe" </dev/null
test_is "what it names so itself is its own" "$?" 7
LENS_FAULT=SetEvent:1:6 mk/run "$names/main.exe" </dev/null
test_is "and the lens meddles with its calls all the same" "$?" 15

# Only lens_real may be used inside, or a call would come back to the lens.
inside=$("${CROSS_COMPILE}nm" -u build/lens/parts/*.o |
    sed -n 's/.* U \(__imp_\)\{0,1\}//p' | sort -u | grep -xF "$calls")
test_is "the lens itself calls none of them by name" "$inside" ""

# An entry for a function that neither the import library nor Windows has:
# a program that calls it links all the same, and says so when it gets there.
missing=$out/missing
mkdir -p "$missing/lens"
cp lens/*.[ch] "$missing/lens"
rm "$missing/lens/reader.c"
sed '/^LENS_VOID(Sleep,/i\
LENS_CALL(BOOL, NoSuchFunctionW, (HANDLE pipe), (pipe),\
    FALSE, LENS_PLAIN, LENS_AS_IS, "pipe=%h", "1450")' \
    lens/calls.h >"$missing/lens/calls.h"
cat >"$missing/main.c" <<'END'
__declspec(dllimport) int __stdcall NoSuchFunctionW(void *pipe);
int main(void) { return NoSuchFunctionW(0); }
END
"${CROSS_COMPILE}gcc" -std=c11 -I"$missing" -D_WIN32_WINNT=0x0A00 \
    -DWIN32_LEAN_AND_MEAN -include build/common/precompiled.h -Og -g \
    -o "$missing/main.exe" "$missing/main.c" "$missing"/lens/*.c 2>&1 |
    sed 's/^/# /' >&2
said=$(mk/run "$missing/main.exe" 2>&1 </dev/null)
test_is "an entry for a missing function does not break linking" "$? $said" \
    "2 lens: this Windows lacks a function that the program calls"

# The tests in Windows code; each has its own deadlines.
seen=$(timeout 120 mk/run "$out/watch.exe" "$out" 2>/dev/null) </dev/null
seen=$(echo "$seen" | tr -d '\r')
echo "$seen" | sed '/^1\.\./d' | awk -v first="$tests" '
    /^(not )?ok / { sub(/ok [0-9]+/, "ok " ++first) } { print }'
tests=$((tests + $(echo "$seen" | grep -Ec '^(not )?ok ')))
test_is "all tests in Windows code were run" \
    "$(echo "$seen" | grep -Ec '^(not )?ok ')" \
    "$(echo "$seen" | sed -n 's/^1\.\.//p')"

# Where it crashed: the line that says so in the source.
for action in crash crash-inside overflow; do
    place=$(echo "$seen" | sed -n "s/^# place $action //p")
    address=$(printf '0x%x' $((0x140000000 + ${place:-0})))
    line=$("${CROSS_COMPILE}addr2line" -e "$out/subject.exe" "$address" |
        sed 's/.*://; s/ .*//')
    test_is "the place of the crash is the line of '$action'" "$line" \
        "$(grep -n "// $action: here" checks/project/lens/subject.c | sed 's/:.*//')"
done

echo "1..$tests"
