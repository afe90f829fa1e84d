#!/usr/bin/perl
# What a submission may be: which files are refused, what the compiler may do
# and says of them, and that a folder's name is only a name.
use strict;
use warnings;
use Cwd qw(getcwd);
use Test::More;

my $place = 'build/tests/submissions';
my $topic = '01-blocking-echo';
my $here = getcwd();
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL FROM)};
# With it, the project's own tests are strict; a learner's warning is none of it.
delete $ENV{WERROR};

sub slurp {
    my ($file) = @_;
    open my $in, '<:raw', $file or die "$file: $!\n";
    local $/;
    return <$in>;
}

sub spit {
    my ($file, $text) = @_;
    open my $out, '>:raw', $file or die "$file: $!\n";
    print $out $text;
    close $out;
}

my $solution = slurp("solutions/$topic/server.c");

# Runs a command without a shell; what it printed, and its exit status.
sub run {
    my @command = @_;
    my $pid = open my $said, '-|';
    die "no process: $!\n" unless defined $pid;
    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        exec @command or exit 127;
    }
    my $text = do { local $/; <$said> } // '';
    close $said;
    return ($text, $? >> 8);
}

sub submit {
    my ($name, $text) = @_;
    mkdir "$place/$name";
    spit("$place/$name/server.c", $text) if defined $text;
    return run('mk/grade', '01', "$place/$name");
}

