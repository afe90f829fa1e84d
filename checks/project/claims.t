#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The claims about Windows: each row of docs/claims/*.tsv quotes words that stand
# where it says, and names a witness that is there; each mark [T1] of the notes
# has its test; the numbers on docs/how-we-know.md are those of the rows.
# Run from the top folder: prove -v checks/project/claims.t
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use Cwd 'getcwd';
use File::Basename;
use File::Path qw(make_path);
use File::Temp 'tempdir';
use Test::More;
use lib 'checks/claims';
use Claims;

sub is_empty {
    my ($name, @wrong) = @_;
    ok(!@wrong, $name) or diag(join "\n", @wrong);
}

# ---- what is there ----

my @topics = map { basename(dirname($_)) } sort glob 'lessons/[0-9][0-9]-*/README.md';
cmp_ok(scalar @topics, '>', 0, 'there are lessons');
is_empty("$_: every claim has its words and its witness",
    Claims::complaints("docs/claims/$_.tsv")) for @topics, 'docs',
    grep { -e "docs/claims/$_.tsv" } map { basename($_, '.md') } glob 'docs/*.md';
is_empty('no claim has two rows', Claims::twice(Claims::files()));
my @pages = map { basename($_, '.md') } glob 'docs/*.md';
my %expected = map { ("docs/claims/$_.tsv" => 1) } @topics, @pages, 'docs';
is_empty('no claims without a lesson or a page',
    map { "$_ is named after no lesson and no page of docs/: remove it" }
        grep { !$expected{$_} } Claims::files());
is_empty("$_: every [T1] is listed, and every listed test is used",
    Claims::wrong_marks_of_topic($_)) for @topics;
is_empty('so on the pages of docs/', map { Claims::wrong_marks($_) } glob 'docs/*.md');

