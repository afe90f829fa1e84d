#!/usr/bin/perl
# Nothing escapes the lens unseen: whatever Windows function a program imports
# is in the lens's table, or in the list of exceptions with its reason; and who calls
# another one is told so by grader, trace and sweep.
# Run from the top folder, after make: prove checks/project/imports.t
use strict;
use warnings;
use File::Path 'make_path';
use Test::More;
use lib 'checks/proofs';
use Imports;

my %table    = Imports::table();
my %excepted = Imports::excepted();
cmp_ok(scalar keys %table, '>', 20, 'the table is read');
is_deeply([grep { $table{$_} } sort keys %excepted], [],
    'no exception is in the table');
is_deeply([grep { $excepted{$_} !~ /\w/ } sort keys %excepted], [],
    'each exception has its reason');

for my $makefile (sort glob '{lessons,solutions}/*/Makefile') {
    my ($folder) = $makefile =~ m{^(.*)/Makefile$};
    open my $in, '<', $makefile or die("$makefile: $!");
    my ($programs) = map { /^PROGRAMS\s*:?=\s*(.*)/ ? $1 : () } <$in>;
    close $in;
    for my $name (split ' ', $programs // '') {
        my $program = "build/$folder/$name.exe";
        if (!-e $program) {
            fail("$folder/$name") or diag("$program is missing: make");
            next;
        }
        my @imports = Imports::of_program($program);
        my @unseen = grep { !$table{$_} && !$excepted{$_} } @imports;
        ok(@imports > 0 && !@unseen, "$folder/$name") or diag(
            @imports ? "the lens does not see: @unseen\n"
            . 'Add an entry to lens/calls.h or, where the lens has no use for '
            . 'it, a line with the reason to lens/unseen.txt.'
            : 'no imports found: is this a program?');
    }
}

# A submission that waits by a timer. (Of lesson 03: other tests draw 01.)
my $folder = 'build/tests/unseen';
make_path($folder);
my $server = do { local (@ARGV, $/) = 'solutions/03-goodbye/server.c'; <> };
$server =~ s/(?=^    printf\(\"ready)/    HANDLE timer = CreateWaitableTimerW(NULL, TRUE, NULL);
    LARGE_INTEGER now = {.QuadPart = 0};
    SetWaitableTimer(timer, &now, 0, NULL, NULL, FALSE);
    CloseHandle(timer);
/m or die('no place in server.c');
open my $out, '>', "$folder/server.c" or die("$folder: $!");
print $out $server;
close $out;
my @told = ('CreateWaitableTimerW', 'SetWaitableTimer');
for ("mk/grade 03 $folder", "make -s trace-03 FROM=$folder", "make -s sweep-03 FROM=$folder") {
    my $text = `env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL $_ 2>&1 </dev/null`;
    my ($what) = /(grade|trace|sweep)/;
    like($text, qr/^# the lens does not see $_, which server\.c calls$/m,
        "$what names $_") or diag($text) for @told;
    unlike($text, qr/lens does not see (?!CreateWait|SetWait)/, "$what names no other");
    like($text, qr/call sites reached: \d+ of \d+ that the lens sees/,
        'and the sweep does not speak of all') if $what eq 'sweep';
}
my $text = `env -u MAKEFLAGS mk/grade solutions/03-goodbye 2>&1 </dev/null`;
unlike($text, qr/does not see/, 'nothing is said of a program that is seen whole');
done_testing();
