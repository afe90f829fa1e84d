#!/usr/bin/perl
# What mk/grade makes of a grader's report: graders of a few lines, each of which
# is cut off, forged or wrong in another way, in the place of the real one.
use strict;
use warnings;
use Cwd qw(getcwd);
use Test::More;

# A project that has nothing to build and whose programs are these graders.
my $place = 'build/tests/grading';
my $topic = '01-blocking-echo';

# Whoever does not answer is not waited for.
$SIG{ALRM} = sub { die "grading.t: mk/grade does not go on\n" };
alarm 300;

sub spit {
    my ($file, $text, $mode) = @_;
    open my $out, '>', $file or die "$file: $!\n";
    print $out $text;
    close $out;
    chmod $mode, $file if defined $mode;
}

system("rm -rf $place && mkdir -p $place/mk $place/build/checks "
        . "$place/build/exercises/$topic/source $place/build/exercises/$topic/lens "
        . "$place/build/lessons/$topic/lens $place/exercises $place/lessons $place/solutions && "
        . "cp -r exercises/$topic $place/exercises/ && "
        . "cp -r lessons/$topic $place/lessons/ && "
        . "cp -r solutions/$topic $place/solutions/ && "
        . "cp solutions/$topic/server.c $place/build/exercises/$topic/source/ && "
        . "mkdir -p $place/lens $place/checks && "
        . "cp lens/calls.h lens/unseen.txt $place/lens/ && "
        . "cp -r checks/proofs checks/$topic.c $place/checks/ && "
        . "cp mk/grade mk/grade-all $place/mk/") == 0 or die('no place');
spit("$place/mk/alone", "#!/bin/sh\n", 0755);
spit("$place/build/checks/$topic.exe", "the grader\n");
spit("$place/build/lessons/$topic/lens/client.exe", "the other side\n");

