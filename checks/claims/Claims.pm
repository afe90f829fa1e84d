# SPDX-License-Identifier: MIT
# The claims about Windows, docs/claims/*.tsv: a row for each, with the file
# where it stands, its words, and its witness. docs/how-we-know.md explains the
# form. Each complaint says how to mend it.
package Claims;
use strict;
use warnings;
use utf8;

use constant { HEADER => "place\tsentence\tkind\twitness", LETTERS_MIN => 20, LETTERS_MAX => 200 };
our @KINDS = qw(page test wine);

# What a row of each kind of witness looks like, for a complaint.
my %form = (
    page => 'the name of a reference page, such as ReadFile; several are parted by ";"',
    test => 'dlls/kernel32/tests/pipe.c test_nowait; several are parted by ";"',
    wine => 'what shows it: run-08, check: its name, platforms.md',
);

sub slurp {
    my ($file) = @_;
    open my $in, '<:encoding(UTF-8)', $file or return;
    local $/;
    return (<$in> // '') =~ s/\r\n/\n/gr;
}

# White space counts as one blank; in a source, so does a comment's next line.
sub plain {
    my ($text, $file) = @_;
    $text =~ s{\n[ \t]*(?:\*(?!/)|//)[ \t]?}{ }g if ($file // '') =~ /\.[ch]$/;
    return $text =~ s/\s+/ /gr =~ s/^ | $//gr;
}

sub files { return sort glob 'docs/claims/*.tsv' }
sub topic_of { return $_[0] =~ m{([^/]+)\.tsv$} ? $1 : '' }

# The rows of a file, each with its number.
sub rows {
    my ($file) = @_;
    my ($number, @rows) = (0);
    for my $line (split /\n/, slurp($file) // '') {
        next if ++$number == 1;
        my %row = (line => $line, at => "$file:$number");
        @row{qw(place sentence kind witness more)} = split /\t/, $line, 5;
        push @rows, \%row;
    }
    return @rows;
}

# ---- the references ----

# The lesson's notes that belong to a file; a page of docs/ has its own.
sub notes_of {
    my ($place) = @_;
    return $place =~ m{^(?:lessons|exercises|solutions)/([^/]+)/}
        ? "lessons/$1/README.md" : $place;
}

sub references {
    my ($file) = @_;
    my ($text) = (slurp($file) // '') =~ /^## References\n(.*)/ms;
    return $text // '';
}

# The tests that a file's references list: T1 => 'dlls/.../x.c test_name'.
sub listed {
    my ($file) = @_;
    my %listed;
    for (references($file) =~ /^- (T\d+: .*)$/mg) {
        my ($mark, $test, $source) = /^(T\d+): .*?\[(\w+)\]\([^)]*\), (\S+?\.c)\b/;
        push @{$listed{$mark}}, "$source $test" if defined $source;
    }
    return %listed;
}

# The marks [T1] in a text; those in code are none.
sub marks {
    my ($text) = @_;
    $text =~ s/^## References\n.*//ms;
    $text =~ s/^[ ]*```.*?^[ ]*```[ ]*$//msg;
    $text =~ s/(`+)(?!`).+?(?<!`)\1(?!`)//sg;
    my %marks;
    $marks{$_}++ for map { /(T\d+)/g }
        $text =~ /\[((?:T?\d+|Wine)(?:, ?(?:T?\d+|Wine))*)\]/g;
    return sort { substr($a, 1) <=> substr($b, 1) } keys %marks;
}

# A page's name without what differs: ReadFile, `ReadFile`, nf-fileapi-readfile.
sub name_of {
    my ($text) = @_;
    $text =~ s{^https?://[^#?]*/}{};
    $text =~ s/^n[a-z]-\w+-//;
    $text =~ s/\W+(?:page|function|macro|structure)s?$//i;
    return lc($text) =~ s/[\W_]//gr =~ s/(?<=[a-z]{4})[aw]$//r;
}

# All pages of Microsoft's that the project links: as their addresses call them,
# and as the references do.
my $known;
sub known_pages {
    return $known if $known;
    my $link = qr{\[([^\]]+)\](?:\(|: *)(https://(?:learn|devblogs)\.microsoft\.com/[^\s)#]+)};
    for my $file (glob '{README,docs/*,lessons/*/README,exercises/*/README,solutions/*/NOTES}.md') {
        my $text = slurp($file) // next;
        $known->{name_of($2)} = 1 while $text =~ /$link/g;
        my $references = references($file);
        $known->{name_of($1)} = 1 while $references =~ /$link/g;
    }
    delete $known->{''};
    return $known //= {};
}
sub forget { $known = undef }

# ---- what is wrong ----

sub wrong_witness {
    my ($row) = @_;
    my ($kind, $witness) = @{$row}{qw(kind witness)};
    my $notes = notes_of($row->{place});
    my @one = split /\s*;\s*/, $witness;
    if ($kind eq 'page') {
        my $there = $notes =~ m{^docs/} ? slurp($notes) // '' : references($notes);
        my $is_known = sub { index($there, $_[0]) >= 0 || known_pages()->{name_of($_[0])} };
        return if $is_known->($witness);
        return map { "no page is called \"$_\": neither the references of $notes "
                . 'nor a link to Microsoft Learn names it: add the link there' }
            grep { !$is_known->($_) } map { split /, / } @one;
    }
    return unless $kind eq 'test';
    my $text = slurp($notes) // '';
    my %listed = listed($notes);
    my %named = map { $_ => 1 } map { @$_ } values %listed;
    my %own = listed($row->{place});
    $named{$_} = 1 for map { @$_ } values %own;
    # A page of docs/ may name it in its text.
    $named{"$2 $1"} = 1 while $notes =~ m{^docs/}
        && $text =~ m{\[(\w+)\]\([^)]*\), (\S+?\.c)\b}g;
    return map {
        !m{^dlls/[\w.]+/tests/\w+\.c \w+$}
            ? "\"$_\" is no test: write $form{test}"
            : $named{$_} ? () : "the references of $notes do not list $_: add "
            . '"- T1: seen on Windows by Wine\'s test [name](address), file"'
    } @one;
}

sub wrong_row {
    my ($row) = @_;
    my ($place, $sentence, $kind, $witness, $more) =
        @{$row}{qw(place sentence kind witness more)};
    return 'it has not four fields, parted by tabs' if defined $more
        || grep { !defined || !/\S/ } $place, $sentence, $kind, $witness;
    my @wrong;
    my $text = slurp($place);
    return "there is no $place" unless defined $text;
    my $length = length $sentence;
    push @wrong, "the sentence has $length letters: quote " . LETTERS_MIN . ' to '
        . LETTERS_MAX if $length < LETTERS_MIN || $length > LETTERS_MAX;
    my $count = () = plain($text, $place) =~ /\Q${\plain($sentence)}\E/g;
    push @wrong, $count == 0 ? "$place does not say \"$sentence\": correct the row, "
        . 'and look whether its witness still fits'
        : "$place says \"$sentence\" $count times: quote more of it" if $count != 1;
    return @wrong, "\"$kind\" is no kind of witness: @KINDS"
        unless grep { $_ eq $kind } @KINDS;
    return @wrong, wrong_witness($row);
}

# Of one file of claims.
sub complaints {
    my ($file) = @_;
    my $text = slurp($file) // return "$file is missing: write a row for each "
        . 'claim about Windows; docs/how-we-know.md tells how';
    my @wrong;
    push @wrong, "$file:1: the first line is place, sentence, kind, witness, parted by tabs"
        unless $text =~ /\A\Q${\HEADER}\E\n/;
    my @rows = rows($file);
    push @wrong, "$file has no row" unless @rows;
    return @wrong, map { my $at = $_->{at}; map { "$at: $_" } wrong_row($_) } @rows;
}

# Of all of them: a claim has one row.
sub twice {
    my %seen;
    my @wrong;
    for my $row (map { rows($_) } @_) {
        my $what = join "\t", map { plain($_ // '') } @{$row}{qw(place sentence)};
        push @wrong, "$row->{at}: the same as $seen{$what}: keep one of the two"
            if $seen{$what};
        $seen{$what} //= $row->{at};
    }
    return @wrong;
}

# Of the marks [T1] in the notes of a topic, or of a page of docs/.
sub wrong_marks {
    my ($notes, @others) = @_;
    my %listed = listed($notes);
    my @wrong;
    push @wrong, map { "$notes lists $_ twice: give each test a number of its own" }
        grep { @{$listed{$_}} > 1 } sort keys %listed;
    my %used;
    for my $file (grep { -e } $notes, @others) {
        my %own = listed($file);
        my $list = %own ? $file : $notes;
        my %there = %own ? %own : %listed;
        for my $mark (marks(slurp($file))) {
            $used{"$list $mark"} = 1;
            push @wrong, "$file says [$mark], and the references of $list do not "
                . "list it: add \"- $mark: seen on Windows by Wine's test "
                . '[name](address), file"' unless $there{$mark};
        }
    }
    for my $list (grep { -e } $notes, @others) {
        my %own = listed($list);
        push @wrong, map { "$list lists $_, and nothing says [$_]: use it, or take it away" }
            grep { !$used{"$list $_"} } sort keys %own;
    }
    return @wrong;
}

sub wrong_marks_of_topic {
    my ($topic) = @_;
    return wrong_marks("lessons/$topic/README.md", "exercises/$topic/README.md",
        "solutions/$topic/NOTES.md");
}

# ---- the counts ----

# How many claims there are: {file}{kind}.
sub counts {
    my %count;
    for my $file (files()) {
        $count{$file}{$_} = 0 for @KINDS;
        $count{$file}{$_->{kind} // ''}++ for rows($file);
    }
    return \%count;
}

1;
