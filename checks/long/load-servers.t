#!/usr/bin/perl
# The servers of lessons 11 to 13 under load: each of so many clients makes 100
# round trips of 1 to 4,096 bytes, one never reads, one is slow. Every byte is
# compared; how memory and handles grow is told. Four servers with a fault each
# are found out.
use strict;
use warnings;
use Test::More;

# The clients are one thread, and so are these servers: under Wine, 1,000 of
# them need no more open files than one does (tried with ulimit -n 256).
my %clients = (11 => [63], 12 => [250], 13 => [250, 1000]);

sub load {
    my ($folder, $number, $count) = @_;
    return scalar `mk/run build/checks/load/load_servers.exe $folder $number $count`;
}

for my $number (sort keys %clients) {
    for my $folder (map { s{/Makefile$}{}r }
        glob "{lessons,solutions}/$number-*/Makefile") {
        for my $count (@{ $clients{$number} }) {
            my $text = load("build/$folder/lens", $number, $count);
            is($?, 0, "$folder serves $count clients") or diag($text);
            note($_) for $text =~ /^# ((?:first|again|handles): .*?)\r?$/mg;
        }
    }
}

# Lesson 13's server with a fault, and what must be said of it.
my $lesson = '13-completion-ports';
my @faults = (
    ['a byte is wrong', 'client->filled = bytes;',
        'client->filled = bytes; client->data[0] ^= (bytes == MESSAGE_MAX);',
        'first: each gets its own bytes back'],
    ['a client is not answered', 'client->sent = 0;',
        'client->sent = bytes == MESSAGE_MAX && client->data[0] == 0'
            . ' && client->data[1] == 0 && client->data[2] == 0 ? bytes : 0;',
        'first: nothing is kept for who reads not'],
    ['an event is left', 'client->state = CONNECTING;',
        'client->state = CONNECTING; CreateEventW(NULL, TRUE, FALSE, NULL);',
        'the second crowd leaves no more handles'],
    ['Ctrl+C is not told', '!PostQueuedCompletionStatus(port, 0, 0, NULL)',
        'port == NULL', 'Ctrl+C ends the server with 0'],
);
my $server = do {
    open my $in, '<', "lessons/$lesson/server.c" or die "server.c: $!\n";
    local $/;
    <$in>;
};
for (@faults) {
    my ($what, $right, $wrong, $said) = @$_;
    my $place = 'build/tests/load/' . $what =~ s/\W+/-/gr;
    system('mkdir', '-p', "$place/source") == 0 or die "no folder $place\n";
    die "there is no $right in server.c\n" if index($server, $right) < 0;
    open my $out, '>', "$place/source/server.c" or die "$place: $!\n";
    print $out $server =~ s/\Q$right/$wrong/r;
    close $out or die "$place: $!\n";
    my $log = `PIPEWORK_SOURCE=../../$place/source PIPEWORK_OUT=../../$place make -s -C exercises/$lesson READY=1 lens 2>&1`;
    is($?, 0, "a server can be built in which $what") or diag($log);
    my $text = load("$place/lens", 13, 20);
    like($text, qr/^not ok \d+ - \Q$said\E/m, "$what: it is found out")
        or diag($text);
}
done_testing();