# The grader says this, the second time that.
sub grade_reports {
    my ($first, $second, @arguments) = @_;
    spit("$place/first", $first);
    spit("$place/second", $second // $first);
    unlink "$place/again";
    spit("$place/mk/run", "#!/bin/sh\n"
        . "[ -f again ] && exec sh ./second \"\$@\"\ntouch again\nexec sh ./first \"\$@\"\n",
        0755);
    @arguments = ('01') unless @arguments;
    my $text = `cd $place && mk/grade @arguments 2>errors`;
    return ($text, $? >> 8);
}

sub last_line { return ($_[0] =~ /([^\n]*)\n\z/)[0] // '' }

my $pass = "echo 1..3\necho 'ok 1 - a'\necho 'ok 2 - b # SKIP needs Windows'\n"
    . "echo 'ok 3 - c'\necho '# 2 of 3 checks passed'\n";
my $fail = "echo 1..3\necho 'ok 1 - a'\necho 'not ok 2 - b (TODO 1)'\n"
    . "echo '#   seen: # 3 of 3 checks passed'\necho 'not ok 3 - c'\n"
    . "echo '# 1 of 3 checks passed; next: TODO(1), a hint: make hint-01'\n";

my ($text, $status) = grade_reports($pass);
is($status, 0, 'a report without a failure');
is(last_line($text), '# grade-01: passed', 'is a pass');
is(() = $text =~ /^1\.\./mg, 1, 'and asked for once');
($text, $status) = grade_reports("$fail\nexit 1");
is($status, 1, 'a report with failures');
is(last_line($text), '# grade-01: failed, 2 of 3 checks', 'is a failure');
is(() = $text =~ /^1\.\./mg, 1, 'and asked for once');

# What does not add up, and why.
my %broken = (
    'prints nothing and ends with 0' => ['', 'it is empty'],
    'prints nothing and ends with 1' => ['exit 1', 'it is empty'],
    'is killed' => ['kill -9 $$', 'it is empty'],
    'is cut off, and ends with 0' =>
        ["echo 1..3; echo 'ok 1 - a'", 'it ends after 1 of 3 checks'],
    'is cut off in a line' =>
        ["echo 1..3; printf 'ok 1 - a\\nok'", 'result 2 has the number of none'],
    'is cut off after a failure' =>
        ["echo 1..3; echo 'not ok 1 - a'; exit 1", 'it ends after 1 of 3 checks'],
    'has no plan' => [$pass =~ s/echo 1\.\.3\n//r, 'it has no plan'],
    'has an empty plan' => ["echo 1..0; echo '# 0 of 0 checks passed'", 'it has no plan'],
    'has two plans' => ["echo 1..2\n$pass", 'it has two plans'],
    'has no sum' => [$pass =~ s/echo '# 2 .*\n//r, 'it has no sum'],
    'has two sums' => ["$pass\necho '# 2 of 3 checks passed'", 'it has two sums'],
    'has another sum' => [$pass =~ s/# 2 of/# 3 of/r, 'its sum is 3 of 3'],
    'has a sum of another plan' => [$pass =~ s/of 3/of 4/r, 'its sum is 2 of 4'],
    'leaves one out' => [$pass =~ s/ok 3/ok 4/r, 'result 3 has the number 4'],
    'says one twice' => [$pass =~ s/ok 3/ok 2/r, 'result 3 has the number 2'],
    'has a result without a number' => [$pass =~ s/ok 3/ok/r, 'result 3 has the number of none'],
    'has one more than planned' =>
        [$pass =~ s/echo '# 2/echo 'ok 4 - d'\necho '# 2/r, 'it has 4 results of 3 checks'],
    'goes on after the sum' => ["$pass\necho 'ok 4 - d'", 'result 4 has the number 4'],
    'hides a failure by a forged line' =>
        [$fail =~ s/echo 'not ok 3/echo 'ok 2 - b'\necho 'not ok 3/r . "\nexit 1",
            'result 3 has the number 2'],
    'says that all passed in spite of failures' =>
        [$fail =~ s/# 1 of/# 3 of/r, 'its sum is 3 of 3'],
    'ends with 0 in spite of failures' => [$fail, 'its exit status is 0, with 2 failed'],
    'ends with 1 without one' => ["$pass\nexit 1", 'its exit status is 1, with 0 failed'],
    'ends with 2 and does not say why' =>
        ["$pass\nexit 2", 'its exit status is 2, with 0 failed'],
    'crashes behind its report' =>
        ["$pass\nkill -9 \$\$", 'its exit status is 137, with 0 failed'],
    'prints without an end' => ["yes '# more'", 'it has no end'],
    'prints a line without an end' => ["yes | tr -d '\\n'", 'it has no end'],
);
for my $name (sort keys %broken) {
    my ($script, $why) = @{ $broken{$name} };
    my ($text, $status) = grade_reports($script);
    is($status, 2, "a grader that $name: no verdict");
    like($text, qr/^\Q# The grader's report does not add up ($why); once more:\E$/m,
        'it is asked once more');
    is(last_line($text), "# grade-01: not graded: the grader's report does not add up ($why)",
        'and no more');
}
($text, $status) = grade_reports('', $pass);
is("$status " . last_line($text), '0 # grade-01: passed',
    'the second report counts, if it adds up');
($text, $status) = grade_reports('', "$fail\nexit 1");
is("$status " . last_line($text), '1 # grade-01: failed, 2 of 3 checks',
    'also when it is a failure');

($text, $status) = grade_reports("echo 1..3; echo 'ok 1 - a'\n"
        . "echo 'Bail out!  environment: CreateFileW failed'; exit 2", $pass);
is($status, 2, 'Bail out!');
is(last_line($text), '# grade-01: not graded: environment: CreateFileW failed',
    'is no verdict');
unlike($text, qr/once more/, 'and said at once');

# The terminal obeys nothing of it.
($text, $status) = grade_reports(
    "printf '# \\033[2J\\r\\007\\t\\302\\233 \\355\\225\\234 \\377 \\342\\200\\256\\n'\n"
        . "printf '\\033]0;title\\007\\n' >&2\n$pass");
like($text, qr/^# \\x1B\[2J\\x0D\\x07\\x09\\x9B \x{ED}\x{95}\x{9C} \\xFF \\x\{202E\}$/m,
    'control characters are shown, not obeyed; other letters stay');
is($status, 0, 'they change no verdict');
open my $errors, '<', "$place/errors" or die;
is(join('', <$errors>), "\\x1B]0;title\\x07\n", 'also those of standard error');

# Each line is shown when it comes: the grader waits for a reader to have it.
spit("$place/mk/run", "#!/bin/sh\necho 1..1\nread -r go <go\n"
    . "echo 'ok 1 - a'\necho '# 1 of 1 checks passed'\n", 0755);
system("cd $place && rm -f go && mkfifo go") == 0 or die('no mkfifo');
open my $report, '-|', "cd $place && exec mk/grade 01" or die;
1 until (<$report> // "1..1\n") eq "1..1\n";
open my $go, '>', "$place/go" or die;
print $go "go\n";
close $go;
is(last_line(join '', <$report>), '# grade-01: passed', 'lines are shown as they come');
close $report;

# Who interrupts it gets no verdict, and leaves nothing behind.
spit("$place/mk/run", "#!/bin/sh\nexec 2>/dev/null\necho 1..1\nread -r go <go\n", 0755);
for my $signal (qw(INT TERM HUP)) {
    my $pid = open my $report, '-|', "cd $place && exec mk/grade 01" or die;
    1 until (<$report> // "1..1\n") eq "1..1\n";
    kill $signal => $pid;
    is(last_line(join '', <$report>), '# grade-01: not graded: it was interrupted', $signal);
    close $report;
    is($? >> 8, 2, 'has its exit status, when the grader has ended');
}

# A program that changes what it is graded with.
for my $file ("build/checks/$topic.exe", "build/lessons/$topic/lens/client.exe") {
    my $was = do { open my $in, '<', "$place/$file" or die; local $/; <$in> };
    ($text, $status) = grade_reports("echo forged >$file\n$pass");
    is($status, 2, "a program that changes $file: no verdict");
    like($text, qr/^# changed: \Q$file\E\n# grade-01: not graded: the program changes what/m,
        'is said so');
    ok(!-e "$place/$file", 'it will be made anew');
    spit("$place/$file", $was);
}

# What differs outside the TODO blocks is told.
my $source = "$place/build/exercises/$topic/source/server.c";
my $solution = do { open my $in, '<', "solutions/$topic/server.c" or die; local $/; <$in> };
sub told {
    my ($change) = @_;
    local $_ = $solution;
    $change->();
    spit($source, $_);
    my ($text, $status) = grade_reports($pass);
    is($status, 0, 'a difference outside the blocks does not fail');
    return ($text =~ /^# server\.c differs .* from line (\d+) on$/m)[0];
}
sub line_of { return 1 + (() = ($solution =~ /^(.*?)^\Q$_[0]\E/ms)[0] =~ /\n/g) }
my $line = line_of('#include "common/console.h"');
is(told(sub { s{#include "common/console.h"}{#include "common/utf8.h"} }), $line,
    'it is told, with its line');
is(told(sub { s/(#include <stdio\.h>\n)/$1\n\n$1/ }), line_of('#include <stdio.h>') + 3,
    'a line more');
is(told(sub { s/^#include "protocol.h"\n//m }), line_of('#include "protocol.h"') + 1,
    'a line less');
ok(told(sub { $_ .= "int more;\n" }), 'at the end');
ok(told(sub { s{/\* END TODO\(2\) \*/}{} }), 'a mark that is gone');
is(told(sub { s{(/\* TODO\(1\): [^\n]*\n)}{$1    anything();\n} }), undef,
    'what stands in a block is not told');
is(told(sub { s/\n/\r\n/g; s/    /\t/g }), undef, 'nor are line ends and tabs');

# Which exercise is meant.
for my $asked ('1', '01', $topic, "exercises/$topic/") {
    ($text, $status) = grade_reports($pass, undef, $asked);
    is("$status " . last_line($text), '0 # grade-01: passed', "mk/grade $asked");
}
for my $asked ('99', '01-other', 'x', '..', '001') {
    ($text, $status) = grade_reports($pass, undef, $asked);
    is($status, 2, "mk/grade $asked: there is none");
    like($text, qr/^# grade: not graded: .*$asked/, 'is said so');
}
for my $arguments ('', '01 a b', '--help', "lessons/$topic folder") {
    `cd $place && mk/grade $arguments 2>errors`;
    is($? >> 8, 2, "mk/grade $arguments: wrong usage");
    open my $errors, '<', "$place/errors" or die;
    like(scalar <$errors>, qr/^usage: mk\/grade NN \[FOLDER\]$/, 'is said so');
}

# The table says the same.
sub table {
    my ($script) = @_;
    grade_reports($script);
    unlink "$place/again";
    my $text = `cd $place && mk/grade-all 2>&1`;
    return ($text =~ s/^lesson.*\n//r, $? >> 8);
}
($text, $status) = table($pass);
like($text, qr/^$topic +2 of 3 +done\nnext: nothing/, 'make grade: done');
is($status, 0, 'with exit status 0');
($text, $status) = table("$fail\nexit 1");
like($text, qr/^$topic +1 of 3 +in progress\nnext: make grade-01$/m, 'make grade: in progress');
is($status, 1, 'with exit status 1');
($text, $status) = table('exit 0');
like($text, qr/^$topic +- of - +not graded: make grade-01 says why$/m, 'make grade: not graded');
is($status, 2, 'with exit status 2');

done_testing();
