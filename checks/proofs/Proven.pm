# SPDX-License-Identifier: MIT
# What has been proven and has not changed is not proven again. A proof is kept
# in build/proven/ with a key: a digest of all that the verdict depends on, file
# by file, as they are now. Only proofs are kept, never a failure.
# FRESH=1 in the environment: nothing has been proven before.
package Proven;
use strict;
use warnings;
use Digest::SHA 'sha256_hex';
use File::Basename;
use File::Find;
use File::Path 'make_path';

# ---- keys ----

# What the verdict on a program of a topic depends on, besides the program.
# Objects tell of all that the compiler has read for them; programs would tell
# when they were linked, too.
sub files_of {
    my ($topic) = @_;
    return grep { -f } map { glob } "build/checks/$topic.o",
        'build/checks/harness/*.o', 'build/lens/{lens,reader}.o',
        'build/common/*.o', "build/{lessons,solutions}/$topic/{,lens/}*.o",
        "solutions/$topic/*.[ch]", 'mk/{run,start-wine}', 'checks/proofs/*',
        'checks/prove-answers';
}

# The same for the parts of the topic that checks/prove-topic looks at.
sub parts_of {
    my ($topic) = @_;
    return files_of($topic), grep { -f } map { glob }
        "{lessons,exercises,solutions}/$topic/*", 'build/checks/play.o',
        "build/lessons/$topic/*.lines", "checks/{wrong,right}/$topic/*.patch",
        "checks/$topic.c", 'checks/prove-topic';
}

# All files of the project, but for those that .gitignore names. (There need be
# no git.)
sub all_files {
    my @patterns = map { pattern($_) } grep { /^[^#]/ } lines('.gitignore');
    my @files;
    find({ no_chdir => 1, wanted => sub {
        my $path = s{^\./}{}r;
        if ($path eq '.git' || grep { "/$path" =~ $_ } @patterns) {
            $File::Find::prune = 1;
        }
        elsif (-f) { push @files, $path }
    } }, '.');
    return sort @files;
}

# A line of .gitignore as a regular expression: a name, with * perhaps, that
# stands in the top folder only where it begins with a slash.
sub pattern {
    my ($line) = @_;
    my $top  = $line =~ s{^/}{};
    $line =~ s{/$}{};
    my $name = join '[^/]*', map { quotemeta } split /\*/, $line, -1;
    return $top ? qr{^/$name$} : qr{/$name$};
}

sub lines {
    my ($path) = @_;
    open my $in, '<', $path or return;
    chomp(my @lines = <$in>);
    return grep { $_ ne '' } @lines;
}

# The digest of a file, with its name and whether it can be run. It is made
# again when the file has been touched.
my %digests;

sub digest {
    my ($file) = @_;
    my $seen = join ' ', $file, (stat $file)[ 1, 7, 9, 10 ];
    return $digests{$seen} //= do {
        my $sha = Digest::SHA->new(256);
        eval { $sha->addfile($file, 'b'); 1 } or die "$file can not be read\n";
        join ' ', $sha->hexdigest, -x $file ? 'x' : '-', $file;
    };
}

# A key of texts and files.
sub key {
    my ($texts, $files) = @_;
    return sha256_hex(join "\n", (map { s/^/ /gmr } @$texts), map { digest($_) } @$files);
}

# The versions of compiler, linker and Wine.
my $tools;

sub tools {
    my ($how) = @_;
    return $tools //= join '', map { scalar(`$_ 2>&1`) // '' }
        "$how->{cc} --version", "$how->{objdump} --version",
        $^O =~ /^(?:msys|cygwin)$/ ? 'uname -a' : 'wine --version';
}

# So many programs are started at once as the processors bear.
sub processors {
    return (`nproc 2>/dev/null` || $ENV{NUMBER_OF_PROCESSORS} || 2) =~ /(\d+)/
        ? $1 : 2;
}

# A grader and its programs wait half of their time: three for two processors.
sub jobs {
    my ($jobs) = ($ENV{JOBS} || int 1.5 * processors()) =~ /^([1-9]\d*)$/
        or die "JOBS is a number\n";
    return $jobs;
}

# ---- proofs ----

# What was kept of a proof with this key; nothing if there is none.
sub known {
    my ($name, $key) = @_;
    return if $ENV{FRESH};
    open my $in, '<:raw', "build/proven/$name" or return;
    chomp(my $kept = <$in> // '');
    local $/;
    return $kept eq $key ? scalar(<$in>) // '' : undef;
}

sub keep {
    my ($name, $key, $text) = @_;
    my $to = "build/proven/$name";
    make_path(dirname($to));
    open my $out, '>:raw', "$to.$$" or die "$to: $!\n";
    print $out "$key\n", $text;
    close $out && rename "$to.$$", $to or die "$to: $!\n";
}

1;
