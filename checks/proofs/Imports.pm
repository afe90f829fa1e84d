# SPDX-License-Identifier: MIT
# What of Windows a program calls without the lens's seeing it: what is neither in
# the lens's table (lens/calls.h) nor in the list of exceptions, each of which has
# its reason (lens/unseen.txt).
package Imports;
use strict;
use warnings;
use File::Basename;

# What of the C library works on handles, threads or processes, unseen: these
# count like Windows functions. All else of the C library is free.
my $hidden = qr/^(?:
    _?w?system | _w?popen | _pclose | _w?(?:spawn|exec)[lv]p?e? | _cwait |
    _pipe | _open_osfhandle | _get_osfhandle | _dup2? |
    _beginthread(?:ex)? | _endthread(?:ex)?
)$/x;
my $c_library = qr/^(?:msvcrt|ucrtbase|api-ms-win-crt-.*)\.dll$/i;

sub lines {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!\n";
    return <$in>;
}

# The functions that the lens sees.
sub table {
    return map { /^LENS_(?:CALL\(\w+, |VOID\()(\w+),/ ? ($1 => 1) : () }
        lines('lens/calls.h');
}

# The exceptions: name and reason.
sub excepted {
    my ($file) = @_;
    my ($reason, %excepted) = ('');
    for (lines($file // 'lens/unseen.txt')) {
        if (/^# (.*)/) { $reason = $1; next }
        $excepted{$_} = $reason for split;
    }
    return %excepted;
}

sub objdump {
    my @arguments = @_;
    my $tool = $ENV{OBJDUMP} // ($ENV{CROSS_COMPILE}
        // (($ENV{OS} // '') eq 'Windows_NT' ? '' : 'x86_64-w64-mingw32-')) . 'objdump';
    open my $out, '-|', 'sh', '-c', 'exec "$0" "$@" 2>/dev/null', $tool, @arguments
        or die "$tool: $!\n";
    my @lines = <$out>;
    close $out or die "$tool can not read $arguments[-1]\n";
    return @lines;
}

# The functions that a program imports, but for those of no interest.
sub of_program {
    my ($program) = @_;
    my ($library, @found) = ('');
    for (objdump('-p', $program)) {
        if (/DLL Name: (\S+)/) { $library = $1; next }
        my ($name) = /^\s+[0-9a-f]+\s+\d+\s+(\w+)\s*$/ or next;
        push @found, $name if $library !~ $c_library || $name =~ $hidden;
    }
    return @found;
}

# What an object takes from elsewhere.
sub wanted_by {
    my ($object) = @_;
    return map { /\(sec +0\).* (?:__imp_)?(\w+)\s*$/ ? $1 : () } objdump('-t', $object);
}

# What nobody sees of the programs in a folder that make has built, which have
# the lens in FOLDER/lens/: [function, source] each. The lens itself calls much
# that it does not see: so what counts is what the program's own objects want.
sub unseen_in {
    my ($folder) = @_;
    my %known    = (table(), excepted());
    my %imported = map { $_ => 1 } map { of_program($_) }
        glob qq("$folder/*.exe" "$folder/lens/*.exe");
    my (@unseen, %found);
    for my $object (sort glob qq("$folder/*.o" "$folder/lens/*.o")) {
        my $source = basename($object, '.o') . '.c';
        my %wanted = map { $_ => 1 } wanted_by($object);
        push @unseen, map { [$_, $source] }
            grep { $imported{$_} && !$known{$_} && !$found{"$_ $source"}++ }
            sort keys %wanted;
    }
    return @unseen;
}

1;
