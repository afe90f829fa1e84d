#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# What docs/platforms.md says of Wine 8.0 is what a program sees there.
# Run from the top folder: prove -v checks/project/platforms.t
# On another system it only tells what the program saw.
use strict;
use warnings;
use utf8;
use open ':std', ':encoding(UTF-8)';
use Test::More;

delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};

# From a row's first cell to its third, in the tables with a column for Wine.
sub rows
{
    my ($page) = @_;
    my %rows;
    while ($page =~ /^\| What \| Windows.*? \| Wine.*\n\|-.*\n((?:\|.*\n)+)/mg) {
        for (split /\n/, $1) {
            my @cells = /\| (.*?) (?=\|)/g;
            $rows{$cells[0]} = $cells[2];
        }
    }
    return %rows;
}

# Where page and program differ.
sub differences
{
    my ($page, $seen) = @_;
    my @wrong;
    for my $what (sort keys %$seen) {
        push @wrong, !defined $page->{$what} ? "the page has no row '$what'"
            : index($page->{$what}, $seen->{$what}) == 0 ? ()
            : "$what: the page says '$page->{$what}', seen was '$seen->{$what}'";
    }
    push @wrong, map { "the program does not try '$_'" }
        grep { !exists $seen->{$_} } sort keys %$page;
    return @wrong;
}

my $page = do {
    open my $in, '<', 'docs/platforms.md' or die("docs/platforms.md: $!");
    local $/;
    <$in>;
};
my $out = 'build/checks/platforms';
diag(`make -s --no-print-directory -C checks/platforms WERROR=1 2>&1`);
my @said = split /\r?\n/, `timeout 120 mk/run $out/platforms.exe 2>$out/errors </dev/null`;
is($?, 0, 'every row can be tried') or diag(`cat $out/errors`);
my $system = pop @said // '';
my %seen = map { split /\t/, $_, 2 } @said;
note "$system: $_" for @said;

SKIP: {
    skip "the page speaks of Wine 8.0, and this is $system", 1 if $system ne '8.0';
    my %rows = rows($page);
    my @wrong = differences(\%rows, \%seen);
    ok(!@wrong, 'the page says what the program sees') or diag(join "\n", @wrong);
}

# That differences are found.
my %small = rows("| What | Windows | Wine 8.0 | Lesson |\n|---|---|---|---|\n"
    . "| a | b | error 3: so | 01 |\n");
is_deeply([differences(\%small, {a => 'error 3'})], [], 'nothing wrong');
for (['another result', {a => 'error 5'}, "seen was 'error 5'"],
    ['a row that is not tried', {}, "does not try 'a'"],
    ['a row that is gone', {a => 'error 3', c => 'x'}, "no row 'c'"]) {
    my ($name, $other, $expected) = @$_;
    like(join('; ', differences(\%small, $other)), qr/$expected/, "found: $name");
}
done_testing;
