#!/usr/bin/perl
# The viewer: pictures of real runs, and of made-up ones for what is rare.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use Encode 'decode';
use File::Path 'make_path';
use JSON::PP;
use Test::More;

my $out    = 'build/checks/project/view';
my $lesson = 'build/lessons/01-blocking-echo/lens';
my $letter = 0.61;    # of its size is the width of a letter

delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL LENS_RECORD)};
for my $what ('lens view', 'checks/project/view', 'checks/project/lens',
    'lessons/01-blocking-echo lens') {
    my $log = `make -s -C $what WERROR=1 2>&1`;
    is($log, '', "make -C $what, without a word") or die('not built');
}
make_path("$out/made");

# ---- running ----

sub slurp {
    open my $in, '<:raw', $_[0] or die "$_[0]: $!";
    local $/;
    return <$in>;
}

sub text_of { return decode('UTF-8', slurp($_[0]), 1) }

# Draws a record in every form; returns the beginning of the files' names.
sub draw {
    my ($name, @options) = @_;
    my $base = "$out/made/$name" . (@options ? '-stable' : '');
    my $said = `timeout 60 mk/run build/lens/view.exe @options --svg $base.svg --html $base.html --json $base.json --text $base.txt $out/made/$name.lens $lesson 2>&1`;
    is($? >> 8, 0, "$name is drawn@options") or diag($said);
    is($said, '', 'without a word');
    return $base;
}

# Records a conversation of lesson 01, which begins anew.
sub record {
    my ($name, $conversation) = @_;
    local $ENV{LENS_RECORD} = "$out/made/$name.lens";
    local $ENV{LENS_SUFFIX} = "-view-$name-$$";
    my $said;
    for (1 .. 5) {
        unlink "$out/made/$name.lens";
        $said = `timeout 60 mk/run build/checks/play.exe '$conversation' $lesson`;
        # A client of lesson 01 that is quicker than the server's next
        # ConnectNamedPipe is told 231.
        last if $said !~ /error 231/;
    }
    is($?, 0, "$name: the conversation goes well") or diag($said);
}

# Makes up a record. A line without a process is of the one before.
sub make_up {
    my ($name, $story) = @_;
    my ($pid, $tid, $file) = (0, 0, '');
    for (split /\n/, $story) {
        s/^\s+//;
        ($pid, $tid) = ($1, $2) if s/^(\d+)\.(\d+) //;
        $file .= s/^(\w+)/$1 | pid $pid | tid $tid/r . "\n" if /\w/;
    }
    open my $to, '|-:raw:utf8',
        "mk/run $out/write_record.exe $out/made/$name.lens" or die $!;
    print $to $file;
    close $to;
    is($?, 0, "$name is made up");
}

# ---- what must hold for every picture ----

sub columns { my $n = 0; $n += /[\x{1100}-\x{115f}\x{2e80}-\x{d7a3}]/ ? 2 : 1 for split //, $_[0]; return $n }

# The boxes of all texts: [left, top, right, bottom, text].
sub text_boxes {
    my ($svg) = @_;
    my @boxes;
    while ($svg =~ m{<text([^>]*)>(.*?)</text>}gs) {
        my ($at, $inside) = ($1, $2);
        my %is = $at =~ /([\w-]+)="([^"]*)"/g;
        my $width = 0;
        my $size = ($is{class} // '') =~ /small|message|reason/ ? 11 : 12;
        while ($inside =~ m{<tspan class="([^"]*)">(.*?)</tspan>|([^<]+)}gs) {
            my ($class, $text) = defined $3 ? ('', $3) : ($1, $2);
            $text =~ s/&#\d+;/x/g;
            $width += columns($text) * $letter * ($class =~ /small/ ? 11 : $size);
        }
        my $anchor = $is{'text-anchor'} // 'start';
        my $left = $is{x} - ($anchor eq 'end' ? $width : $anchor eq 'middle' ? $width / 2 : 0);
        push @boxes, [$left, $is{y} - 9, $left + $width, $is{y} + 2, $inside =~ s/<.*?>//gr];
    }
    return @boxes;
}

sub texts_are_apart {
    my ($base) = @_;
    my $svg = text_of("$base.svg");
    my ($width) = $svg =~ /^<svg [^>]*width="(\d+)"/;
    my @boxes = sort { $a->[1] <=> $b->[1] } text_boxes($svg);
    my @wrong;
    for my $i (0 .. $#boxes) {
        my $one = $boxes[$i];
        push @wrong, "$one->[4] is outside" if $one->[0] < 0 || $one->[2] > $width;
        for my $k ($i + 1 .. $#boxes) {
            my $two = $boxes[$k];
            last if $two->[1] >= $one->[3];
            push @wrong, "$one->[4] meets $two->[4]"
                if $one->[0] < $two->[2] && $two->[0] < $one->[2];
        }
    }
    is("@wrong[0 .. ($#wrong > 3 ? 3 : $#wrong)]", '', "$base: no text meets another");
    unlike($svg, qr/http(?!:\/\/www\.w3\.org\/2000\/svg)/, 'the picture needs no other file');
}

