#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Tests ./setup without a network, without root and without installing: on a
# made-up machine, two folders that are the whole PATH: basic, with what every
# system has, and bin, with stubs.
use strict;
use warnings;
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use Test::More;

my $dir = $ENV{dir} = tempdir(CLEANUP => 1);    # the stubs know it, too
my ($ran, $status);

sub write_file {
    my ($path, $text, $mode) = @_;
    open my $file, '>', $path or die "$path: $!\n";
    print $file $text;
    close $file or die "$path: $!\n";
    chmod $mode, $path if defined $mode;
}

sub slurp {
    my ($path) = @_;
    open my $in, '<', $path or die "$path: $!\n";
    local $/;
    return <$in> // '';
}

# ---- the made-up machine ----

system(<<'END') == 0 or die('no machine was made');
mkdir "$dir/basic" &&
for program in awk cat chmod env grep mkdir mktemp rm sed sh tail tr; do
    ln -s "$(command -v "$program")" "$dir/basic/$program" || exit
done
END

# One row of the script's table for each tool: TOOL DEBIAN MSYS2 SET PURPOSE.
my ($table) = slurp('setup') =~ /^table\(\)\n(.*?)^END/ms;
my @rows = grep { ((split)[3] // '') =~ /^(?:lessons|docs|check|check-all)$/ }
    split /\n/, $table;

# A program of the machine: its name, and what it does.
sub stub {
    my ($program, $script) = @_;
    write_file("$dir/bin/$program", "#!/bin/sh\n$script\n", 0755);
}

# The tools of the table's rows whose line matches the pattern.
sub tools { my ($pattern) = @_; return map { /^([^ ,]+)/ } grep { /$pattern/ } @rows }

sub add_all_tools {
    for (tools('.')) {
        if (m{/}) { make_path("$dir$_") }
        else { stub($_, "echo $_ 1.2.3") }
    }
}

sub remove_tools { remove_tree(map { m{/} ? "$dir$_" : "$dir/bin/$_" } tools($_[0])) }

# A package manager writes each call down, tells whether ./setup announced it
# before, and brings the tools of the packages that it is told.
my $installer = <<'END';
echo "${0##*/} $*" >>"$dir/calls"
[ ! -e "$dir/fail" ] || { cat "$dir/fail" >&2; exit 100; }
case " $* " in *" update "*) rm -f "$dir/no-lists" "$dir/stale"; exit ;; esac
[ ! -e "$dir/stale" ] || { cat "$dir/stale" >&2; exit 100; }
for package in "$@"; do
    case $package in -* | install | DPkg* | Dpkg*) continue ;; esac
    grep -q -- " $package " "$dir/out" || echo "unannounced $package"
    echo "$package" >>"$dir/installed"
done >>"$dir/calls"
[ -e "$dir/brings-nothing" ] || . "$dir/bring"
END

my $apt_cache = <<'END';
for package in "$@"; do :; done
[ ! -e "$dir/no-lists" ] || exit 100
! grep -qsx "$package" "$dir/unknown" || exit 100
echo "Package: $package"
! grep -qsx "$package" "$dir/snaps" || echo "Pre-Depends: snapd"
END

# A machine of the kind "debian", "msys2" or "other" with all tools, as root.
sub machine {
    my ($kind) = @_;
    remove_tree(map { "$dir/$_" } qw(bin usr fail stale no-lists unknown snaps brings-nothing));
    make_path("$dir/bin");
    add_all_tools();
    write_file("$dir/$_", '') for qw(calls installed);
    if ($kind eq 'debian') {
        stub('apt-get', $installer);
        stub('apt-cache', $apt_cache);
    }
    if ($kind eq 'msys2') {
        stub('pacman', $installer);
        remove_tools('^wine ');
    }
    my %system = (debian => 'Linux', msys2 => 'MINGW64_NT-10.0', other => 'FreeBSD');
    stub('uname', "[ \"\$1\" = -m ] && echo x86_64 || echo $system{$kind}");
    stub('true', 'exit 0');
    stub('id', 'echo 0');
}

# What an installer does in the end: the tools of all packages so far.
write_file("$dir/bring", <<'END');
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
write_file("$dir/table", join '', map { "$_\n" } @rows);
# The only path that the script names lies on the made-up machine, too.
write_file("$dir/setup", slurp('setup') =~ s{/usr/share}{$dir/usr/share}gr, 0755);

# ./setup on the machine: sets the status; output, complaints, calls are files.
sub run {
    my (@words) = @_;
    $ran = "./setup @words";
    $status = system('sh', '-c', 'cd / && PATH=$dir/bin:$dir/basic HOME=$dir/home \
        "$dir/setup" "$@" </dev/null >"$dir/out" 2>"$dir/err"', 'sh', @words) >> 8;
}

# ---- the tests ----

