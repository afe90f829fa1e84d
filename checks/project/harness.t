#!/usr/bin/perl
# The harness: what it says of programs that behave badly in every way.
use strict;
use warnings;
use Test::More;

my $text = `mk/run build/checks/specimens/judge.exe build/checks/specimens/lens`;
my $status = $? >> 8;
is($status, 1, 'the exit status tells that checks failed');
unlike($text, qr/\r/, 'the report has plain line ends');
like($text, qr/^1\.\.47$/m, 'the plan leaves out a program that is not there');

# Cuts the report into one piece for each check.
my %said;
for (split /^(?=(?:not )?ok \d)/m, $text) {
    my ($not, $name) =
        /^(not )?ok \d+ - (.*?)(?: \(TODO \d+\))?(?: # SKIP.*)?$/m or next;
    $said{$name} = [!$not, s/\n#\s+/ /gr];
}

sub passes {
    my ($name) = @_;
    ok($said{$name}[0], "$name: passed") or diag($said{$name}[1]);
}

sub fails {
    my ($name, @patterns) = @_;
    ok(!$said{$name}[0], "$name: failed") or diag($said{$name}[1]);
    like($said{$name}[1], $_, "$name: the report says why") for @patterns;
}

passes('good');
passes('true exit code');
fails('hangs', qr/nothing, and nothing can come any more/,
    qr/specimen is inside ConnectNamedPipe \(specimen\.c:\d+\)/);
fails('spins', qr/specimen is in no call that the lens sees: it computes/, qr/a loop that does not end/);
my ($crash) = map { /^(\d+):/ } grep { /address = 1;/ }
    `grep -n . checks/specimens/specimen.c`;
fails('crashes', qr/\(specimen\.c:$crash\)/,
    qr/crashed: exception 0xC0000005, access violation \(specimen\.c:\d+\)/);
fails('oversteps', qr/only memory that is its own is used/,
    qr/specimen: something is written behind a block of 10 bytes, made at \(specimen\.c:\d+\), freed at \(specimen\.c:\d+\)/,
    qr/cause: +memory is used that is not/);
fails('uses what is freed', qr/ends with exit status 0/,
    qr/ended by a crash: it uses memory that it has freed, a block of 10 bytes \(specimen\.c:\d+\), made at/);
fails('loses memory', qr/all memory is freed/,
    qr/nobody has freed a block of 30 bytes \(specimen\.c:\d+\)/,
    qr/cause: +the last pointer/);
fails('floods', qr/nothing within 700 ms/);
passes('floods and ends');
fails('leaves a child', qr/no process is left behind/,
    qr/a process that it started still holds its output/);
fails('leaves a quiet child', qr/a process that it started still runs/);
fails('ends at once', qr/ended with exit status 0; it printed nothing/);
fails('ends otherwise', qr/ended with exit status 3/, qr/\(TODO 7\)/);
passes('counts handles');
fails('leaks', qr/a handle open that CreateEventW gave it \(specimen\.c:\d+\)/);
fails('closes twice', qr/only open handles are closed/,
    qr/a handle that is not open \(specimen\.c:\d+\)/);
fails('prints errors', qr/nothing on standard error/, qr/NoSuchCall/);
passes('waits for calls');
fails('waits in vain', qr/ConnectNamedPipe number 1 of specimen returns/,
    qr/nothing, and nothing can come any more/,
    qr/specimen is inside ConnectNamedPipe/);
fails('waits for itself', qr/specimen is inside ReadFile \(specimen\.c:\d+\)/,
    qr/its writing end is open in specimen: CreatePipe \(specimen\.c:\d+\)/);
fails('waits for none', qr/ReadFile number 1 of specimen begins/,
    qr/specimen ended with exit status 0/);
passes('Ctrl+C ends it');
passes('peers talk');
fails('another message', qr/one message of 3 bytes: "one"/,
    qr/a message of 3 bytes: "two"/);
passes('forgiven 0');
fails("forgiven $_->[0]", qr/no call that only Wine forgives/,
    qr/specimen: $_->[1] \(specimen\.c:\d+\)/, qr/$_->[2]/)
    for [1, 'CreateNamedPipeW', 'from 1 to 255'],
    [2, 'SetNamedPipeHandleState', 'needs FILE_WRITE_ATTRIBUTES'],
    [3, 'ReadFile', 'needs an OVERLAPPED'],
    [4, 'WriteFile', 'an OVERLAPPED has no effect'],
    [5, 'WriteFile', 'until the read of the other thread is over'],
    [6, 'CreateNamedPipeW', 'FIRST_PIPE_INSTANCE fails with 5'];
fails('spins for long', qr/it computes without an end/,
    qr/a loop that does not end.*; or: a cause of its own/);
fails('rests', qr/nothing within 700 ms/, qr/specimen is inside Sleep/);
fails('polls', qr/nothing within 700 ms/, qr/specimen is inside Sleep/);
fails('polls at once', qr/call after call, without an end/);
passes($_) for 'rests beside one', 'a timer', 'a pool', 'stands until';
fails('takes memory', qr/more than 512 MB/);
fails('starts children', qr/more than 64 processes/);
fails('prints controls', qr/\\x1b\[2Jgone\\x07 \\xfe\xc3\xa9/);
unlike($text, qr/[\x00-\x09\x0b-\x1f\x7f]/, 'no control character is printed');
passes('nobody grasps');
like($text, qr/^ok \d+ - after a failure # SKIP needs check 14$/m,
    'a check that depends on a failed one is skipped with the reason');
my ($oversteps) = $text =~ /^not ok (\d+) - oversteps$/m;
like($text, qr/^ok \d+ - oversteps again # SKIP see check $oversteps$/m,
    'a mistake that many checks show is told once');
like($text, qr/^ok \d+ - on Windows(?: # SKIP needs real Windows)?$/m,
    'a check that needs Windows is skipped on Wine with the reason');

my ($long) = grep { length > 80 } split /\n/, $text;
is($long, undef, 'the report fits 80 columns');
my $most = 0;
for (split /^(?=(?:not )?ok \d)/m, $text) {
    my $lines = () = /^#   /mg;
    $most = $lines if $lines > $most;
}
cmp_ok($most, '<=', 12, 'no failure takes more than twelve lines');

# What the machine lacks is never the learner's fault.
$text = `mk/run build/checks/specimens/judge.exe build/checks/specimens/none`;
is($? >> 8, 2, 'a folder without programs: exit status 2');
like($text, qr/^Bail out!.*there is no program/m, 'and one clear line');
mkdir 'build/checks/specimens/broken';
open my $out, '>', 'build/checks/specimens/broken/specimen.exe' or die $!;
print $out "This is no program, though it has LENS_RECORD\0 in it.\n";
close $out;
$text = `mk/run build/checks/specimens/judge.exe build/checks/specimens/broken 2>&1`;
is($? >> 8, 2, 'a program that can not be started: exit status 2');
like($text, qr/^Bail out!  environment: \w+ failed with error \d+/m,
    'and it is called a trouble of the environment');
my $plain = 'build/lessons/01-blocking-echo';
system("make -s -C lessons/01-blocking-echo >/dev/null") == 0 or die('not built');
$text = `mk/run build/checks/specimens/judge.exe $plain 2>&1`;
is($? >> 8, 2, 'programs without the lens: exit status 2');
like($text, qr{^Bail out!  \Q$plain\E/\w+\.exe was not built with the lens$}m,
    'and one clear line');
$text = `mk/run build/checks/specimens/judge.exe 2>&1`;
is($? >> 8, 2, 'no folder named: exit status 2');
like($text, qr/^usage: /, 'and the usage');

# All checks together have a time, too: what is left is not run.
$text = `mk/run build/checks/specimens/judge.exe build/checks/specimens/lens ms=100`;
is($? >> 8, 1, 'the time of a grade is over: a failure');
my @not_run = $text =~ /^ok \d+ - .* # SKIP not run: the time for one grade is over$/mg;
like($text, qr/less than 100 ms\n#   seen: +the time is over/,
    'and one check says so');
cmp_ok(scalar @not_run, '>', 30, 'the others are not run');

# Graders that share the checks report what one does; those that wait long are
# begun first, behind those that they need.
for my $topic ('01-blocking-echo', '08-nonblocking') {
    my @command = ('mk/run', "build/checks/$topic.exe",
        map { "build/$_/$topic/lens" } qw(solutions lessons));
    my $alone = `@command`;
    for my $graders (1, 5) {
        is(`@command $graders`, $alone, "$topic: $graders graders report the same");
        is($? >> 8, 0, 'and pass');
    }
}
my @command = ('mk/run', 'build/checks/01-blocking-echo.exe',
    map { "build/$_/01-blocking-echo/lens" } qw(solutions lessons));
for my $graders (0, 17, 'two', '1 -1', '1 2x', 'of 0 4', 'of 17 4') {
    $text = `@command $graders 2>&1`;
    # Wine now and then ends a program before it has begun: mk/grade grades
    # again then, too.
    $text = `@command $graders 2>&1` if $text eq '';
    is($? >> 8, 2, "$graders graders: exit status 2");
    like($text, qr/^usage: /, 'and the usage');
}
# (4 is no handle of a board, nor is one that was not inherited.)
$text = `@command of 1 4`;
is($? >> 8, 2, 'a grader without a board: exit status 2');
like($text, qr/^Bail out!  environment: MapViewOfFile failed/, 'and one clear line');

# Ctrl+C is no success.
{
    local $SIG{INT} = 'DEFAULT';
    # mk/run becomes the program only where no stream is a terminal.
    my $pid = open my $out, '-|',
        'exec mk/run build/checks/specimens/judge.exe build/checks/specimens/lens 2>&1';
    my $first = <$out>;
    kill INT => $pid;
    my $rest = do { local $/; <$out> };
    close $out;
    isnt($?, 0, 'an interrupted grader does not end with 0');
    unlike($rest, qr/checks passed/, 'nor to the end');
}

# Nobody is left behind.
my $here = readlink '/proc/self/cwd';
my @left = grep { (readlink "$_/exe" // '') =~ /wine/
    && (readlink "$_/cwd" // '') eq $here && do {
    open my $in, '<', "$_/cmdline"; local $/; (<$in> // '') =~ /specimen / } }
    glob '/proc/[0-9]*';
is(scalar @left, 0, 'no specimen runs any more') or diag("@left");
done_testing();