sub looks_good {
    my ($base) = @_;
    texts_are_apart($base);

    my @long = grep { columns($_) > 100 } split /\n/, text_of("$base.txt");
    is("@long", '', 'the listing fits 100 columns');

    my $html = text_of("$base.html");
    unlike($html, qr/https?:(?!\/\/www\.w3\.org\/2000\/svg)|\bsrc=|\bhref=|\@import/,
        'the page needs no other file');
    my ($story) = $html =~ m{<script type="application/json" id="story">(.*?)</script>}s;
    $story = eval { JSON::PP->new->decode($story) };
    my $items = () = $html =~ /id="item-\d+"/g;
    is(scalar @{$story->{items} // []}, $items, 'the page knows each item of its picture');
    traces_well("$base.json");
}

sub traces_well {
    my ($file) = @_;
    my $events = eval { decode_json(slurp($file))->{traceEvents} };
    ok($events, "$file is JSON") or return;
    my (%open, @wrong, %flow);
    my @slices = sort { $a->{ts} <=> $b->{ts} || $b->{dur} <=> $a->{dur} }
        grep { $_->{ph} eq 'X' } @$events;
    for my $slice (@slices) {
        my $stack = $open{"$slice->{pid}.$slice->{tid}"} //= [];
        pop @$stack while @$stack && $stack->[-1] <= $slice->{ts};
        my $end = $slice->{ts} + $slice->{dur};
        push @wrong, $slice->{name} if @$stack && $end > $stack->[-1] + 0.0005;
        push @$stack, $end;
    }
    for my $event (grep { $_->{ph} =~ /^[sf]$/ } @$events) {
        $flow{$event->{id}} .= $event->{ph};
    }
    push @wrong, "arrow $_" for grep { $flow{$_} ne 'sf' } keys %flow;
    is("@wrong", '', 'no slice overlaps another, each arrow has both ends');
}

# The messages of a picture: "from > to: text".
sub messages {
    my ($base) = @_;
    my $trace = decode_json(slurp("$base.json"))->{traceEvents};
    my %name = map { ($_->{pid} => $_->{args}{name}) }
        grep { $_->{name} eq 'process_name' } @$trace;
    my %start = map { ($_->{id} => $_) } grep { $_->{ph} eq 's' } @$trace;
    return map { "$name{$start{$_->{id}}{pid}} > $name{$_->{pid}}: $_->{name}" }
        grep { $_->{ph} eq 'f' } @$trace;
}

# ---- real runs ----

my @texts = ('hello', 'how are you?', '안녕');
record('one', 'server 1 | client hello "how are you?" 안녕');
my $base = draw('one');
looks_good($base);
is_deeply([messages($base)],
    ['client > server: connects',
        (map { ("client > server: \"$_\"", "server > client: \"$_\"") } @texts),
        'client > server: closed'],
    'one: each message from its write to its read');
my ($width) = text_of("$base.svg") =~ /width="(\d+)"/;
cmp_ok($width, '<=', 1000, 'two lifelines are at most 1000 pixels wide');
like(text_of("$base.svg"), qr/class="code">→ error 109 ERROR_BROKEN_PIPE</,
    'a code that tells something has a colour of its own');

# A part of it: what lies between two calls, and what goes on there.
sub part {
    my ($name, $part) = @_;
    my $said = `timeout 60 mk/run build/lens/view.exe --stable $part --svg $out/made/part.svg $out/made/$name.lens $lesson 2>&1`;
    is($said, '', "$name: a part is drawn, $part");
    texts_are_apart("$out/made/part");
    return text_of("$out/made/part.svg");
}
my $part = part('one', '--from client/WriteFile:2 --to client/ReadFile:2');
is(join(' ', $part =~ /<title>(\w+: \w+)/g),
    'server: ReadFile client: WriteFile client: ReadFile server: WriteFile server: ReadFile',
    'from one call to the other');
like($part, qr/>→ later</, 'what ends below says so');
is(scalar(() = $part =~ /class="message"|"halo message"/g), 2, 'with the messages between');
$part = part('one', '--from client/WriteFile:2 --to client/ReadFile:2 --without server');
unlike($part, qr/>server</, 'a thread can be left out');

# A line of the listing names the line of the source at which the call stands.
for (split /\n/, text_of("$base.txt")) {
    my ($call, $file, $line) = /([A-Z]\w+)[ (].* (\w+\.c):(\d+)$/ or next;
    my @source = split /\n/, text_of("lessons/01-blocking-echo/$file");
    like($source[$line - 1], qr/\b$call\(/, "$file:$line has $call");
}

# So it does for a call that stands in what all programs share.
{
    unlink "$out/made/no-server.lens";
    local $ENV{LENS_RECORD} = "$out/made/no-server.lens";
    local $ENV{LENS_SUFFIX} = "-view-no-server-$$";
    `timeout 60 mk/run $lesson/client.exe hello 2>&1`;
    my ($line) = text_of(draw('no-server') . '.txt')
        =~ m{FormatMessageW .* common/error\.c:(\d+)$}m;
    my @source = split /\n/, text_of('common/error.c');
    like($source[($line // 1) - 1], qr/FormatMessageW\(/, 'also one in common/');
}

# The same conversation gives the same picture, every time.
my %seen;
for (1 .. 3) {
    record('again', 'server 2 | client hello 안녕 | client "how are you?"');
    my $again = draw('again', '--stable');
    looks_good($again) if $_ == 1;
    $seen{slurp("$again.svg") . slurp("$again.html")}++;
}
is(scalar keys %seen, 1, 'a stable picture stays the same');
my ($stable) = keys %seen;
unlike(decode('UTF-8', $stable), qr/0x[0-9a-f]*[1-9a-f]{3}|\d µs|\d ms|process \d/,
    'it shows no number that changes');

my $clients = join ' | ', map { "client message-$_" } 1 .. 10;
record('ten', "server 10 | $clients");
$base = draw('ten');
looks_good($base);
is(scalar(grep { /message-(\d+)"$/ } messages($base)), 20, 'ten clients: all messages');
($width) = text_of("$base.svg") =~ /width="(\d+)"/;
cmp_ok($width, '<=', 1000, 'who comes one after the other shares a column');

# ---- rare cases, made up ----

# A server's thread and a client, ten times at once.
my $story = "1.1 start | t0 0 | in server\n";
for my $i (1 .. 10) {
    my ($tid, $pid, $pipe) = (1 + $i, 10 + $i, sprintf '0x%x', 0x100 + 4 * $i);
    my $t = 10 * $i;
    $story .= <<"END";
1.1 call | t0 $t | t1 ${\($t + 4)} | name CreateNamedPipeW | nth $i | handle $pipe | result $pipe | flags opens | in name="\\\\.\\pipe\\many" open=0x3 mode=0x8 max=255 out=512 in=512 wait=0
1.1 call | t0 ${\($t + 5)} | t1 ${\($t + 8)} | name CreateThread | nth $i | peer $tid | handle 0x${i}00 | result 0x${i}00 | flags opens | in stack=0 start=exe+0x1500 argument=0x1 flags=0x0
1.$tid call | t0 ${\($t + 6)} | t1 ${\(500 + $t)} | name ConnectNamedPipe | nth $i | handle $pipe | in pipe=$pipe overlapped=NULL
$pid.1 start | t0 400 | in client
$pid.1 call | t0 ${\(490 + $t)} | t1 ${\(495 + $t)} | name CreateFileW | nth 1 | handle 0x20 | result 0x20 | flags opens | in name="\\\\.\\PIPE\\Many" access=0xc0000000 share=0x0 how=3 flags=0x0
$pid.1 call | t0 ${\(501 + $t)} | t1 ${\(505 + $t)} | name WriteFile | nth 1 | handle 0x20 | bytes 3 | in file=0x20 data="n$i" size=3 | out n=3
1.$tid call | t0 ${\(500 + $t)} | t1 ${\(600 + $t)} | name ReadFile | nth $i | handle $pipe | bytes 3 | in file=$pipe size=512 | out data="n$i" n=3
1.$tid call | t0 ${\(605 + $t)} | t1 ${\(610 + $t)} | name CloseHandle | nth $i | handle $pipe | flags closes | in handle=$pipe
$pid.1 call | t0 ${\(620 + $t)} | t1 ${\(630 + $t)} | name ReadFile | nth $i | handle 0x20 | error 109 | flags failed | in file=0x20 size=512
$pid.1 exit | t0 ${\(650 + $t)}
END
}
make_up('many', $story . "1.1 exit | t0 2000\n");
for (['many'], ['many', '--stable']) {
    $base = draw(@$_);
    looks_good($base);
    my @all = messages($base);
    is(scalar(grep { /^server > server: starts/ } @all), 10, 'ten threads are started');
    is(scalar(grep { /^client (\d+) > server: "n\1"$/ } @all), 10,
        'ten clients at once: each is joined with the thread that served it');
    is(scalar(grep { /^server > client \d+: closed$/ } @all), 10, 'and told that it closed');
}
like(text_of("$base.txt"), qr/\bpipe=h19 overlapped/, 'a stable picture numbers the handles');

# Overlapped: connected and read later than asked for.
my $overlapped = <<'END';
    1.1 start | t0 0 | in server
    call | t0 10 | t1 20 | name CreateNamedPipeW | nth 1 | handle 0x40 | result 0x40 | flags opens | in name="\\.\pipe\x" open=0x40000003 mode=0x8 max=1 out=512 in=512 wait=0
    call | t0 22 | t1 25 | name CreateEventW | nth 1 | handle 0x44 | result 0x44 | flags opens | in manual=1 set=0 name=NULL
    call | t0 30 | t1 35 | name ConnectNamedPipe | nth 1 | handle 0x40 | error 997 | flags failed,pending | link 6 | in pipe=0x40 overlapped=0x61fe00
    call | t0 36 | t1 520 | name WaitForSingleObject | nth 1 | handle 0x44 | in object=0x44 wait=INFINITE
    call | t0 522 | t1 523 | name GetOverlappedResult | nth 1 | handle 0x40 | link 4 | in file=0x40 overlapped=0x61fe00 wait=0 | out n=0
    call | t0 530 | t1 535 | name ReadFile | nth 1 | handle 0x40 | error 997 | flags failed,pending | link 12 | bytes 5 | in file=0x40 size=512 overlapped=0x61fe00 | out data="hello"
    2.1 start | t0 480 | in client
    call | t0 500 | t1 510 | name CreateFileW | nth 1 | handle 0x30 | result 0x30 | flags opens | in name="\\.\pipe\x" access=0xc0000000 share=0x0 how=3 flags=0x0
    call | t0 600 | t1 620 | name WriteFile | nth 1 | handle 0x30 | bytes 5 | in file=0x30 data="hello" size=5 | out n=5
    1.1 call | t0 540 | t1 630 | name WaitForSingleObject | nth 2 | handle 0x44 | in object=0x44 wait=1000
    call | t0 632 | t1 634 | name GetOverlappedResult | nth 2 | handle 0x40 | link 7 | bytes 5 | in file=0x40 overlapped=0x61fe00 wait=0 | out n=5
    2.1 call | t0 640 | t1 650 | name CloseHandle | nth 1 | handle 0x30 | flags closes | in handle=0x30
    exit | t0 660
    1.1 leak | t0 700 | name CreateEventW | nth 1 | handle 0x44 | in manual=1 set=0 name=NULL
    exit | t0 710
END
make_up('overlapped', $overlapped);
for (['overlapped'], ['overlapped', '--stable']) {
    $base = draw(@$_);
    looks_good($base);
    is_deeply([messages($base)], ['client > server: connects', 'client > server: "hello"'],
        'the arrow ends where the read completed');
    my @ends = grep { $_->{ph} eq 'f' } @{decode_json(slurp("$base.json"))->{traceEvents}};
    my ($collect) = grep { $_->{name} eq 'GetOverlappedResult' && $_->{args}{number} == 2 }
        @{decode_json(slurp("$base.json"))->{traceEvents}};
    cmp_ok($ends[1]{ts}, '>', $collect->{ts}, 'which is in the second GetOverlappedResult');
    my $svg = text_of("$base.svg");
    is(scalar(() = $svg =~ /class="operation" data/g), 2, 'two operations have a bar');
    like($svg, qr/class="result">→ 997 ERROR_IO_PENDING</, '997 has its name, and is no failure');
    unlike($svg, qr/class="told"|error 997/, 'nor another code');
    like(text_of("$base.txt"), qr/leak (0x44|h2) of CreateEventW/, 'the leak is listed');
}
# The same, but nobody asks how the read ended.
(my $forgotten = $overlapped) =~ s/ \| link 12 / /;
$forgotten =~ s/.*GetOverlappedResult \| nth 2.*\n//;
make_up('forgotten', $forgotten);
my $left = text_of(draw('forgotten', '--stable') . '.svg');
is(scalar(() = $left =~ /class="operation" data/g), 1, 'one operation has a bar,');
like($left, qr/class="forgotten" data.*?ReadFile goes on: nobody asked for its end/,
    'the other one goes on');
like($left, qr/one whose end nobody asked for/, 'and the legend says so');
unlike(text_of("$base.svg"), qr/forgotten" data/, 'as it does only there');

like($story = text_of("$base.svg"), qr/CreateEventW<.*→ h2</, 'a stable picture names handles in their order');
unlike($story, qr/0x61fe00/, 'and has no address');
my %of;
for (@{decode_json(slurp("$base.json"))->{traceEvents}}) {
    $of{"$_->{name} $_->{args}{number}"} //= $_ if $_->{args}{number};
}
cmp_ok($of{'WaitForSingleObject 1'}{ts} + $of{'WaitForSingleObject 1'}{dur}, '>',
    $of{'CreateFileW 1'}{ts}, 'the wait for an event ends after what ended it');

# The same with other times, handles, addresses, processes and threads.
make_up('overlapped', $overlapped =~ s/\b(t[01]) (\d+)/"$1 " . 77 * $2/ger
    =~ s/0x([34])(\d)\b/0x1$2$1/gr =~ s/0x61fe00/0xfeed00/gr
    =~ s/^    (\d)\.(\d)/8$1.7$2/gmr);
draw('overlapped', '--stable');
is(text_of("$base.svg"), $story, 'a stable picture tells nothing of all that');

# What goes wrong: a gate, a hang, a crash, a meddled call, a full record.
make_up('wrong', <<'END');
    1.1 start | t0 0 | in server
    call | t0 10 | t1 20 | name CreateNamedPipeW | nth 1 | handle 0x40 | result 0x40 | flags opens | in name="\\.\pipe\x" open=0x3 mode=0x8 max=255 out=512 in=512 wait=0
    call | t0 22 | t1 90 | name CreateThread | nth 1 | handle 0x48 | result 0x48 | peer 2 | flags opens | in stack=0 start=exe+0x1530 argument=0x1234 flags=0x0
    1.2 call | t0 100 | t1 0 | name ConnectNamedPipe | nth 1 | handle 0x40 | flags at-gate | in pipe=0x40 overlapped=NULL
    1.1 call | t0 110 | t1 0 | name WaitForSingleObject | nth 1 | handle 0x48 | in object=0x48 wait=INFINITE
    2.1 start | t0 480 | in client
    call | t0 500 | t1 510 | name CreateFileW | nth 1 | error 2 | flags failed | in name="\\.\pipe\y" access=0xc0000000 share=0x0 how=3 flags=0x0
    call | t0 520 | t1 530 | name CreateFileW | nth 2 | handle 0x30 | result 0x30 | flags opens,gated | in name="\\.\pipe\x" access=0xc0000000 share=0x0 how=3 flags=0x0
    call | t0 540 | t1 560 | name WriteFile | nth 1 | handle 0x30 | error 232 | flags failed,injected | in file=0x30 data="<b>&amp;</b> \"x\" ]]> \x00 </script> and so on until nothing fi
    call | t0 570 | t1 0 | name ReadFile | nth 1 | handle 0x30 | in file=0x30 size=5 overlapped=NULL
    crash | t0 600 | error 0xC0000005 | in exception 0xc0000005
    3.1 start | t0 610 | in client
    call | t0 620 | t1 622 | name CloseHandle | nth 1 | handle 0xffffffff | in handle=0xffffffff
    warning | t0 623 | t1 623 | name CloseHandle | nth 1 | handle 0xffffffff | in CloseHandle(INVALID_HANDLE_VALUE) closes nothing
    unwritten | t0 630
    exit | t0 640
    lost | bytes 12
END
for (['wrong'], ['wrong', '--stable']) {
    $base = draw(@$_);
    looks_good($base);
    my $svg = text_of("$base.svg");
    my $listing = text_of("$base.txt");
    for (['ConnectNamedPipe', 'held at a gate'], ['WaitForSingleObject', 'never returned'],
        ['CreateFileW', 'error 2 ERROR_FILE_NOT_FOUND'], ['ReadFile', 'never returned'],
        ['WriteFile', 'error 232 ERROR_NO_DATA.*injected'],
        ['CreateFileW', 'was held at a gate'], ['crash', 'access violation'],
        ['warning', 'CloseHandle.*closes nothing']) {
        like($listing, qr/\b$_->[0]\b.*$_->[1]/, "the listing: $_->[0], $_->[1]");
        like($svg, qr/<title>[^<]*$_->[0]\b[^<]*$_->[1]/s, "the picture: $_->[0], $_->[1]");
    }
    for ($svg, $listing) {
        like($_, qr/The record is full: 12 calls are missing\./, 'a full record is said');
        like($_, qr/no end recorded/, 'so is an end that is missing');
    }
    unlike($svg . text_of("$base.html"), qr{<b>|</script> and}, 'a message is no markup');
}

# A message in pieces, two messages in one read, an empty one; two pipes of one
# name whose clients came in the other order than they were noticed.
make_up('pieces', <<'END');
    1.1 start | t0 0 | in server
    call | t0 1 | t1 2 | name CreateNamedPipeW | nth 1 | handle 0x40 | result 0x40 | flags opens | in name="\\.\pipe\x" open=0x3
    call | t0 3 | t1 4 | name CreateNamedPipeW | nth 2 | handle 0x44 | result 0x44 | flags opens | in name="\\.\pipe\x" open=0x3
    2.1 start | t0 10 | in client
    call | t0 11 | t1 12 | name CreateFileW | nth 1 | handle 0x30 | result 0x30 | flags opens | in name="\\.\pipe\x" access=0x3
    3.1 start | t0 13 | in client
    call | t0 14 | t1 15 | name CreateFileW | nth 1 | handle 0x30 | result 0x30 | flags opens | in name="\\.\pipe\x" access=0x3
    1.1 call | t0 20 | t1 21 | name ConnectNamedPipe | nth 1 | handle 0x44 | error 535 | flags failed | in pipe=0x44
    call | t0 22 | t1 23 | name ConnectNamedPipe | nth 2 | handle 0x40 | error 535 | flags failed | in pipe=0x40
    2.1 call | t0 30 | t1 31 | name WriteFile | nth 1 | handle 0x30 | bytes 6 | in file=0x30 data="abc\"\\\x01" size=6 | out n=6
    1.1 call | t0 40 | t1 41 | name ReadFile | nth 1 | handle 0x40 | bytes 2 | in file=0x40 size=2 | out data="ab" n=2
    call | t0 42 | t1 43 | name ReadFile | nth 2 | handle 0x40 | bytes 4 | in file=0x40 size=9 | out data="c\"\\\x01" n=4
    3.1 call | t0 50 | t1 51 | name WriteFile | nth 1 | handle 0x30 | bytes 3 | in file=0x30 data="one" size=3 | out n=3
    call | t0 52 | t1 53 | name WriteFile | nth 2 | handle 0x30 | bytes 3 | in file=0x30 data="two" size=3 | out n=3
    1.1 call | t0 60 | t1 61 | name ReadFile | nth 3 | handle 0x44 | bytes 6 | in file=0x44 size=9 | out data="onetwo" n=6
    2.1 call | t0 62 | t1 63 | name WriteFile | nth 2 | handle 0x30 | in file=0x30 data="" size=0 | out n=0
    1.1 call | t0 64 | t1 65 | name ReadFile | nth 4 | handle 0x40 | in file=0x40 size=9 | out data="" n=0
    3.1 call | t0 66 | t1 67 | name WriteFile | nth 3 | handle 0x30 | bytes 6 | in file=0x30 data="q\" n=1" size=6 | out n=6
    1.1 call | t0 68 | t1 69 | name ReadFile | nth 5 | handle 0x44 | bytes 6 | in file=0x44 size=9 | out data="q\" n=1" n=6
    2.1 exit | t0 70
    3.1 exit | t0 71
    1.1 exit | t0 72
END
$base = draw('pieces');
looks_good($base);
is_deeply([sort grep { /"/ } messages($base)], [sort
    'client 1 > server: "ab"', 'client 1 > server: "c\"\\\\\x01"', 'client 1 > server: ""',
    'client 2 > server: "one"', 'client 2 > server: "two"', 'client 2 > server: "q\" n=1"'],
    'pieces of messages, by their bytes; each client at its own end of the pipe');

# A completion port, a routine inside a wait, a mailslot, signals.
make_up('other', <<'END');
    1.1 start | t0 0 | in server
    call | t0 1 | t1 2 | name CreateIoCompletionPort | nth 1 | handle 0x50 | result 0x50 | flags opens | in threads=1
    call | t0 3 | t1 4 | name CreateEventW | nth 1 | handle 0x54 | result 0x54 | flags opens | in manual=1 set=0 name="go"
    call | t0 5 | t1 6 | name CreateMailslotW | nth 1 | handle 0x58 | result 0x58 | flags opens | in name="\\.\mailslot\m" size=0 wait=INFINITE
    call | t0 10 | t1 3000 | name GetQueuedCompletionStatus | nth 1 | handle 0x50 | link 7 | in port=0x50 wait=INFINITE | out n=7 key=0x0 overlapped=0x99
    1.2 call | t0 11 | t1 12 | name Sleep | nth 1 | in time=2
    call | t0 2900 | t1 2901 | name PostQueuedCompletionStatus | nth 1 | handle 0x50 | link 5 | in port=0x50 n=7 key=NULL overlapped=0x99
    2.1 start | t0 20 | in client
    call | t0 21 | t1 22 | name CreateEventW | nth 1 | handle 0x60 | result 0x60 | flags opens | in manual=1 set=0 name="go"
    call | t0 23 | t1 24 | name CreateFileW | nth 1 | handle 0x64 | result 0x64 | flags opens | in name="\\.\MAILSLOT\m" access=0x40000000
    call | t0 30 | t1 31 | name WriteFile | nth 1 | handle 0x64 | bytes 6 | in file=0x64 data="letter" size=6 | out n=6
    call | t0 40 | t1 5000 | name WaitForSingleObject | nth 1 | handle 0x60 | in object=0x60 wait=INFINITE
    1.1 call | t0 3100 | t1 3200 | name ReadFile | nth 1 | handle 0x58 | bytes 6 | in file=0x58 size=9 | out data="letter" n=6
    call | t0 4000 | t1 4900 | name SleepEx | nth 1 | result 0xc0 | in time=INFINITE alertable=1
    routine | t0 4500 | t1 4600 | name ReadFileEx | nth 1 | bytes 3
    routine | t0 4700 | t1 4800 | name ReadFileEx | nth 2 | error 109
    call | t0 4950 | t1 4960 | name SetEvent | nth 1 | handle 0x54 | in event=0x54
    exit | t0 5100
    2.1 exit | t0 5200
END
for (['other'], ['other', '--stable']) {
    $base = draw(@$_);
    looks_good($base);
    is_deeply([sort +messages($base)],
        ['client > server: "letter"', 'server > client: signal', 'server > server: packet'],
        'a letter, a packet and an event have arrows');
    like(text_of("$base.txt"), qr/  completion routine of ReadFileEx → 3 bytes/,
        'a routine is inside of its wait');
    like(text_of("$base.svg"), qr/class="code">→ error 109/,
        'and the code that it was told has its colour');
    like(text_of("$base.txt"), qr/SleepEx → WAIT_IO_COMPLETION/, 'which says so');
}

# A mutex: who had it, and who ended with it.
make_up('mutex', <<'END');
    1.1 start | t0 0 | in writer
    call | t0 1 | t1 2 | name CreateMutexW | nth 1 | handle 0x50 | result 0x50 | flags opens | in owned=0 name="lock"
    call | t0 3 | t1 4 | name CreateMutexW | nth 2 | handle 0x54 | result 0x54 | flags opens | in owned=0 name="other"
    call | t0 10 | t1 11 | name WaitForSingleObject | nth 1 | handle 0x54 | in object=0x54 wait=INFINITE
    call | t0 12 | t1 13 | name ReleaseMutex | nth 1 | handle 0x54 | in mutex=0x54
    call | t0 14 | t1 15 | name WaitForSingleObject | nth 2 | handle 0x50 | in object=0x50 wait=INFINITE
    call | t0 30000 | t1 30010 | name ReleaseMutex | nth 2 | handle 0x50 | in mutex=0x50
    2.1 start | t0 20 | in reader
    call | t0 21 | t1 22 | name OpenMutexW | nth 1 | handle 0x60 | result 0x60 | flags opens | in access=0x100000 inherit=0 name="lock"
    call | t0 23 | t1 24 | name OpenMutexW | nth 2 | handle 0x64 | result 0x64 | flags opens | in access=0x100000 inherit=0 name="other"
    call | t0 30 | t1 31 | name WaitForSingleObject | nth 1 | handle 0x64 | in object=0x64 wait=INFINITE
    call | t0 40 | t1 30020 | name WaitForSingleObject | nth 2 | handle 0x60 | in object=0x60 wait=INFINITE
    3.1 start | t0 31000 | in late
    call | t0 31100 | t1 31110 | name OpenMutexW | nth 1 | handle 0x60 | result 0x60 | flags opens | in access=0x100000 inherit=0 name="lock"
    call | t0 32000 | name WaitForSingleObject | nth 1 | handle 0x60 | in object=0x60 wait=INFINITE
    2.1 exit | t0 51000
    1.1 call | t0 52000 | t1 52010 | name WaitForSingleObject | nth 3 | handle 0x54 | result 0x80 | in object=0x54 wait=INFINITE
    exit | t0 53000
END
for (['mutex'], ['mutex', '--stable']) {
    $base = draw(@$_);
    looks_good($base);
    my $all = text_of("$base.txt");
    my @held = $all =~ /(\w+) +WaitForSingleObject.*held by (\w+)/mg;
    my %held = @held;
    is_deeply(\%held, { reader => 'writer', late => 'reader' },
        'who waits for a mutex is told who has it; the others are not');
    like($all, qr/WaitForSingleObject → WAIT_ABANDONED/, 'an abandoned one is told');
    like(text_of("$base.svg"), qr/class="code">→ WAIT_ABANDONED/, 'and has the colour of a code');
}

# A semaphore: each token ends one wait, the first that it can.
make_up('tokens', <<'END');
    1.1 start | t0 0 | in producer
    call | t0 1 | t1 2 | name CreateSemaphoreW | nth 1 | handle 0x50 | result 0x50 | flags opens | in first=0 most=4 name="filled"
    call | t0 30000 | t1 30010 | name ReleaseSemaphore | nth 1 | handle 0x50 | in semaphore=0x50 count=1
    call | t0 30020 | t1 30030 | name ReleaseSemaphore | nth 2 | handle 0x50 | in semaphore=0x50 count=1
    call | t0 30040 | t1 30050 | name ReleaseSemaphore | nth 3 | handle 0x50 | in semaphore=0x50 count=1
    2.1 start | t0 20 | in one
    call | t0 21 | t1 22 | name OpenSemaphoreW | nth 1 | handle 0x60 | result 0x60 | flags opens | in access=0x100000 inherit=0 name="filled"
    call | t0 30 | t1 30100 | name WaitForSingleObject | nth 1 | handle 0x60 | in object=0x60 wait=INFINITE
    exit | t0 40000
    3.1 start | t0 23 | in two
    call | t0 24 | t1 25 | name OpenSemaphoreW | nth 1 | handle 0x60 | result 0x60 | flags opens | in access=0x100000 inherit=0 name="filled"
    call | t0 40 | t1 30110 | name WaitForSingleObject | nth 1 | handle 0x60 | in object=0x60 wait=INFINITE
    exit | t0 40001
    1.1 exit | t0 53000
END
$base = draw('tokens');
looks_good($base);
is_deeply([messages($base)], ['producer > one: signal', 'producer > two: signal'],
    'each token ends one wait');
is_deeply([map { $_->{ts} + 0 } grep { $_->{ph} eq 's' && $_->{name} eq 'signal' }
        @{ decode_json(slurp("$base.json"))->{traceEvents} }], [30000, 30020],
    'the first that it can');

# The bytes in front of a text; and an object that was there already.
make_up('letter', <<'END');
    1.1 start | t0 0 | in server
    call | t0 1 | t1 2 | name CreateMailslotW | nth 1 | handle 0x58 | result 0x58 | flags opens | in name="\\.\mailslot\m" size=0 wait=INFINITE
    2.1 start | t0 20 | in client
    call | t0 21 | t1 22 | name CreateEventW | nth 1 | handle 0x60 | result 0x60 | flags opens | in manual=1 set=0 name="go"
    call | t0 23 | t1 24 | name CreateEventW | nth 2 | handle 0x64 | result 0x64 | flags opens | in manual=1 set=0 name="go"
    call | t0 25 | t1 26 | name CreateEventW | nth 3 | handle 0x68 | result 0x68 | flags opens | in manual=1 set=0 name="other"
    call | t0 27 | t1 28 | name CloseHandle | nth 1 | handle 0x68 | flags closes | in handle=0x68
    call | t0 29 | t1 30 | name CreateEventW | nth 4 | handle 0x68 | result 0x68 | flags opens | in manual=1 set=0 name="other"
    call | t0 33 | t1 34 | name CreateFileW | nth 1 | handle 0x6c | result 0x6c | flags opens | in name="\\.\MAILSLOT\m" access=0x40000000
    call | t0 35 | t1 36 | name WriteFile | nth 1 | handle 0x6c | bytes 9 | in file=0x6c data="me\x00\x01kdone" size=9 | out n=9
    1.1 call | t0 40 | t1 41 | name ReadFile | nth 1 | handle 0x58 | bytes 9 | in file=0x58 size=9 | out data="me\x00\x01kdone" n=9
    exit | t0 50
    2.1 exit | t0 51
END
$base = draw('letter', '--header', 5);
looks_good($base);
is_deeply([messages($base)], ['client > server: "me … done"'], 'a message is shown as text');
my @there = text_of("$base.svg") =~ /(183 ERROR_ALREADY_EXISTS)<\/tspan>/g;
is(scalar @there, 1, 'a success with 183 says so, once');

# One thread has both ends of a pipe.
make_up('alone', <<'END');
    1.1 start | t0 0 | in both
    call | t0 1 | t1 2 | name CreateNamedPipeW | nth 1 | handle 0x40 | result 0x40 | flags opens | in name="\\.\pipe\x" open=0x3
    call | t0 3 | t1 4 | name CreateFileW | nth 1 | handle 0x44 | result 0x44 | flags opens | in name="\\.\pipe\x" access=0x3
    call | t0 5 | t1 6 | name ConnectNamedPipe | nth 1 | handle 0x40 | error 535 | flags failed | in pipe=0x40
    call | t0 7 | t1 8 | name WriteFile | nth 1 | handle 0x44 | bytes 29 | in file=0x44 data="a message that is rather long" size=29 | out n=29
    call | t0 9 | t1 10 | name ReadFile | nth 1 | handle 0x40 | bytes 29 | in file=0x40 size=99 | out data="a message that is rather long" n=29
    exit | t0 11
END
for (['alone'], ['alone', '--stable']) {
    $base = draw(@$_);
    looks_good($base);
    is_deeply([messages($base)],
        ['both > both: connects', 'both > both: "a message that is rather long"'],
        'a thread can talk to itself');
}

make_up('nothing', '');
looks_good(draw('nothing'));
like(text_of("$out/made/nothing.svg"), qr/Nothing was recorded/, 'an empty record is said');

# As many as a record holds: two threads that answer each other.
$story = "1.1 start | t0 0 | in server\n";
for my $i (1 .. 1980) {
    my $t = $i * 10;
    $story .= "1.1 call | t0 $t | t1 ${\($t + 5)} | name SetEvent | nth $i | handle 0x44 | in event=0x44\n"
        . "1.2 call | t0 ${\($t + 1)} | t1 ${\($t + 9)} | name WaitForSingleObject | nth $i | handle 0x48 | in object=0x48 wait=1000\n";
}
make_up('most', $story);
my $began = time;
$base = draw('most');
cmp_ok(time - $began, '<=', 20, 'a full record is drawn in seconds');
traces_well("$base.json");

# ---- bad input ----

sub refused {
    my ($name, $arguments, $pattern) = @_;
    my $said = `timeout 60 mk/run build/lens/view.exe $arguments 2>&1 >/dev/null`;
    is($? >> 8, 2, "$name: exit status 2");
    like($said, qr/^[^\n]*$pattern[^\n]*\n\z/, 'and one clear line');
}

sub spoil {
    my ($name, $change) = @_;
    my $bytes = slurp("$out/made/one.lens");
    $change->($bytes);
    open my $to, '>:raw', "$out/made/$name.lens" or die $!;
    print $to $bytes;
    close $to;
    return "$out/made/$name.lens";
}

refused('no argument', '', 'usage: view');
refused('an option that is none', '--colour', 'usage: view');
refused('an option without its value', '--svg', 'usage: view');
refused('half a part', "--from client/ReadFile:1 --svg $out/made/part.svg $out/made/one.lens", 'usage: view');
refused('a part as a page', "--from client/ReadFile:1 --to client/ReadFile:2 --html $out/made/part.html $out/made/one.lens", 'usage: view');
refused('a part that is not there',
    "--from client/ReadFile:1 --to client/ReadFile:99 --svg $out/made/part.svg $out/made/one.lens",
    'the run has no client/ReadFile:99');
refused('no such file', 'build/no-such.lens', 'cannot be opened');
refused('a folder', 'build', 'cannot be opened');
refused('no record', 'Makefile', 'is no record of the lens');
refused('an empty file', spoil('empty', sub { $_[0] = '' }), 'is no record');
refused('another version', spoil('version', sub { substr $_[0], 4, 1, "\x63" }), 'another version');
refused('half a record', spoil('half', sub { substr $_[0], 5000, 1e7, '' }), 'is a damaged record');
refused('too much used', spoil('used', sub { substr $_[0], 24, 4, "\xff\xff\xff\x7f" }),
    'is a damaged record');
refused('an output that cannot be written',
    "--svg build/no-such-folder/x.svg $out/made/one.lens", 'cannot be written');

# Whatever a program has spoiled in its record, the viewer does not crash.
my @fell;
srand 1;
for my $try (1 .. 12) {
    my $file = spoil('chance', sub {
        for (1 .. 400) { substr $_[0], 256 + int rand 320 * 40, 1, chr int rand 256 }
    });
    my $stable = $try % 2 ? '' : '--stable';
    my $said = `timeout 60 mk/run build/lens/view.exe $stable --svg $out/made/chance.svg --html $out/made/chance.html --json $out/made/chance.json --text $out/made/chance.txt $file $lesson 2>&1`;
    push @fell, "$try: status $?" if $?;
    eval { decode_json(slurp("$out/made/chance.json")); 1 } or push @fell, "$try: $@";
    eval { text_of("$out/made/chance.$_") for qw(svg html txt); 1 } or push @fell, "$try: $@";
}
is("@fell", '', 'spoiled records are drawn, in good UTF-8 and JSON');
# ---- a pipe without a name ----

{
    unlink "$out/made/child.lens";
    local $ENV{LENS_RECORD} = "$out/made/child.lens";
    `timeout 60 mk/run build/checks/project/lens/inherit.exe talk 2>&1`;
    is($?, 0, 'a parent writes to its child');
    my $text = text_of(draw('child') . '.txt');
    like($text, qr/inherit 1\s+WriteFile.*\n.*\n\s+"hello" to inherit 2$/m,
        'the bytes lead to the handle that the child has inherited');
    like($text, qr/^.* inherit 2\s+ReadFile → error 109/m, 'and it is told of the end');
    my $svg = text_of(draw('child', '--stable') . '.svg');
    like($svg, qr/>closed</, 'by a line from the handle that was closed last');
}

done_testing();
