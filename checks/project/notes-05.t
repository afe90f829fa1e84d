#!/usr/bin/perl
# The table in the notes of lesson 05 is what its program prints.
use strict;
use warnings;
use Test::More tests => 2;

my $notes = do {
    open my $in, '<', 'lessons/05-directions/README.md' or die "README.md: $!";
    local $/;
    <$in>;
};
my ($table) = $notes =~ /^```text\n\$ make combinations\n(.*?)^```$/ms;
ok(defined $table, 'the notes show what `make combinations` prints');
my $said = `mk/run build/lessons/05-directions/combinations.exe`;
$said =~ s/\r\n/\n/g;
is($table, $said, 'the table is the program\'s');
