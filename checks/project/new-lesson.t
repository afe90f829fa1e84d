#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A new lesson: what make new-NN writes plays and is graded at once, nothing that
# is there is overwritten, each rule that a lesson must keep tells of a lesson
# that breaks it, and the answers follow a solution that changes. In a small copy
# of the project.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use File::Path qw(make_path remove_tree);
use Test::More;
use lib 'checks/proofs';
use Patch;

my $place = 'build/tests/new lesson';
my $topic = '15-some-pipes';

sub there {
    my ($command) = @_;
    my $text = `cd '$place' && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u HARNESS_ACTIVE -u PERL_TEST_HARNESS_DUMP_TAP $command 2>&1 </dev/null`;
    utf8::decode($text);
    return ($text, $? >> 8);
}

sub read_there { my $text = Patch::slurp("$place/$_[0]"); utf8::decode($text); return $text }

sub write_there {
    my ($name, $text) = @_;
    unlink "$place/$name";
    open my $out, '>', "$place/$name" or die "$name: $!\n";
    print $out $text;
    close $out or die "$name: $!\n";
}

# Does a command, and looks for what it says.
sub says {
    my ($what, $command, $status, @patterns) = @_;
    my ($text, $ended) = there($command);
    is($ended, $status, "$what: exit status $status") or diag($text);
    like($text, $_, $what) or return for @patterns;
    return $text;
}

