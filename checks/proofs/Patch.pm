# SPDX-License-Identifier: MIT
# A patch is applied by what it says, not by the numbers of its lines: the old
# text of each hunk must stand in the file, and once only.
package Patch;
use strict;
use warnings;

# Reads a patch: what stands before the first file, and the hunks of each file.
sub read {
    my ($class, $path) = @_;
    my $self = bless { path => $path, head => '', hunks => {} }, $class;
    my ($file, $hunk);
    my @lines = split /^/, slurp($path);
    while (defined(my $line = shift @lines)) {
        if ($line =~ /^--- (\S+)/ && @lines && $lines[0] =~ /^\+\+\+ (\S+)/) {
            $file = $1;
            $hunk = undef;
            $file =~ /^\w[\w-]*\.[ch]$/
                or die "$path: \"$file\" is no name of a source file\n";
            shift @lines;
            push @{ $self->{hunks}{$file} }, ();
        }
        elsif (!defined $file) { $self->{head} .= $line }
        elsif ($line =~ /^@@ /) {
            push @{ $self->{hunks}{$file} }, $hunk = { old => '', new => '' };
        }
        else { take($path, $hunk, $line) }
    }
    keys %{ $self->{hunks} } or die "$path: there is no patch in it\n";
    return $self;
}

sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or die "$path: $!\n";
    local $/;
    return (<$in> // '') =~ s/\r\n/\n/gr;
}

# One line of a hunk. An editor may have taken the blank off an empty line.
sub take {
    my ($path, $hunk, $line) = @_;
    $line =~ /^([-+ ]?)(.*\n?)\z/s && $hunk && ($1 ne '' || $2 eq "\n")
        or die "$path: this is no line of a patch: $line\n";
    $hunk->{old} .= $2 if $1 ne '+';
    $hunk->{new} .= $2 if $1 ne '-';
}

# The files that it changes, and what they are then. A file that is not there
# is a new one: its only hunk has no old text.
sub apply {
    my ($self, $folder) = @_;
    my %made;
    for my $file (sort keys %{ $self->{hunks} }) {
        my $there = -e "$folder/$file";
        my $text  = $there ? slurp("$folder/$file") : '';
        my @hunks = @{ $self->{hunks}{$file} };
        $there || (@hunks == 1 && $hunks[0]{old} eq '')
            or die "$self->{path}: there is no $folder/$file\n";
        $made{$file} = $there ? $self->change("$folder/$file", $text, @hunks)
            : $hunks[0]{new};
    }
    return \%made;
}

# The text with all hunks applied: each is looked for in the old text.
sub change {
    my ($self, $name, $text, @hunks) = @_;
    my ($made, $done, $number) = ('', 0, 0);
    for my $hunk (@hunks) {
        $number++;
        my @places;
        push @places, $-[0] while $hunk->{old} ne ''
            && $text =~ /^(?=\Q$hunk->{old}\E)/mg;
        my $where = "$self->{path}: the old text of hunk $number";
        @places > 0 or die "$where is not in $name\n";
        @places == 1 or die "$where stands @{[scalar @places]} times in $name:"
            . " give it more lines\n";
        $places[0] >= $done
            or die "$where stands before the end of the hunk above it\n";
        $made .= substr($text, $done, $places[0] - $done) . $hunk->{new};
        $done = $places[0] + length $hunk->{old};
    }
    return $made . substr $text, $done;
}

1;
