#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# The notes: what their authors wrote (links, pictures, Markdown that reads
# alike on GitHub and on the site), and the site that Doxygen makes of them.
use strict;
use warnings;
use utf8;
use open ':std', ':encoding(UTF-8)';
use File::Copy 'copy';
use File::Temp 'tempdir';
use Test::More;

my $site = 'build/docs/html';

# What another make handed down is not for ours.
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};

sub have { return system("command -v $_[0] >/dev/null 2>&1") == 0 }

sub slurp
{
    my ($path) = @_;
    open my $in, '<', $path or return '';
    local $/;
    return scalar <$in>;
}

sub spurt
{
    my ($path, $text) = @_;
    open my $out, '>', $path or die "$path: $!\n";
    print $out $text;
}

# A page without its code: blocks first, then code in a line.
sub without_code
{
    my ($text) = @_;
    $text =~ s/^[ ]*(```+|~~~+).*?^[ ]*\1[ ]*$//msg;
    $text =~ s/(`+)(?!`).+?(?<!`)\1(?!`)//sg;
    return $text =~ s/<!--.*?-->//sgr;
}

# ---- What is written ----

my @pages = sort grep { -e } 'README.md', 'CONTRIBUTING.md', glob(
    'docs/*.md lessons/*/README.md exercises/*/*.md solutions/*/*.md');

# The anchors that GitHub gives to a page's headings.
sub anchors
{
    my ($path) = @_;
    my ($text, %seen) = slurp($path);
    $text =~ s/^[ ]*(```+|~~~+).*?^[ ]*\1[ ]*$//msg;
    for ($text =~ /^#+ +(.*?)\s*$/mg) {
        my $anchor = lc(s/\[([^\]]*)\]\([^)]*\)/$1/gr) =~ s/[^\w\- ]//gr =~ tr/ /-/r;
        my $nth = $seen{$anchor}++;
        $seen{"$anchor-$nth"}++ if $nth;
    }
    return \%seen;
}

