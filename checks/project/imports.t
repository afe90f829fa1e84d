#!/usr/bin/perl
# Nothing escapes the lens unseen: whatever Windows function a program imports
# is in the lens's table, or in the list below with a reason.
# Run from the top folder, after make: prove checks/project/imports.t
use strict;
use warnings;
use Test::More;

my %excepted;
{
    my $reason = '';
    while (<DATA>) {
        if (/^# (.*)/) { $reason = $1; next }
        $excepted{$_} = $reason for split;
    }
}

# What of the C library works on handles, threads or processes, unseen: these
# count like Windows functions. All else of the C library is free.
my $hidden = qr/^(?:
    _?w?system | _w?popen | _pclose | _w?(?:spawn|exec)[lv]p?e? | _cwait |
    _pipe | _open_osfhandle | _get_osfhandle | _dup2? |
    _beginthread(?:ex)? | _endthread(?:ex)?
)$/x;
my $c_library = qr/^(?:msvcrt|ucrtbase|api-ms-win-crt-.*)\.dll$/i;

open my $calls, '<', 'lens/calls.h' or BAIL_OUT("lens/calls.h: $!");
my %table = map { /^LENS_(?:CALL\(\w+, |VOID\()(\w+),/ ? ($1 => 1) : () }
    <$calls>;
close $calls;
cmp_ok(scalar keys %table, '>', 20, 'the table is read');
is_deeply([grep { $table{$_} } sort keys %excepted], [],
    'no exception is in the table');

# The functions that a program imports, but for those of no interest.
sub imports {
    my ($program) = @_;
    my $objdump = ($ENV{CROSS_COMPILE} // 'x86_64-w64-mingw32-') . 'objdump';
    open my $out, '-|', $objdump, '-p', $program
        or BAIL_OUT("$objdump: $!");
    my ($library, @found) = ('');
    while (<$out>) {
        if (/DLL Name: (\S+)/) { $library = $1; next }
        my ($name) = /^\s+[0-9a-f]+\s+\d+\s+(\w+)\s*$/ or next;
        push @found, $name if $library !~ $c_library || $name =~ $hidden;
    }
    close $out or BAIL_OUT("$objdump can not read $program");
    return @found;
}

for my $makefile (sort glob '{lessons,solutions}/*/Makefile') {
    my ($folder) = $makefile =~ m{^(.*)/Makefile$};
    open my $in, '<', $makefile or BAIL_OUT("$makefile: $!");
    my ($programs) = map { /^PROGRAMS\s*:?=\s*(.*)/ ? $1 : () } <$in>;
    close $in;
    for my $name (split ' ', $programs // '') {
        my $program = "build/$folder/$name.exe";
        if (!-e $program) {
            fail("$folder/$name") or diag("$program is missing: make");
            next;
        }
        my @imports = imports($program);
        my @unseen = grep { !$table{$_} && !$excepted{$_} } @imports;
        ok(@imports > 0 && !@unseen, "$folder/$name") or diag(
            @imports ? "the lens does not see: @unseen\n"
            . 'Add an entry to lens/calls.h or, where the lens has no use for '
            . 'it, a line with the reason to the list in imports.t.'
            : 'no imports found: is this a program?');
    }
}
done_testing();

__DATA__
# They fail at nothing and wait for nothing; each failed call is followed by one.
GetLastError SetLastError
# The C library's start: it calls them before main, or for its own locks.
DeleteCriticalSection EnterCriticalSection InitializeCriticalSection
LeaveCriticalSection GetStartupInfoA GetStartupInfoW
SetUnhandledExceptionFilter TlsGetValue VirtualProtect VirtualQuery
GetSystemTimeAsFileTime RtlAddFunctionTable RtlCaptureContext
RtlLookupFunctionEntry RtlVirtualUnwind UnhandledExceptionFilter
GetModuleHandleA GetModuleHandleW GetProcAddress
# Text from one encoding into another, and the console's.
MultiByteToWideChar WideCharToMultiByte IsDBCSLeadByteEx
GetConsoleOutputCP SetConsoleOutputCP
# A person at the keyboard, not another process.
GetStdHandle GetConsoleMode ReadConsoleW
# Clocks and numbers: who and when, no communication.
GetTickCount64 QueryPerformanceCounter QueryPerformanceFrequency
GetThreadTimes
GetCurrentProcess GetCurrentProcessId GetCurrentThread GetCurrentThreadId
GetProcessId GetThreadId
# How large a process is, and where its program lies: figures and a path.
K32GetProcessMemoryInfo GetModuleFileNameW
# Locks within one process: so many calls that they would hide the others.
AcquireSRWLockExclusive ReleaseSRWLockExclusive AcquireSRWLockShared
ReleaseSRWLockShared InitializeSRWLock
