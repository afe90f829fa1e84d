#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# The glossary: its terms stand in order, each has a Korean word or says that
# there is none, and is to be found where the glossary sends the reader.
# Run from the top folder: prove checks/project/glossary.t
use strict;
use warnings;
use utf8;
use open ':std', ':encoding(UTF-8)';
use Test::More;

sub slurp
{
    my ($path) = @_;
    open my $in, '<', $path or die "$path: $!\n";
    local $/;
    return scalar <$in>;
}

# The words of a page that a reader reads, on one line.
sub words_of
{
    my ($text) = @_;
    $text =~ s/^(```+).*?^\1$//msg;
    $text =~ s/\]\([^)]*\)/]/g;
    return $text =~ s/\s+/ /gr;
}

# The notes of the lessons, and the other pages, by the name that the glossary
# gives them. The glossary itself and what is made of it prove nothing.
sub pages
{
    my %pages = map { m{/(\d\d)-} => words_of(slurp($_)) } glob 'lessons/*/README.md';
    $pages{m{([\w-]+)\.md$} && $1} = words_of(slurp($_))
        for grep { !/glossary/ } glob 'docs/*.md';
    return %pages;
}

# The entries of docs/glossary.txt, which says what is in them.
sub entries
{
    my ($text) = @_;
    my @entries;
    while ($text =~ /^(?!#)(.+?) \| (.+?) \| (\S+) \| ([\w-]+)(?: \[(.+)\])?\n(.+)$/mg) {
        push @entries, {term => $1, korean => $2, source => $3, place => $4,
            form => $5 // $1, sentence => $6};
    }
    return @entries;
}

sub any_form
{
    my ($form) = @_;
    return qr/(?<![\w-])\Q$form\E\w*(?![\w-])/i;
}

# What is wrong with a list of entries, given what stands on the pages.
sub complaints
{
    my ($pages, @entries) = @_;
    my (@wrong, $last);
    my @lessons = sort grep { /^\d/ } keys %$pages;
    for my $entry (@entries) {
        my ($term, $korean, $source, $place, $form) =
            @$entry{qw(term korean source place form)};
        push @wrong, "'$term' stands behind '$last'"
            if defined $last && lc $last ge lc $term;
        $last = $term;

        if ($korean eq '-' || $korean eq 'ours') {
            push @wrong, "'$term' has a source, and no Korean word" if $source ne $korean;
        } else {
            push @wrong, "'$term' has a Korean word without a Korean letter: $korean"
                if $korean !~ /\p{Hangul}/;
            push @wrong, "'$term' has no source for its Korean word"
                if $source !~ m{^[\w-]+(?:/[\w().=-]+)+$};
        }

        push @wrong, "'$term' has more than a sentence, or no full stop"
            if $entry->{sentence} !~ /^[A-Z`].*\.$/ || $entry->{sentence} =~ /[.!?] +[A-Z]/;

        # A lesson that is still to come can't be looked at.
        my $page = $pages->{$place};
        if (!defined $page) {
            push @wrong, "'$term' is said to be on the page '$place', which is not there"
                if $place !~ /^\d\d$/;
            next;
        }
        push @wrong, "'$form' is not to be found in '$place', where '$term' should be"
            if $page !~ any_form($form);
        # *italics* introduce a word, so no earlier lesson may have it in them.
        my ($first) = grep { $pages->{$_} =~ /(?<!\*)\*(?:\Q$term\E|\Q$form\E)s?\*(?!\*)/i }
            @lessons;
        push @wrong, "lesson $first introduces '$term', not '$place'"
            if defined $first && ($place !~ /^\d/ || $first lt $place);
    }
    return @wrong;
}

my $text = slurp('docs/glossary.txt');
my %pages = pages();
my @entries = entries($text);
my $there = () = $text =~ /^(?!#).*\S/mg;
is(2 * @entries, $there, 'each entry of glossary.txt is a line of fields and a sentence');

my @wrong = complaints(\%pages, @entries);
ok(!@wrong, 'the terms are in order, have their Korean word and stand where they should')
    or diag(join "\n", @wrong);
my @later = grep { $_->{place} =~ /^\d/ && !$pages{$_->{place}} } @entries;
note scalar @entries, ' terms; ', scalar @later, ' of lessons to come were not looked up';

# That this test finds what it is there to find: each of these is wrong.
my %wrong = (
    'a term in the wrong place'   => ['stands behind',
        "pipe | 파이프 | a/b | 01\nA pipe.\n\nevent | 이벤트 | a/b | 01\nAn event.\n"],
    'a term twice'                => ['stands behind',
        "pipe | 파이프 | a/b | 01\nA pipe.\n\nPipe | 파이프 | a/b | 01\nA pipe.\n"],
    'no Korean word'              => ['without a Korean letter',
        "pipe | pipe | a/b | 01\nA pipe.\n"],
    'no source'                   => ['no source', "pipe | 파이프 | - | 01\nA pipe.\n"],
    'a source of nothing'         => ['has a source', "pipe | - | a/b | 01\nA pipe.\n"],
    'two sentences'               => ['more than a sentence',
        "pipe | 파이프 | a/b | 01\nA pipe. It has two ends.\n"],
    'a lesson without the term'   => ['not to be found',
        "mutex | 뮤텍스 | a/b | 01\nA mutex.\n"],
    'a part of another word'      => ['not to be found',
        "ipe | 파이프 | a/b | 01\nA pipe.\n"],
    'a page that is not there'    => ['is not there',
        "pipe | 파이프 | a/b | nowhere\nA pipe.\n"],
    'a lesson that comes later'   => ['introduces',
        "event | 이벤트 | a/b | 02\nAn event.\n"],
);
my %small = ('01' => words_of("A pipe\nand an *event*."), '02' => 'The event.');
for my $name (sort keys %wrong) {
    my ($expected, $list) = @{ $wrong{$name} };
    like(join('; ', complaints(\%small, entries($list))), qr/\Q$expected/, "found: $name");
}
is(join('; ', complaints(\%small, entries("event | 이벤트 | a/b | 01\nAn event.\n\n"
    . "pipe | - | - | 02 [the event]\nA `pipe`, so to speak.\n\n"
    . "zebra | - | - | 77\nTo come.\n"))), '', 'not found where nothing is wrong');

done_testing;
