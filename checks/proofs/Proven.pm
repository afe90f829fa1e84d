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
# (checks/project/prove.t compares this with what the compiler has read.)
sub files_of {
    my ($topic) = @_;
    return grep { -f } map { glob } 'common/*', 'lens/*', 'checks/*.h',
        'checks/Makefile', 'checks/harness/*', "checks/$topic.c",
        "{lessons,solutions}/$topic/{*.[ch],Makefile}",
        "exercises/$topic/Makefile",
        'mk/{program,toolchain}.mk', 'mk/precompiled.h', 'mk/run',
        'checks/proofs/*', 'checks/prove-answers';
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

# The digest of a file, with its name and whether it can be run.
my %digests;

sub digest {
    my ($file) = @_;
    return $digests{$file} //= do {
        my $sha = Digest::SHA->new(256);
        eval { $sha->addfile($file, 'b'); 1 } or die "$file can not be read\n";
        join ' ', $sha->hexdigest, -x $file ? 'x' : '-', $file;
    };
}

# A key of texts and files.
sub key {
    my ($texts, $files) = @_;
    return sha256_hex(join "\n", @$texts, map { digest($_) } @$files);
}

# The versions of compiler, linker and Wine.
my $tools;

sub tools {
    my ($how) = @_;
    return $tools //= join '', map { scalar(`$_ 2>&1`) // '' }
        "$how->{cc} --version", "$how->{objdump} --version",
        $^O =~ /^(?:msys|cygwin)$/ ? 'uname -a' : 'wine --version';
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
