#!/usr/bin/perl
# How mk/run starts Wine, with a Wine that only pretends (checks/wine): what is
# said and done when it is slow, wedged, cut off, asked for twice at once.
# checks/long/wine.t does the same with the real one.
use strict;
use warnings;
use Cwd 'getcwd';
use File::Copy ();
use POSIX ();
use Test::More;

plan skip_all => 'Windows needs no Wine' if $^O ne 'linux';

use constant PATIENCE_S => 60;    # whatever takes longer hangs

my $top   = getcwd;
my $place = "$top/build/tests/wine a'b \"\$HOME\" 새";
my (%started, $n);
my $me = $$;
system 'rm', '-rf', $place;
$SIG{ALRM} = sub { die "it hangs\n" };
$SIG{INT} = $SIG{TERM} = $SIG{HUP} = sub { exit 130 };

sub write_file {
    my ($path, $text) = @_;
    open my $file, '>', $path or die "$path: $!";
    print {$file} $text;
    close $file or die "$path: $!";
}

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    local $/;
    return scalar(<$file>) // '';
}

# Ends Wine's server, and waits until it is gone.
sub end_server {
    my ($process) = slurp($_[0]) =~ /(\d+)/;
    kill 'KILL', $process;
    for (1 .. 1000) {
        last if !kill 0, $process;
        select undef, undef, undef, 0.01;
    }
}

# A project of its own, with a Wine that only pretends.
sub fresh {
    my ($boot) = @_;
    my $folder = "$place/" . ++$n;
    system('mkdir', '-p', "$folder/bin", "$folder/build") == 0 or die;
    system('cp', '-r', 'mk', $folder) == 0 or die;
    for my $name (qw(wine wineserver wineboot)) {
        File::Copy::cp('checks/wine/fake-wine', "$folder/bin/$name") or die $!;
    }
    POSIX::mkfifo("$folder/$_", 0600) or die $! for qw(there gate up never);
    write_file("$folder/$_", '') for 'calls', 'a b.exe';
    write_file("$folder/boot", "$boot\n");
    return $folder;
}

# Starts mk/run in a session of its own; returns a key for finish().
sub start {
    my ($folder, @arguments) = @_;
    my $key = ++$n;
    my $pid = fork // die $!;
    if (!$pid) {
        POSIX::setsid();
        @SIG{qw(INT TERM HUP)} = ('DEFAULT') x 3;
        chdir $folder or die $!;
        $ENV{FAKE} = $folder;
        $ENV{PATH} = "$folder/bin:$ENV{PATH}";
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', "$place/$key.out";
        open STDERR, '>', "$place/$key.err";
        exec 'mk/run', @arguments or POSIX::_exit(127);
    }
    $started{$key} = $pid;
    return $key;
}

# Waits for its end: its exit status, what it printed, what it said.
sub finish {
    my ($key) = @_;
    alarm PATIENCE_S;
    waitpid delete $started{$key}, 0;
    my $status = $? & 127 ? 'signal ' . ($? & 127) : $? >> 8;
    alarm 0;
    return ($status, slurp("$place/$key.out"), slurp("$place/$key.err"));
}

sub run {
    return finish(start(@_));
}

# Waits until somebody writes a line to a named pipe.
sub hear {
    my ($path) = @_;
    alarm PATIENCE_S;
    open my $pipe, '<', $path or die "$path: $!";
    my $line = <$pipe>;
    alarm 0;
    return $line;
}

# Waits until it has said so.
sub said {
    my ($key, $sentence) = @_;
    for (1 .. PATIENCE_S * 20) {
        return 1 if slurp("$place/$key.err") =~ /\Q$sentence\E/;
        select undef, undef, undef, 0.05;
    }
    return 0;
}

# Lets the wineboot end that works on a start.
sub open_gate {
    my ($folder) = @_;
    alarm PATIENCE_S;
    write_file("$folder/gate", "go\n");
    alarm 0;
}

sub boots {
    my ($folder) = @_;
    my @boots = slurp("$folder/calls") =~ /^wine cmd/mg;
    return scalar @boots;
}

sub children {
    my ($parent) = @_;
    return map { s{.*/}{}r } grep { slurp("$_/stat") =~ /\) \S $parent / }
        glob '/proc/[0-9]*';
}

# Whatever this has started, also what is in a session of its own.
sub clean_up {
    kill 'KILL', map { s{.*/}{}r } grep {
        slurp("$_/environ") =~ /(?:^|\0)FAKE=\Q$place\E/
    } glob '/proc/[0-9]*';
}

END {
    my $status = $?;
    clean_up() if $$ == $me;
    $? = $status;
}

my $runs   = "it runs: a b.exe end\n";
my $making =
    "Making the Wine prefix build/wine, once; this takes some seconds.\n";
my $anew   = "Wine was cut off while it started: it is started anew.\n";
my @it     = ('a b.exe', 'end');

# ---- those that take seconds begin now ----

my $once   = fresh('waits-once');
my $always = fresh('waits');
my $slow   = fresh('boots');
for my $folder ($once, $always, $slow) {
    system 'mkdir', '-p', "$folder/build/wine/drive_c/windows/system32";
    write_file("$folder/build/wine/system.reg", 'made');
}
my %run = map { $_ => start($_, @it) } $once, $always, $slow;

# ---- a usual start ----

