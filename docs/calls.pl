#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Makes docs/index-of-calls.md: which Windows call is in which lesson.
# Usage, in the top folder: perl docs/calls.pl >docs/index-of-calls.md
#
# The calls are those that stand in the lessons' sources and in the lens's
# table, lens/calls.h; the reference pages are those that the notes link to,
# by a link whose text is the call's name.
use strict;
use warnings;
use utf8;
use open ':std', ':encoding(UTF-8)';

sub slurp
{
    my ($path) = @_;
    open my $in, '<', $path or die "$0: $path: $!\n";
    local $/;
    return scalar <$in>;
}

# These two are in no table: the lens has no use for them.
my %known = map { $_ => 1 } 'GetLastError', 'QueryPerformanceCounter',
    slurp('lens/calls.h') =~ /^LENS_(?:CALL\(\w+, |VOID\()(\w+),/mg;

# In which lessons a call is used, in their order; its page.
my (%lessons, %page, %topic);
for my $readme (sort glob 'lessons/[0-9][0-9]-*/README.md') {
    my ($topic, $number) = $readme =~ m{/((\d+)-[^/]+)/};
    $topic{$number} = $topic;
    my %used;
    for (glob "lessons/$topic/*.[ch]") {
        my $code = slurp($_) =~ s{/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"}{}gsr;
        $used{$_}++ for grep { $known{$_} } $code =~ /\b(\w+)\s*\(/g;
    }
    push @{$lessons{$_}}, $number for keys %used;
    my $notes = slurp($readme);
    $page{$1} //= $2 while $notes =~ /\[`?(\w+)`?\]\((https:[^)]+)\)/g;
}

my @wrong = grep { !$page{$_} } sort keys %lessons;
die map { "$0: lesson $lessons{$_}[0] uses $_, and no notes link to its page\n" }
    @wrong if @wrong;

print <<'END';
# Index of calls

Every Windows call that the programs of the lessons make: the lesson that introduces it, those that use it again, and its reference page on Microsoft Learn.

| call | introduced in | used again in | reference |
|---|---|---|---|
END
for my $call (sort { lc $a cmp lc $b } keys %lessons) {
    my ($first, @again) =
        map { "[$_](../lessons/$topic{$_}/README.md)" } @{$lessons{$call}};
    print "| `$call` | $first | @again | [Learn]($page{$call}) |\n";
}
