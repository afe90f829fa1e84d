#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests ./setup without a network, without root and without installing: on a
# made-up machine, two folders that are the whole PATH: basic, with what every
# system has, and bin, with stubs.

here=$(pwd)
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# ---- the made-up machine ----

mkdir "$dir/basic"
for program in awk cat chmod env grep mkdir mktemp rm sed sh tail tr; do
    ln -s "$(command -v "$program")" "$dir/basic/$program"
done

# One row of the script's table for each tool: TOOL DEBIAN MSYS2 SET PURPOSE.
table=$(sed '1,/^table()/d; /^END/,$d' setup |
    awk '$4 ~ /^(lessons|docs|check|check-all)$/')

# A program of the machine: its name, and what it does.
stub()
{
    printf '#!/bin/sh\n%s\n' "$2" >"$dir/bin/$1"
    chmod +x "$dir/bin/$1"
}

# The tools of the table's rows whose line matches the pattern.
tools()
{
    echo "$table" | grep -E "$1" | while read -r tool rest; do
        echo "${tool%%,*}"
    done
}

add_all_tools()
{
    for tool in $(tools .); do
        case $tool in
        */*) mkdir -p "$dir$tool" ;;
        *) printf '#!/bin/sh\necho %s 1.2.3\n' "$tool" >"$dir/bin/$tool" ;;
        esac
    done
    chmod +x "$dir"/bin/*
}

remove_tools()
{
    for tool in $(tools "$1"); do
        case $tool in
        */*) rm -rf "${dir:?}$tool" ;;
        *) rm -f "$dir/bin/$tool" ;;
        esac
    done
}

# A package manager writes each call down, tells whether ./setup announced it
# before, and brings the tools of the packages that it is told.
installer='
echo "${0##*/} $*" >>"$dir/calls"
[ ! -e "$dir/fail" ] || { cat "$dir/fail" >&2; exit 100; }
case " $* " in *" update "*) rm -f "$dir/no-lists" "$dir/stale"; exit ;; esac
[ ! -e "$dir/stale" ] || { cat "$dir/stale" >&2; exit 100; }
for package in "$@"; do
    case $package in -* | install | DPkg* | Dpkg*) continue ;; esac
    grep -q -- " $package " "$dir/out" || echo "unannounced $package"
    echo "$package" >>"$dir/installed"
done >>"$dir/calls"
[ -e "$dir/brings-nothing" ] || . "$dir/bring"'

# A machine of the kind "debian", "msys2" or "other" with all tools, as root.
machine()
{
    rm -rf "${dir:?}/bin" "${dir:?}/usr" "$dir/calls" "$dir/installed" \
        "$dir/fail" "$dir/stale" "$dir/no-lists" "$dir/unknown" "$dir/snaps" \
        "$dir/brings-nothing"
    mkdir "$dir/bin"
    add_all_tools
    : >"$dir/calls"
    : >"$dir/installed"
    case $1 in
    debian)
        kind=Linux
        stub apt-get "$installer"
        stub apt-cache '
            for package in "$@"; do :; done
            [ ! -e "$dir/no-lists" ] || exit 100
            ! grep -qsx "$package" "$dir/unknown" || exit 100
            echo "Package: $package"
            ! grep -qsx "$package" "$dir/snaps" || echo "Pre-Depends: snapd"'
        ;;
    msys2)
        kind=MINGW64_NT-10.0
        stub pacman "$installer"
        remove_tools '^wine '
        ;;
    other) kind=FreeBSD ;;
    esac
    stub uname '[ "$1" = -m ] && echo x86_64 || echo '"$kind"
    stub true 'exit 0'
    stub id 'echo 0'
}

