#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The lens: what it defines, what it records, how it meddles with calls.
# Run from the top folder: prove checks/project/lens.t
use strict;
use warnings;
use File::Copy qw(copy);
use File::Path qw(make_path);
use Test::More;

my $cross = $ENV{CROSS_COMPILE} // 'x86_64-w64-mingw32-';
my ($gcc, $nm, $addr2line) = map { "'$cross$_'" } qw(gcc nm addr2line);
my $out = 'build/checks/project/lens';

sub slurp {
    my ($path) = @_;
    open my $in, '<', $path or die "$path: $!\n";
    local $/;
    return <$in>;
}

sub write_file {
    my ($path, $text) = @_;
    open my $file, '>', $path or die "$path: $!\n";
    print $file $text;
    close $file or die "$path: $!\n";
}

# The names, one a line, each once, sorted.
sub listed { my %seen = map { $_ => 1 } @_; return join "\n", sort keys %seen }

my $log = `make -s -C checks/project/lens WERROR=1 2>&1`;
if ($? != 0) {
    diag(join "\n", grep { defined } (split /\n/, $log)[ -12 .. -1 ]);
    die("The lens's test programs could not be built.");
}
is($log, '', 'it builds, and links with kernel32 alone, without a word');

# The table's functions.
my @calls = slurp('lens/calls.h')
    =~ /^LENS_[A-Z]*\((?:[A-Za-z_]*, )?([A-Za-z_]*), *(?:\(.*)?$/mg;
my %is_call = map { $_ => 1 } @calls;

# Whatever a program can link with is a function of the table, or gives memory.
my $memory = qr/malloc|calloc|realloc|free|_?strdup|_wcsdup/;
my @global = `$nm -g --defined-only build/lens/lens.o` =~ /(\S+)\s*$/mg;
is(listed(grep { !$is_call{$_} && !/^(?:$memory|__stack_chk_(?:fail|guard))$/ }
        map { s/^__imp_//r } @global), '',
    "every global symbol is in the table, or memory's");
is(join("\n", sort grep { !/^$memory$/ } map { /^__imp_(.*)/ } @global),
    join("\n", sort @calls), 'every function of the table is there');

# The lens's own functions are not for the program: it can't call them, and
# those of the same names are its own.  Two files, or the compiler would know
# what is where.
my $names = "$out/names";
make_path($names);
write_file("$names/calls.c", <<'END_C');
void lens_stop(const char *, const char *, const char *);
extern unsigned char lens_on;
int main(void) { lens_on = 0; lens_stop("", "", ""); return 0; }
END_C
write_file("$names/main.c", <<'END_C');
#include <windows.h>
int lens_stop(int);
extern int lens_on, lens_real, lens_table;
int main(void)
{
    BOOL failed = !SetEvent(CreateEventW(NULL, TRUE, FALSE, NULL));
    return lens_stop(lens_on + lens_real + lens_table + 8 * failed);
}
END_C
write_file("$names/own.c", <<'END_C');
int lens_on = 1, lens_real = 2, lens_table = 4;
int lens_stop(int status) { return status; }
END_C

# What is said when these are linked with the lens.
sub link_with_lens {
    return scalar `$gcc -std=c11 -o $names/main.exe @_ build/lens/lens.o 2>&1`;
}
my @undefined = link_with_lens("$names/calls.c")
    =~ /undefined reference to [^A-Za-z_]*([a-z_.]*)/g;
is(listed(@undefined), "lens_on\nlens_stop",
    "a program can't call the lens's functions, nor see its variables");
diag($_) for grep { $_ } link_with_lens("$names/main.c", "$names/own.c");
is(system("mk/run $names/main.exe </dev/null") >> 8, 7,
    'what it names so itself is its own');
is(system("LENS_FAULT=SetEvent:1:6 mk/run $names/main.exe </dev/null") >> 8, 15,
    'and the lens meddles with its calls all the same');

# Only lens_real may be used inside, or a call would come back to the lens.
my @inside = `$nm -u build/lens/parts/*.o` =~ / U (?:__imp_)?(\S+)\s*$/mg;
is(listed(grep { $is_call{$_} } @inside), '',
    'the lens itself calls none of them by name');

# An entry for a function that neither the import library nor Windows has:
# a program that calls it links all the same, and says so when it gets there.
my $missing = "$out/missing";
make_path("$missing/lens");
copy($_, "$missing/$_") or die "$_: $!\n"
    for grep { $_ ne 'lens/reader.c' } glob 'lens/*.[ch]';
unlink "$missing/lens/reader.c";
my $entry = <<'END_C';
LENS_CALL(BOOL, NoSuchFunctionW, (HANDLE pipe), (pipe),
    FALSE, LENS_PLAIN, LENS_AS_IS, "pipe=%h", "1450")
END_C
write_file("$missing/lens/calls.h",
    slurp('lens/calls.h') =~ s/^(?=LENS_VOID\(Sleep,)/$entry/mr);
write_file("$missing/main.c", <<'END_C');
__declspec(dllimport) int __stdcall NoSuchFunctionW(void *pipe);
int main(void) { return NoSuchFunctionW(0); }
END_C
diag(`$gcc -std=c11 -I$missing -D_WIN32_WINNT=0x0A00 -DWIN32_LEAN_AND_MEAN \\
    -include build/common/precompiled.h -Og -g \\
    -o $missing/main.exe $missing/main.c $missing/lens/*.c 2>&1`);
chomp(my $said = `mk/run $missing/main.exe 2>&1 </dev/null`);
is(($? >> 8) . " $said",
    '2 lens: this Windows lacks a function that the program calls',
    'an entry for a missing function does not break linking');

# The tests in Windows code; each has its own deadlines. What stands before a
# test's line tells why it failed.
my $seen = `timeout 120 mk/run $out/watch.exe $out 2>/dev/null </dev/null` =~ s/\r//gr;
my ($run, $told) = (0, '');
for (split /^/, $seen) {
    die($1) if /^Bail out! (.*)/;
    if (my ($not, $name) = /^(not )?ok \d+ - (.*)/) {
        $run++;
        ok(!$not, $name) or diag($told);
        $told = '';
    }
    else { $told .= s/^# ?//r }
}
my ($planned) = $seen =~ /^1\.\.(\d+)$/m;
is($run, $planned // 'no plan', 'all tests in Windows code were run') or diag($told);

# Where it crashed: the line that says so in the source.
my @source = split /\n/, slurp('checks/project/lens/subject.c');
for my $action (qw(crash crash-inside overflow)) {
    my ($place) = $seen =~ /^# place $action (\w+)$/m;
    my $address = sprintf '0x%x', (0x14000 << 16) + hex($place // 0);
    my ($line) = `$addr2line -e $out/subject.exe $address` =~ /.*:(\S+)/;
    my @expected = grep { $source[ $_ - 1 ] =~ m{// $action: here} } 1 .. @source;
    is($line, "@expected", "the place of the crash is the line of '$action'");
}
done_testing();
