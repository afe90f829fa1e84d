#!/usr/bin/perl
# All that a learner types, in a copy of the project whose folder has a space
# and Korean letters in its name.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use File::Copy qw(copy);
use Test::More;

plan skip_all => 'this is a copy of the project already' if $ENV{CLONE};

# The copy has one lesson, its own build folder, and shares our Wine prefix.
my $place = 'build/tests/a place 한글';
my $exercise = 'exercises/01-blocking-echo';
my $solution = 'solutions/01-blocking-echo';
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
sub shell { my ($command) = @_; my $text = `$command 2>&1`; return ($text, $? >> 8) }

sub shell_there { my ($command) = @_; return shell("cd '$place' && $command") }

sub edit {
    my ($from, $to) = @_;
    my $file = "$place/$exercise/server.c";
    open my $in, '<', $file or die "$file: $!";
    my $text = do { local $/; <$in> };
    $text =~ s/\Q$from\E/$to/ or die "$file has no $from";
    open my $out, '>', $file or die "$file: $!";
    print $out $text;
}

# What is there already of the shared parts need not be made again.
mkdir $_ for 'build', 'build/tests';
my ($text, $status) = shell("rm -rf '$place' && mkdir -p '$place/build' && "
        . "tar --exclude=./build --exclude=./.git --exclude='*.mine-*' --exclude=./checks/load "
        . "--exclude='./*/0[02-9]-*' --exclude='./*/1[0-9]-*' -cf - . | "
        . "tar -xf - -C '$place' && "
        . "cp -a build/common build/lens build/checks '$place/build/'; "
        . "ln -sfn ../../../wine '$place/build/wine'");
is($status, 0, 'a copy in a folder with a space and Korean letters')
    or die($text);
shell_there('make -s reset-01 && rm -f exercises/*/*.mine-*');

($text, $status) = shell_there('make run-01');
is($status, 0, 'make run-01 there') or diag($text);
like($text, qr/^server \| ready$/m, 'it shows the server');
like($text, qr/^client \| 안녕$/m, 'it shows the client, in UTF-8');

# Grading
($text, $status) = shell_there('make grade-01');
is($status, 2, 'make grade-01 of the skeleton fails');
like($text, qr/^not ok \d+ .*\(535\)/m, 'and names the check');
like($text, qr/next: TODO\(1\), a hint: make hint-01$/m, 'and what is next');
($text, $status) =
    shell_there("make grade-01 FROM='../a place 한글/solutions/01-blocking-echo'");
