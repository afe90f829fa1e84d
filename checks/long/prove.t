#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The proofs themselves: an answer that is not what it should be is found, and
# only what has not changed is not proven again. In a small copy of the project,
# with lesson 01 and some answers to it, good and bad.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use File::Path qw(make_path remove_tree);
use Test::More;
use lib 'checks/proofs';
use Patch;

my $topic = '01-blocking-echo';
my $place = 'build/tests/some $proofs 한글';

sub shell_there {
    my ($command) = @_;
    my $text = `cd '$place' && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u FRESH -u HARNESS_ACTIVE -u PERL_TEST_HARNESS_DUMP_TAP $command 2>&1 </dev/null`;
    return ($text, $? >> 8);
}

sub write_there {
    my ($name, $text) = @_;
    open my $out, '>', "$place/$name" or die "$name: $!\n";
    print $out $text;
    close $out or die "$name: $!\n";
}

sub append_there {
    my ($name, $text) = @_;
    open my $out, '>>', "$place/$name" or die "$name: $!\n";
    print $out $text;
    close $out or die "$name: $!\n";
}

# ---- patches by themselves ----

remove_tree($place);
make_path("$place/source");
write_there('source/a.c', "one\ntwo\nthree\ntwo\nfour\n");

sub patched {
    my ($hunks, $head) = @_;
    write_there('x.patch', "$head--- a.c\n+++ a.c\n$hunks");
    my $made = eval { Patch->read("$place/x.patch")->apply("$place/source") };
    return $made ? join ' ', split /\n/, $made->{'a.c'} : $@;
}

sub patches {
    my ($what, $hunks, $wanted) = @_;
    my $got = patched($hunks, "Some words.\n\n");
    ref $wanted ? like($got, $wanted, $what) : is($got, $wanted, $what);
}

patches('a patch is applied', "@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n",
    'one TWO three two four');
patches('wherever its text stands', "@@ -90,2 +90,2 @@\n-four\n+FOUR\n+five\n",
    'one two three two FOUR five');
patches('two hunks', "@@ -1 +1 @@\n-one\n+1\n@@ -5 +5 @@\n-four\n+4\n",
    '1 two three two 4');
patches('a text that is not there', "@@ -1 +1 @@\n-six\n+6\n",
    qr/x\.patch: the old text of hunk 1 is not in .*a\.c$/);
patches('a text that stands there twice', "@@ -2 +2 @@\n-two\n+2\n",
    qr/x\.patch: the old text of hunk 1 stands 2 times in .*a\.c: give it more/);
patches('hunks in a wrong order',
    "@@ -5 +5 @@\n-four\n+4\n@@ -1 +1 @@\n-one\n+1\n",
    qr/old text of hunk 2 stands before the end of the hunk above it$/);
patches('what is no patch', "two\n", qr/x\.patch: this is no line of a patch: two/);
write_there('x.patch', "--- b.h\n+++ b.h\n@@ -0,0 +1 @@\n+new\n");
is_deeply(Patch->read("$place/x.patch")->apply("$place/source"),
    { 'b.h' => "new\n" }, 'a patch can add a file');
write_there('x.patch', "--- ../b.h\n+++ ../b.h\n@@ -0,0 +1 @@\n+new\n");
ok(!eval { Patch->read("$place/x.patch") }, 'but not in another folder');

# ---- a small copy ----

# What has been built keeps its date there, and need not be built again.
remove_tree($place);
make_path($place);
my @files = map { glob } qw(.gitignore Makefile setup mk common lens
    checks/Makefile checks/harness checks/proofs checks/prove-* build/common
    build/lens build/checks/harness), "checks/$topic.c",
    "build/checks/$topic.*", "{lessons,exercises,solutions}/$topic",
    "build/{lessons,solutions}/$topic";
system('cp', '-pr', '--parents', @files, $place) == 0
    && symlink("../../../wine", "$place/build/wine")
    or die('no copy was made');

