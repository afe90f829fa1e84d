#!/usr/bin/perl
# Every lesson and every solution passes its sweep: no call, made to fail in any
# way, does harm, and every call in the source is reached. A solution that is
# the lesson's program, but for comments, is swept with it.
use strict;
use warnings;
use Test::More;

# Whether only Wine has failed. Once in some thousand starts it fails itself:
# it says so, and the sweep says nothing. And where one thread ends the process
# with 1 while another is just ending with 0, the process may have ended with 0.
sub is_wine {
    my ($text) = @_;
    return 1 if $text =~ /^wine client error/m && $text !~ /^(?:not )?ok /m;
    my @wrong = $text =~ /^#   wrong   (.*)$/mg;
    return @wrong && @wrong == grep { /ended with 0, (?:although|but)/ } @wrong
        && $text =~ /10-duplex:/;
}

# A source without comments and line ends.
sub code {
    my ($file) = @_;
    open my $in, '<', $file or return $file;
    local $/;
    my $text = <$in>;
    $text =~ s{("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/|//[^\n]*}
        {$1 // ' '}gse;
    return $text =~ s/\s+/ /gr;
}

sub is_the_lesson {
    my ($folder) = @_;
    my ($topic) = $folder =~ m{^solutions/(.*)} or return;
    return !grep { code($_) ne code(s/^solutions/lessons/r) }
        glob "solutions/$topic/*.[ch]";
}

for my $folder (map { m{(.*)/Makefile$} }
    sort(glob 'lessons/*/Makefile'), sort(glob 'solutions/*/Makefile')) {
    if (is_the_lesson($folder)) {
        pass("$folder is the lesson's code");
        next;
    }
    my ($text, $status);
    for my $try (1 .. 4) {
        $text   = `mk/sweep $folder 2>&1`;
        $status = $?;
        last if $status == 0 || !is_wine($text);
        diag("$folder: Wine failed, not the programs; again. $text");
    }
    is($status, 0, "$folder passes its sweep") or diag($text);
    like($text, qr/^ok \d+ - call sites reached: /m,
        "$folder: every call in the source is reached");
    my ($sum) = $text =~ /^# (runs: .*)$/m;
    like($sum, qr/failed: 0,/, "$folder: no run failed");
    note($sum);
    my ($topic) = $folder =~ m{([^/]+)$};
    my ($why) = `cat lessons/$topic/Makefile` =~ /^VARIES\s*:=\s*(.+)$/m;
    note("$folder: some faults may miss their call: $why") if defined $why;
    unlike($text, defined $why ? qr/left out/ : qr/not made again|left out/,
        "$folder: no fault is left out");
}

# Silence is told from a hang by time alone: the server waits for a second
# client, and there is none.
my $lesson = 'build/lessons/01-blocking-echo/lens';
my $text = `mk/run build/checks/sweep.exe 'server 2 | client a' $lesson`;
is($? >> 8, 1, 'a conversation that hangs when no call fails');
like($text, qr/server hangs inside ConnectNamedPipe \(server\.c:\d+\)/,
    'is told, with the place');
done_testing();
