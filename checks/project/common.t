#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Tests common/: what report_error and die print, what use_utf8_console does to
# the console, and that arguments arrive as they were typed.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use File::Temp qw(tempdir);
use Test2::API qw(context);
use Test::More;

# The calling make's flags are not for the makes that are started here.
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
my $programs = 'build/checks/project/common';
my $dir = tempdir(CLEANUP => 1);

# ---- results ----

# Compares texts but for the last line's end; of long lines, shows the beginning.
sub same {
    my ($what, $seen, $expected) = @_;
    $seen =~ s/\n+\z//;
    ok($seen eq $expected, $what)
        or diag("expected:\n$expected\nseen:\n$seen" =~ s/^(.{200}).*/$1/mgr);
}

# A text without its last line's end that matches the pattern as a whole.
sub matches {
    my ($what, $seen, $pattern) = @_;
    like($seen =~ s/\n+\z//r, qr/\A$pattern\z/s, $what);
}

# A test that can't be tried here, by name. (That of Test::More has no name.)
sub skipped {
    my ($what, $why) = @_;
    my $context = context();
    $context->send_ev2(assert => { pass => 1, details => $what },
        amnesty => [ { tag => 'SKIP', details => $why } ]);
    $context->release;
}

# ---- programs ----

# What the shell's command prints, with its arguments, without Windows's line ends.
sub shell {
    my ($command, @arguments) = @_;
    open my $pipe, '-|', 'sh', '-c', $command, 'sh', @arguments or die "sh: $!\n";
    my $text = do { local $/; <$pipe> } // '';
    close $pipe;
    return $text =~ s/\r//gr;
}

# What the program prints, to stderr too, and last its exit status where that is
# not 0.
sub run {
    return shell("timeout 30 mk/run \"\$@\" >'$dir/out' 2>&1; status=\$?; cat '$dir/out'
        [ \$status -eq 0 ] || echo \"status \$status\"", @_);
}

sub subject { return run("$programs/subject.exe", @_) }

# The same for a user whose language is Korean: under Wine, LC_ALL says so. The
# program's own code page would then be 949.
sub subject_in_korean {
    return shell('LC_ALL=ko_KR.UTF-8 WINEPREFIX="$PWD/build/wine" WINEDEBUG=-all \
        timeout 30 wine "$@" 2>&1', "$programs/subject.exe", @_);
}

my $log = `make -s -C checks/project/common 2>&1`;
if ($? != 0) {
    diag($log);
    die('the test programs do not build');
}
# Makes Wine ready, where it is used.
system('mk/run </dev/null') == 0
    or die('environment: Windows programs do not run here');

# ---- the line ----

# The text is the system's own: only its place in the line is known.
matches('a code with a text and a name', subject(qw(report CreateFileW 2)),
    qr/CreateFileW: [A-Z].*\. \(error 2, ERROR_FILE_NOT_FOUND\)/s);
matches('a code with a text, without a name in the table',
    subject(qw(report CreateFileW 1227)), qr/CreateFileW: .+ \(error 1227\)/s);
same('a code without text and name', subject(qw(report CreateFileW 12345)),
    'CreateFileW: error 12345');
same('the largest code', subject(qw(report WaitForSingleObject 4294967295)),
    'WaitForSingleObject: error 4294967295');
matches('a code whose text holds an insert', subject(qw(report CreateProcessW 193)),
    qr/CreateProcessW: .*%1.*\. \(error 193, ERROR_BAD_EXE_FORMAT\)/s);
matches('a call in Korean', subject('report', '파일 열기', 2),
    qr/파일 열기: [A-Z].*\. \(error 2, ERROR_FILE_NOT_FOUND\)/s);
is(subject(qw(report CreateFileW 2)) =~ tr/\n//, 1, 'the line is one line');
same('nothing goes to stdout',
    shell("timeout 30 mk/run $programs/subject.exe report X 2 2>/dev/null"), '');
same('the line is written in one piece',
    run("$programs/pieces.exe", "$programs/subject.exe report CreateFileW 2"), 1);
matches('the line is out when the program is killed after it',
    subject(qw(killed CreateFileW 2)), qr/CreateFileW: .*_NOT_FOUND\)/s);

# ---- texts that no system has at hand ----

my $name = '(error 2, ERROR_FILE_NOT_FOUND)';

# The case of texts.c, and the expected line.
sub text { my ($case, $expected) = @_; same("a text with $case", texts($case), $expected) }

sub texts { return run("$programs/texts.exe", @_) }

text('blank at the end', "CreateFileW: Not there. $name");
text('several lines', "CreateFileW: One. Two %1! Three. $name");
text('nothing but breaks', 'CreateFileW: error 2, ERROR_FILE_NOT_FOUND');
text('percent signs', "CreateFileW: %s %n 100% $name");
text('outside ASCII', "CreateFileW: 파일 café 😀. $name");
text('half a character', "CreateFileW: a\x{FFFD} z $name");
same('a text as long as the room', texts('as long as the room'),
    'CreateFileW: ' . '한' x 2047 . " $name");
same('a text of 900 bytes is written in one piece',
    run("$programs/pieces.exe", "$programs/texts.exe \"900 bytes\""), 1);
same('a text longer than the room: number and name', texts('longer than the room'),
    'CreateFileW: error 2, ERROR_FILE_NOT_FOUND');
same('a very long call is not cut', texts('a long call'),
    'c' x 9999 . ": Not there. $name");

# ---- die ----

matches('die reports the last error and ends with 1', subject(qw(die ReadFile 109)),
    qr/ReadFile: .* \(error 109, ERROR_BROKEN_PIPE\)\nstatus 1/s);

# ---- the table of names ----

my @names = split /\n/, subject('names');
my $last = pop @names // '';
my @others = grep { my (undef, $name, $found) = split; $name ne $found } @names;
same('each name is found by its number, and no other', join("\n", @others, $last), 'NULL');
my %line = map { (split)[0] => $_ } @names;
same('the table is sorted', join("\n", @names),
    join("\n", map { $line{$_} } sort { $a <=> $b } keys %line));

# ---- another language ----

my $korean = $^O eq 'linux' ? subject_in_korean('korean') : '';
if ($korean =~ /\Asome\n*\z/) {
    matches('the text is in the language of the user',
        subject_in_korean(qw(report CreateFileW 2)),
        qr/CreateFileW: .*[가-힣].*\. \(error 2, ERROR_FILE_NOT_FOUND\)/s);
    matches('an insert in Korean', subject_in_korean(qw(report CreateProcessW 193)),
        qr/CreateProcessW: .*%1.*\. \(error 193, ERROR_BAD_EXE_FORMAT\)/s);
    same('the code page is UTF-8 where the system has another',
        subject_in_korean('code-page'), 65001);
}
else {
    skipped($_, 'no Korean texts, or no way to ask for them without changing the system')
        for 'the text is in the language of the user', 'an insert in Korean',
        'the code page is UTF-8 where the system has another';
}

# ---- arguments ----

same('arguments arrive as they were typed',
    subject('arguments', '한글 café 😀', '*', 'c?mmon', 'a "b" c', '\\', 'd\\\\"', '',
        '%PATH%'), <<'END' =~ s/\n\z//r);
<한글 café 😀>
<*>
<c?mmon>
<a "b" c>
<\>
<d\\">
<>
<%PATH%>
END

# ---- the console ----

same('use_utf8_console keeps the last error', subject(qw(keep 1234)), 1234);
for my $ending (qw(return exit die)) {
    my $what = "the code page is UTF-8, and the former one after $ending";
    my $pages = join ' ', grep { !/^page:/ }
        split /\n/, run("$programs/page.exe", $ending);
    if ($pages =~ /^no console/) { skipped($what, 'no console can be had') }
    else { same($what, $pages, '949 65001 949') }
}

# ---- the makefile ----

same('make does and says nothing when all is there',
    shell('make -s -C common && make -C common --no-print-directory'), '');
my @anew = `make -C common -n -W ../mk/precompiled.h` =~ /-o ([^ \n]*)/g;
same('a change of precompiled.h makes all anew that holds it',
    join(' ', sort map { s{.*/}{}r } @anew), 'console.o error.o precompiled.h.gch');

my $folder = "$dir/한글 and a space";
mkdir $folder or die "$folder: $!\n";
system('cp', '-r', 'common', 'mk', $folder);
same('make works in a folder with a space and Korean letters',
    shell("make -s -j2 -C '$folder/common' 2>&1 &&
        find '$folder/build/common' -name '*.o' | wc -l"), 3);
# -H marks a precompiled header that is taken by an exclamation mark.
is(() = shell("make -s -C '$folder/common' -B CPPFLAGS='-Winvalid-pch -H' 2>&1")
        =~ /^! .*precompiled/mg, 2, 'gcc takes the precompiled header');
done_testing();
