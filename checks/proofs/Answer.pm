# SPDX-License-Identifier: MIT
# An answer of the tests: a solution with a patch, checks/SIDE/NN-topic/NAME.patch,
# where SIDE is right or wrong. It costs one compilation and one link, and no
# make of its own.
package Answer;
use strict;
use warnings;
use File::Basename;
use File::Path 'make_path';
use Patch;

sub new {
    my ($class, $path) = @_;
    my ($side, $topic, $name) =
        $path =~ m{([^/]+)/([^/]+)/([^/]+)\.patch$}
        or die "$path: an answer is checks/wrong/NN-topic/NAME.patch\n";
    return bless {
        path  => $path, side => $side, topic => $topic, name => $name,
        patch => Patch->read($path),
        files => [ map { basename($_) } glob "solutions/$topic/*.[ch]" ],
        out   => "build/answers/$side/$topic/$name",
    }, $class;
}

# Those of a topic; the untouched exercise is a wrong answer, too.
sub skeleton_of { return "checks/wrong/$_[0]/skeleton.patch" }

sub paths_of {
    my ($topic) = @_;
    my $skeleton = skeleton_of($topic);
    return grep { $_ ne $skeleton }
        map { glob "checks/$_/$topic/*.patch" } qw(right wrong);
}

sub what {
    my ($self) = @_;
    return $self->{name} eq 'skeleton' ? "the skeleton of $self->{topic}"
        : "$self->{side} answer $self->{topic}/$self->{name}";
}

# The checks that must reject it, and words that their diagnostics must have.
sub rejected_by { return $_[0]->says('Rejected by') }
sub because     { return $_[0]->says('Because') }

sub says {
    my ($self, $word) = @_;
    my $head = $self->{patch}{head};
    utf8::decode($head);
    return $head =~ /^$word: (.*?)\s*$/mg;
}

# ---- its sources ----

# All of its files, and what they hold.
sub sources {
    my ($self) = @_;
    my $solution = "solutions/$self->{topic}";
    my %all = map { $_ => Patch::slurp("$solution/$_") } @{ $self->{files} };
    $self->{changed} //= $self->{patch}->apply($solution);
    return { %all, %{ $self->{changed} } };
}

sub write_sources {
    my ($self, $folder) = @_;
    my $sources = $self->sources;
    make_path($folder);
    for my $file (keys %$sources) {
        my $path = "$folder/$file";
        next if -f $path && Patch::slurp($path) eq $sources->{$file};
        write_file($path, $sources->{$file});
    }
}

# The old file may be one with that of another folder (see borrow): it is not
# written into.
sub write_file {
    my ($path, @text) = @_;
    unlink $path;
    open my $out, '>:raw', $path or die "$path: $!\n";
    print $out @text;
    close $out or die "$path: $!\n";
}

# ---- its programs ----

# How the programs of an exercise are made, as its makefile has told: a line
# `NAME VALUE` for each setting.
sub how {
    my ($topic) = @_;
    my $text = Patch::slurp("build/proofs/$topic.how");
    return { $text =~ /^(\w+) *(.*)$/mg, text => $text };
}

# Builds the programs with the lens, as the grader wants them. What the patch
# leaves as it is comes from the solution, which make has built. Returns whether
# it went well, and what the compiler said.
sub build {
    my ($self) = @_;
    my $how  = how($self->{topic});
    $self->write_sources("$self->{out}/source");
    make_path("$self->{out}/lens");
    my @programs = split ' ', $how->{programs};
    my @parts    = split ' ', $how->{parts};
    my %own      = map { $_ => 1 } $self->own_objects(@programs, @parts);
    my $shares   = grep { $own{$_} } @parts;

    local $self->{how} = $how;
    my $log = '';
    for my $name (sort keys %own) {
        my ($said, $well) = $self->compile($name);
        $log .= $said;
        return (0, $log) unless $well;
    }
    for my $program (@programs) {
        if (!$own{$program} && !$shares) { $self->borrow($program); next }
        my ($said, $well) = $self->link_program($program,
            map { ($own{$_} ? "../../$self->{out}" : $self->solved) . "/$_.o" }
                $program, @parts);
        $log .= $said;
        return (0, $log) unless $well;
        $self->list_lines($program, @parts);
    }
    return (1, $log);
}

sub solved { return "../../build/solutions/$_[0]{topic}/lens" }

# What has to be compiled: what the patch changes; all that is not the lesson's,
# if it changes or adds a file that others may include.
sub own_objects {
    my ($self, @names) = @_;
    my %changed = %{ $self->{changed} };
    my $sources = $self->sources;
    my $all = grep { my $file = $_; !grep { "$_.c" eq $file } @names }
        keys %changed;
    return grep { $all ? exists $sources->{"$_.c"} : exists $changed{"$_.c"} }
        @names;
}

# Runs a command as the exercise's makefile would, in its folder.
sub shell {
    my ($self, $command, @arguments) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";
    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        chdir "exercises/$self->{topic}" or die "exercises/$self->{topic}: $!\n";
        exec 'sh', '-c', $command, 'sh', @arguments or die "sh: $!\n";
    }
    my $said = do { local $/; <$out> } // '';
    return ($said, close $out);
}

sub compile {
    my ($self, $name) = @_;
    my $out = "../../$self->{out}";
    return $self->shell("exec $self->{how}{compiler} -c -o \"\$1\" \"\$2\"",
        "$out/$name.o", "$out/source/$name.c");
}

sub link_program {
    my ($self, $program, @objects) = @_;
    my $how = $self->{how};
    return $self->shell("exec $how->{linker} -o \"\$@\" $how->{shared} "
            . $how->{libraries},
        "../../$self->{out}/lens/$program.exe", @objects);
}

# The list of lines beside a program: see LINES in mk/toolchain.mk.
sub list_lines {
    my ($self, $program, @parts) = @_;
    my $to     = "$self->{out}/lens/$program";
    my $own    = join '|', map { quotemeta } $program, @parts;
    my $common = join '|', map { quotemeta } split ' ', $self->{how}{common};
    open my $from, '-|', $self->{how}{objdump}, '--dwarf=decodedline',
        "$to.exe" or die "$self->{how}{objdump}: $!\n";
    my $text = '';
    while (my $line = <$from>) {
        if ($line =~ /^(?:$own)\.c /) { $text .= $line }
        elsif ($line =~ /^(?:$common)\.c /) { $text .= "common/$line" }
    }
    close $from or die "$self->{how}{objdump} can not read $to.exe\n";
    write_file("$to.lines", $text =~ s/\r\n/\n/gr);
}

# The solution's program is this answer's, too.
sub borrow {
    my ($self, $program) = @_;
    for my $file ("$program.exe", "$program.lines") {
        my $from = "build/solutions/$self->{topic}/lens/$file";
        my $to   = "$self->{out}/lens/$file";
        unlink $to;
        link $from, $to or write_file($to, read_raw($from));
    }
}

sub read_raw {
    my ($path) = @_;
    open my $in, '<:raw', $path or die "$path: $!\n";
    local $/;
    return scalar <$in>;
}

1;