# Its answers: two that are as they should be, and one of each fault.
my $right = Patch::slurp("checks/right/$topic/switches-on-the-error.patch");
my $wrong = Patch::slurp("checks/wrong/$topic/ignores-all-connect-errors.patch");
my $other = 'Rejected by: Zero bytes come back like all others';
my $hunk  = "--- server.c\n+++ server.c\n@@ -1 +1 @@\n";
my %answers = (
    'right/is-right'          => $right,
    'wrong/is-wrong'          => $wrong,
    'right/is-not-right'      => $wrong,
    'wrong/is-not-wrong'      => "$other\n\n$right",
    'wrong/names-another'     => $wrong =~ s/^Rejected by: .*/$other/mr,
    'wrong/names-one-more'    => "$other\n$wrong",
    'wrong/names-none'        => $wrong =~ s/^Rejected by: .*\n//mr,
    'wrong/says-other-words'  => $wrong =~ s/^Because: .*/Because: 한글/mr,
    'wrong/fits-nowhere'      => "$other\n\n$hunk-nowhere\n+there\n",
    'wrong/fits-twice'        => "$other\n\n$hunk-\n+\n+\n",
    'wrong/does-not-compile'  => $wrong =~ s/^\+ .*/+    {/mr,
);
for my $side (qw(right wrong)) { make_path("$place/checks/$side/$topic") }
write_there("checks/$_.patch" =~ s{/(?=[^/]*$)}{/$topic/}r, $answers{$_})
    for keys %answers;

my ($text, $status) = shell_there('make -s prove-answers-01');
is($status, 2, 'bad answers fail the run');
like($text, qr/^11 answers: 2 proven, 9 failed$/m, 'nine of eleven') or diag($text);

# What is said of an answer, up to the grader's report.
sub said_of {
    my ($name) = @_;
    my ($side, $file) = split m{/}, $name;
    my ($said) = $text =~
        /^$side answer \Q$topic\/$file\E: failed: (.*?)(?=^1\.\.|^\s*$|\z)/ms;
    return $said // 'nothing';
}

my $named = 'Any other error of ConnectNamedPipe is reported';
like(said_of($_->[0]), $_->[1], $_->[0]) for
    ['right/is-not-right', qr/^it is rejected by "$named"$/m],
    ['wrong/is-not-wrong', qr/^"Zero bytes .*" does not reject it$/m],
    ['wrong/names-another', qr/^"Zero bytes .*" does not reject it\n"$named" rejects it, and is not named$/m],
    ['wrong/names-one-more', qr/^"Zero bytes .*" does not reject it$/m],
    ['wrong/names-none', qr/^it does not name the check that must reject it$/m],
    ['wrong/says-other-words', qr/^the diagnostics do not say "한글"$/m],
    ['wrong/fits-nowhere', qr/the old text of hunk 1 is not in solutions/],
    ['wrong/fits-twice', qr/the old text of hunk 1 stands \d+ times in solutions/],
    ['wrong/does-not-compile', qr/^it does not compile$/m];

# ---- what is proven again ----

unlink "$place/checks/$_.patch" =~ s{/(?=[^/]*$)}{/$topic/}r
    for grep { !/is-right|is-wrong/ } keys %answers;

sub proves {
    my ($what, $sum, $command) = @_;
    my ($said, $well) = shell_there($command // 'make -s prove-answers-01');
    is($well, 0, "$what: well") or diag($said);
    is(($said =~ /^\d+ answers: (.*)$/mg)[0], $sum, "$what: $sum");
}

proves('nothing has changed', '2 proven before');
proves('FRESH=1', '2 proven', 'make -s prove-answers-01 FRESH=1');
write_there("checks/wrong/$topic/is-wrong.patch", "Said otherwise.\n$wrong");
proves('an answer has changed', '1 proven, 1 proven before');
for ("checks/$topic.c", 'checks/harness/check.c', 'lens/recorder.c',
    "solutions/$topic/server.c", "lessons/$topic/client.c") {
    append_there($_, "static int changed __attribute__((used)) = 1;\n");
    proves("$_ has changed", '2 proven');
}
proves('nothing has changed since', '2 proven before');
my $how = Patch::slurp("$place/build/proofs/$topic.how");
write_there("build/proofs/$topic.how", $how =~ s/(?<=^compiler )\S+/$& -DNOT_USED/mr);
proves('another flag of the compiler', '2 proven', "checks/prove-answers $topic");
write_there("build/proofs/$topic.how", $how);

# A grader that is cut off says nothing of the program: neither one nor the other.
my $cut = "$place/build/checks/$topic.exe";
rename $cut, "$cut.whole" or die "$cut: $!\n";
system('cp', 'build/checks/specimens/lens/specimen.exe', $cut) == 0 or die;
($text, $status) = shell_there("checks/prove-answers $topic FRESH=1");
is($status, 2, 'a topic that is not there') or diag($text);
like($text, qr/FRESH=1 is neither a topic nor a patch$/, 'is told');
($text, $status) = shell_there("env FRESH=1 checks/prove-answers $topic");
is($status, 1, 'a grader that is cut off fails the run');
like($text, qr/^2 answers: 2 not proven$/m, 'as not proven') or diag($text);
like($text, qr/is-right: not proven: the grader was cut off twice$/m, 'with the reason');
unlink $cut;
rename "$cut.whole", $cut;
proves('no proof was kept of that', '2 proven', "checks/prove-answers $topic");

# ---- whole test scripts ----

make_path("$place/checks/project");
my $script = "#!/bin/sh\necho \"1..2\"\necho \"ok 1\"\n";
write_there('checks/project/passes.t', $script . "echo \"ok 2 # SKIP no time\"\n");
write_there('checks/project/fails.t', $script . "echo \"not ok 2 - bad\"\n");
write_there('checks/project/ends.t', $script);

sub tests {
    my ($what, $reused, $command) = @_;
    my ($said, $well) = shell_there('sh -c \': >build/tests/began; '
        . ($command // 'mk/prove') . ' checks/project/*.t\'');
    is($well, 1, "$what: two fail") or diag($said);
    like($said, qr/^3 passed, 2 failed, 1 skipped$/m, "$what: all are counted");
    like($said, qr/ends\.t: it did not come to its end$/m, "$what: also the unseen");
    my ($not) = $said =~ /has changed: (\d) of 3 scripts/;
    is($not // 0, $reused, "$what: $reused reused") or diag($said);
}

make_path("$place/build/tests");
tests('at first', 0);
tests('again', 1);
tests('FRESH=1', 0, 'FRESH=1 mk/prove');
append_there('lens/recorder.c', "\n");
tests('a file has changed', 0);
write_there('server.c.mine-1', 'is ignored');
tests('a file that git ignores', 1);
tests('another environment', 0, 'CI=another mk/prove');
unlink 'began';
done_testing();
