#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# The site in a browser: nothing overflows, on a wide screen and on a phone;
# pictures show, code is coloured, dark is dark, and the search finds.
# What it saw lies in build/docs/seen afterwards.
use strict;
use warnings;
use utf8;
use open ':std', ':encoding(UTF-8)';
use lib 'checks/site';
use Browser;
use File::Path 'make_path';
use Test::More;

my $site    = 'build/docs/html';
my $seen    = 'build/docs/seen';

plan skip_all => Browser->missing if Browser->missing;
system('command -v doxygen >/dev/null 2>&1') == 0
    or plan skip_all => 'Doxygen is not there';
# A browser that hangs is not waited for.
$SIG{ALRM} = sub { die "the browser took too long\n" };
alarm 300;

delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
system('make', '-s', '-C', 'docs') == 0 or die('the site was not built');

my $browser;
sub script { return $browser->script($_[0]) }
sub visit  { return $browser->visit("$site/$_[0]") }
sub screen { return $browser->screen(@_) }
sub keep   { return $browser->keep("$seen/$_[0].png") }

# ---- what is looked at ----

# Names of what reaches beyond the page, unless something around it scrolls.
my $overflowing = <<'END';
const inside = document.querySelector('.contents');
const edge = document.documentElement.clientWidth + 1;
const scrolls = e => e && e !== inside.parentElement &&
    (/auto|scroll/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
const wide = [...inside.querySelectorAll('*')].filter(e =>
    e.getBoundingClientRect().right > edge && !scrolls(e.parentElement) &&
    !/auto|scroll/.test(getComputedStyle(e).overflowX));
const names = wide.slice(0, 3).map(e =>
    e.tagName + ' "' + e.textContent.trim().slice(0, 40) + '"');
if (document.documentElement.scrollWidth > edge) names.push('the page');
const box = document.getElementById('doc-content');
if (box && box.scrollWidth > box.clientWidth + 1) names.push('the text');
return names;
END

my $missing = <<'END';
return [...document.querySelectorAll('.contents img')].filter(
    e => !e.complete || e.naturalWidth == 0).map(e => e.getAttribute('src'));
END

# The colours of a page, each as the sum of red, green and blue.
my $colours = <<'END';
const sum = c => c.match(/\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0);
return [sum(getComputedStyle(document.body).backgroundColor),
        sum(getComputedStyle(document.querySelector('.contents p')).color)];
END

# 1 where code is coloured, 0 where not, -1 where there is none.
my $keywords = <<'END';
const plain = document.querySelector('.fragment .line');
const words = [...document.querySelectorAll('.fragment span:not(.lineno)')];
return plain ? +words.some(e =>
    getComputedStyle(e).color != getComputedStyle(plain).color) : -1;
END

sub is_empty
{
    my ($name, @wrong) = @_;
    ok(!@wrong, $name) or diag(join "\n", @wrong);
}

make_path($seen);
$browser = Browser->start;
my @names = map { s{.*/}{}r } sort grep { /(?:index|mechanisms|platforms|lens|
    (?:lesson|exercise)-[\w-]+)\.html$/x } glob "$site/*.html";
my @lessons = grep { /^lesson-/ } @names;

my @sizes = (['wide', 1280, 900], ['phone', 390, 844]);
for (@sizes) {
    my ($size, $width, $height) = @$_;
    screen($width, $height, 'light');
    my (@wide, @gone);
    for my $page (@names) {
        visit($page);
        push @wide, map { "$page: $_" } @{script($overflowing)};
        push @gone, map { "$page: $_" } @{script($missing)};
        keep($page =~ s/\.html$/-$size/r);
    }
    is_empty("nothing overflows: $size", @wide);
    is_empty("each picture shows: $size", @gone);
}

# Only the theme of doxygen-awesome-css knows dark.
SKIP: {
    skip 'the plain theme has no dark', 1 unless -e "$site/doxygen-awesome.css";
    screen(1280, 900, 'dark');
    my @bright;
    for my $page (@names) {
        visit($page);
        my ($ground, $ink) = @{script($colours)};
        push @bright, "$page: ground $ground, ink $ink"
            unless $ground < 200 && $ink > 450;
        keep($page =~ s/\.html$/-dark/r);
    }
    is_empty('dark is dark where the system is', @bright);
}

screen(1280, 900, 'light');
is_empty('code is coloured', map { "$_: no coloured word" } grep {
    visit($_);
    script($keywords) == 0;
} @lessons);

# The reader types how a lesson's title begins, or a code as another program
# has printed it.
sub searches
{
    my ($what, $typed, $target, $picture) = @_;
    visit('index.html');
    $browser->click('#MSearchField');
    $browser->press(split //, $typed);
    # Some versions of Doxygen show the results in a frame.
    my $results = $browser->find('css selector' => '#MSearchResults');
    my $framed  = script('return document.getElementById("MSearchResults").tagName == "IFRAME"');
    $browser->ask(POST => '/frame', {id => $results}) if $framed;
    my $hit = eval { $browser->find(xpath => "//a[contains(\@href, '$target')]") };
    ok($hit, "the search finds $what") or diag($@);
    $browser->ask(POST => '/frame', {id => undef}) if $framed;
    keep($picture) if $hit;
}
visit($lessons[-1]);
my ($wanted) = script('return document.querySelector(".title").textContent')
    =~ /^([\w ]{2,12})/;
searches('a lesson', $wanted, $lessons[-1], 'search');
searches('a code', '0x8007006D', 'when-a-call-fails--109-error_broken_pipe', 'search-code');

# From the main page on by "next", to the last exercise.
visit('index.html');
my %met;
while (my $next = script('const a = document.querySelector(".next a"); a && a.click();
    return a && a.getAttribute("href")')) {
    last if $met{$next}++;
    visit($next);
}
is_empty('"next" leads through all pages', grep { !$met{$_} && !/^index/ } @names);

is_empty('the browser finds no fault', $browser->faults);

undef $browser;  # it ends before this program
done_testing;
