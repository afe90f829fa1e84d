#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# The site in a browser: nothing overflows, on a wide screen and on a phone;
# pictures show, code is coloured, dark is dark, and the search finds.
#
# Speaks the WebDriver protocol (https://www.w3.org/TR/webdriver/) with
# chromedriver. What it saw lies in build/docs/seen afterwards.
use strict;
use warnings;
use utf8;
use open ':std', ':encoding(UTF-8)';
use Cwd 'getcwd';
use File::Path 'make_path';
use File::Temp 'tempdir';
use HTTP::Tiny;
use JSON::PP;
use MIME::Base64 'decode_base64';
use Test::More;

my $seconds = 30;    # the longest that one request may take
my $site    = 'build/docs/html';
my $seen    = 'build/docs/seen';

sub find_command
{
    for (@_) { return $_ if system("command -v $_ >/dev/null 2>&1") == 0 }
    return undef;
}

my $chrome = find_command('chromium', 'google-chrome')
    or plan skip_all => 'Chromium is not there';
my $driver = find_command('chromedriver', 'chromium.chromedriver')
    or plan skip_all => 'chromedriver is not there';
find_command('doxygen') or plan skip_all => 'Doxygen is not there';
# A browser that hangs is not waited for.
$SIG{ALRM} = sub { die "the browser took too long\n" };
alarm 300;

delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
system('make', '-s', '-C', 'docs') == 0 or BAIL_OUT('the site was not built');

# ---- the browser ----

my $profile = tempdir(CLEANUP => 1);
my ($pid, $said, $session, $base);    # $said: what chromedriver prints
my $http = HTTP::Tiny->new(timeout => $seconds);

sub ask
{
    my ($method, $path, $body) = @_;
    my $reply = $http->request($method, "$base$path", $body
        ? {content => encode_json($body),
           headers => {'Content-Type' => 'application/json'}} : {});
    my $value = eval { decode_json($reply->{content})->{value} };
    die "$method $path: " . substr($reply->{content}, 0, 300) . "\n"
        unless $reply->{success};
    return $value;
}

sub script { return ask(POST => '/execute/sync', {script => $_[0], args => []}) }
sub cdp    { return ask(POST => '/goog/cdp/execute', {cmd => $_[0], params => $_[1]}) }
sub element
{
    my ($using, $value) = @_;
    my $found = ask(POST => '/element', {using => $using, value => $value});
    return (values %$found)[0];
}

sub start_browser
{
    $pid = open $said, '-|', $driver, '--port=0' or BAIL_OUT("$driver: $!");
    my $port;
    while (<$said>) { ($port) = /successfully on port (\d+)/ and last }
    $port or BAIL_OUT("$driver did not start");
    $base = "http://127.0.0.1:$port/session";
    my @flags = ('--headless', '--no-sandbox', '--disable-gpu',
        '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
        '--disable-dev-shm-usage', "--user-data-dir=$profile");
    my $made = ask(POST => '', {capabilities => {alwaysMatch => {
        browserName => 'chrome', 'goog:chromeOptions' => {args => \@flags},
        'goog:loggingPrefs' => {browser => 'SEVERE'},
        timeouts => {implicit => 5000, pageLoad => 1000 * $seconds}}}});
    $session = $made->{sessionId};
    $base .= "/$session";
}

END {
    my $status = $?;
    if ($pid) {
        eval { $http->request(DELETE => $base) } if $session;
        kill TERM => $pid;
        waitpid $pid, 0;
    }
    $? = $status;
}

sub visit
{
    my ($page) = @_;
    my $folder = getcwd =~ s{([^/\w.-])}{sprintf '%%%02X', ord $1}ger;
    ask(POST => '/url', {url => "file://$folder/$site/$page"});
}

sub screen
{
    my ($width, $height, $scheme) = @_;
    cdp('Emulation.setDeviceMetricsOverride', {width => $width,
        height => $height, deviceScaleFactor => 1,
        mobile => $width < 600 ? JSON::PP::true : JSON::PP::false});
    cdp('Emulation.setEmulatedMedia', {features => [
        {name => 'prefers-color-scheme', value => $scheme}]});
}

sub keep
{
    my ($name) = @_;
    open my $out, '>:raw', "$seen/$name.png" or die "$seen: $!\n";
    print $out decode_base64(ask(GET => '/screenshot'));
}

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
start_browser();
my @names = map { s{.*/}{}r } sort grep { /(?:index|mechanisms|platforms|
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

# The reader types how a lesson's title begins.
visit($lessons[-1]);
my ($wanted) = script('return document.querySelector(".title").textContent')
    =~ /^([\w ]{2,12})/;
visit('index.html');
my $field = element('css selector', '#MSearchField');
ask(POST => "/element/$field/click", {});
ask(POST => "/element/$field/value", {text => $wanted});
my $results = element('css selector', '#MSearchResults');
my $framed  = script('return document.getElementById("MSearchResults").tagName == "IFRAME"');
ask(POST => '/frame', {id => {'element-6066-11e4-a52e-4f735466cecf' => $results}})
    if $framed;
my $hit = eval { element(xpath => "//a[contains(\@href, '$lessons[-1]')]") };
ok($hit, 'the search finds a lesson') or diag($@);
if ($hit) {
    ask(POST => '/frame', {id => undef}) if $framed;
    keep('search');
}

# From the main page on by "next", to the last exercise.
visit('index.html');
my %met;
while (my $next = script('const a = document.querySelector(".next a"); a && a.click();
    return a && a.getAttribute("href")')) {
    last if $met{$next}++;
    visit($next);
}
is_empty('"next" leads through all pages', grep { !$met{$_} && !/^index/ } @names);

is_empty('the browser finds no fault', map { $_->{message} }
    @{ask(POST => '/se/log', {type => 'browser'})});

done_testing;