# What an installer does in the end: the tools of all packages so far.
cat >"$dir/bring" <<'END'
while read -r tools debian msys2 rest; do
    for package in $(cat "$dir/installed"); do
        case $package in
        "$debian" | "$msys2" | mingw-w64-*"${msys2#@}") ;;
        *) continue ;;
        esac
        tool=${tools%%,*}
        case $tool in */*) mkdir -p "$dir$tool"; continue ;; esac
        printf '#!/bin/sh\necho "%s 1.2.3"\n' "$tool" >"$dir/bin/$tool"
        chmod +x "$dir/bin/$tool"
    done
done <"$dir/table"
END
echo "$table" >"$dir/table"
# The only path that the script names lies on the made-up machine, too.
sed "s|/usr/share|$dir/usr/share|" setup >"$dir/setup"
chmod +x "$dir/setup"
export dir

# ./setup on the machine: sets status; output, complaints, calls are files.
run()
{
    ran="./setup $*"
    cd / || exit
    PATH=$dir/bin:$dir/basic HOME=$dir/home "$dir/setup" "$@" \
        </dev/null >"$dir/out" 2>"$dir/err"
    status=$?
    cd "$here" || exit
}

# ---- the tests ----

count=0 failures=0

# Prints one line of TAP: the name, and a command that must succeed.
ok()
{
    count=$((count + 1))
    name=$1
    shift
    if "$@"; then
        echo "ok $count - $name"
        return
    fi
    failures=$((failures + 1))
    echo "not ok $count - $name"
    {
        echo "failed: $*"
        echo "ran: $ran (status $status)"
        sed 's/^/stdout: /' "$dir/out"
        sed 's/^/stderr: /' "$dir/err"
        sed 's/^/called: /' "$dir/calls"
    } | sed 's/^/# /' | head -40
}

said() { grep -q -- "$1" "$dir/out"; }
complained() { grep -q -- "$1" "$dir/err"; }
called() { grep -q -- "$1" "$dir/calls"; }
not() { ! "$@"; }
all() { for one in "$@"; do eval "$one" || return; done; }

# Status 0 without a complaint.
fine() { [ "$status" -eq 0 ] && [ ! -s "$dir/err" ]; }
# Status 1 and one sentence, which matches the pattern, as the last line.
fails()
{
    [ "$status" -eq 1 ] && [ "$(grep -c '^setup: ' "$dir/err")" -eq 1 ] &&
        tail -n 1 "$dir/err" | grep '^setup: ' | grep -Eq -- "$1"
}
untouched() { [ ! -s "$dir/calls" ]; }
# Exactly these packages were installed, each announced before.
installed()
{
    ! called unannounced &&
        [ "$(sort -u "$dir/installed" | tr '\n' ' ')" = \
            "$(printf '%s\n' "$@" | sort | tr '\n' ' ')" ]
}

machine debian
run
ok 'with all tools there, nothing is done' all fine untouched
ok '... and one line says so' [ "$(wc -l <"$dir/out")" -eq 1 ]

remove_tools '^(make|dot) '
run
ok 'root: exactly what is missing is installed, and said before' \
    all fine 'installed make graphviz'
ok '... without recommended packages' called '--no-install-recommends'
ok '... without a new list of packages' not called update

machine debian
remove_tools .
run lessons
ok 'a smaller set leaves out what it does not need' \
    installed gcc-mingw-w64-x86-64-win32 make wine perl diffutils patch
machine debian
remove_tools .
run docs
ok 'a larger set holds the smaller ones' \
    installed gcc-mingw-w64-x86-64-win32 make wine perl diffutils patch \
    doxygen graphviz doxygen-awesome-css
machine debian
remove_tools '^(make|dot|patch|chromium,.*) '
run check
ok '... and so does the next' installed make graphviz patch
run
ok '... and without a name it is the largest' \
    installed make graphviz patch chromium

machine debian
remove_tools '^make '
: >"$dir/no-lists"
run
ok 'without lists of packages, they are fetched first' \
    all fine 'sed -n 1p "$dir/calls" | grep -q update' 'installed make'

machine debian
remove_tools '^make '
stub id 'echo 1000'
stub sudo 'echo "sudo $*" >>"$dir/calls"; [ "$1" != -n ] || shift; exec "$@"'
run
ok 'another user installs through sudo' \
    all fine 'called "^sudo.*apt-get.*install"' 'installed make'

machine debian
remove_tools '^make '
stub id 'echo 1000'
stub sudo 'echo "sudo: a password is required" >&2; exit 1'
run
ok 'sudo that wants a password, no terminal: the command is named' \
    all "fails 'terminal.*sudo apt-get install .*make'" untouched
rm "$dir/bin/sudo"
run
ok 'neither root nor sudo: the command is named' \
    all "fails 'root.*apt-get install .*make'" untouched

# What apt-get says in trouble, and what ./setup must make of it.
while IFS='|' read -r trouble complaint sentence; do
    machine debian
    remove_tools '^make '
    echo "$complaint" >"$dir/fail"
    run
    ok "apt-get fails, $trouble: said in one sentence" fails "$sentence"
done <<'END'
no network|E: Failed to fetch http://x Temporary failure resolving 'x'|network
disk full|E: You don't have enough free space in /var/cache.|disk is full
busy|E: Could not get lock /var/lib/dpkg/lock-frontend|let it finish
cut off|E: dpkg was interrupted, run 'dpkg --configure -a'|dpkg --configure -a
otherwise|E: Held broken packages.|apt-get install failed
END

machine debian
remove_tools '^make '
echo 'E: Failed to fetch http://x/make.deb  404  Not Found' >"$dir/stale"
run
ok 'lists that are too old are fetched again' all fine 'called update' \
    'installed make'

machine debian
remove_tools '^(make|linkchecker|chromium,.*) '
echo linkchecker >"$dir/unknown"
echo chromium >"$dir/snaps"
run
ok 'what the system does not offer is left out' all fine 'installed make'
ok '... by name' all 'said "no linkchecker:"' 'said "no chromium:"'
run
ok '... and not tried again' [ "$(grep -c ' install ' "$dir/calls")" -eq 1 ]

machine debian
remove_tools '^(wine|dot) '
echo wine >"$dir/unknown"
run
ok 'a lesson needs a tool that the system does not offer: a failure' \
    all "fails 'wine.*universe'" untouched

machine debian
remove_tools '^make '
: >"$dir/brings-nothing"
run
ok 'a tool that is missing after all is a failure' fails 'make.*PATH'

machine debian
remove_tools '^make '
stub uname '[ "$1" = -m ] && echo aarch64 || echo Linux'
run
ok 'another processor is refused' all "fails aarch64" untouched

machine msys2
MINGW_PACKAGE_PREFIX=mingw-w64-ucrt-x86_64 MSYSTEM=UCRT64
export MINGW_PACKAGE_PREFIX MSYSTEM
run
ok 'MSYS2: with all tools there, nothing is done; Wine is not needed' \
    all fine untouched
remove_tools '^(x86_64|patch|doxygen|linkchecker)'
run
ok 'MSYS2: pacman brings what is missing, of this window' all fine \
    'installed mingw-w64-ucrt-x86_64-gcc patch mingw-w64-ucrt-x86_64-doxygen'
ok '... and names what is not offered' said 'no linkchecker:'
ok '... without a question' called '--noconfirm'

machine msys2
remove_tools '^x86_64'
MINGW_PACKAGE_PREFIX=mingw-w64-x86_64 MSYSTEM=MINGW64
run
ok 'MSYS2: MINGW64 has packages of its own' \
    all fine 'installed mingw-w64-x86_64-gcc'

machine msys2
remove_tools '^make '
echo 'error: failed to synchronize' >"$dir/fail"
run
ok 'MSYS2: pacman fails: said in one sentence' fails 'pacman failed.*network'
ok '... after a second try with new lists' called 'pacman -Sy '

machine msys2
remove_tools '^make '
MSYSTEM=MSYS
run
ok 'MSYS2: the window without a compiler is refused' \
    all "fails UCRT64" untouched
unset MSYSTEM MINGW_PACKAGE_PREFIX

machine other
run
ok 'another system: fine when all tools are there' fine
remove_tools '^(make|doxygen|/usr)'
run
ok 'another system: told what to install' all "fails 'neither Debian'" \
    'said "^  make "' 'said "^  doxygen "' 'not said "^  wine "'

machine debian
run --check
ok '--check names each tool once, with its version' \
    [ "$(grep -c '1\.2\.3\|there  ' "$dir/out")" -eq "$(tools . | wc -l)" ]
ok '... in 80 columns' not grep -Eq '.{81}' "$dir/out"
remove_tools '^(doxygen|linkchecker) '
run --check
ok '--check judges by the lessons alone, and tells all' all fine untouched \
    'said "^docs: missing: doxygen$"' 'said "^check: missing: linkchecker$"' \
    'said "^lessons: all there$"'
run --check lessons
ok '--check lessons: fine' all fine untouched 'not said doxygen'
run --check docs
ok '--check docs: something is missing' all "fails ./setup" untouched
remove_tools '^make '
run --check
ok '--check without a tool of the lessons' all "fails ./setup" untouched

for words in --foo lesson -c '--check foo' '--check --check' 'docs lessons' \
    '--check docs lessons' 'docs --check'; do
    # shellcheck disable=SC2086 # several words
    run $words
    ok "wrong usage: $words" \
        all '[ "$status" -eq 2 ]' 'complained ^Usage' untouched
done
run ''
ok 'wrong usage: an empty word' all '[ "$status" -eq 2 ]' 'complained ^Usage'
run --help
ok '--help' all fine 'said ^Usage' untouched
ok '... in 80 columns' not grep -Eq '.{81}' "$dir/out"

# The editor's settings name every lesson, because patterns can't.
unknown=$(for folder in lessons/*/; do
    folder=${folder%/}
    grep -q "I../../$folder\]" .clangd || echo "$folder"
done)
ok 'an editor finds the protocol.h of every lesson (.clangd)' [ -z "$unknown" ]

echo "1..$count"
[ "$failures" -eq 0 ]
