#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The page of pipe modes says what calls say: a program prints its tables.
# Run from the top folder: prove checks/project/modes.t
use strict;
use warnings;
use Test::More;

my $out = 'build/checks/modes';
diag(`make -s -C checks/modes WERROR=1 2>&1`);
system("timeout 60 mk/run $out/modes.exe >$out/tables 2>$out/errors </dev/null");
is($?, 0, 'every pipe of the tables can be tried') or diag(`cat $out/errors`);
system("perl docs/modes.pl <$out/tables >$out/page.md");
my $difference = `diff docs/pipe-modes.md $out/page.md`;
is($?, 0, 'pipe-modes.md says what the program finds')
    or diag("run 'make -C docs pages'\n$difference");
done_testing();
