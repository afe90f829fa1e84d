#!/usr/bin/perl
# 200 clients that leave at once, beside 20 honest ones: no honest one fails or
# waits for the slow one, no handle is left, and Ctrl+C ends the server.
use strict;
use warnings;
use Test::More;

for my $folder (qw(lessons/04-threads solutions/04-threads)) {
    my $text = `mk/run build/checks/load/load_04.exe build/$folder/lens`;
    is($?, 0, "$folder stands the crowd") or diag($text);
    my ($sum) = $text =~ /^# (all in .*?)\r?$/m;
    note($sum // 'no figures');
}
done_testing();