is($status, 0, 'FROM=folder grades another folder') or diag($text);
unlike($text, qr/^not ok/m, 'which passes');
($text, $status) = shell_there('make grade-01 FROM=/nowhere');
is($status, 2, 'a FROM that is not there');
like($text, qr/^# grade-01: not graded: there is no folder \/nowhere$/m, 'is said so');
($text, $status) = shell_there('make grade-01 FROM=');
is($status, 2, 'an empty FROM');
like($text, qr/FROM is empty/, 'is said so');
shell("mkdir -p '$place/김 철수' && echo 'int main(' >'$place/김 철수/server.c'");
($text, $status) = shell_there("make grade-01 FROM='김 철수'");
is($status, 2, 'a FROM that does not compile');
like($text, qr/^김 철수\/server\.c:1:.*error:/m, 'is said so of that file');
like($text, qr/^# grade-01: not graded: server\.c does not compile$/m, 'and in words');
($text, $status) = shell_there('make grade-01 FROM=docs');
is($status, 2, 'a FROM without the file');
like($text, qr/^# grade-01: not graded: docs has no server\.c$/m, 'is said so');
($text, $status) = shell_there('make grade-99');
is($status, 2, 'a lesson that is not there');
like($text, qr/there is no 99 in exercises/, 'is said so');
is((grep { length > 80 } split /\n/, $text), 0, 'in 80 columns');

# The script itself has the exit status that make has not, and is for loops.
is((shell_there('mk/grade 1'))[1], 1, 'mk/grade of what fails ends with 1');
is((shell_there("mk/grade 01 $solution"))[1], 0, 'of what passes with 0');
is((shell_there("mk/grade 01 '김 철수'"))[1], 2, 'of what does not compile with 2');
($text) = shell("cd '$place/김 철수' && ../mk/grade 01 ../$solution");
like($text, qr/^# grade-01: passed\n\z/m, 'a folder is named from where one stands');
my ($loop) = do { open my $in, '<', 'README.md' or die; local $/; <$in> }
    =~ /^```sh\n(for student .*?)^```$/ms;
for (['a b', "$place/$solution"], ["'\$(c)", "$place/$exercise"]) {
    my ($student, $from) = @$_;
    mkdir $_ for "$place/submissions", "$place/submissions/$student";
    copy("$from/server.c", "$place/submissions/$student/server.c") or die;
}
open my $script, '>', "$place/loop" or die;
print $script $loop;
close $script;
($text) = shell_there('sh ./loop');
is($text, "submissions/'\$(c)/: # grade-01: failed, 3 of 14 checks\n"
        . "submissions/a b/: # grade-01: passed\n", 'the loop of the README');

# Two at once, when much is to be built: each waits while the other builds.
my $both = "make -s grade-01 FROM=solutions/01-blocking-echo";
($text, $status) = shell_there("sh -c '"
        . "rm -rf build/lessons build/from; $both & $both; wait'");
is(() = $text =~ /^# (\d+) of \1 checks passed$/mg, 2,
    'two gradings at once do not disturb each other') or diag($text);

# Hints
for my $n (1 .. 3) {
    ($text, $status) = shell_there('make hint-01');
    like($text, qr/^## Hint $n/, "hint $n");
    is(() = $text =~ /^## /mg, 1, 'one hint at a time');
}
($text, $status) = shell_there('make hint-01');
like($text, qr/Those were all three/, 'no fourth');
($text, $status) = shell_there('make hint-01 N=2');
like($text, qr/^## Hint 2/, 'N=2 names one');
($text, $status) = shell_there('make hint-01 N=9');
is($status, 2, 'N=9 is refused');
like($text, qr/N is 1, 2 or 3, not "9"/, 'in one sentence');

# By number, with and without zero, or name; in the exercise's folder, too.
for my $name ('1', '01', '01-blocking-echo') {
    ($text, $status) = shell_there("make hint-$name N=2");
    is($status, 0, "make hint-$name");
    like($text, qr/^## Hint 2/, 'is understood');
}
like((shell_there('make -s run-1'))[0], qr/^client \| 안녕$/m, 'make run-1');
like((shell_there('make -s trace-01-blocking-echo'))[0], qr/^Drawn: /m,
    'make trace-01-blocking-echo');
like((shell_there("make -s sweep-1 FAULT=server/ReadFile:2:109"))[0], qr/^ok 2 /m,
    'make sweep-1');
like((shell_there("make -s -C $exercise $_ N=3"))[0], qr/^## Hint 3/m,
    "make $_ in the exercise's folder") for qw(hint hint-01);
like((shell_there("cd $exercise && make solution"))[0], qr/^Why it is so/m, 'make solution');
like((shell_there("cd $exercise && make reset"))[0], qr/is the skeleton already/, 'make reset');
like((shell_there("cd $exercise && make trace"))[0], qr/^Drawn: /m, 'make trace');
like((shell_there("cd $exercise && make -s $_"))[0],
    qr/^# grade-01: failed, 3 of 14 checks$/m, "make $_") for qw(grade grade-01);

# The table
sub row {
    my ($table) = shell_there('make grade');
    my ($row) = $table =~ /^(01-blocking-echo .*)$/m;
    return ($row // '', $table);
}
my ($row, $table) = row();
like($row, qr/not started$/, 'make grade: not started');
like($table, qr/^next: make grade-\d\d$/m, 'and what is next');
is((grep { length > 80 } split /\n/, $table), 0, 'in 80 columns');
unlike($table, qr/\e/, 'without colour, as it is no terminal');
edit('    die("ReadFile");',
    "    if (!client_left(GetLastError()))\n        die(\"ReadFile\");");
($row) = row();
like($row, qr/in progress$/, 'make grade: in progress');
edit('    char text[', '    char text{');
($row) = row();
like($row, qr/does not compile/, 'make grade: a file that does not compile');
($text, $status) = shell_there('make grade-01');
is($status, 2, 'make grade-01 of it fails');
like($text, qr{^$exercise/server\.c:\d+:\d+: error:}m, "with the compiler's message");
($text, $status) = shell_there("cd $exercise && make grade");
like($text, qr{^server\.c:\d+:\d+: error:}m, 'and in its folder, too');
unlike($text, qr/^(not )?ok/m, 'and grades nothing');

# The solution, and back again
($text, $status) = shell_there('make solution-01');
is($status, 0, 'make solution-01');
like($text, qr/^-.*char text\{/m, 'shows mine');
like($text, qr/^\+.*char data\[/m, 'and the other');
for my $n (1 .. 2) {
    ($text, $status) = shell_there('make reset-01');
    is($status, 0, 'make reset-01');
    ok(-e "$place/exercises/01-blocking-echo/server.c.mine-$n",
        "keeps my file, number $n");
    edit('die("ReadFile")', 'die("ReadFile!")');
}
shell("cp '$place/solutions/01-blocking-echo/server.c' "
        . "'$place/exercises/01-blocking-echo/'");
($row) = row();
like($row, qr/(\d+) of \1 +done$/, 'make grade: done');
shell_there('make reset-01');

# What an editor did to white space is no difference.
my $mine = "$place/$exercise/server.c";
shell("sed 's/    /\\t/g; s/\$/\\r/' '$place/$solution/server.c' >'$mine'");
($text) = shell_there('make solution-01');
like($text, qr{^\Q$exercise\E/server\.c is the same as the solution}m,
    'make solution-01 of a file with tabs and CRLF');
shell("sed -i 's/bytes_read/read_bytes/' '$mine'");
($text) = shell_there('make solution-01');
is((grep { /^\+[^+]/ && !/bytes_read/ } split /\n/, $text), 0, 'shows what differs only');
like($text, qr/^\+.*bytes_read/m, 'and that');
shell_there('make reset-01');

# Without the solutions, grading is the same: nothing is taken for the exercise.
shell("mv '$place/solutions' '$place/away'");
($text) = shell_there('mk/grade 01');
like($text, qr/^# grade-01: failed, 3 of 14 checks$/m, 'without solutions/, a failure is one');
is((shell_there('mk/grade 01 away/01-blocking-echo'))[1], 0, 'and a pass is one');
(undef, $table) = row();
like($table, qr/^01-blocking-echo +9 of 14 +in progress$/m, 'the table is as full');
for my $target ('solution', 'reset') {
    ($text, $status) = shell_there("make $target-01");
    is($status, 2, "make $target-01");
    like($text, qr{^make $target-01: $solution/server\.c is missing, .*$}m,
        'says what is missing');
    unlike($text, qr/mine-/, 'and keeps the file where it is');
}
shell("mv '$place/away' '$place/solutions'");

# Without a compiler, nothing is begun.
for my $command ('make grade-01', 'make', 'make run-01', 'mk/grade 01',
    "make -C $exercise", "make -C $exercise grade") {
    ($text, $status) = shell_there("CROSS_COMPILE=no-such- $command");
    is($status, 2, "$command without a compiler");
    like($text, qr/no-such-gcc is missing: run \.\/setup in the top folder/, 'points to ./setup');
    unlike($text, qr/^  (?:CC|LINK|LENS)/m, 'before anything is built');
}
is((shell_there('CROSS_COMPILE=no-such- make hint-01 N=1'))[1], 0, 'a hint needs none');

# In the folder itself
for my $target ('', 'run', 'clean', 'grade') {
    ($text, $status) =
        shell_there("make -C lessons/01-blocking-echo $target");
    is($status, 0, "make $target in the lesson's folder") or diag($text);
}

($text, $status) = shell_there('make help');
like($text, qr/^  make $_ /m, "make help tells of $_")
    for qw(all run-NN grade-NN grade hint-NN reset-NN solution-NN check
    check-all docs format clean help);
is((grep { length > 80 } split /\n/, $text), 0, 'in 80 columns');
# Who runs before they grade has the parts without the lens first.
my $first = 'build/tests/run-first';
system('rm', '-rf', $first);
for (['LINK', 'server.exe'], ['LENS', 'lens/server.exe']) {
    my ($how, $program) = @$_;
    ($text, $status) = shell(
        "make -C exercises/10-duplex READY=1 OUT=../../$first ../../$first/$program");
    is($status, 0, "$program is made") or diag($text);
    like($text, qr/^  $how +\S*\Q$program\E$/m, 'by its own rule');
}

done_testing();
