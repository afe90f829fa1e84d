# SPDX-License-Identifier: MIT
# A browser without a window, for the tests that look at pages.
#
# Speaks the WebDriver protocol (https://www.w3.org/TR/webdriver/) with
# chromedriver.
package Browser;
use strict;
use warnings;
use Cwd 'getcwd';
use File::Temp 'tempdir';
use HTTP::Tiny;
use JSON::PP;
use MIME::Base64 'decode_base64';

my $seconds = 30;    # the longest that one request may take

sub find_command
{
    for (@_) { return $_ if system("command -v $_ >/dev/null 2>&1") == 0 }
    return undef;
}

# What is missing for it; nothing if all is there.
sub missing
{
    find_command('chromium', 'google-chrome') or return 'Chromium is not there';
    find_command('chromedriver', 'chromium.chromedriver')
        or return 'chromedriver is not there';
    return undef;
}

sub start
{
    my ($class) = @_;
    my $self = bless {owner => $$, http => HTTP::Tiny->new(timeout => $seconds)},
        $class;
    my $driver = find_command('chromedriver', 'chromium.chromedriver');
    $self->{pid} = open $self->{said}, '-|', $driver, '--port=0'
        or die "$driver: $!\n";
    my ($port, $said);
    while ($said = readline $self->{said}) {
        ($port) = $said =~ /successfully on port (\d+)/ and last;
    }
    $port or die "$driver did not start\n";
    $self->{base}    = "http://127.0.0.1:$port/session";
    $self->{profile} = tempdir(CLEANUP => 1);
    my @flags = ('--headless', '--no-sandbox', '--disable-gpu',
        '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
        '--disable-dev-shm-usage', "--user-data-dir=$self->{profile}");
    my $made = $self->ask(POST => '', {capabilities => {alwaysMatch => {
        browserName => 'chrome', 'goog:chromeOptions' => {args => \@flags},
        'goog:loggingPrefs' => {browser => 'SEVERE'},
        timeouts => {implicit => 5000, pageLoad => 1000 * $seconds}}}});
    $self->{base} .= "/$made->{sessionId}";
    return $self;
}

sub DESTROY
{
    my ($self) = @_;
    return if $$ != $self->{owner} || !$self->{pid};
    local ($?, $@);
    eval { $self->{http}->request(DELETE => $self->{base}) };
    kill TERM => $self->{pid};
    waitpid $self->{pid}, 0;
}

sub ask
{
    my ($self, $method, $path, $body) = @_;
    my $reply = $self->{http}->request($method, "$self->{base}$path", $body
        ? {content => encode_json($body),
           headers => {'Content-Type' => 'application/json'}} : {});
    my $value = eval { decode_json($reply->{content})->{value} };
    die "$method $path: " . substr($reply->{content}, 0, 300) . "\n"
        unless $reply->{success};
    return $value;
}

sub script { return $_[0]->ask(POST => '/execute/sync', {script => $_[1], args => []}) }
sub cdp    { return $_[0]->ask(POST => '/goog/cdp/execute', {cmd => $_[1], params => $_[2]}) }

# Opens a file, named from the top folder.
sub visit
{
    my ($self, $file) = @_;
    my $path = getcwd() . "/$file";
    $path =~ s{([^/\w.-])}{sprintf '%%%02X', ord $1}ge;
    $self->ask(POST => '/url', {url => "file://$path"});
}

sub screen
{
    my ($self, $width, $height, $scheme) = @_;
    $self->cdp('Emulation.setDeviceMetricsOverride', {width => $width,
        height => $height, deviceScaleFactor => 1,
        mobile => $width < 600 ? JSON::PP::true : JSON::PP::false});
    $self->cdp('Emulation.setEmulatedMedia', {features => [
        {name => 'prefers-color-scheme', value => $scheme}]});
}

# The first element found; dies, after a while, if there is none.
sub find
{
    my ($self, $using, $value) = @_;
    return $self->ask(POST => '/element', {using => $using, value => $value});
}

# What a person does: a click on the first element that a selector finds,
# and keys: plain characters, or names such as Escape.
sub click
{
    my ($self, $selector) = @_;
    my $found = $self->find('css selector' => $selector);
    $self->ask(POST => "/element/$_/click", {}) for values %$found;
}

sub press
{
    my ($self, @keys) = @_;
    my %code = (Tab => "\x{E004}", Enter => "\x{E007}", Escape => "\x{E00C}",
        End => "\x{E010}", Home => "\x{E011}", ArrowLeft => "\x{E012}",
        ArrowUp => "\x{E013}", ArrowRight => "\x{E014}", ArrowDown => "\x{E015}");
    my @actions = map { my $key = $code{$_} // $_;
        ({type => 'keyDown', value => $key}, {type => 'keyUp', value => $key}) } @keys;
    $self->ask(POST => '/actions', {actions => [
        {type => 'key', id => 'keys', actions => \@actions}]});
}

# Keeps what is seen now, as a picture.
sub keep
{
    my ($self, $file) = @_;
    open my $out, '>:raw', $file or die "$file: $!\n";
    print $out decode_base64($self->ask(GET => '/screenshot'));
    close $out;
}

# The faults that the browser has found since it was asked last.
sub faults { return map { $_->{message} } @{$_[0]->ask(POST => '/se/log', {type => 'browser'})} }

1;
