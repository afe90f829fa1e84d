#!/usr/bin/perl
# All that a learner types, in a copy of the project whose folder has a space
# and Korean letters in its name.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use Test::More;

plan skip_all => 'this is a copy of the project already' if $ENV{CLONE};

# The copy has its own build folder and shares our Wine prefix.
my $place = 'build/tests/a place 한글';
sub shell { my ($command) = @_; my $text = `$command 2>&1`; return ($text, $? >> 8) }

sub shell_there {
    my ($command) = @_;
    my ($text, $status) = shell("cd '$place' && env -u MAKEFLAGS -u MFLAGS "
            . "-u MAKELEVEL -u HARNESS_ACTIVE $command");
    return ($text, $status);
}

sub edit {
    my ($from, $to) = @_;
    my $file = "$place/exercises/01-blocking-echo/server.c";
    open my $in, '<', $file or die "$file: $!";
    my $text = do { local $/; <$in> };
    $text =~ s/\Q$from\E/$to/ or die "$file has no $from";
    open my $out, '>', $file or die "$file: $!";
    print $out $text;
}

mkdir $_ for 'build', 'build/tests', $place;
my ($text, $status) = shell("tar --exclude=./build --exclude=./.git "
        . "--exclude='*.mine-*' -cf - . | tar -xf - -C '$place' && "
        . "rm -rf '$place/build/hints' '$place'/exercises/*/*.mine-* && "
        . "mkdir -p '$place/build' && ln -sfn ../../../wine '$place/build/wine'");
is($status, 0, 'a copy in a folder with a space and Korean letters')
    or BAIL_OUT($text);
shell_there('make -s reset-01 && rm -f exercises/01-blocking-echo/*.mine-*');

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
like($text, qr/^make grade-01: there is no folder FROM=\/nowhere$/m, 'is said so');
($text, $status) = shell_there('make grade-01 FROM=');
is($status, 2, 'an empty FROM');
like($text, qr/FROM is empty/, 'is said so');
shell("mkdir -p '$place/김 철수' && echo 'int main(' >'$place/김 철수/server.c'");
($text, $status) = shell_there("make grade-01 FROM='김 철수'");
is($status, 2, 'a FROM that does not compile');
like($text, qr/^Bail out!  what is in 김 철수 does not compile$/m, 'is said so');
($text, $status) = shell_there('make grade-01 FROM=docs');
is($status, 2, 'a FROM without the file');
like($text, qr/^make grade-01: FROM=docs has no server\.c$/m, 'is said so');
($text, $status) = shell_there('make grade-99');
is($status, 2, 'a lesson that is not there');
like($text, qr/there is no 99 in exercises/, 'is said so');

# Two at once, when all is to be built: each waits while the other builds.
my $both = "make -s grade-01 FROM=solutions/01-blocking-echo";
($text, $status) = shell_there("sh -c '"
        . "rm -rf build/common build/lessons build/from; $both & $both; wait'");
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
like($text, qr/server\.c:\d+:\d+: error:/, "with the compiler's message");
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
done_testing();