my $fresh = `perl docs/claims.pl`;
is($?, 0, 'the claims can be counted');
ok($fresh eq (Claims::slurp('docs/how-we-know.md') // ''),
    'docs/how-we-know.md has the numbers of the claims')
    or diag("they are others by now: run 'make -C docs pages'");

# ---- each mistake is found ----

# A project of one lesson, in which all is right.
my $header = "place\tsentence\tkind\twitness";
my $notes  = 'lessons/01-one/README.md';
my $claims = 'docs/claims/01-one.tsv';
my $quote  = 'The server waits until a client comes';
my %right  = (
    $notes => "# One\n\nThe server waits until a\nclient comes [1]. A gone reader"
        . " gives the writer 232 [T1]. Under Wine it is quick [Wine].\n\n"
        . "Code names no mark: `[T7]`.\n\n## References\n\n"
        . "1. [ConnectNamedPipe](https://learn.microsoft.com/x/nf-namedpipeapi-connectnamedpipe)\n"
        . "- T1: seen on Windows by Wine's test [test_CloseHandle](https://x/pipe.c),"
        . " dlls/kernel32/tests/pipe.c\n",
    'lessons/01-one/server.c' => "/* It gives each client\n * a thread of its own. */\n",
    'solutions/01-one/NOTES.md' => "# Why\n\nThe reader is told by 109 [T1].\n",
    'docs/page.md' => "Elsewhere: [Pipe Names](https://learn.microsoft.com/windows/win32/ipc/pipe-names)\n",
    $claims => join("\n", $header,
        "$notes\t$quote\tpage\tConnectNamedPipe",
        "$notes\tA gone reader gives the writer 232\ttest\tdlls/kernel32/tests/pipe.c test_CloseHandle",
        "$notes\tUnder Wine it is quick [Wine]\twine\trun-01",
        "lessons/01-one/server.c\tIt gives each client a thread of its own.\tpage\tPipe Names; ConnectNamedPipe",
        "solutions/01-one/NOTES.md\tThe reader is told by 109\ttest\tdlls/kernel32/tests/pipe.c test_CloseHandle")
        . "\n",
);

my $top = getcwd();
sub look_at {
    my (%files) = @_;
    my $place = tempdir(CLEANUP => 1);
    for my $file (grep { defined $files{$_} } keys %files) {
        make_path("$place/" . dirname($file));
        open my $out, '>', "$place/$file" or die "$file: $!\n";
        print $out $files{$file};
        close $out or die "$file: $!\n";
    }
    chdir $place or die "$place: $!\n";
    Claims::forget();
    my @wrong = (Claims::complaints($claims), Claims::twice(Claims::files()), Claims::wrong_marks_of_topic('01-one'));
    chdir $top or die "$top: $!\n";
    Claims::forget();
    return join "\n", @wrong;
}

is(look_at(%right), '', 'nothing is found where all is right');

# A row more, or one file that is another.
sub row { return ($claims => $right{$claims} . "$_[0]\n") }
sub change {
    my ($file, $change) = @_;
    local $_ = $right{$file};
    $change->();
    return ($file => $_);
}
for (
    ['no file of claims', [$claims => undef], qr{01-one\.tsv is missing: write a row}],
    ['an empty one', [$claims => ''], qr{first line is place, sentence.*has no row}s],
    ['a header alone', [$claims => "$header\n"], qr{has no row}],
    ['another header', [change($claims, sub { s/witness/proof/ })], qr{:1: the first line is}],
    ['three fields', [row("$notes\tThe server waits until a\tpage")], qr{:7: it has not four fields}],
    ['five fields', [row("$notes\tThe server waits until a\tpage\tConnectNamedPipe\tmore")], qr{:7: it has not four}],
    ['an empty field', [row("$notes\tThe server waits until a\tpage\t ")], qr{:7: it has not four}],
    ['a file that is not there', [row("lessons/02-two/README.md\t$quote\tpage\tPipe Names")],
        qr{:7: there is no lessons/02-two/README\.md}],
    ['a sentence that has changed', [change($notes, sub { s/until/till/ })],
        qr{:2: \Q$notes\E does not say "\Q$quote\E"}],
    ['a sentence that stands twice', [change($notes, sub { s/^/$quote.\n\n/ })], qr{:2: .* says .* 2 times: quote more}],
    ['a sentence of two words', [row("$notes\tis quick\twine\trun-01")], qr{:7: the sentence has 8 letters}],
    ['one that is too long', [row("$notes\t" . 'x' x 201 . "\twine\trun-01")], qr{:7: the sentence has 201 letters}],
    ['another kind', [row("$notes\tThe server waits until a\tguess\tme")], qr{:7: "guess" is no kind of witness}],
    ['a page that nobody names', [row("$notes\tThe server waits until a\tpage\tWaitNamedPipe")],
        qr{:7: no page is called "WaitNamedPipe"}],
    ['one of two pages', [row("$notes\tThe server waits until a\tpage\tPipe Names; Nothing")],
        qr{:7: no page is called "Nothing"}],
    ['a test without its file', [row("$notes\tThe server waits until a\ttest\ttest_CloseHandle")],
        qr{:7: "test_CloseHandle" is no test: write dlls/}],
    ['a test that is not listed', [row("$notes\tThe server waits until a\ttest\tdlls/ntdll/tests/pipe.c test_peek")],
        qr{:7: the references of \Q$notes\E do not list dlls/ntdll/tests/pipe\.c test_peek}],
    ['a test of another file', [row("$notes\tThe server waits until a\ttest\tdlls/ntdll/tests/pipe.c test_CloseHandle")],
        qr{:7: the references .* do not list dlls/ntdll}],
    ['a row that stands twice', [row("$notes\t$quote\twine\trun-01")], qr{:7: the same as \Q$claims\E:2}],
    ['in two files', ['docs/claims/two.tsv' => "$header\n$notes\t$quote\twine\trun-01\n"],
        qr{two\.tsv:2: the same as \Q$claims\E:2}],
    ['a mark without a test', [change($notes, sub { s/\[T1\]/[T2]/ })], qr{says \[T2\], and the references of \Q$notes\E do not list}],
    ['one of several', [change($notes, sub { s/\[1\]/[1, T3]/ })], qr{says \[T3\]}],
    ['a mark in the solution', [change('solutions/01-one/NOTES.md', sub { s/\[T1\]/[T4]/ })], qr{NOTES\.md says \[T4\]}],
    ['a test that nothing uses', [change($notes, sub { $_ .= '- T2: seen on Windows by Wine\'s test [test_peek](https://x), dlls/ntdll/tests/pipe.c' . "\n" })],
        qr{lists T2, and nothing says \[T2\]}],
    ['a number that two tests have', [change($notes, sub { s/(- T1: .*\n)/$1$1/ })], qr{lists T1 twice}],
) {
    my ($name, $change, $complaint) = @$_;
    like(look_at(%right, @$change), $complaint, "found: $name");
}

# Numbers that are out of date.
{
    my $place = tempdir(CLEANUP => 1);
    system('cp', '-r', '--parents', 'docs/claims.pl', 'docs/how-we-know.md', 'docs/claims',
        'checks/claims', $place) == 0 or die "no copy\n";
    my $row = "docs/a.md\tWords that stand nowhere\twine\tnothing\n";
    open my $out, '>>', "$place/docs/claims/docs.tsv" or die "docs.tsv: $!\n";
    print $out $row;
    close $out;
    my $then = `cd '$place' && perl docs/claims.pl`;
    isnt($then, $fresh, 'found: numbers of another day');
    my ($was) = $fresh =~ /\*\*(\d+)\*\* were seen under Wine only/;
    like($then, qr/\*\*${\($was + 1)}\*\* were seen under Wine only/, 'they are counted anew');
}
done_testing;
