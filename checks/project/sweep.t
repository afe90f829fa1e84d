#!/usr/bin/perl
# The fault sweep finds every bug of a pair that was planted for it, says
# nothing against a good pair, and refuses what makes no sense.
use strict;
use warnings;
use Test::More;

my $folder = 'build/checks/specimens/lens';
my $lesson = 'build/lessons/01-blocking-echo/lens';
my $sweep  = 'mk/run build/checks/sweep.exe';
my $talk   = "'server 1 | client hello'";

system("mk/sites $folder/buggy_*.exe $lesson/*.exe") == 0
    or die('mk/sites failed');

# The buggy pair: what is said of the calls at each line with a bug.
my $text = `$sweep 'buggy_server | buggy_client hello' $folder`;
is($? >> 8, 1, 'the exit status tells that runs failed');
my %said;
for (split /^(?=(?:not )?ok \d)/m, $text) {
    my ($not, $file, $call) = /^(not )?ok \d+ - (\w+\.c):\d+ (\w+)/ or next;
    $said{"$file $call"} = s/\n#\s+/ /gr;
}

# Tells on which line of a specimen a bug was planted.
sub line_of {
    my ($file, $bug) = @_;
    open my $in, '<', "checks/specimens/$file" or die "$file: $!";
    while (<$in>) { return $. if /BUG $bug:/ }
    die "$file: no bug $bug";
}

sub finds {
    my ($bug, $what, $calls, $pattern) = @_;
    like($said{$calls}, $pattern, "bug $bug: $what") or diag($text);
}

finds(1, 'a leak in the server', 'buggy_server.c WriteFile',
    qr/error 232 .*buggy_server ended with 0, but left a handle open that CreateNamedPipeW gave it \(buggy_server\.c:\d+\)/);
finds(2, 'a call that nobody checks', 'buggy_server.c FlushFileBuffers',
    qr/does not say that FlushFileBuffers failed with error 1450 .*ended with 0, although FlushFileBuffers failed/);
finds(3, 'the name of another call', 'buggy_server.c CreateNamedPipeW',
    qr/does not say that CreateNamedPipeW failed .*says what no call has done: CreateFileW: .*error 1450/);
finds(4, 'the error of another call', 'buggy_server.c ConnectNamedPipe',
    qr/does not say that ConnectNamedPipe failed .*says what no call has done: ConnectNamedPipe: .*error 6/);
my $crash = line_of('buggy_client.c', 5);
finds(5, 'a crash behind two failures', 'buggy_client.c WaitNamedPipeW',
    qr/CreateFileW fails with error 231 .*then .*WaitNamedPipeW fails with error 1450 .*crashed: exception 0xC0000005 \(buggy_client\.c:$crash\)/);
finds(6, 'a write that nobody checks, so both wait', 'buggy_client.c WriteFile',
    qr/buggy_server hangs inside ReadFile \(buggy_server\.c:\d+\) buggy_client hangs inside ReadFile \(buggy_client\.c:\d+\)/);
finds(7, 'a leak in the client', 'buggy_client.c ReadFile',
    qr/error 109 .*buggy_client ended with 0, but left a handle open that CreateFileW gave it/);
finds(8, 'a handle closed twice', 'buggy_client.c ReadFile',
    qr/error 1450 .*buggy_client closes a handle that is not open/);
finds(9, 'a report, and exit status 0', 'buggy_client.c ReadFile',
    qr/buggy_client ended with 0, although ReadFile failed with error 1450/);

like($text, qr/^ok \d+ - call sites reached: (\d+) of \1$/m,
    'every call in the source is reached');
unlike($text, qr/not made again/, 'and every fault struck');
my @points = $text =~ /^(?:not )?ok (\d+) /mg;
is("@points", join(' ', 1 .. @points), 'the tests are numbered');
like($text, qr/^1\.\.${\scalar @points}$/m, 'and the plan tells how many');
my ($long) = grep { length > 80 && !/LENS_FAULT=/ } split /\n/, $text;
is($long, undef, 'the report fits 80 columns');

