#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Makes docs/which-way-to-wait.md: the ways to wait, side by side.
# Usage, in the top folder: perl docs/ways.pl >docs/which-way-to-wait.md
#
# The page stands below, behind __DATA__. In it,
#   {01}                    is a link to lesson 01,
#   {01: words}             one from these words to its "What goes wrong",
#   {lines 01 server}       how many lines of code its server.c has, counted,
#   {figure 08; ROW; HEAD}  what stands in a table of its notes: in the row that
#                           begins with ROW, in the column headed HEAD,
#   {memory 04}, {trip 04}  what the benchmark, whose table stands on
#                           servers-measured.md, says of this server; without
#                           that, its own notes,
#   {measured}              how that was measured.
# A lesson that is not there yet is a number without a link, and its figures
# are to come.
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

sub folder_of
{
    my ($lesson) = @_;
    my ($notes) = glob "lessons/$lesson-*/README.md";
    return $notes && $notes =~ s{/README\.md$}{}r;
}

sub linked
{
    my ($text, $lesson, $anchor) = @_;
    my $folder = folder_of($lesson) // return $text;
    return "[$text](../$folder/README.md$anchor)";
}

# A program's own source, and the parts that it shares with others, without
# comments and empty lines.
sub lines_of
{
    my ($lesson, $program) = @_;
    my $folder = folder_of($lesson) // return 'to come';
    my ($parts) = slurp("$folder/Makefile") =~ /^PARTS *:= *(.*)/m;
    my $lines = 0;
    for (map { "$_.c" } $program, split ' ', $parts // '') {
        my $code = slurp("$folder/$_")
            =~ s{("(?:\\.|[^"\\\n])*")|/\*.*?\*/|//[^\n]*}{$1 // ''}gser;
        $lines += () = $code =~ /\S.*$/mg;
    }
    return $lines;
}

