#!/usr/bin/perl
# The servers of lessons 11 to 13 under load: each of so many clients makes 100
# round trips of 1 to 4,096 bytes, one never reads, one is slow. Every byte is
# compared; how memory and handles grow is told.
use strict;
use warnings;
use Test::More;

# The clients are one thread, and so are these servers: under Wine, 1,000 of
# them need no more open files than one does (tried with ulimit -n 256).
my %clients = (11 => [63], 12 => [250], 13 => [250, 1000]);

for my $number (sort keys %clients) {
    my @folders = map { s{/Makefile$}{}r }
        glob "{lessons,solutions}/$number-*/Makefile";
    SKIP: {
        skip "there is no lesson $number yet", 1 unless @folders;
        for my $folder (@folders) {
            for my $count (@{ $clients{$number} }) {
                my $text = `mk/run build/checks/load/load_servers.exe build/$folder/lens $number $count`;
                is($?, 0, "$folder serves $count clients") or diag($text);
                note($_) for $text =~ /^# ((?:first|again|handles): .*?)\r?$/mg;
            }
        }
    }
}
done_testing();
