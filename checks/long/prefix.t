#!/usr/bin/perl
# The real Wine's start, in a prefix of its own: made once, said so, nothing of
# the user's touched; cut off at any moment, it does no harm; a wedged one is
# noticed and started anew, a slow one is left alone.
# checks/project/wine.t has the same with a Wine that only pretends.
use strict;
use warnings;
use Cwd 'getcwd';
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => 'Windows needs no prefix' if $^O ne 'linux';

use constant PATIENCE_S => 240;    # less than a wedged Wine's 300

my $top    = getcwd;
my $place  = "$top/build/tests/fresh prefix 새";
my $prefix = "$place/build/wine";
my (%started, $n);
my $me = $$;

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    local $/;
    return scalar(<$file>) // '';
}

# Starts a command in a session of its own; returns a key for finish().
sub start {
    my (@command) = @_;
    my $key = ++$n;
    my $pid = fork // die $!;
    if (!$pid) {
        POSIX::setsid();
        @SIG{qw(INT TERM HUP)} = ('DEFAULT') x 3;
        $ENV{HOME} = "$place/home";
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', "$place/$key.out";
        open STDERR, '>', "$place/$key.err";
        exec { $command[0] } @command or POSIX::_exit(127);
    }
    $started{$key} = $pid;
    return $key;
}

my @specimen = ("$place/mk/run", "$place/specimen.exe");

