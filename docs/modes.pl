#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Makes docs/pipe-modes.md: which modes go together, and what the calls say.
# Usage, in the top folder, after make -C checks/modes:
#     mk/run build/checks/modes/modes.exe | perl docs/modes.pl >docs/pipe-modes.md
#
# The program finds out what stands in each cell; here the cells get links to
# the lessons that show it, as far as they are there.
use strict;
use warnings;
use utf8;
use open ':std', ':encoding(UTF-8)';

sub linked
{
    my ($text, $lesson) = @_;
    my ($folder) = glob "lessons/$lesson-*";
    return $folder ? "[$text](../$folder/README.md)" : $text;
}

# The lesson that shows a cell: by the table's number, the row and the column.
my %waits = (
    'ConnectNamedPipe the client has left'      => '03',
    'ReadFile written, and the client has left' => '03',
    'ConnectNamedPipe it was disconnected'      => '02',
    'WriteFile the pipe is full'                => '05',
    'WriteFile more than the empty pipe holds'  => '05',
);

sub lesson_of
{
    my ($table, $column, @row) = @_;
    return '05' if $table == 0;
    return $row[1] =~ /NOWAIT/ && $row[$column] eq 'yes' ? '08' : '06' if $table == 1;
    return '06' if $table == 2;
    return '07' if $row[0] =~ /Peek/;
    return '08' if $column == 3;
    return $waits{"$row[0] $row[1]" =~ tr/`//dr} // '01';
}

my @first = (1, 2, 1, 2);    # the first column with results
my @tables = split /\n\n/, join('', <STDIN>) =~ tr/\r//dr;
die "$0: there are ", scalar @tables, " tables, not four\n" if @tables != 4;
for my $table (0 .. 3) {
    my @lines = split /\n/, $tables[$table];
    for my $line (@lines[2 .. $#lines]) {
        my @row = $line =~ /\| (.*?) (?=\|)/g;
        $row[$_] = linked($row[$_], lesson_of($table, $_, @row))
            for reverse $first[$table] .. $#row;
        $line = '| ' . join(' | ', @row) . ' |';
    }
    $tables[$table] = join "\n", @lines;
}

print <<"END";
# Modes of a pipe at a glance

A pipe has an access mode, a type, a read mode and a wait mode. This page says which of them go together, and what the calls say then. A number is the error code, and a link leads to the lesson that shows it. All of this has been tried under Wine 8.0: the tables are printed by a program, `checks/modes/modes.c`, and a test compares them with this page. Where a reference page says otherwise, the text below the table tells what was seen on Windows. ([How we know](how-we-know.md) explains the three kinds of witness.)

## Who may open it

The server chooses the [access mode](https://learn.microsoft.com/windows/win32/ipc/named-pipe-open-modes), the same for all instances; the client asks for rights. Five of the nine pairs open.

$tables[0]

## Which modes go together

The [type, read mode and wait mode](https://learn.microsoft.com/windows/win32/ipc/named-pipe-type-read-and-wait-modes) stand in one argument of `CreateNamedPipeW`. Only a byte pipe that is read by messages is refused; the access mode has no say in it. The type belongs to the pipe. Read and wait mode belong to a handle: on this computer, a client's handle begins with `PIPE_READMODE_BYTE` and `PIPE_WAIT`, and `SetNamedPipeHandleState` changes both at once.

$tables[1]

## What a read brings

Two writes, of 3 and of 4 bytes; then one read.

$tables[2]

## What the calls say

On a byte pipe. *waits* means: for as long as it takes.

$tables[3]

Two reference pages say otherwise. A full byte pipe with `PIPE_NOWAIT` would take [as many bytes as it holds](https://learn.microsoft.com/windows/win32/ipc/named-pipe-type-read-and-wait-modes), and `ConnectNamedPipe` with `PIPE_NOWAIT` would say [TRUE the first time](https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-connectnamedpipe) after `DisconnectNamedPipe`. What Windows does was seen by Wine's test [test_nowait](https://github.com/wine-mirror/wine/blob/wine-8.0/dlls/kernel32/tests/pipe.c), dlls/kernel32/tests/pipe.c: 0 bytes, and 536, as in the table. A byte pipe takes a part of a write only if a read of the other side waits for that part.
END