remove_tree($place);
make_path($place);
my @files = map { glob } qw(.gitignore Makefile setup README.md .clang-format mk common
    lens checks/Makefile checks/harness checks/proofs checks/claims checks/prove-* checks/refresh-answers
    checks/play.c docs/*.pl docs/*.txt docs/*.md build/common build/lens build/checks/harness
    build/checks/play.*), '{lessons,exercises,solutions}/01-blocking-echo';
system('cp', '-pr', '--parents', (grep { -e } @files), $place) == 0
    && symlink("../../../wine", "$place/build/wine")
    or die('no copy was made');

# ---- it is made ----

says('a number of one digit', 'make -s new-5 TOPIC=x', 2, qr/^make: a lesson has a number of two digits/m);
says('no topic', 'make -s new-15', 2, qr/^make: say what the lesson is about/m);
says('no name', "make -s new-15 'TOPIC=Some Pipes'", 2, qr/^make: a topic is small letters/m);
says('no command', "make -s new-15 'TOPIC=\$(shell touch made)'", 2, qr/^make: a topic is/m);
ok(!-e "$place/made", 'what was typed is not done');
says('a number that is taken', 'make -s new-01 TOPIC=x', 2,
    qr{^make: there is a lesson 01 already: lessons/01-blocking-echo}m);
my ($before) = there('ls -R lessons exercises solutions checks');
says('it is made', 'make -s new-15 TOPIC=some-pipes', 0,
    qr{^\| 15 \| \[some-pipes\]\(lessons/15-some-pipes/README\.md\) \|}m);
write_there("lessons/$topic/server.c", read_there("lessons/$topic/server.c") . "/* mine */\n");
says('but not twice', 'make -s new-15 TOPIC=some-pipes', 2, qr/already/);
says('nor under another name', 'make -s new-15 TOPIC=other', 2, qr/already/);
like(read_there("lessons/$topic/server.c"), qr/mine/, 'what was written stays');

# ---- it plays, and is graded ----

my $grader = read_there("checks/$topic.c");
unlink "$place/checks/$topic.c";
says('it plays without a grader', 'make -s run-15', 0, qr/^server \| ready\n/m, qr/^client \| hello$/m);
says('which is told', 'make -s grade-15', 2, qr{not graded: checks/15-some-pipes\.c is missing});
write_there("checks/$topic.c", $grader);
says('the exercise fails its own check', 'make -s grade-15', 2, qr/^not ok 2 - .*\(535\)/m,
    qr/failed, 1 of 3 checks/);
says('the solution passes', 'mk/grade solutions/15-some-pipes', 0, qr/grade-15: passed$/m);
write_there("checks/$topic.c", $grader =~ s/\.needs = &echoes/.needs = &ehcoes/r);
says('a need that is misspelt does not compile', 'mk/grade solutions/15-some-pipes', 2, qr/ehcoes/);
write_there("checks/$topic.c", $grader =~ s/    &echoes,\n(    &client_wins_the_race,\n)/$1    &echoes,\n/r);
says('a need that comes later', 'mk/grade solutions/15-some-pipes', 2,
    qr/needs "The server sends back what it reads", which does not stand before it/);
write_there("checks/$topic.c", $grader);

# ---- the answers ----

my $solution = read_there("solutions/$topic/server.c");
my $call = qr/    if \(!ConnectNamedPipe.*\n.*\n/;
make_path("$place/build/answers/wrong/$topic/$_/source") for qw(connects-to-nobody dies);
my %change = ('connects-to-nobody' => '', dies => "    die(\"ConnectNamedPipe\");\n");
write_there("build/answers/wrong/$topic/$_/source/server.c", $solution =~ s/$call/$change{$_}/r)
    for keys %change;
says('answers are made of programs', 'make -s refresh-answers-15 EDITED=1', 0, qr/2 made anew/);
my $patch = "checks/wrong/$topic/dies.patch";
like(read_there($patch), qr/^Rejected by: FILL IN\n/, 'with a head to be filled in');
write_there($patch, read_there($patch) =~ s/\AR.*\n.*\n/Rejected by: A\nWhy.\n/r);
my $kept = read_there($patch);
write_there("solutions/$topic/server.c", "/* One more line. */\n$solution"
    =~ s/(TODO\(1\):).*(\*\/)/$1 said otherwise. $2/r);
says('they follow a solution that changes', 'make -s refresh-answers-15', 0, qr/made anew/);
like(read_there($patch), qr/^Rejected by: A\nWhy\.\n\n--- .*said otherwise/s, 'head and change stay');
says('and are built', 'make -s answers-15', 0, qr/2 answers: 2 built/);
ok(-e "$place/build/answers/wrong/$topic/dies/lens/server.exe", 'as programs');
write_there("solutions/$topic/server.c", $solution =~ s/$call/    work(pipe);\n/r);
says('what can not follow is told', 'make -s refresh-answers-15', 2,
    qr/dies\.patch: the old text of hunk 1 is not in/, qr/EDITED=1/);
write_there("solutions/$topic/server.c", $solution);
says('and follows again', 'make -s refresh-answers-15', 0, qr/answers of 15/);

# ---- what a lesson must have ----

# Breaks a file, asks for the complaint, and mends the file again.
sub breaks {
    my ($rule, $file, $change, $complaint) = @_;
    my $text = read_there($file);
    my $broken = $change->($text);
    isnt($broken // '', $text, "$rule: the file is another");
    defined $broken ? write_there($file, $broken) : unlink "$place/$file";
    my ($said) = there("perl -Ichecks/proofs -MRules -CS -e 'for (Rules::of_topic(q($topic)), Rules::around(q($topic))) { my (\$rule, \@wrong) = \@\$_; print qq(\$_\\n) for \@wrong }'");
    like($said, $complaint, $rule);
    write_there($file, $text);
}
my $notes = "lessons/$topic/README.md";
breaks('a missing file', "exercises/$topic/HINTS.md", sub { undef },
    qr{HINTS\.md is missing: mk/template});
breaks('what is not filled in', $notes, sub { "$_[0]\nFILL IN: more\n" }, qr{README\.md:\d+: FILL IN .*: write it});
breaks('a program without a source', "lessons/$topic/Makefile", sub { $_[0] =~ s/client$/client child/mr },
    qr/Makefile names child, and there is no child\.c/);
breaks('a source without a program', "lessons/$topic/Makefile", sub { $_[0] =~ s/^(PROGRAMS.*) client$/$1/mr },
    qr/client\.c is in no program: add client/);
breaks('a conversation of others', "lessons/$topic/Makefile", sub { $_[0] =~ s/\| client/| clint/r },
    qr/PLAY starts clint, which is not in PROGRAMS/);
breaks('two makefiles that differ', "solutions/$topic/Makefile", sub { $_[0] =~ s/server$/server child/mr },
    qr/PROGRAMS is "server" in .* and "child server" in/);
breaks('nothing to edit', "exercises/$topic/Makefile", sub { $_[0] =~ s/^EDIT.*\n//mr }, qr/does not say what the learner edits/);
breaks('a file to edit that is not there', "exercises/$topic/Makefile", sub { $_[0] =~ s/^(EDIT.*)/$1 more.c/mr },
    qr/more\.c is missing, though EDIT/);
breaks('a section', $notes, sub { $_[0] =~ s/^## Try$/## Play/mr }, qr/no section "Try": write "## Try"/);
breaks('their order', $notes, sub { $_[0] =~ s/^## Read it$/## Try/mr =~ s/^## Try\n\n1/## Read it\n\n1/mr }, qr/stands too early: the order is/);
breaks('the length', $notes, sub { $_[0] . 'word ' x 2000 }, qr/\d{4} words .*leave out or divide/);
breaks('no quotes', $notes, sub { $_[0] =~ s/```c\n/```\n/gr }, qr/quotes no code/);
breaks('no code', $notes, sub { $_[0] =~ s/^\| 535.*\n//mr }, qr/has no row "\| 109/);
breaks('no picture', $notes, sub { $_[0] =~ s/\(timeline-15\.svg\)//r }, qr/does not show timeline-15\.svg/);
breaks('the goal', $notes, sub { $_[0] =~ s/\*\*Goal\*\*/Goal/r }, qr/begins with \*\*Goal\*\*/);
breaks('the hints', "exercises/$topic/HINTS.md", sub { $_[0] =~ s/^## Hint 3/## Hint 4/mr }, qr/other hints than 1 2 3/);
breaks('the task', "exercises/$topic/README.md", sub { $_[0] =~ s/TODO\(1\)/block 1/gr }, qr/does not say what TODO\(1\) must do/);
breaks('long names', "checks/$topic.c", sub { $_[0] =~ s/comes early/@{['very ' x 10]}/r }, qr/is longer than \d+ letters/);
breaks('wide lines', "lessons/$topic/client.c", sub { $_[0] . '/* ' . 'x' x 80 . " */\n" }, qr/client\.c:\d+: over 80 columns/);
breaks('the layout', "lessons/$topic/client.c", sub { $_[0] =~ s/^    printf/  printf/mr }, qr/client\.c is laid out otherwise: make format/)
    if `clang-format --version 2>&1` =~ /version 14/;
breaks('the row', 'README.md', sub { "$_[0]\n" }, qr/README\.md has no row of the lesson: \| 15 \|/);
my ($said, $status) = there('make prove-15');
is($status, 2, 'make prove-15 says so, too');
like($said, qr/^missing: .*answers.*\n.*wrong has|^  checks\/right\/$topic has no right answer/m, 'with how to mend it')
    or diag($said);
like($said, qr{docs/claims/$topic\.tsv has no row}, 'so are the claims asked for');
like($said, qr/^lesson $topic: \d+ of \d+ rules are kept$/m, 'and a sum');
done_testing();
