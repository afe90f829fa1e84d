#!/usr/bin/perl
# Every lesson and every solution passes its sweep: no call, made to fail in any
# way, does harm, and every call in the source is reached.
use strict;
use warnings;
use Test::More;

for my $folder (map { m{(.*)/Makefile$} }
    sort(glob 'lessons/*/Makefile'), sort(glob 'solutions/*/Makefile')) {
    my $text   = `mk/sweep $folder 2>&1`;
    my $status = $?;
    # Wine itself may fail, once in some thousand starts: then it says so, and
    # the sweep has said nothing.
    if ($text =~ /^wine client error/m && $text !~ /^(not )?ok /m) {
        diag("$folder: Wine failed, so it is swept again: $text");
        $text   = `mk/sweep $folder 2>&1`;
        $status = $?;
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
