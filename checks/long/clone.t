#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A copy of the project in a folder with a space and Korean letters in its name
# is built, played, drawn, swept, graded and proven there, from the first
# compilation on. Left out is what looks at the text of the sources only, or
# makes a copy of its own; and all topics but one, which has two programs with a
# part that both share.
use strict;
use warnings;
use Test::More;

my $place = 'build/tests/a clone 한글';
my $log = 'build/tests/clone.log';
my $topic = '06-read-modes';
my $left_out = qr{/(?:analysis|cppcheck|format|glossary
    |grading|learner|new-lesson|setup|submissions)\.t$}x;
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL PERL_TEST_HARNESS_DUMP_TAP)};

# Does a command in the copy, and tells the end of what it says if it fails.
sub passes {
    my ($what, $command) = @_;
    system("(cd '$place' && $command) >$log 2>&1 </dev/null");
    ok($? == 0, $what) or diag(`tail -n 80 $log`);
}

system("rm -rf '$place' && mkdir -p '$place/build' && "
        . "tar --exclude=./build --exclude=./.git -cf - . | tar -xf - -C '$place' && "
        . "ln -s ../../../wine '$place/build/wine'") == 0
    or die('no copy was made');

my @scripts = grep { !/$left_out/ } glob 'checks/project/*.t';
passes('a copy is built', "make -j2 all graded viewer exercises/$topic/how");
passes('its right answers are proven', "checks/prove-answers checks/right/$topic/*.patch");
passes('so is the topic', "make build/tests/$topic.t");
passes('the tests of what is built there',
    "CLONE=1 mk/prove build/tests/$topic.t @scripts");
system('rm', '-rf', $place) if Test::More->builder->is_passing;
done_testing();
