#!/usr/bin/perl
# Each grader says the same of the solution and of the skeleton with all
# processors busy as it does on a quiet machine, again and again.
# REPEAT=50 prove checks/long/repeat.t: for new checks.
use strict;
use warnings;
use File::Basename;
use Test::More;
use lib 'checks/proofs';
use Answer;
use Proven;
use Verdict;

my $times = $ENV{REPEAT} || 2;
my @busy;

# What is wrong with a verdict; nothing is, as the proofs on a quiet machine
# have shown.
sub faults {
    my ($topic, $folder, $skeleton) = @_;
    my $verdict = Verdict->of($topic, "$folder/lens");
    my @faults = !$verdict->is_whole ? 'the grader was cut off twice'
        : $skeleton ? $verdict->faults_if_wrong($skeleton)
        : $verdict->faults_if_right;
    return @faults ? (@faults, $verdict->{text}) : ();
}

my @topics = map { basename(dirname($_)) } sort glob 'solutions/*/Makefile';
my %skeleton = map { $_ => Answer->new(Answer::skeleton_of($_)) } @topics;
for (@topics) {
    my ($built, $log) = $skeleton{$_}->build;
    $built or BAIL_OUT("the skeleton of $_ does not compile\n$log");
}

my $parent = $$;
for (1 .. Proven::jobs()) {
    my $id = fork // die "fork: $!";
    if ($id == 0) { 1 while getppid() == $parent; exit }
    push @busy, $id;
}
for my $topic (@topics) {
    my @solution = map { faults($topic, "build/solutions/$topic") } 1 .. $times;
    ok(!@solution, "$topic: the solution passes, $times times")
        or diag(join "\n", @solution);
    my $skeleton = $skeleton{$topic};
    my @skeleton = map { faults($topic, $skeleton->{out}, $skeleton) } 1 .. $times;
    ok(!@skeleton, "$topic: the skeleton is rejected as it should, $times times")
        or diag(join "\n", @skeleton);
}
kill 'TERM', @busy;
waitpid $_, 0 for @busy;
done_testing();
