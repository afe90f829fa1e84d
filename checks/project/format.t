#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# All C sources are laid out as clang-format 14 does it (make format).
use strict;
use warnings;
use Test::More;

my ($version) = `clang-format --version 2>/dev/null` =~ /version (\d+)/;
$version //= 'missing';
plan skip_all => "clang-format is $version, not version 14" if $version ne '14';

for my $file (split ' ', `make -s --no-print-directory list-sources`) {
    my $fine = system("clang-format --dry-run --Werror $file 2>/dev/null") == 0;
    ok($fine, $fine ? $file : "$file (make format)");
}
done_testing();