# Waits for its end: its exit status, what it printed, what it said. Whoever
# waits as long as a wedged Wine does is ended.
sub finish {
    my ($key) = @_;
    my ($pid, $until) = (delete $started{$key}, time + PATIENCE_S);
    until (waitpid($pid, POSIX::WNOHANG()) == $pid) {
        kill 'KILL', -$pid if time > $until;
        sleep 0.02;
    }
    my $status = $? & 127 ? 'signal ' . ($? & 127) : $? >> 8;
    return ($status, map { slurp("$place/$key.$_") =~ tr/\r//dr } qw(out err));
}

# The processes of a prefix whose command has the word in it.
sub processes {
    my ($folder, $word) = @_;
    return map { s{.*/}{}r } grep {
        slurp("$_/environ") =~ /(?:^|\0)WINEPREFIX=\Q$folder\E\0/
            && (slurp("$_/comm") . slurp("$_/cmdline")) =~ /$word/
    } glob '/proc/[0-9]*';
}

# A process's state letter and session, if it lives.
sub state_of {
    my ($pid) = @_;
    return slurp("/proc/$pid/stat") =~ /\) (\S) \d+ \d+ (\d+)/;
}

# Waits until there is one, or until what would start it has ended.
sub appears {
    my ($key, $folder, $word) = @_;
    while (1) {
        my ($state) = state_of($started{$key});
        my @found = processes($folder, $word);
        return $found[0] if @found;
        return if ($state // 'Z') eq 'Z';
    }
}

sub said {
    my ($key, $sentence) = @_;
    for (1 .. PATIENCE_S * 20) {
        return 1 if slurp("$place/$key.err") =~ /\Q$sentence\E/;
        sleep 0.05;
    }
    return 0;
}

sub stop_wine {
    my ($folder) = @_;
    return unless -d $folder;
    local $ENV{WINEPREFIX} = $folder;
    system 'wineserver -k; wineserver -w';
    # It kills a server that is slow to end, whose services then stay.
    while (my @left = processes($folder, '\.exe|wineserver')) {
        kill 'KILL', @left;
        sleep 0.01;
    }
}

sub clean_up {
    kill 'KILL', map { -$_ } values %started if %started;
    stop_wine($_) for $prefix, "$prefix.new";
    system 'rm', '-rf', $place;
}

clean_up();
$SIG{INT} = $SIG{TERM} = $SIG{HUP} = sub { exit 130 };
END {
    my $status = $?;
    clean_up() if $$ == $me;
    $? = $status;
}
system('mkdir', '-p', "$place/home", "$place/build") == 0 or die;
system('cp', '-r', 'mk', 'build/checks/specimens/lens/specimen.exe', $place)
    == 0 or die;

my $making =
    "Making the Wine prefix build/wine, once; this takes some seconds.\n";
my $anew   = "Wine was cut off while it started: it is started anew.\n";

# What is said besides that one waits.
sub without_waits {
    my ($said) = @_;
    return $said =~ s/^Waiting for .*\n//mgr;
}

# Runs the specimen; what it came to, as one text.
sub outcome {
    my ($key) = @_;
    my ($status, $out, $err) = finish($key);
    return "$status $out" . without_waits($err);
}

# Ends, as the end of its group would, the process that starts Wine, and what it
# has started so far.
sub cut_off {
    my ($signal, $key) = @_;
    my ($starter) = grep { ((state_of($_))[1] // 0) == $_ }
        processes($prefix, 'start-wine');
    kill $signal, map { -$_ } $starter // (), $started{$key};
    finish($key);
}

# Begins a start, and stops it while its wineboot is at work: returns that.
# wineboot is quick: it takes some tries where the machine is slow to look.
sub start_and_hold {
    for (1 .. 50) {
        stop_wine($prefix);
        my $key = start(@specimen, 'end', 7);
        appears($key, $prefix, 'services.exe');
        my ($wineboot) = processes($prefix, 'wineboot.exe');
        kill 'STOP', $wineboot if $wineboot;
        for (1 .. 100) {
            my ($state) = state_of($wineboot // 0);
            return ($key, $wineboot) if ($state // '') eq 'T';
            last unless defined $state && $state ne 'Z';
            sleep 0.01;
        }
        finish($key);
    }
    die('wineboot was never seen');
}

my $done = "7 ready\n";

# ---- the prefix is made ----

my $cut = start(@specimen, 'end', 7);
appears($cut, "$prefix.new", 'wineboot');
cut_off('KILL', $cut);
ok !-e $prefix, 'who makes the prefix is killed: there is none';
my $first = start(@specimen, 'end', 7);
appears($first, "$prefix.new", 'wineboot');
my $second = start(@specimen, 'end', 7);
said($first, $making);
kill 'HUP', -$started{$first};
my ($status, $out, $err) = finish($first);
is "$status $err", "signal 1 $making", 'the next one makes it, and says so';
is outcome($second), $done, 'its caller has gone: another one has it';
ok -f "$prefix/system.reg" && !-e "$prefix.new", 'the prefix is whole';
ok !-e "$place/home/.wine" && !-e "$place/home/.local/share/applications",
    'the user\'s own folder is not touched';
is outcome(start(@specimen, 'end', 7)), $done, 'the next use says nothing';

# ---- cut off at several moments ----

for my $signal (qw(HUP TERM KILL)) {
    for my $moment (qw(wineserver wineboot services winedevice plugplay)) {
        stop_wine($prefix);
        my $key = start(@specimen, 'end', 7);
        appears($key, $prefix, $moment) or note "$moment was not seen";
        kill $signal, -$started{$key};
        finish($key);
        is outcome(start(@specimen, 'end', 7)), $done,
            "SIG$signal when there is $moment";
    }
}

# ---- wedged ----

for my $signal (qw(TERM KILL)) {
    my ($key, $wineboot) = start_and_hold();
    kill 'KILL', $wineboot;
    cut_off($signal, $key);
    my @both = map { start(@specimen, 'end', 7) } 1 .. 2;
    my $begun = time;
    my @seen = map { outcome($_) } @both;
    note sprintf 'mended after %.1f s', time - $begun;
    is join('', sort @seen), $done . $done . $anew,
        "wedged by SIG$signal: one of two starts it anew, and says so";
}

# ---- slow, and not wedged ----

my ($key, $wineboot) = start_and_hold();
ok said($key, 'Waiting for Wine to start.'), 'a slow start says so';
my $other = start(@specimen, 'end', 7);
ok said($other, 'Waiting for another one that is starting Wine.'),
    'and so does who comes meanwhile';
kill 'CONT', $wineboot;
is outcome($_), $done, 'it is not started anew' for $key, $other;

stop_wine($prefix);
my @busy = map { start('perl', '-e', '1 while 1') } 1 .. 16;
is outcome(start(@specimen, 'end', 7)), $done, 'nor is it on a busy machine';
kill 'KILL', map { -$started{$_} } @busy;
finish($_) for @busy;

# ---- at work ----

my $hangs = start(@specimen, 'hang');
my $program = appears($hangs, $prefix, 'specimen.exe');
($status, $out, $err) = finish(start("$place/mk/run"));
is "$status$out$err", '0', 'mk/run alone tries Wine';
is outcome(start(@specimen, 'end', 7)), $done, 'others start and end';
is((state_of($program))[0], 'S', 'and what runs meanwhile goes on');
my ($server) = processes($prefix, 'wineserver');
kill 'KILL', $server;
is outcome(start(@specimen, 'end', 7)), $done, 'the server is killed: no harm';
is((finish($hangs))[0], 'signal 9', 'what waits for it for ever is ended');

# ---- a server that does not answer any more ----

my @parts = map { glob } qw(Makefile setup common lens checks/Makefile checks/harness
    checks/proofs checks/01-*.c build/common build/lens build/checks/harness build/checks/01-*),
    '{,build/}{lessons,solutions}/01-*', 'exercises/01-*';
system('cp', '-pr', '--parents', @parts, $place) == 0 or die;
my $grade = start('env', 'QUIET_S=5', "$place/mk/grade", 'solutions/01-blocking-echo');
appears($grade, $prefix, '01-blocking-echo.exe');
($server) = processes($prefix, 'wineserver');
kill 'STOP', $server;
($status, $out, $err) = finish($grade);
is $status, 0, 'a grade that waits for it is made anew' or diag("$out$err");
like $err, qr/^\QWine was cut off while it started: it is started anew.\E$/m, 'and says so';

done_testing;
