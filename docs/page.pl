#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Doxygen's input filter, called in the top folder. Prints a Markdown page,
# written for GitHub, in the form in which Doxygen shows the same.
#
# - Each heading gets the anchor that GitHub gives it. An anchor of Doxygen
#   is known everywhere, so it carries the page's name in front.
# - A relative link to a page, a heading or a source leads to its page on the
#   site. A link to another file of the project becomes text: the site has no
#   copy of it.
# - A picture is an <img> that opens its file: it shrinks on a small screen.
# - A block of code that names no language of Doxygen's is not coloured.
# - Of a lesson's source, only the comment that describes the file is read:
#   every lesson has its own main() and its own name of a pipe, and a link to
#   another lesson's would mislead. The page of the source shows it whole.
# - "<!-- lessons -->" becomes the list of the lessons; the line of previous
#   and next at the end of a lesson is made anew, for every page.
use strict;
use warnings;
use utf8;
use open ':std', ':encoding(UTF-8)';

my ($file) = map { s{^\./}{}r =~ tr{\\}{/}r } @ARGV;
# Doxygen may call with the whole path: what follows the top folder counts.
$file =~ s{^.*/(?=(?:lessons|exercises)/[^/]+/[^/]+$|(?:docs|common|lens|harness)/[^/]+$)}{};
$file =~ s{^harness/}{checks/harness/};
my $folder = $file =~ s{/?[^/]*$}{}r;

# The name of a file's page on the site; undefined where it has none.
sub page_of
{
    my ($path) = @_;
    return 'index'             if $path =~ m{^(?:docs/index|README)\.md$};
    return $1                  if $path =~ m{^docs/([\w-]+)\.md$};
    return "lesson-$1"         if $path =~ m{^lessons/([\w-]+)(?:/README\.md)?$};
    return "exercise-$1"       if $path =~ m{^exercises/([\w-]+)(?:/README\.md)?$};
    return undef;
}

# Files whose pages Doxygen makes from the source itself: see Doxyfile.
sub is_source
{
    my ($path) = @_;
    return $path =~ m{^lessons/[^/]+/[^/]+\.[ch]$}
        || $path =~ m{^(?:common|lens|checks/harness)/[^/]+\.h$};
}

# GitHub's anchor of a heading.
sub anchor_of
{
    my ($heading) = @_;
    $heading =~ s/\[([^\]]*)\]\([^)]*\)/$1/g;
    return lc($heading) =~ s/[^\w\- ]//gr =~ tr/ /-/r;
}

# Doxygen's labels are ASCII.
sub label_of
{
    my ($page, $anchor) = @_;
    return "$page--" . $anchor =~ s/([^\w-]|[^\x00-\x7f])/sprintf '_%x', ord $1/ger;
}

# folder/../x → x
sub tidy
{
    my @parts;
    for (split m{/+}, $_[0]) {
        if    ($_ eq '..') { pop @parts }
        elsif ($_ ne '.')  { push @parts, $_ }
    }
    return join '/', grep { length } @parts;
}

# The pages that belong under this one, and those of them that were met.
my $below = $file eq 'docs/index.md' ? qr{^docs/}
    : $file =~ m{^lessons/([^/]+)/} ? qr{^exercises/\Q$1\E/} : qr{^$};
my %hung;

