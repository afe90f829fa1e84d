#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Makes docs/when-a-call-fails.md: what each error code means, call by call.
# Usage, in the top folder: perl docs/codes.pl >docs/when-a-call-fails.md
#
# Numbers and names are those of common/codes.h, from which the programs have
# them; the rest is what the lessons say in the table of "What goes wrong",
# whose rows are  | NUMBER `NAME` | where | why | what to do |. What no lesson
# shows stands in docs/codes.txt.
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
            # Its references are the lesson's; [Wine] is the same everywhere.
            s/ ?\[((?:T?\d+|Wine)(?:, ?(?:T?\d+|Wine))*)\]/$1 =~ m{Wine} ? ' [Wine]' : ''/ge;
            s{\]\(\.\./}{](../lessons/}g;     # its links to other lessons
        }
        push @{$rows{$code}}, "| $where | $why | $do "
            . "| [$number](../lessons/$topic/README.md#what-goes-wrong) |";
    }
}

# The rows of docs/codes.txt, behind them.
for my $line (grep { !/^#/ && /\S/ } split /\n/, slurp('docs/codes.txt')) {
    my ($code, $name, $row) = $line =~ /^(\d+) (\w+) \| ((?:[^|]+ \| ){3}[^|]+)$/;
    if (!defined $row || ($name{$code} // $name) ne $name) {
        push @wrong, "docs/codes.txt: this row is none, or its code is not the "
            . "one of common/codes.h: $line\n";
        next;
    }
    $name{$code} = $name;
    push @{$rows{$code}}, "| $row |";
}
die @wrong if @wrong;

my @met = sort { $a <=> $b } keys %rows;
my @rest = grep { $_ != 0 && !$rows{$_} } sort { $a <=> $b } keys %name;
sub anchor { return lc "$_[0]-$name{$_[0]}" }

# What other programs print for the same: a system's error as an HRESULT. (The
# result of a wait is none.)
sub other_forms
{
    my ($code) = @_;
    my $form = sprintf 'Also written `0x%X`', $code;
    return "$form.\n" if $name{$code} =~ /^WAIT_(?!TIMEOUT)/;
    my $result = 0x80070000 + $code;
    return sprintf "%s; as an `HRESULT`, `0x%X` (%d).\n", $form, $result,
        $result - 2**32;
}

print <<'END';
# When a call fails

A Windows call that fails leaves a code, and `GetLastError` gives it, if it is asked at once. The same code can mean different things in different calls, and not each of them is a failure: 535 and 109 are the usual course of a conversation.

Here is every code that the lessons meet: in which call, what it means there, what to do, and the lesson that shows it. The codes and names are those that the programs of the course print, the sentences those of the lessons' sections "What goes wrong"; the reference pages on Microsoft Learn stand there, too. A few rows are about what people meet elsewhere; their last column says [how we know](how-we-know.md).

No number, but something that you see? [What you see](symptoms.md) begins there. PowerShell, C# and COM give the same code as an `HRESULT`: `0x8007` and the code in hexadecimal, or that as a negative number. The site's search finds a code in each of these forms.

END
print join("\n", map { "- [$_ `$name{$_}`](#" . anchor($_) . ')' } @met), "\n";
for my $code (@met) {
    print "\n## $code $name{$code}\n\n", other_forms($code), "\n",
        "| in which call | what it means | what to do | lesson, or how we know |\n",
        "|---|---|---|---|\n",
        map { "$_\n" } @{$rows{$code}};
}
print "\n## Other codes\n\nThe programs print the names of these, too; no lesson explains them in its "
    . "table: ", join(', ', map { "$_ `$name{$_}`" } @rest), ".\n" if @rest;

print <<'END';

## References

The lessons name theirs.

- T1: seen on Windows by Wine's test [test_CreateNamedPipe](https://github.com/wine-mirror/wine/blob/wine-8.0/dlls/kernel32/tests/pipe.c), dlls/kernel32/tests/pipe.c
- T2: seen on Windows by Wine's test [test_readfileex_pending](https://github.com/wine-mirror/wine/blob/wine-8.0/dlls/kernel32/tests/pipe.c), dlls/kernel32/tests/pipe.c
- T3: seen on Windows by Wine's test [test_pipe_state](https://github.com/wine-mirror/wine/blob/wine-8.0/dlls/ntdll/tests/pipe.c), dlls/ntdll/tests/pipe.c
END
