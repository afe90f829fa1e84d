#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Prints docs/how-we-know.md with the numbers of the claims made anew: what
# stands between "<!-- claims -->" and "<!-- end -->".
# Usage, in the top folder: perl docs/claims.pl >build/docs/new
use strict;
use warnings;
use utf8;
use open ':std', ':encoding(UTF-8)';
use File::Basename;
use lib dirname($0) . '/../checks/claims';
use Claims;

my %words = (
    page => 'rest on a reference page',
    test => 'rest on a test that runs on Windows',
    wine => 'were seen under Wine only',
);

my $count = Claims::counts();
my %sum;
for my $file (keys %$count) {
    $sum{$_} += $count->{$file}{$_} for @Claims::KINDS;
}

sub name_of
{
    my ($topic) = @_;
    return "[$1](../lessons/$topic/README.md)" if $topic =~ /^(\d\d)-/;
    return -e "docs/$topic.md" ? "[$topic]($topic.md)" : 'the pages of docs/';
}

my $new = join '', map { '- **' . ($sum{$_} // 0) . "** $words{$_}\n" } @Claims::KINDS;
$new .= "\n| lesson | page | test | Wine |\n|---|--:|--:|--:|\n";
for my $file (sort keys %$count) {
    $new .= '| ' . join(' | ', name_of(Claims::topic_of($file)),
        map { $count->{$file}{$_} } @Claims::KINDS) . " |\n";
}

my $page = Claims::slurp('docs/how-we-know.md') // die "$0: docs/how-we-know.md: $!\n";
$page =~ s/(<!-- claims -->\n).*?(<!-- end -->)/$1\n$new\n$2/s
    or die "$0: docs/how-we-know.md has no place for the numbers\n";
print $page;