sub link_to
{
    my ($text, $target) = @_;
    return "[$text]($target)" if $target =~ /^[a-z]+:/;
    my ($path, $anchor) = $target =~ /^([^#]*)(?:#(.*))?$/;
    $path = $path eq '' ? $file : tidy("$folder/$path");
    my $page = page_of($path);
    $page //= $path if is_source($path);
    if ($page && -e $path) {
        # The first link from a page to one that belongs under it hangs it
        # there, in the tree of pages.
        my $command = $path =~ $below && !$hung{$page}++ ? 'subpage' : 'ref';
        $page = label_of($page, $anchor) if defined $anchor;
        my $plain = $text =~ s/[`"]//gr;
        my $link = "\\$command $page \"$plain\"";
        return $text =~ /^`[^`]*`$/ ? "<code>$link</code>" : $link;
    }
    return "[$text]($target)" unless -e $path;    # dead: the link check tells
    return $text =~ /\Q$path\E/ ? $text : "$text (`$path`)";
}

sub picture
{
    my ($alt, $name) = @_;
    $alt =~ s/"/&quot;/g;
    return qq{<a href="$name"><img src="$name" alt="$alt"></a>};
}

# Text outside code: links, bold (Doxygen does not know it before code), and
# the characters that only Doxygen minds.
my $bold;

sub line_of
{
    my ($line) = @_;
    $bold = 0 if $line !~ /\S/;    # a paragraph ends
    $line =~ s{
        (!)\[([^\]]*)\]\((?:[^()\s]*/)?([^()/\s]+)\)        # 1-3 a picture
      | \[((?:`[^`]*`|[^\]`])*)\]\(([^()\s]+)\)             # 4-5 a link
      | ((`+)(?!`).+?(?<!`)\7(?!`))                         # 6   code
      | (\*\*)                                              # 8   bold
      | ([\@%](?=\w)|\\(?=[a-z]))                           # 9   a command
    }{
        $1          ? picture($2, $3)
        : defined $4 ? link_to($4, $5)
        : defined $6 ? $6
        : defined $8 ? (($bold = !$bold) ? '<b>' : '</b>')
        : "\\$9"
    }gex;
    return $line;
}

sub slurp
{
    my ($path) = @_;
    open my $in, '<', $path or die "$0: $path: $!\n";
    return <$in>;
}

sub title_of
{
    my ($first) = grep { /^# / } slurp($_[0]);
    return ($first // "# $_[0]") =~ s/^# +|\s+$//gr;
}

my @lessons = sort grep { -e } glob 'lessons/[0-9][0-9]-*/README.md';

sub exercise_of
{
    my ($path) = $_[0] =~ s/^lessons/exercises/r;
    return -e $path ? $path : ();
}

# Each lesson with the sentence that its notes give as the goal.
sub list_of_lessons
{
    my $list = '';
    for my $path (@lessons) {
        my ($goal) = join('', slurp($path)) =~ /\*\*Goal\*\*[:.]?\s*(.+?)\n\s*\n/s;
        $goal = ($goal // '') =~ s/\[([^\]]*)\]\([^)]*\)/$1/gr =~ s/\s+/ /gr;
        $list .= '- \subpage ' . page_of($path) . ': ' . line_of($goal) . "\n";
    }
    return $list;
}

# All pages in the order in which one reads them.
sub order
{
    my @order = ('docs/index.md');
    my %seen;
    for (slurp('docs/index.md')) {
        push @order, map { $_, exercise_of($_) } @lessons if /^<!-- lessons -->/;
        push @order, map { "docs/$_" } grep { !$seen{$_}++ } /\]\((\w[\w-]*\.md)\)/g;
    }
    return @order;
}

sub previous_and_next
{
    my @order = order();
    my ($here) = grep { $order[$_] eq $file } 0 .. $#order;
    return '' unless defined $here;
    my $nav = '';
    my %at = (previous => $here - 1, next => $here + 1);
    for my $way ('previous', 'next') {
        next if $at{$way} < 0 || $at{$way} > $#order;
        my $path = $order[$at{$way}];
        $nav .= sprintf "<span class=\"%s\">\\ref %s \"%s\"</span>\n",
            $way, page_of($path), title_of($path) =~ s/["`]//gr;
    }
    return "\n<div class=\"previous-next\">\n$nav</div>\n";
}

if ($file =~ /\.[ch]$/) {
    my $source = join '', slurp($file);
    ($source) = $source =~ m{(/\*\*.*?\*/)}s if $file =~ /^lessons/;
    print $source // '', "\n";
    exit;
}

my $page = page_of($file) or die "$0: $file has no page\n";
my ($text, $fence, %used) = ('');
for (slurp($file)) {
    if (/^(\s*)(```+|~~~+)\s*(\S*)/) {
        my ($indent, $marks, $language) = ($1, $2, $3);
        if (!$fence) {
            $fence = $marks;
            $_ = $indent . $marks . ($language eq 'c' ? '{.c}' : '{.unparsed}') . "\n";
        } elsif (index($marks, $fence) == 0) {
            undef $fence;
        }
    } elsif ($fence) {
        # as it is
    } elsif (/^# +(.*?)\s*$/) {
        $_ = $page eq 'index' ? "# $1 {#mainpage}\n" : "# $1 {#$page}\n";
    } elsif (/^##+ +(.*?)\s*$/) {
        my $anchor = anchor_of($1);
        $anchor .= "-$used{$anchor}" if $used{$anchor}++;
        my ($marks, $title) = /^#(#+) +(.*?)\s*$/;
        $title =~ tr/`//d;    # Doxygen would show <tt> in it
        # The main page's own sections stay out of the tree of pages.
        $_ = $page eq 'index' ? "<h2>$title</h2>\n"
            : "$marks $title {#" . label_of($page, $anchor) . "}\n";
    } elsif (/^<!-- lessons -->/) {
        $_ = list_of_lessons();
    } elsif (/^(?:\*\*)?\[?(?:Previous|Next)\b.*\]\(/ && $file =~ /^lessons/) {
        $_ = '';
    } else {
        $_ = line_of($_);
    }
    $text .= $_;
}
# The rule above the line that is made anew.
$text =~ s/\n---\s*\z/\n/;
print $text, previous_and_next();
