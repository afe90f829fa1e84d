# SPDX-License-Identifier: MIT
# The machine that a figure is from.
package Machine;
use strict;
use warnings;
use POSIX ();

sub slurp {
    my ($path) = @_;
    open my $in, '<', $path or return '';
    local $/;
    return scalar(<$in>) // '';
}

sub processors { return scalar(() = slurp('/proc/cpuinfo') =~ /^processor\s*:/mg) }

# Its processor, how many of them, and what system it runs.
sub name {
    my $wine       = $^O eq 'linux';
    my $processors = processors();
    my ($model)    = slurp('/proc/cpuinfo') =~ /^model name\s*:\s*(.*)$/m;
    my ($release)  = (POSIX::uname())[2] =~ /^(\d+\.\d+)/;
    my $system     = ($wine ? 'Linux ' : 'Windows ') . ($release // '');
    $system .= ", $1" if $wine && `wine --version 2>/dev/null` =~ /(\S+)/;
    return ($model // 'an unknown processor') . ", $processors processors, $system";
}

1;
