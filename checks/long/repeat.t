#!/usr/bin/perl
# Each grader says the same of the solution and of the skeleton again and
# again, with all processors busy. REPEAT=50 prove checks/long/repeat.t: for new
# checks.
use strict;
use warnings;
use Test::More;

my $times = $ENV{REPEAT} // 3;
my @busy;

# What a grader says of each check, without the diagnostics.
sub verdicts {
    my ($topic, $folder) = @_;
    my $text = `mk/run build/checks/$topic.exe $folder build/lessons/$topic/lens`;
    return join '', $text =~ /^((?:(?:not )?ok|Bail out) .*\n)/mg;
}

chomp(my $processors = `nproc 2>/dev/null` || 2);
my $parent = $$;
for (1 .. $processors) {
    my $id = fork // die "fork: $!";
    if ($id == 0) { 1 while getppid() == $parent; exit }
    push @busy, $id;
}
for my $topic (map { m{([^/]+)/Makefile$} } sort glob 'solutions/*/Makefile') {
    my %folders = (
        solution => "build/solutions/$topic/lens",
        skeleton => "build/answers/wrong/$topic/skeleton/lens",
    );
    for my $what (sort keys %folders) {
        my %seen;
        $seen{ verdicts($topic, $folders{$what}) }++ for 1 .. $times;
        is(scalar keys %seen, 1, "$topic: one verdict on the $what in $times runs")
            or diag(map { "$seen{$_} times:\n$_" } sort keys %seen);
    }
}
kill 'TERM', @busy;
waitpid $_, 0 for @busy;
done_testing();
