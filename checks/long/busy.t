#!/usr/bin/perl
# A verdict says something about the program, and nothing about the machine:
# with four busy processes for each processor, the graders say of some answers
# of each lesson just what they say on a quiet one.
# One of them may need a second try, beside the same load: which one, and what
# was said at the first, is told, and wants mending. TRIES=1: none may.
# EACH=20 BUSY=16 SEED=5 TRIES=1 prove -v checks/long/busy.t: so many answers of
# each lesson, beside so many processes; which ones, SEED decides. For a new
# check: TOPIC=15 EACH=100 TIMES=50 BUSY=0 TRIES=1, and the same with BUSY=16.
use strict;
use warnings;
use File::Basename;
use List::Util qw(shuffle);
use Test::More;
use lib 'checks/proofs';
use Answer;
use Proven;

my $each = $ENV{EACH} || 2;
my $busy = $ENV{BUSY} // 4 * Proven::processors();
my $seed = $ENV{SEED} || 1;
my $times = $ENV{TIMES} || 1;
my $topic = $ENV{TOPIC} // '';
srand $seed;

# The skeleton, and of the others right and wrong ones in turn.
sub some_of {
    my ($topic) = @_;
    my ($right, $wrong) = map {
        my $side = $_;
        [ shuffle(grep { m{/$side/} } Answer::paths_of($topic)) ]
    } qw(right wrong);
    my @some = Answer::skeleton_of($topic);
    while (@some < $each && (@$right || @$wrong)) {
        push @some, grep { defined } shift @$right, shift @$wrong;
    }
    return @some[ 0 .. ($each < @some ? $each : @some) - 1 ];
}

my @answers = map { some_of(basename(dirname($_))) }
    sort glob "solutions/$topic*/Makefile";
my ($parent, @busy) = $$;
for (1 .. $busy) {
    my $id = fork // die "fork: $!";
    if ($id == 0) { 1 while getppid() == $parent; exit }
    push @busy, $id;
}
note(@answers . " answers beside $busy busy processes, SEED=$seed");
$ENV{FRESH} = 1;
for my $time (1 .. $times) {
    my $said = `checks/prove-answers @answers 2>&1`;
    is($?, 0, "each answer gets its verdict, time $time") or diag($said);
    my ($sum) = $said =~ /^${\scalar @answers} answers: (.*)$/m;
    my ($proven, $late) = ($sum // '') =~ /^(\d+) proven(?:, (\d+) at the second try)?$/;
    is(($proven // 0) + ($late // 0), scalar @answers, 'all of them were graded');
    diag($said) if $late;
}
kill 'TERM', @busy;
waitpid $_, 0 for @busy;
done_testing();
