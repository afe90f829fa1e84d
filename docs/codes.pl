#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Makes docs/when-a-call-fails.md: what each error code means, call by call.
# Usage, in the top folder: perl docs/codes.pl >docs/when-a-call-fails.md
#
# Numbers and names are those of common/codes.h, from which the programs have
# them; the rest is what the lessons say in the table of "What goes wrong",
# whose rows are  | NUMBER `NAME` | where | why | what to do |.
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

my %name;
for (split /\n/, slurp('common/codes.h')) {
    $name{$2} = $1 if /^ *ROW\((\w+), (\d+)\)/;
}

# The rows of each code, in the order of the lessons.
my (%rows, @wrong);
for my $path (sort glob 'lessons/[0-9][0-9]-*/README.md') {
    my ($topic, $number) = $path =~ m{/((\d+)-[^/]+)/};
    my ($section) = slurp($path) =~ /^## What goes wrong\n(.*?)(?=^## )/ms;
    for my $line (split /\n/, $section // '') {
        next unless $line =~ /^\| *\d/;
        my ($code, $name, $where, $why, $do) =
            $line =~ /^\| (\d+) `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$/;
        if (!defined $do || ($name{$code} // '') ne $name) {
            push @wrong, "$path: this row is none, or its code is not the one "
                . "of common/codes.h: $line\n";
            next;
        }
        for ($where, $why, $do) {
            s{ ?\[(?:T?\d+|Wine)(?:, ?(?:T?\d+|Wine))*\]}{}g;  # its witnesses
            s{\]\(\.\./}{](../lessons/}g;     # its links to other lessons
        }
        push @{$rows{$code}}, "| $where | $why | $do "
            . "| [$number](../lessons/$topic/README.md#what-goes-wrong) |";
    }
}
die @wrong if @wrong;

my @met = sort { $a <=> $b } keys %rows;
my @rest = grep { $_ != 0 && !$rows{$_} } sort { $a <=> $b } keys %name;
sub anchor { return lc "$_[0]-$name{$_[0]}" }

print <<'END';
# When a call fails

A Windows call that fails leaves a code, and `GetLastError` gives it, if it is asked at once. The same code can mean different things in different calls, and not each of them is a failure: 535 and 109 are the usual course of a conversation.

Here is every code that the lessons meet: in which call, what it means there, what to do, and the lesson that shows it. The codes and names are those that the programs of the course print, the sentences those of the lessons' sections "What goes wrong"; the reference pages on Microsoft Learn stand there, too.

END
print join("\n", map { "- [$_ `$name{$_}`](#" . anchor($_) . ')' } @met), "\n";
for my $code (@met) {
    print "\n## $code $name{$code}\n\n",
        "| in which call | what it means | what to do | lesson |\n",
        "|---|---|---|---|\n",
        map { "$_\n" } @{$rows{$code}};
}
print "\n## Other codes\n\nThe programs print the names of these, too; no lesson explains them in its "
    . "table: ", join(', ', map { "$_ `$name{$_}`" } @rest), ".\n" if @rest;
