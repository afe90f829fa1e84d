#!/usr/bin/perl
# The page docs/lens.md is true: each command that it shows prints what it says,
# and each piece of code stands in the lens.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use Test::More;

delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL), grep { /^LENS_/ } keys %ENV};

sub slurp
{
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!\n";
    local $/;
    return <$in> =~ s/\r\n/\n/gr;
}

my $page = slurp('docs/lens.md');

# What comes before the commands, as a reader would type it.
my $setting = join '', $page =~ /^```sh\n(.*?)^```$/msg;
$setting .= "p=\n" if $^O =~ /msys|cygwin/;
# Exercise 01 may have been started: the page shows it untouched.
my $skeleton = 'build/tests/lens-page';
system('mk/answer', 'checks/wrong/01-blocking-echo/skeleton.patch', $skeleton) == 0
    or die('no skeleton');

# Lines of a conversation, speaker by speaker: how two of them mix is free.
sub by_speaker
{
    my (@lines) = @_;
    my %of;
    push @{ $of{ /^(\w+) +\|/ ? $1 : '~' } }, $_ for @lines;
    return map { @{ $of{$_} } } sort keys %of;
}

# The form in which what is shown and what is printed are the same. Addresses,
# times and numbers of a library's members differ from one machine to another.
sub plain
{
    my ($command, @lines) = @_;
    s/\s+$// for @lines;
    if ($command =~ /objdump|nm |head |gcc /) {
        s/0x[0-9a-f]+|\b[0-9a-f]*\d[0-9a-f]*\b|(?<=kernel32s)\d+/#/g for @lines;
        s/# [µm]s/#/g, s/[#.]+/#/g, s/\s+/ /g for @lines;
    }
    s/\d+ faults/# faults/ for @lines;
    return $command =~ /trace-/ ? by_speaker(@lines) : @lines;
}

# A line `...` stands for any lines, or none.
sub matches
{
    my ($got, @expected) = @_;
    my $pattern = join '', map { $_ eq '...' ? '(?:.*\n)*?' : "\Q$_\E\\n" } @expected;
    return $got =~ /^$pattern\z/;
}

my $commands = 0;
for my $block ($page =~ /^```text\n(.*?)^```$/msg) {
    like($block, qr/^\$ /, 'a block of text begins with a command');
    for my $part (split /^(?=\$ )/m, $block) {
        my ($command, @expected) = split /\n/, $part;
        $command =~ s/^\$ //;
        my $typed = $command =~ s/\b(grade-01)$/$1 FROM=$skeleton/r;
        open my $out, '-|', 'sh', '-c', "$setting $typed 2>&1" or die "sh: $!\n";
        my @lines = plain($command, map { s/\r?\n$//r } <$out>);
        close $out;
        # make itself says on stderr that grading has failed.
        my $got = join '', map { "$_\n" } grep { !/^make/ } @lines;
        ok(matches($got, plain($command, @expected)), "$command")
            or diag("$got");
        $commands++;
    }
}
cmp_ok($commands, '>=', 8, 'the page shows commands');

my $sources = join "\n", map { slurp($_) } glob 'lens/*.[ch]';
my @quotes = $page =~ /^```c\n(.*?)^```$/msg;
ok(scalar @quotes, 'the page quotes the code');
ok(index($sources, $_) >= 0, 'as it is: ' . (/(.*)/)[0]) for @quotes;

ok(-s "build/trace/$_", "make trace-01 makes $_")
    for $page =~ /^\| `(01\.\w+)` /mg;
done_testing();