# Refused: the last line says why, the exit status is 2, and nothing was graded.
sub refused {
    my ($name, $text, $why, $more) = @_;
    my ($said, $status) = submit($name, $text);
    is($status, 2, "$name: not graded") or diag($said);
    like($said, qr/^# grade-01: not graded: \Q$why\E\n\z/m, "$name: says why");
    like($said, $more, "$name: says what") if defined $more;
    unlike($said, qr/^(?:not )?ok|^1\.\./m, "$name: no check is made");
    return $said;
}

system('rm', '-rf', $place) == 0 && mkdir $_ for 'build', 'build/tests';
mkdir $place or die($place);

# ---- What is no file of the learner's ----

mkdir "$place/$_" for qw(link fifo folder another-link);
symlink "$here/solutions/$topic/server.c", "$place/link/server.c";
refused('link', undef, 'server.c is a symbolic link');
symlink "$here/solutions/$topic", "$place/folder-link";
refused('folder-link', undef, "$place/folder-link is a symbolic link, no folder");
symlink '/etc/passwd', "$place/another-link/protocol.h";
refused('another-link', $solution, 'protocol.h is a symbolic link');
system('mkfifo', "$place/fifo/server.c");
refused('fifo', undef, 'server.c is no plain file');
mkdir "$place/folder/server.c";
refused('folder', undef, 'server.c is no plain file');
refused('large', $solution . ' ' x (262_145 - length $solution), 'server.c is over 256 KB');
mkdir "$place/none";
refused('none', undef, "$place/none has no server.c");
my ($said, $status) = run('mk/grade', '01', "$place/nowhere");
like($said, qr{^# grade-01: not graded: there is no folder $place/nowhere\n\z}m, 'no folder');

# ---- What the compiler need not see ----

my $program = "int main(void)\n{\n    return 0;\n}\n";
refused('empty', '', 'server.c is empty');
refused('blank', " \n\t\r\n", 'server.c is empty');
my $utf16 = join '', map { "$_\0" } split //, $solution;
refused('utf-16', "\xFF\xFE$utf16", 'server.c is UTF-16: save it as UTF-8');
refused('utf-16-be', "\xFE\xFF\0i\0n\0t", 'server.c is UTF-16: save it as UTF-8');
refused('utf-16-bare', $utf16, 'server.c is UTF-16: save it as UTF-8');
refused('no-main', $solution =~ s/int main/int serve/r, 'server.c has no function main');
refused('main-in-a-comment', "/* int main(void) { } */ // main\nchar *text = \"main\";\n",
    'server.c has no function main');

# ---- What it may not read ----

my $may = 'server.c includes what it may not';
my @sources = (
    ['a solution', "solutions/$topic/server.c"],
    ['a lesson', "lessons/$topic/server.c"],
    ['an upper folder', 'checks/../checks/harness/check.h'],
    ['an absolute name', "$here/common/error.h"],
    ['a file of the system', '/etc/hostname'],
    ["another lesson's header", 'lessons/02-polite-open/protocol.h'],
);
# Openly; by a macro, which only the compiler sees; as if out of a header of the
# system's. An error of the compiler's would quote the file.
for (@sources) {
    my ($name, $path) = @$_;
    refused("open $name", "#include \"$path\"\n$program", $may, qr/^# it includes \S+/m)
        unless $name =~ /header/;
    my $said = refused("hidden $name",
        "# 1 \"x.h\" 3\n#define FILE_NAME <$path>\n#include FILE_NAME\n$program", $may);
    unlike($said, qr/error:/, "hidden $name: no error quotes it");
}
my $incbin = '__asm__(".section .rdata\n.incbin \"/etc/passwd\"\n.text");';
refused('incbin', $incbin =~ s/\n/\\n/gr . "\n$program",
    'server.c reads a file into the program (incbin, embed)');
refused('embed', "#embed \"/etc/passwd\"\n$program",
    'server.c reads a file into the program (incbin, embed)');

# What it may: headers of the system, of the lesson, of common/. Only built.
mkdir "$place/right";
spit("$place/right/server.c", "#include <windows.h>\n#include <winsock2.h>\n#include <stdatomic.h>\n"
        . "#include <sys/types.h>\n#include \"common/error.h\"\n#include \"protocol.h\"\n$program");
($said, $status) = run('mk/from', $topic, "$place/right", 'to-grade');
is($status, 0, 'the headers that a task needs') or diag($said);

# ---- The compiler ----

# It has no input, no terminal, and no endless time or memory.
$said = refused('input', "#define FILE_NAME \"/dev/stdin\"\n#include FILE_NAME\n$program", $may);
my $doubling = "#define A0\n"
    . join('', map { my $n = $_ - 1; "#define A$_ " . "A$n " x 10 . "\n" } 1 .. 12)
    . "int main(void)\n{\n    return 0 A12;\n}\n";
refused('doubling', $doubling, 'server.c takes the compiler too much time or memory');

# What it says names the learner's own file, from where the user stands.
my $wrong = $solution =~ s/^    echo\(pipe\);$/    echo(pipe;/mr;
my ($line) = map { 1 + (() = /\n/g) } $wrong =~ /^(.*?)    echo\(pipe;/ms;
$said = refused('wrong', $wrong, 'server.c does not compile');
like($said, qr{^\Q$place\E/wrong/server\.c:$line:\d+: error:}m, "an error names the learner's file");
unlike($said, qr{source/server\.c}, 'and no copy');
$said = do { chdir "$place/wrong"; my ($text) = run("$here/mk/grade", '01', '.'); chdir $here; $text };
like($said, qr{^(?:\./)?server\.c:$line:\d+: error:}m, 'from where one stands');
$said = refused('unresolved', $program =~ s/return 0/return unknown()/r, 'server does not link');
like($said, qr{^\Q$place\E/unresolved/server\.c:3: undefined reference}m, "so does the linker's");
$said = refused("esc\e[31m", "#error \e[31mred\n$program", 'server.c does not compile');
unlike($said, qr/\e/, 'no control characters come through');
$said = refused('wall', join("\n", map { "#warning $_" } 1 .. 1000) . "\nint main(\n",
    'server.c does not compile');
cmp_ok(() = $said =~ /\n/g, '<', 250, 'a wall of warnings is cut');

# In the exercise's own folder, too; there, the terminal would be the input.
mkdir "$place/typed";
spit("$place/typed/server.c",
    "#define FILE_NAME \"/dev/stdin\"\n#include FILE_NAME\n$program");
($said) = run('sh', '-c', 'cd exercises/01-blocking-echo && echo "#error typed" | '
        . '{ PIPEWORK_SOURCE="$0" PIPEWORK_OUT="../../$1" make -s all; cat; }', "../../$place/typed", "$place/typed");
like($said, qr/^make: it includes \/dev\/stdin$/m, 'a file of the input is refused');
like($said, qr/^#error typed$/m, 'and is not read');
($said, $status) = run('sh', '-c', 'cd exercises/01-blocking-echo && PIPEWORK_SOURCE="$0" '
        . 'PIPEWORK_OUT="../../$1" exec make -s all', "../../$place/wrong", "$place/out");
like($said, qr{^server\.c:$line:\d+: error:}m, 'make there names the file there');

# ---- Written for a value ----

# The code of a failure is another one in each grade; a seed gives it again.
(my $for_1450 = $solution) =~ s/die\("ReadFile"\);/if (GetLastError() == 1450)
            die("ReadFile");/ or die 'the solution has no die("ReadFile")';
for my $try (['0', 0, qr/^# grade-01: passed$/m],
    ['1', 1, qr/with error 1451,.*?# the same values again: SEED=1$/ms],
    ['x', 2, qr/^# grade-01: not graded: SEED is a number, up to 9999$/m]) {
    my ($seed, $wanted, $words) = @$try;
    local $ENV{SEED} = $seed;
    my ($said, $status) = submit('for-1450', $for_1450);
    is($status, $wanted, "a program for 1450 only, SEED=$seed: status $wanted")
        or diag($said);
    like($said, $words, 'and says why');
}

# ---- A folder's name is a name ----

my @names = ('$(shell touch x)', '`touch x`;touch x', "a'b\"c", ' a b ', '-C', "a\nb",
    '$$x#%\\ =*', '김 철수');
for my $name (@names) {
    mkdir "$place/$name" or die "$name: $!\n";
    spit("$place/$name/server.c", '');
    my ($said, $status) = run('make', '-s', 'grade-01', "FROM=$place/$name");
    like($said, qr/^# grade-01: not graded: server\.c is empty$/m, "FROM=$name is a folder")
        or diag($said);
}
# So is what stands behind every other target and setting, from that folder, too.
chdir $place or die;
my $evil = '$(shell touch x)`touch x`;touch x';
for my $goal (qw(trace-01 sweep-01 hint-01)) {
    my ($said, $status) = run('make', '-s', '-C', $here, $goal, "FROM=$evil", "N=$evil", "FAULT=$evil");
    is($status, 2, "make $goal with such names");
    like($said, qr/\Q$evil\E/, 'says what is wrong with it') or diag($said);
}
for my $goal (qw(grade run hint reset solution trace sweep)) {
    my $text = "';touch x;'\$(shell touch x)`touch x`";
    my ($said, $status) = run('make', '-s', '-C', $here, "$goal-$text");
    is($status, 2, "make $goal-$text");
    like($said, qr/there is no \Q$text\E in/, 'is no lesson');
}
chdir $here;
is_deeply([grep { -e } 'x', "$place/x", "exercises/$topic/x", "lessons/$topic/x"], [],
    'none of them is carried out');

done_testing();
