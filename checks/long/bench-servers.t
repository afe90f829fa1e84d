#!/usr/bin/perl
# The benchmark runs, all its columns are there and hold figures that can be;
# a setting that makes no sense is refused. How fast anything is, is no test.
use strict;
use warnings;
use Test::More;

my $out = 'build/tests/bench';
my $text = `make -s bench-servers ROUNDS=1 CLIENTS="1 3" MS=100 SEED=7 RESULTS=$out 2>&1`;
is($?, 0, 'the benchmark runs') or diag($text);
like($text, qr/^Cells: \d+; seed: 7;/m, 'it says in which order');
is((grep { length > 80 } split /\n/, $text) + 0, 0, 'its lines fit the screen')
    or diag($text);

open my $in, '<', "$out/servers.csv" or die("$out/servers.csv: $!");
chomp(my ($head, @lines) = <$in>);
close $in;
my @names = split /,/, $head;
is("@names", 'round mode server clients trips_per_second p50_us p99_us '
    . 'server_cpu_us client_cpu_us wineserver_cpu_us memory_one_kb '
    . 'memory_all_kb slowest fastest connections_per_second', 'the columns');

my %seen;
for my $line (@lines) {
    my %row;
    @row{@names} = split /,/, $line, -1;
    my $cell = "$row{server}, $row{clients} clients, $row{mode}";
    $seen{"$row{server} $row{clients}"}++;
    my @wrong = grep { $row{$_} !~ /^\d+(?:\.\d+)?$/ || $row{$_} == 0 }
        qw(trips_per_second p50_us p99_us memory_one_kb memory_all_kb slowest
        fastest);
    is("@wrong", '', "$cell: figures above 0") or diag($line);
    ok($row{p50_us} <= $row{p99_us} && $row{slowest} <= $row{fastest},
        "$cell: figures that agree") or diag($line);
    ok($row{server} eq 'floor' || $row{connections_per_second} > 0,
        "$cell: clients come and go") or diag($line);
}
for my $server ('04', map { m{/(\d\d)-} } glob 'lessons/1[123]-*/Makefile') {
    ok($seen{"$server 1"} && $seen{"$server 3"}, "$server is measured");
}
ok($seen{'floor 1'}, 'the floor is measured');
ok(-s "$out/$_", "$_ is written") for qw(servers.md servers.txt);
SKIP: {
    skip 'there is no gnuplot', 1 if system('command -v gnuplot >/dev/null') != 0;
    like(`cat $out/servers.svg`, qr/<svg.*<\/svg>/s, 'the picture is drawn');
}

for my $wrong ('ROUNDS=0', 'ROUNDS=many', 'CLIENTS=1 -3', 'CLIENTS= ', 'MS=1.5',
    'SEED=x', 'RESULTS=/proc/none', 'RESULTS=a b') {
    my $said = `env '$wrong' mk/bench-servers 2>&1`;
    is($? >> 8, 2, "$wrong is refused") or diag($said);
    like($said, qr/^bench-servers: [^\n]+\n\z/, "$wrong: in one sentence");
}
done_testing();