# What the report calls "by hand" can be typed.
my ($command) = $text =~ /^# (LENS_FAULT=buggy_server\/CreateNamedPipeW:1:1450 (?:.*\\\n)+.*)$/m;
$command =~ s/^# *//mg;
like(`$command 2>&1`, qr/buggy_server \| CreateFileW: .*error 1450/,
    'the run can be repeated by hand');

# Ctrl+C: for whom there is none, for a program without a handler.
$text = `$sweep 'server | client hello | ^C nobody' $lesson 2>&1`;
is($? >> 8, 2, 'Ctrl+C for nobody is refused');
like($text, qr/^sweep: no program nobody is there for "\^C nobody"\r?$/m,
    'by a line that says so');
$text = `$sweep 'server | client hello | ^C server' $lesson`;
is($? >> 8, 1, 'Ctrl+C ends a program that does not handle it');
like($text, qr/server crashed: exception 0xC000013A/, 'and the report tells');

# A good pair: a fault of each kind, alone and after another.
my $faults = join ' ', map { "-f $_" } qw(
    server/CreateNamedPipeW:1:1450 server/ConnectNamedPipe:1:535
    server/ReadFile:1:109 client/WriteFile:1:232 client/ReadFile:1:1450
    client/CreateFileW:1:231),
    'client/CreateFileW:1:5,client/FormatMessageW:1:317';
$text = `$sweep $faults $talk $lesson`;
is($? >> 8, 0, 'nothing is said against a good pair') or diag($text);
like($text, qr/^ok 2 - the faults asked for: 6 faults, 1 after another$/m,
    'all faults were tried');
like($text, qr/rescued: 2;/,
    'a server whose client failed was sent another one');

# A fault that finds no call is told.
$text = `$sweep -f server/ReadFile:9:1450 $talk $lesson`;
is($? >> 8, 1, 'a fault whose call is not made: a failure');
like($text, qr/not made again: 1$/m, 'and it is told');

# Bad input: one line, exit status 2.
sub refuses {
    my ($what, $arguments, $pattern) = @_;
    my $said = `$sweep $arguments 2>&1 </dev/null`;
    my $status = $? >> 8;
    ok($status == 2 && $said =~ $pattern && $said =~ /^[^\n]*\n$/, $what)
        or diag("exit status $status: $said");
}

refuses('no argument', '', qr/^usage: sweep /);
refuses('an option that is none', "-x 1 $talk $lesson", qr/no option -x/);
refuses('an empty part', "'server 1 |' $lesson", qr/has no name/);
refuses('a folder without programs', "$talk build/none", qr/server\.sites/);
refuses('a fault of no form', "-f ReadFile $talk $lesson", qr/a fault is /);
refuses('a fault of no program', "-f x/ReadFile:1:5 $talk $lesson",
    qr/no program x/);
refuses('a fault of no function', "-f server/Read:1:5 $talk $lesson",
    qr/Read is no function/);
refuses('a call that can not fail', "-f server/CloseHandle:1:6 $talk $lesson",
    qr/CloseHandle can't be made to fail/);
refuses('three faults', '-f ' . join(',', ('server/ReadFile:1:5') x 3)
    . " $talk $lesson", qr/2 faults at most/);
my $plain = 'build/checks/specimens/plain';
mkdir $plain;
system("cp build/lessons/01-blocking-echo/*.exe $plain && mk/sites $plain/*.exe");
refuses('programs without the lens', "$talk $plain",
    qr/server was not built with the lens/);
my $said = `mk/sites mk/sites 2>&1`;
is($? >> 8, 2, 'sites of what is no program: exit status 2');

# Nobody is left behind.
my @left = grep { (readlink "$_/exe" // '') =~ /wine/ && do {
    open my $in, '<', "$_/cmdline"; local $/; (<$in> // '') =~ /buggy_/ } }
    glob '/proc/[0-9]*';
is(scalar @left, 0, 'no specimen runs any more') or diag("@left");
done_testing();
