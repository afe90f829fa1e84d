#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The queue of lesson 17 under load: a million items go from four producers to
# four consumers, each comes once. Three queues with a fault each are found out.
use strict;
use warnings;
use File::Path 'make_path';
use Test::More;

my $lesson = 'lessons/17-semaphores';
my $gcc = ($ENV{CROSS_COMPILE} // 'x86_64-w64-mingw32-') . 'gcc';

# The load with a queue; returns what it printed.
sub load {
    my ($name, $text, $items) = @_;
    my $place = "build/tests/load/$name";
    make_path($place);
    open my $out, '>', "$place/queue.c" or die "$place: $!\n";
    print {$out} $text;
    close $out or die "$place: $!\n";
    my $log = `$gcc -std=c11 -O2 -I. -I$lesson -o $place/load.exe checks/load/queue_17.c $place/queue.c build/common/error.o build/common/console.o build/common/utf8.o 2>&1`;
    is($?, 0, "$name: it is built") or diag($log);
    return scalar `mk/run $place/load.exe $items`;
}

my $queue = do {
    open my $in, '<', "$lesson/queue.c" or die "queue.c: $!\n";
    local $/;
    <$in>;
};

my $text = load('queue', $queue, 1_000_000);
is($?, 0, 'a million items come, each once') or diag($text);
note($1) if $text =~ /^# (.*?)\r?$/m;

for (
    ['no lock', 'if (WaitForSingleObject(queue->lock, INFINITE) == WAIT_FAILED)', 'if (0)',
        'if (!ReleaseMutex(queue->lock))', 'if (0)'],
    ['a text stays', 'memory->taken++;', 'static int n; memory->taken += ++n % 400 != 0;'],
    ['two texts are one', 'memory->put++;', 'static int n; memory->put += ++n % 400 != 0;'],
) {
    my ($what, %change) = @$_;
    my $wrong = $queue;
    for my $right (keys %change) {
        die "there is no $right in queue.c\n" if index($wrong, $right) < 0;
        $wrong =~ s/\Q$right/$change{$right}/;
    }
    my $said = load($what =~ s/\W+/-/gr, $wrong, 4_000);
    is($? >> 8, 1, "$what: it is found out") or diag($said);
    note($1) if $said =~ /^# (.*?)\r?$/m;
}
done_testing();