my $usual = fresh('well');
is_deeply [run($usual, @it)], [7, $runs, $making],
    'the first start makes the prefix, and says so';
my $calls = slurp("$usual/calls");
{
    # What is not on the PATH can't be started, nor what is not there.
    rename "$usual/mk/start-wine", "$usual/start-wine" or die $!;
    mkdir "$usual/only";
    File::Copy::cp('checks/wine/fake-wine', "$usual/only/wine");
    my $shell = 'cd "$1" && FAKE=$1 PATH=$1/only mk/run "a b.exe" end 2>&1';
    open my $out, '-|', '/bin/sh', '-c', $shell, 'sh', $usual or die $!;
    is join('', <$out>), $runs, 'the next one starts no process but Wine';
    rename "$usual/start-wine", "$usual/mk/start-wine" or die $!;
}
is slurp("$usual/calls"), "${calls}wine a b.exe end\n", 'and asks no server';
is_deeply [run($usual)], [0, '', ''], 'without a program, Wine is tried';
my $known = boots($usual);
File::Copy::cp($_, "$_.kept") for "$usual/server";
system('cp', '-r', $usual, "$usual copy") == 0 or die;
is_deeply [run("$usual copy", @it)], [7, $runs, ''], 'a copy works';
is boots("$usual copy"), $known + 1, 'by a start of its own';
end_server("$usual/server.kept");
unlink "$usual/server";
is_deeply [run($usual, @it)], [7, $runs, ''],
    'after its server was killed, Wine starts again';
is boots($usual), $known + 1, 'once';
end_server("$usual/server");
unlink "$usual/server", "$usual/build/wine/system.reg";
is_deeply [run($usual, @it)], [7, $runs, $making],
    'a prefix that is half there is made anew';
system 'rm', '-rf', "$usual/build/wine";
is_deeply [run($usual, @it)], [7, $runs, $making],
    'and so is one that was removed while its server lived';

# ---- what can't be done ----

my $fails = fresh('fails');
my ($status, $out, $err) = run($fails, @it);
is $err, "${making}mk/run: Wine could not make its prefix (wine: no luck):"
    . " see build/wine.log\n", 'a prefix that can not be made: one sentence';
is "$status$out", '2', 'and exit status 2';
ok !-e "$fails/build/wine" && !-e "$fails/build/wine.new", 'nothing is left';
for my $case (['a file', sub { write_file($_[0], '') }],
    ['not to be written', sub { symlink '/sys', $_[0] }],
    ['a link to nowhere', sub { symlink 'no/where', $_[0] }])
{
    my ($what, $make) = @$case;
    my $folder = fresh('well');
    rmdir "$folder/build";
    $make->("$folder/build");
    ($status, $out, $err) = run($folder, @it);
    like "$status$err", qr/^2mk\/run: build can't be written: [\w ]+\n$/,
        "build is $what: one sentence";
}
{
    my $folder = fresh('well');
    ($status, $out, $err) = run($folder, 'none.exe');
    is "$status$err", "2mk/run: there is no program none.exe\n",
        'a program that is not there';
}

# ---- who asks from a pipeline gets its end ----

{
    my $folder = fresh('well');
    my $shell = 'cd "$1" && FAKE=$1 PATH=$1/bin:$PATH '
        . 'mk/run "a b.exe" end 2>/dev/null 5>&1';
    open my $pipe, '-|', '/bin/sh', '-c', $shell, 'sh', $folder or die $!;
    alarm PATIENCE_S;
    my $seen = eval { join '', <$pipe> } // 'it hangs';
    alarm 0;
    is $seen, $runs, 'no handle of the caller stays open';
}

# ---- cut off ----

hear("$slow/there");
my $second = start($slow, @it);
ok said($run{$slow}, 'Waiting for Wine to start.'),
    'a slow start says what it waits for';
ok said($second, 'Waiting for another one that is starting Wine.'),
    'so does one that comes meanwhile';
kill 'KILL', -$started{ $run{$slow} };
is +(finish($run{$slow}))[0], 'signal 9', 'the first one is killed';
open_gate($slow);
($status, $out, $err) = finish($second);
is "$status $out", "7 $runs", 'the other one gets its Wine all the same';
is boots($slow), 1, 'which was started once';
unlike $err, qr/anew/, 'and was not taken for wedged';

my $cut = fresh('boots');
my $first = start($cut, @it);
hear("$cut/there");
my ($starter) = children($started{$first});
kill 'KILL', children($starter);
($status, $out, $err) = finish($first);
is "$status$err", "2${making}mk/run: the start of Wine was cut off: try again\n",
    'who starts it is killed: one sentence';
write_file("$cut/boot", "well\n");
is_deeply [run($cut, @it)], [7, $runs, $making], 'and the next one can start';
open_gate($cut);

# ---- wedged ----

($status, $out, $err) = finish($run{$once});
$err =~ s/^Waiting for Wine to start\.\n//mg;
is "$status $out$err", "7 $runs$anew", 'a wedged Wine is started anew';
my @servers = slurp("$once/calls") =~ /^wineserver --serve/mg;
is @servers, 2, 'with another server';
($status, $out, $err) = finish($run{$always});
$err =~ s/^Waiting for Wine to start\.\n//mg;
like "$status$err", qr/^2${anew}mk\/run: Wine does not start: see .*\n$/,
    'when that does not help: one sentence, and status 2';

done_testing;
