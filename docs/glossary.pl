#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Makes docs/glossary.md out of docs/glossary.txt, which says how it is written.
# Usage, in the top folder: perl docs/glossary.pl >docs/glossary.md
#
# A lesson that is not there yet is a number without a link.
use strict;
use warnings;
use utf8;
use open ':std', ':encoding(UTF-8)';

my $from = 'docs/glossary.txt';
open my $in, '<', $from or die "$0: $from: $!\n";

sub where
{
    my ($place) = @_;
    my ($lesson) = glob "lessons/$place-*/README.md";
    return "[$place](../$lesson)" if $lesson;
    return "[$place]($place.md)"  if -e "docs/$place.md";
    return $place;
}

print <<'EOF';
# Glossary

The words that the course uses, each in one sentence, and where it explains them: a lesson's number or a page.

The Korean word is the one that Microsoft's documentation in Korean has, and leads to a page on which it stands. Most of these pages were translated by a machine, and not every page takes the same word. Beware of one: an object that is not signalled is called 서명되지 않은 there, "not signed". A dash says that we have found no Korean word on Microsoft's pages; *ours* marks a word of this course alone.

| term | Korean | what it is | where |
|---|---|---|---|
EOF

while (<$in>) {
    next if /^#/ || !/\S/;
    chomp;
    my ($term, $korean, $page, $place) =
        /^(.+?) \| (.+?) \| (\S+) \| ([\w-]+)(?: \[.+\])?$/
        or die "$0: $from:$.: this is no term: $_\n";
    my $line = <$in> // '';
    $line =~ /^(?!#).+\.$/
        or die "$0: $from:$.: a sentence is missing, or its full stop\n";
    chomp $line;
    # A bracket in an address would end the link.
    $page =~ s/\(/%28/g;
    $page =~ s/\)/%29/g;
    my $word = $korean eq '-' ? '–' : $korean eq 'ours' ? '*ours*'
        : "[$korean](https://learn.microsoft.com/ko-kr/$page)";
    print "| **$term** | $word | $line | ", where($place), " |\n";
}
