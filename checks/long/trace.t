#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The page of make trace-NN in a browser: a click on a call shows its details,
# the keys do the same, the filter and the zoom work, no text meets another.
# What it saw lies in build/trace/seen afterwards.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use lib 'checks/site';
use Browser;
use File::Path 'make_path';
use Test::More;

plan skip_all => Browser->missing if Browser->missing;
# A browser that hangs is not waited for.
$SIG{ALRM} = sub { die "the browser took too long\n" };
alarm 300;

delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
my $said = `make -s -C lens view 2>&1 && make -s -C lessons/01-blocking-echo lens 2>&1 && make -s -C checks play.exe 2>&1 && mk/trace draw lessons/01-blocking-echo/`;
is($?, 0, 'the conversation is drawn') or die($said);
like($said, qr{build/trace/01\.html}, 'and it is said where');

my $seen = 'build/trace/seen';
make_path($seen);
my $browser = Browser->start;

# The bar of a program's first call of a name.
my $find = <<'END';
const items = JSON.parse(document.getElementById('story').textContent).items;
const bar = (who, title) => '#item-' +
    items.findIndex(item => item.who === who && item.title === title);
END
sub bar { return $browser->script("$find return bar('$_[0]', '$_[1]') + ' rect:not(.area)'") }
sub tip { return $browser->script(
    'const t = document.getElementById("tip"); return t.hidden ? "" : t.innerText') }

sub says {
    my ($name, @patterns) = @_;
    my $text = tip();
    like($text, $_, $name) for @patterns;
}

$browser->screen(1100, 900, 'light');
$browser->visit('build/trace/01.html');
is(tip(), '', 'at first no details are shown');
$browser->click(bar('client', 'WriteFile'));
says('a click shows the details', qr/^WriteFile/, qr/^who\s+client$/m,
    qr/data="hello"/, qr/size=5/, qr/result\s+5 bytes/, qr/took\s+[\d.]+ (µs|ms)/,
    qr/began at\s+[\d.]+ ms/);
my ($line) = tip() =~ /source\s+client\.c:(\d+)/;
open my $source, '<', 'lessons/01-blocking-echo/client.c' or die $!;
my @lines = <$source>;
like($lines[($line // 1) - 1], qr/WriteFile\(/, 'and the line of the source');
$browser->keep("$seen/tip.png");
my $inside = $browser->script(<<'END');
const box = document.getElementById('tip').getBoundingClientRect();
return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
END
ok($inside, 'the details lie on the screen');
is($browser->script('return document.querySelectorAll(".link.open").length'), 1,
    'the arrow of the message is marked');

$browser->press('Enter');
says('Enter follows the message', qr/^ReadFile/, qr/who\s+server/, qr/data="hello"/);
$browser->press('ArrowDown');
says('an arrow key leads to the next call', qr/^WriteFile/, qr/who\s+server/);
$browser->press('ArrowRight');
says('another one to the other side', qr/who\s+client/);
$browser->press('End');
# Which side ends last differs from run to run; the picture says it.
my $last = $browser->script("$find return items.reduce("
    . "(a, b) => b.row > a.row ? b : a).who");
says('End to the last one', qr/^ends/, qr/who\s+\Q$last\E$/m);
$browser->press('Home', 'ArrowUp');
says('Home to the first one', qr/^CreateNamedPipeW/, qr/name=.*pipework-01/);
$browser->press('Escape');
is(tip(), '', 'Escape closes the details');

# By keys alone, from the beginning of the page.
$browser->visit('build/trace/01.html');
my $tabs = 0;
$browser->press('Tab') while $tabs++ < 20 && tip() eq '';
says('the Tab key leads to the picture', qr/^CreateNamedPipeW/);
$browser->press('Escape');

$browser->click(bar('client', 'CreateFileW'));
$browser->click('#filter label:nth-of-type(2) input');
is(tip(), '', 'the details of a process that is left out close');
is($browser->script(<<'END'), 0, 'its calls, its lifeline and its arrows are gone');
return [...document.querySelectorAll('svg [data-process~="1"]')].filter(
    e => getComputedStyle(e).display !== 'none').length;
END
isnt($browser->script(<<'END'), 0, 'the other ones stay');
return [...document.querySelectorAll('svg .item[data-process="0"]')].filter(
    e => getComputedStyle(e).display !== 'none').length;
END
$browser->click('#filter label:nth-of-type(2) input');
$browser->click(bar('client', 'CreateFileW'));
says('a process that is shown again can be asked', qr/^CreateFileW/);

my $wide = 'return document.querySelector("#picture svg").getBoundingClientRect().width';
my $before = $browser->script($wide);
$browser->click('#larger');
cmp_ok($browser->script($wide), '>', $before, 'a button makes it larger');
$browser->press('-', '-');
cmp_ok($browser->script($wide), '<', $before, 'a key smaller');
$browser->press('0');
is($browser->script($wide), $before, 'and 0 as it was');

# With the fonts that there are: no text meets another, or the edge.
my $meetings = <<'END';
const svg = document.querySelector('svg'), all = svg.viewBox.baseVal;
const boxes = [...svg.querySelectorAll('text')].map(e => [e.getBBox(), e.textContent]);
const wrong = [];
boxes.forEach(([a, text], i) => {
    if (a.width && (a.x < 0 || a.x + a.width > all.width)) wrong.push(text + ' is outside');
    for (const [b, other] of boxes.slice(i + 1))
        if (a.width && b.width && a.x < b.x + b.width && b.x < a.x + a.width &&
            a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height)
            wrong.push(text + ' meets ' + other);
});
return wrong.slice(0, 4).join('; ');
END
is($browser->script($meetings), '', 'no text meets another');
$browser->screen(390, 800, 'dark');
my ($ground, $paper) = @{$browser->script(<<'END')};
return [getComputedStyle(document.body).backgroundColor,
    getComputedStyle(document.querySelector('svg > rect')).fill];
END
like($ground, qr/rgb\((\d\d?), /, 'a dark page where the system is dark');
is($paper, 'rgb(255, 255, 255)', 'with a white picture');
is($browser->script('return document.documentElement.scrollWidth <= innerWidth'), 1,
    'on a phone, only the picture is wider than the screen');
is($browser->script('return document.getElementById("tip").offsetWidth > 200'), 1,
    'where the details still have room');
$browser->keep("$seen/phone.png");

$browser->screen(1100, 900, 'light');
$browser->visit('build/trace/01.svg');
is($browser->script('return document.documentElement.nodeName'), 'svg', 'the picture alone');
is($browser->script($meetings), '', 'no text meets another there');
my @faults = $browser->faults;
is("@faults", '', 'the browser finds no fault');
undef $browser;  # it ends before this program
done_testing;