# One test: its name, and what is wrong, which is best nothing.
sub good {
    my ($name, @wrong) = @_;
    my @told = ((map { "failed: $_" } @wrong), "ran: $ran (status $status)");
    for (['stdout', 'out'], ['stderr', 'err'], ['called', 'calls']) {
        my ($what, $file) = @$_;
        push @told, map { "$what: $_" } split /\n/, slurp("$dir/$file");
    }
    ok(!@wrong, $name) or diag(join "\n", grep { defined } @told[0 .. 39]);
}

# Each of these returns what is wrong, if anything.
sub is_so { my ($what, $so) = @_; return $so ? () : $what }

sub has { my ($file, $pattern) = @_; return scalar(slurp("$dir/$file") =~ /$pattern/m) }
sub said { return is_so("said $_[0]", has('out', $_[0])) }
sub not_said { return is_so("not said $_[0]", !has('out', $_[0])) }
sub called { return is_so("called $_[0]", has('calls', $_[0])) }
sub not_called { return is_so("not called $_[0]", !has('calls', $_[0])) }
sub untouched { return is_so('untouched', -z "$dir/calls") }
sub in_80_columns { return is_so('in 80 columns', !has('out', '.{81}')) }

# Status 0 without a complaint.
sub fine { return is_so('fine', $status == 0 && -z "$dir/err") }

# Status 1 and one sentence, which matches the pattern, as the last line.
sub fails {
    my ($pattern) = @_;
    my @lines = split /\n/, slurp("$dir/err");
    return is_so("fails $pattern", $status == 1 && (grep { /^setup: / } @lines) == 1
            && $lines[-1] =~ /^setup: / && $lines[-1] =~ /$pattern/);
}

sub wrong_usage { return is_so('wrong usage', $status == 2 && has('err', '^Usage')) }

# Exactly these packages were installed, each announced before.
sub installed {
    my (@packages) = @_;
    my %seen = map { $_ => 1 } split /\n/, slurp("$dir/installed");
    return (not_called('unannounced'),
        is_so("installed @packages",
            "@{[sort keys %seen]}" eq "@{[sort @packages]}"));
}

