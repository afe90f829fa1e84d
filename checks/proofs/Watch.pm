# SPDX-License-Identifier: MIT
# An eye on what a script has started, so that nothing waits for ever: Wine can
# come to a standstill (mk/start-wine tells how), and then so does all that runs
# under it. What takes long makes us try Wine, which is started anew where it
# does not answer; what takes longer than it ever should is shown, and ended.
package Watch;
use strict;
use warnings;
use Cwd 'getcwd';
use IO::Select;
use POSIX ();

use constant {
    LOOK_S => 5,     # between two looks
    TRY_S  => 60,    # between two tries of Wine
};

my $top = getcwd();

# Watches the children of the calling process until it ends: those older than
# `try` seconds make us try Wine, those older than `end` seconds are ended.
sub begin {
    my (%after_s) = @_;
    my $parent = $$;
    pipe my $ended, our $alive or die "pipe: $!\n";
    my $pid = fork // die "fork: $!\n";
    return if $pid;
    close $alive;    # the parent's end: with the parent it goes
    open STDIN, '<', '/dev/null';
    open STDOUT, '>&', \*STDERR;
    my $end = IO::Select->new($ended);
    my ($tried, %born) = (time);
    until ($end->can_read(LOOK_S)) {
        my %parent_of = parents();
        my @children = grep { $parent_of{$_} == $parent && $_ != $$ } keys %parent_of;
        %born = map { $_ => $born{$_} // time } @children;
        my @late = grep { time - $born{$_} >= $after_s{try} } @children;
        if (@late && time - $tried >= TRY_S) {
            system "$top/mk/run";
            $tried = time;
        }
        for my $child (grep { time - $born{$_} >= $after_s{end} } @children) {
            my @tree = tree($child, \%parent_of);
            print STDERR "This takes longer than $after_s{end} s, and is ended:\n",
                (map { "  $_\n" } map { shown($_) } @tree),
                "Wine's programs are:\n",
                map { "  $_\n" } map { shown($_) } grep { is_wine($_) }
                sort { $a <=> $b } keys %parent_of;
            kill 'KILL', @tree;
        }
    }
    POSIX::_exit(0);
}

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    local $/;
    return scalar(<$file>) // '';
}

# The parent of each process.
sub parents {
    my %parent_of;
    for my $folder (glob '/proc/[0-9]*') {
        my ($parent) = slurp("$folder/stat") =~ /.*\) \S (\d+)/s or next;
        $parent_of{ $folder =~ s{.*/}{}r } = $parent;
    }
    return %parent_of;
}

# A process and all that come from it.
sub tree {
    my ($root, $parent_of) = @_;
    return $root, map { tree($_, $parent_of) }
        grep { $parent_of->{$_} == $root } sort { $a <=> $b } keys %$parent_of;
}

# Whether a process is Wine's, or its server's.
sub is_wine { return (readlink "/proc/$_[0]/exe" // '') =~ m{/wine[^/]*$} }

# A process in a line: what it is, whether it runs or waits, and for what.
sub shown {
    my ($pid) = @_;
    my ($state) = slurp("/proc/$pid/stat") =~ /.*\) (\S)/s;
    my $command = slurp("/proc/$pid/cmdline") =~ tr/\0/ /r =~ s/[^ -~]/?/gr;
    return sprintf '%-7d %s %-20s %.80s', $pid, $state // '-',
        slurp("/proc/$pid/wchan") || '-', $command;
}

1;