sub figure
{
    my ($lesson, $row, $column) = @_;
    my $folder = folder_of($lesson) // return 'to come';
    my @head;
    for (split /\n/, slurp("$folder/README.md")) {
        next if /^\|-/;
        my @cells = /\| *(.*?) *(?=\|)/g;
        if (!@cells || !@head) {
            @head = @cells;
        } elsif (index("$cells[0] ", "$row ") == 0) {
            my ($at) = grep { index($head[$_], $column) == 0 } 0 .. $#head;
            return $cells[$at] =~ s/ \(.*//r if defined $at;
        }
    }
    die "$0: $folder/README.md has no table with a row '$row' and a column "
        . "'$column'\n";
}

# The benchmark's table: for each server and number of clients, what stands in
# the column that begins with a name. With several tables, the first counts.
sub benchmark
{
    my $page = 'docs/servers-measured.md';
    return {} unless -e $page;
    my (@head, %table);
    for (split /\n/, slurp($page)) {
        next if /^\|-/;
        my @cells = /\| *(.*?) *(?=\|)/g;
        last if %table && !@cells;
        if (!@cells || !@head) {
            @head = @cells;
        } elsif ($head[0] eq 'server' && $head[1] eq 'clients'
            && $cells[0] =~ /^(\d\d) /) {
            my $lesson = $1;
            for my $column ('half within', 'memory grown') {
                my ($at) = grep { index($head[$_], $column) == 0 } 0 .. $#head;
                die "$0: the table of $page has no column '$column'\n"
                    unless defined $at;
                $table{$lesson}{$cells[1]}{$column} = $cells[$at];
            }
        }
    }
    return \%table;
}

my $benchmark = benchmark();

sub memory_of
{
    my ($lesson) = @_;
    my $rows = $benchmark->{$lesson}
        // return $lesson eq '04' ? figure('04', '250', 'memory of each') : 'to come';
    my ($most) = sort { $b <=> $a } keys %$rows;
    my $each = $rows->{$most}{'memory grown'} * 1024 / ($most - 1);
    return sprintf $each < 1000 ? '%.0f KB' : '%.1f MB', $each < 1000 ? $each : $each / 1024;
}

sub trip_of
{
    my ($lesson) = @_;
    my $rows = $benchmark->{$lesson};
    return $lesson eq '04' ? join(' to ', map { figure('04', $_, 'message') } 1, 250)
        . ' µs there and back' : 'to come' unless $rows;
    return join(', ', map { "$rows->{$_}{'half within'} ms ($_)" }
        (sort { $a <=> $b } keys %$rows)[0, -1]) . ' there and back';
}

# What the figures of the servers for many mean.
sub measured
{
    my $then = '*there and back* is a message and its echo';
    return %$benchmark ? "$then, the median, and in brackets how many clients ask at "
            . 'the same time; the memory is what the server grows by for each client. '
            . 'Both are from the [benchmark](servers-measured.md)'
        : "$then, with 1 and with 250 clients";
}

while (<DATA>) {
    s/\{lines (\d\d) (\w+)\}/lines_of($1, $2)/ge;
    s/\{figure (\d\d); (.+?); (.+?)\}/figure($1, $2, $3)/ge;
    s/\{memory (\d\d)\}/memory_of($1)/ge;
    s/\{trip (\d\d)\}/trip_of($1)/ge;
    s/\{measured\}/measured()/ge;
    s/\{(\d\d)\}/linked($1, $1, '')/ge;
    s/\{(\d\d): (.+?)\}/linked($2, $1, '#what-goes-wrong')/ge;
    die "$0: line $.: what is this? $_" if /[{}]/;
    print;
}

__DATA__
# Which way to wait

A program that talks to others waits most of the time: for a client, for bytes, for room in a pipe. Windows has six ways to do it. Parts 1 to 4 of the course show them one after the other; this page puts them side by side.

## A first answer

What is there to wait for? A client that comes, the next bytes of each client, a line from the keyboard: each of them is one thing. Start at the top, and take the first box that you reach.

![Questions that lead to a way. Only one thing to wait for at a time: blocking, if the wait may last as long as it takes, else an event with a deadline. A loop that runs anyway, and a message that may wait for the next round: polling. So few things that each can have a thread: blocking, in a thread for each. 64 things at most: events. One thread enough for all the work: routines. Threads that you make yourself: a port. Else the thread pool.](which-way-to-wait.svg)

It is a first answer, not a law:

- To wait for a free instance, or for a message in a mailslot, a blocking call is enough: these two have a time-out of their own (lessons {02} and {14}).
- How few are few? Lesson {04} has run a server with 250 threads, and measured {figure 04; 250; memory of each} of memory for each.
- Microsoft's page on ports [gives advice, too][port]: a port for hundreds or thousands of connections; the thread pool for some tens of operations, and for new code that need not control its threads; blocking calls or events for single ones.
- A port serves one thread as well as many. If you may need more threads one day, begin with a port.
- Where two threads use the same pipe, one to read and one to write, its handle must be overlapped all the same (lesson {10}).
- Polling is done by `PeekNamedPipe`. The wait mode `PIPE_NOWAIT` is there [for the sake of old programs only][modes]; lesson {08} shows why.

## Who is told, and how

In the first two ways a thread finds out by itself. In the other four one call begins an *overlapped* operation and returns, and later the system tells that the operation is over. (Microsoft's pages also call it *asynchronous*.) The four differ in whom it tells.

| way | what tells you | where your code goes on | how long at most |
|---|---|---|---|
| blocking | the call returns | in the thread that called | there is no limit |
| polling | you look | in the thread that looks | as many looks as you like |
| event | an event is set | in a thread that waits for the event | the wait has a time-out |
| routine | the system calls your function | [in the thread that began the operation, and only while it waits alertably][routine] | the wait has a time-out |
| port | a packet lies in a queue | [in any thread that takes it out][port] | the wait has a time-out |
| thread pool | the system calls your function | [in a thread that the pool has made][pool] | you wait for nothing |

Whichever of the four it is, the thread that began the operation matters once more: when it ends, [the operation is cancelled][end], unless the handle is bound to a port.

## Side by side

| way | lesson | lines of code | clients at a time | memory for each | latency | traps |
|---|---|---|---|---|---|---|
| blocking | {01} | {lines 01 server} | one | – | {figure 08; `ReadFile` waits; delay} one way | {01: both write first}, {01: one read is not one reply} |
| blocking, a thread for each | {04} | {lines 04 server} | as memory allows | {memory 04} | {trip 04} | {04: the next instance too late}, {04: a shared buffer} |
| polling | {08} | {lines 08 reader} | one | – | {figure 08; `PeekNamedPipe`, `Sleep(1)`; delay} to {figure 08; `PeekNamedPipe`, `Sleep(20)`; delay} one way | {08: 232 means three things}, {08: no pause} |
| event | {09} | {lines 09 server} | one | – | {figure 08; overlapped; delay} one way | {09: the forgotten read}, {09: cancelled, and not waited for} |
| events, one thread | {11} | {lines 11 server} | [63, and a stop event][many] | {memory 11} | {trip 11} | {11: the lowest index wins}, {11: the 65th handle} |
| routine | {12} | {lines 12 server} | as memory allows | {memory 12} | {trip 12} | {12: a wait that is not alertable}, {12: a wait inside a routine} |
| port | {13} | {lines 13 server} | as memory allows | {memory 13} | {trip 13} | {13: 535 brings no packet}, {13: freed twice} |
| thread pool | none yet | – | as memory allows | – | – | [a start forgotten][start], [a start not taken back][cancel] |

The code is that of the lesson's server, without comments and empty lines (in lesson 08 that of the reader, which holds three ways to read). *One way* is the median time from just before a write to just after the read; {measured}. A dash means that nothing was measured. The figures are those of the lessons' notes, which say how they were measured. All are from Wine 8.0: compare the rows with each other, not with Windows.

## What each is for

**Blocking.** The call waits, and the code reads from top to bottom: every other way is harder to get right. But nothing else happens in the meantime, and there is no time-out: a peer that says nothing holds the thread as long as it likes (lesson {01}). With a thread for each client, only its own thread is held. Microsoft, too, calls such a server [the easiest to write][instances], and names the price: each thread uses resources of the system (lesson {04}).

**Polling.** Look, go away, look again. It costs processor time or delay, and mostly both: lesson {08} has measured it. It is in order where a program goes round a loop anyway, as a game does for each picture.

**Event.** Each operation has an event, and the program waits for that: for one with a deadline (lesson {09}), or for many at once (lesson {11}). One thread then serves all clients, and no two of them touch the same data at the same moment. A single wait takes [64 handles at most][many], and when several are set, it names the first in the array.

**Routine.** You say which function is to run when the operation is over, and the thread that began it runs that function the next time it [waits alertably][routine] (lesson {12}). A call that is queued for a thread in this way is an *APC*, an asynchronous procedure call. There are no handles to wait for, so there is no limit of 64. But all of it stays in this one thread, and `ConnectNamedPipe` has no form with a routine: an event takes its place.

**Port.** One queue for the results of all operations on all handles that are bound to it. Any thread may take the next result, and [the system sees to it that not too many of them run at once][port] (lesson {13}). It is made for servers with very many clients. The price is book-keeping: which operation brings a packet, and which does not. And a handle has a port or routines, not both: on a handle that is bound to a port, [`ReadFileEx` cannot be used][bind]; it fails with 87.

**Thread pool.** `CreateThreadpoolIo` binds a handle to threads that the system keeps, and [your function is called][poolio] at the end of each operation. You make no thread, and wait nowhere. Before each operation you call [`StartThreadpoolIo`][start]: without it, memory gets damaged. When the operation fails at once, you take that back by [`CancelThreadpoolIo`][cancel]: without it, memory leaks. No lesson uses the pool yet, so there are no figures.

[modes]: https://learn.microsoft.com/windows/win32/ipc/named-pipe-type-read-and-wait-modes
[instances]: https://learn.microsoft.com/windows/win32/ipc/named-pipe-instances
[many]: https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjects
[routine]: https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-readfileex
[port]: https://learn.microsoft.com/windows/win32/fileio/i-o-completion-ports
[bind]: https://learn.microsoft.com/windows/win32/api/ioapiset/nf-ioapiset-createiocompletionport
[end]: https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-exitthread
[pool]: https://learn.microsoft.com/windows/win32/procthread/thread-pools
[poolio]: https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-createthreadpoolio
[start]: https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-startthreadpoolio
[cancel]: https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-cancelthreadpoolio
