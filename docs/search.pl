#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Adds to the site's search what Doxygen leaves out: the headings of two pages,
# and the error codes in each form in which a program may print them.
# Usage: perl docs/search.pl build/docs/html    (docs/Makefile calls it)
#
# Doxygen's search finds what begins with the letters that were typed. Its
# searchdata.js says which file of search/ holds the results for each first
# letter: the one of the letter's place, in hexadecimal.
use strict;
use warnings;
use utf8;
use open ':std', ':encoding(UTF-8)';

my ($site) = @ARGV;
my @pages = ('when-a-call-fails', 'symptoms');

sub slurp
{
    my ($path) = @_;
    open my $in, '<', $path or die "$0: $path: $!\n";
    local $/;
    return scalar <$in>;
}

sub spurt
{
    my ($path, $text) = @_;
    open my $out, '>', $path or die "$0: $path: $!\n";
    print $out $text;
}

# What can be typed for a code.
sub forms
{
    my ($code, $name) = @_;
    return ($code, sprintf('0x%X', $code), sprintf('0x%X', 0x80070000 + $code),
        sprintf('%X', 0x80070000 + $code), 0x80070000 + $code - 2**32, $name);
}

# The sections of a page as the site has them: label and plain text of each.
my %found;    # what is typed => [what is shown, where]
sub add
{
    my ($shown, $where, @typed) = @_;
    $found{lc $_} //= [$shown, $where] for @typed;
}

for my $page (@pages) {
    my $html = slurp("$site/$page.html");
    while ($html =~ m{<h\d><a class="anchor" id="([^"]+)"></a>\s*(.*?)</h\d>}gs) {
        my ($label, $text) = ($1, $2 =~ s/<[^>]*>//gr =~ s/^\s+|\s+$//gr);
        my $where = "../$page.html#$label";
        add($text, $where, $text =~ /^(\d+) (\w+)$/ ? forms($1, $2)
            : $text =~ s/^["\x{201c}]|["\x{201d}]$//gr);
        next unless $text eq 'Other codes';
        my ($list) = substr($html, pos $html) =~ /(.*?)<h\d>/s;
        add("$1 $2", $where, forms($1, $2))
            while $list =~ m{(\d+) <code>(\w+)</code>}g;
    }
}

grep { $_ eq 'error_broken_pipe' } keys %found
    or die "$0: the headings of the pages are of an unknown form\n";

# ---- into Doxygen's files ----

my $data = slurp("$site/search/searchdata.js");
my ($letters) = $data =~ /indexSectionsWithContent =.*?0: "([^"]*)"/s;
my ($section) = $data =~ /indexSectionNames =.*?0: "([^"]*)"/s;
defined $letters && defined $section
    or die "$0: this search/searchdata.js is of an unknown form\n";
my $sample = "$site/search/${section}_0";

# How the search writes a letter that is none of a to z and 0 to 9.
sub id_of
{
    my ($typed) = @_;
    return $typed =~ s/([^a-z0-9\x{80}-\x{ffff}])/sprintf '_%02x', ord $1/ger;
}

my %of;
push @{$of{substr $_, 0, 1}}, $_ for sort keys %found;
for my $letter (sort keys %of) {
    $letters .= $letter if index($letters, $letter) < 0;
    my $file = sprintf '%s/search/%s_%x', $site, $section, index($letters, $letter);
    my $js = -e "$file.js" ? slurp("$file.js") : "var searchData=\n[\n];\n";
    my @have = $js =~ /^  (\[.*\]),?$/mg;
    my $n = @have;
    for my $typed (@{$of{$letter}}) {
        my ($shown, $where) = @{$found{$typed}};
        s/&(?!\w+;)/&amp;/g, s/'/&#39;/g for $shown;
        push @have, sprintf "['%s_%d',['%s',['%s',1,'']]]", id_of($typed), $n++,
            $shown, $where;
    }
    spurt("$file.js", "var searchData=\n[\n  " . join(",\n  ", @have) . "\n];\n");
    # Older versions of Doxygen show each file in a frame.
    next if -e "$file.html" || !-e "$sample.html";
    my ($name) = $file =~ m{([^/]+)$};
    spurt("$file.html", slurp("$sample.html") =~ s/\Q${section}_0.js\E/$name.js/r);
}
spurt("$site/search/searchdata.js", $data =~ s/(indexSectionsWithContent =.*?0: )"[^"]*"/$1"$letters"/sr);