machine('debian');
run();
good('with all tools there, nothing is done', fine(), untouched());
good('... and one line says so', is_so('one line', slurp("$dir/out") =~ tr/\n// == 1));

remove_tools('^(make|dot) ');
run();
good('root: exactly what is missing is installed, and said before',
    fine(), installed(qw(make graphviz)));
good('... without recommended packages', called('--no-install-recommends'));
good('... without a new list of packages', not_called('update'));

machine('debian');
remove_tools('.');
run('lessons');
my @lessons = qw(gcc-mingw-w64-x86-64-win32 make wine perl diffutils patch);
good('a smaller set leaves out what it does not need', installed(@lessons));
machine('debian');
remove_tools('.');
run('docs');
good('a larger set holds the smaller ones',
    installed(@lessons, qw(doxygen graphviz doxygen-awesome-css)));
machine('debian');
remove_tools('^(make|dot|patch|chromium,.*) ');
run('check');
good('... and so does the next', installed(qw(make graphviz patch)));
run();
good('... and without a name it is the largest',
    installed(qw(make graphviz patch chromium)));

machine('debian');
remove_tools('^make ');
write_file("$dir/no-lists", '');
run();
good('without lists of packages, they are fetched first',
    fine(), called('\A.*update'), installed('make'));

machine('debian');
remove_tools('^make ');
stub('id', 'echo 1000');
stub('sudo', 'echo "sudo $*" >>"$dir/calls"; [ "$1" != -n ] || shift; exec "$@"');
run();
good('another user installs through sudo',
    fine(), called('^sudo.*apt-get.*install'), installed('make'));

machine('debian');
remove_tools('^make ');
stub('id', 'echo 1000');
stub('sudo', 'echo "sudo: a password is required" >&2; exit 1');
run();
good('sudo that wants a password, no terminal: the command is named',
    fails('terminal.*sudo apt-get install .*make'), untouched());
unlink "$dir/bin/sudo";
run();
good('neither root nor sudo: the command is named',
    fails('root.*apt-get install .*make'), untouched());

# What apt-get says in trouble, and what ./setup must make of it.
for (['no network', "E: Failed to fetch http://x Temporary failure resolving 'x'", 'network'],
    ['disk full', "E: You don't have enough free space in /var/cache.", 'disk is full'],
    ['busy', 'E: Could not get lock /var/lib/dpkg/lock-frontend', 'let it finish'],
    ['cut off', "E: dpkg was interrupted, run 'dpkg --configure -a'", 'dpkg --configure -a'],
    ['otherwise', 'E: Held broken packages.', 'apt-get install failed']) {
    my ($trouble, $complaint, $sentence) = @$_;
    machine('debian');
    remove_tools('^make ');
    write_file("$dir/fail", "$complaint\n");
    run();
    good("apt-get fails, $trouble: said in one sentence", fails($sentence));
}

machine('debian');
remove_tools('^make ');
write_file("$dir/stale", "E: Failed to fetch http://x/make.deb  404  Not Found\n");
run();
good('lists that are too old are fetched again',
    fine(), called('update'), installed('make'));

machine('debian');
remove_tools('^(make|linkchecker|chromium,.*) ');
write_file("$dir/unknown", "linkchecker\n");
write_file("$dir/snaps", "chromium\n");
run();
good('what the system does not offer is left out', fine(), installed('make'));
good('... by name', said('no linkchecker:'), said('no chromium:'));
run();
good('... and not tried again',
    is_so('one call', (grep { / install / } split /\n/, slurp("$dir/calls")) == 1));

machine('debian');
remove_tools('^(wine|dot) ');
write_file("$dir/unknown", "wine\n");
run();
good('a lesson needs a tool that the system does not offer: a failure',
    fails('wine.*universe'), untouched());

machine('debian');
remove_tools('^make ');
write_file("$dir/brings-nothing", '');
run();
good('a tool that is missing after all is a failure', fails('make.*PATH'));

machine('debian');
remove_tools('^make ');
stub('uname', '[ "$1" = -m ] && echo aarch64 || echo Linux');
run();
good('another processor is refused', fails('aarch64'), untouched());

machine('msys2');
@ENV{qw(MINGW_PACKAGE_PREFIX MSYSTEM)} = ('mingw-w64-ucrt-x86_64', 'UCRT64');
run();
good('MSYS2: with all tools there, nothing is done; Wine is not needed',
    fine(), untouched());
remove_tools('^(x86_64|patch|doxygen|linkchecker)');
run();
good('MSYS2: pacman brings what is missing, of this window', fine(),
    installed(qw(mingw-w64-ucrt-x86_64-gcc patch mingw-w64-ucrt-x86_64-doxygen)));
good('... and names what is not offered', said('no linkchecker:'));
good('... without a question', called('--noconfirm'));

machine('msys2');
remove_tools('^x86_64');
@ENV{qw(MINGW_PACKAGE_PREFIX MSYSTEM)} = ('mingw-w64-x86_64', 'MINGW64');
run();
good('MSYS2: MINGW64 has packages of its own',
    fine(), installed('mingw-w64-x86_64-gcc'));

machine('msys2');
remove_tools('^make ');
write_file("$dir/fail", "error: failed to synchronize\n");
run();
good('MSYS2: pacman fails: said in one sentence', fails('pacman failed.*network'));
good('... after a second try with new lists', called('pacman -Sy '));

machine('msys2');
remove_tools('^make ');
$ENV{MSYSTEM} = 'MSYS';
run();
good('MSYS2: the window without a compiler is refused', fails('UCRT64'), untouched());
delete @ENV{qw(MINGW_PACKAGE_PREFIX MSYSTEM)};

machine('other');
run();
good('another system: fine when all tools are there', fine());
remove_tools('^(make|doxygen|/usr)');
run();
good('another system: told what to install', fails('neither Debian'),
    said('^  make '), said('^  doxygen '), not_said('^  wine '));

machine('debian');
run('--check');
my @named = grep { /1\.2\.3|there  / } split /\n/, slurp("$dir/out");
good('--check names each tool once, with its version',
    is_so('each tool once', @named == @rows));
good('... in 80 columns', in_80_columns());
remove_tools('^(doxygen|linkchecker) ');
run('--check');
good('--check judges by the lessons alone, and tells all', fine(), untouched(),
    said('^docs: missing: doxygen$'), said('^check: missing: linkchecker$'),
    said('^lessons: all there$'));
run(qw(--check lessons));
good('--check lessons: fine', fine(), untouched(), not_said('doxygen'));
run(qw(--check docs));
good('--check docs: something is missing', fails('./setup'), untouched());
remove_tools('^make ');
run('--check');
good('--check without a tool of the lessons', fails('./setup'), untouched());

for my $words ('--foo', 'lesson', '-c', '--check foo', '--check --check', 'docs lessons',
    '--check docs lessons', 'docs --check') {
    run(split ' ', $words);
    good("wrong usage: $words", wrong_usage(), untouched());
}
run('');
good('wrong usage: an empty word', wrong_usage());
run('--help');
good('--help', fine(), said('^Usage'), untouched());
good('... in 80 columns', in_80_columns());

# The editor's settings name every lesson, because patterns can't.
my $settings = slurp('.clangd');
my @unknown = grep { $settings !~ m{I\.\./\.\./\Q$_\E\]} }
    map { s{/\z}{}r } glob 'lessons/*/';
good('an editor finds the protocol.h of every lesson (.clangd)', @unknown);
done_testing();