# The targets of a page's links and pictures, of all forms.
sub targets
{
    my ($path) = @_;
    my $text = slurp($path);
    $text =~ s/^[ ]*(```+|~~~+).*?^[ ]*\1[ ]*$//msg;
    return $text =~ /\]\(\s*([^()\s]+)/g, $text =~ /^\[[^\]]+\]: *(\S+)/mg,
        $text =~ /<(?:a|img)\b[^>]*\b(?:href|src)="([^"]*)"/g;
}

sub dead_links
{
    my ($path) = @_;
    my $folder = $path =~ s{[^/]*$}{}r;
    my @dead;
    for my $target (grep { !/^[a-z]+:/ } targets($path)) {
        my ($file, $anchor) = $target =~ /^([^#]*)(?:#(.*))?$/;
        my $full = $file eq '' ? $path : "$folder$file";
        push @dead, "$path: $target: there is no such file" and next
            unless -e $full;
        push @dead, "$path: $target: there is no such heading"
            if defined $anchor && !anchors($full)->{$anchor};
    }
    return @dead;
}

# What GitHub and Doxygen do not show alike.
my @only_one_knows = (
    [qr/<\/?(?:details|summary)\b/, '<details> is kept together on the site only as one line'],
    [qr/^> *\[!/m,                  'a box like > [!NOTE] is GitHub\'s own'],
    [qr/\[\^[^\]]+\]/,              'a footnote is GitHub\'s own'],
    [qr/^ *[-*] \[[ x]\] /m,        'a list of boxes is GitHub\'s own'],
    [qr/\{#[\w-]+\}/,               'a label {#…} is Doxygen\'s own'],
    [qr/(?<![\w\\])[\@\\](?:ref|page|subpage|image|code|note|see|dot)\b/,
                                    'a command is Doxygen\'s own'],
    [qr/^.+\n(?:===+|---+)$/m,      'a heading starts with #'],
    [qr/^\[[^\]]+\]: *+(?![a-z]+:)/m,
                                    'a link to a file is written [text](file)'],
);

sub misread
{
    my ($path) = @_;
    my $text = without_code(slurp($path)
        =~ s{<details><summary>[^<\n]*</summary>[^\n]*</details>}{}gr);
    return map { "$path: $_->[1]" } grep { $text =~ $_->[0] } @only_one_knows;
}

sub is_empty
{
    my ($name, @wrong) = @_;
    ok(!@wrong, $name) or diag(join "\n", @wrong);
}

is_empty('each link leads to a file and a heading that are there',
    map { dead_links($_) } @pages);
is_empty('the pages read alike on GitHub and on the site',
    map { misread($_) } grep { m{^(?:docs|lessons|exercises)/} } @pages);

# The first screen, 24 lines of 80 columns, says where to start and where to
# look when something fails.
my $screen = join "\n", (split /\n/, join "\n", map { s/(.{1,79}\S)(?:\s+|$)/$1\n/gr }
    split /\n/, slurp('README.md') =~ s/!?\[([^\]]*)\]\([^)]*\)/$1/gr)[0 .. 23];
like($screen, qr/Start here:\W+make run-01`, then lesson 00/, 'the first screen says where to start');
like($screen, qr/Something fails\?\W+When a call fails/, 'and where to look');

is_empty('the main page leads to each page of docs/', grep {
    my $name = s{.*/}{}r;
    $name ne 'index.md' && !grep { $_ eq $name } targets('docs/index.md');
} glob 'docs/*.md');

my %pictures;
push @{$pictures{s{.*/}{}r}}, $_
    for glob('docs/*.{svg,png} lessons/*/*.{svg,png} exercises/*/*.{svg,png}');
is_empty('no two pictures have the same name: the site has one folder',
    map { "@$_" } grep { @$_ > 1 } values %pictures);

# What a picture shows, without where: that differs from one Graphviz, and one
# font, to the other.
sub shown
{
    return join "\n", $_[0] =~ m{<g id="[^"]*" class="[^"]*">|<title>.*?</title>
        |(?<=>)[^<>]+(?=</text>)|(?<=<style>).*?(?=</style>)}gsx;
}

SKIP: {
    my @drawings = glob 'docs/*.dot';
    skip 'Graphviz is not there', 1 unless have('dot');
    my $style = slurp('docs/style/picture.css');
    is_empty('the pictures show what their .dot files say', map {
        my $fresh = `dot -Tsvg $_` =~ s/^(<g id="graph0".*\n)/$1$style/mr;
        shown($fresh) eq shown(slurp(s/dot$/svg/r)) ? ()
            : "$_ is newer than its picture: run 'make -C docs pictures'";
    } @drawings);
}

for (['codes.pl', 'when-a-call-fails.md'], ['calls.pl', 'index-of-calls.md'],
    ['ways.pl', 'which-way-to-wait.md'], ['glossary.pl', 'glossary.md']) {
    my ($maker, $made) = @$_;
    my $new = `perl docs/$maker 2>&1`;
    my $failed = $?;
    ok($new eq slurp("docs/$made"), "$made says what the lessons say")
        or diag($failed ? $new : "run 'make -C docs pages'");
}
is_empty('each lesson says which codes it meets', map {
    slurp($_) =~ /^## What goes wrong\n.*?^\| \d+ `\w+` \| (?=.*?^## )/ms ? () : $_
} glob 'lessons/*/README.md');

# ---- The site ----

if (!have('doxygen')) {
    note 'Doxygen is not there: the site is not tested';
    done_testing;
    exit;
}

my $make = 'make --no-print-directory -s -C docs 2>&1';
my $said = `$make`;
is($?, 0, 'the site is built without a warning') or do {
    diag($said);
    done_testing;
    exit;
};
$said = `make --no-print-directory -C docs 2>&1`;
is($said =~ s/^make.*\n//mgr, '', 'nothing is built again when nothing changed');

# The order in which one reads: each page leads to the next.
my @order = map { m{(lesson|exercise)s/(.*)/} ? "$1-$2.html" : () }
    map { $_, grep { -e } s/^lessons/exercises/r } sort glob 'lessons/*/README.md';
my @wrong;
for (1 .. $#order) {
    my ($from, $to) = @order[$_ - 1, $_];
    push @wrong, "$from does not lead on to $to"
        unless slurp("$site/$from") =~ m{class="next"><a [^>]*href="\Q$to\E"};
    push @wrong, "$to does not lead back to $from"
        unless slurp("$site/$to") =~ m{class="previous"><a [^>]*href="\Q$from\E"};
}
my $main = slurp("$site/index.html");
push @wrong, map { "the main page does not name $_" }
    grep { /^lesson/ && $main !~ /href="\Q$_\E"/ } @order;
is_empty('the lessons and exercises follow one another', @wrong);

my $found = join '', map { slurp($_) } glob "$site/search/*.js";
is_empty('the search knows every lesson', map { "$_ is not found" }
    grep { $found !~ /\Q$_\E/ } @order);
# What the search finds for letters that are typed: as search.js does it.
sub finds
{
    my ($typed) = map { lc } @_;
    my ($letters) = slurp("$site/search/searchdata.js")
        =~ /indexSectionsWithContent =.*?0: "([^"]*)"/s;
    my $place = index $letters // '', substr $typed, 0, 1;
    return if $place < 0;
    my $id = $typed =~ s/([^a-z0-9])/sprintf '_%02x', ord $1/ger;
    return map { m{,\['\.\./([^']+)'} } grep { /^  \['\Q$id\E/ }
        split /\n/, slurp(sprintf "$site/search/all_%x.js", $place);
}
my @codes = slurp('docs/when-a-call-fails.md') =~ /^## (\d+ \w+)$/mg;
cmp_ok(scalar @codes, '>', 30, 'there are codes');
is_empty('the search finds each code, however it is written', map {
    my ($code, $name) = split / /;
    my $page = "when-a-call-fails.html#when-a-call-fails--$code-" . lc $name;
    map { my $typed = $_; (grep { $_ eq $page } finds($typed)) ? () : "$typed does not lead to $page" }
        $code, $name, sprintf('0x%X', $code), sprintf('0x%X', 0x80070000 + $code),
        0x80070000 + $code - 2**32;
} @codes);
is_empty('and what one sees', map { "$_ is not found" }
    grep { !grep { m{^symptoms\.html#} } finds($_) }
    map { substr $_, 0, 12 } slurp('docs/symptoms.md') =~ /^## (\w.*)$/mg);
is(scalar(() = finds('0x8007FFFF')), 0, 'but not what there is not');
is_empty('hints and solutions are not on the site', map { "$_ is there" }
    grep { /HINTS|NOTES/ } glob "$site/*.html");
is_empty('each picture of a page is there', map {
    my $page = $_;
    map { "$page: $_ is missing" } grep { !-s "$site/$_" && !/^[a-z]+:/ }
        slurp($page) =~ /<(?:img|object)\b[^>]*\b(?:src|data)="([^"]+)"/g;
} glob "$site/*.html");

# linkchecker takes longer than all else here: it looks at a site once.
# Started by root, it becomes a user who may not read our folders: it gets a
# copy. It writes its settings into HOME.
my $looked = 'build/docs/links';
SKIP: {
    skip 'linkchecker is not there', 1 unless have('linkchecker');
    if (-e $looked && -M $looked < -M "$site/index.html") {
        pass('every link of the site works (as it did: nothing changed)');
        last SKIP;
    }
    my $copy = tempdir(CLEANUP => 1);
    mkdir "$copy/search";
    for (grep { -f } glob "$site/* $site/search/*") {
        copy($_, $copy . s/^\Q$site\E//r) or die "$_: $!\n";
    }
    spurt("$copy/settings", "[AnchorCheck]\n");
    chmod 0755, $copy, "$copy/search";
    my $report = `cd $copy && HOME=/nonexistent linkchecker --no-status \\
        --config=settings --threads=2 *.html 2>&1`;
    my $fine = $? == 0 && $report =~ /^That's it\. [1-9]\d+ links/m;
    ok($fine, 'every link of the site works, and every anchor')
        or diag($report =~ s/.*?(?=^URL )//msr =~ s/ Available\b.*?\.$//msgr);
    spurt($looked, '') if $fine;
}

done_testing;
