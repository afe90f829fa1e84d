# SPDX-License-Identifier: MIT
# What the grader says of a folder of programs, and what is wrong with that.
package Verdict;
use strict;
use warnings;
use open ':encoding(UTF-8)';
use Patch;

# Grades a folder; once again where the grader was cut off: Wine itself may
# fail, once in some thousand starts. `text` is what it printed.
sub of {
    my ($class, $topic, $folder) = @_;
    for my $try (1, 2) {
        my $self = bless {}, $class;
        # What Wine says of a process that was ended is of no interest.
        my $errors = "$folder/errors";
        open my $out, '-|', 'sh', '-c', 'exec mk/run "$@" 2>"$0"', $errors,
            "build/checks/$topic.exe", $folder, "build/lessons/$topic/lens"
            or die "mk/run: $!\n";
        $self->{text} = do { local $/; (<$out> // '') =~ s/\r\n/\n/gr };
        close $out;
        $self->{status} = $? >> 8;
        $self->read_failures;
        $self->{text} .= Patch::slurp($errors) unless $self->is_whole;
        return $self if $self->is_whole || $try == 2;
    }
}

# The checks that failed, each with its diagnostics in one line.
sub read_failures {
    my ($self) = @_;
    my $name;
    $self->{failed} = {};
    for my $line (split /\n/, $self->{text}) {
        if ($line =~ /^(not )?ok \d+ - (.*)/) {
            $name = $1 ? $2 =~ s/ \(TODO \d+\)$//r : undef;
            $self->{failed}{$name} = '' if defined $name;
        }
        elsif (defined $name && $line =~ /^# {3,}(.*)/) {
            $self->{failed}{$name} .= "$1 ";
        }
    }
}

# Whether the grader has come to its end: then it has said something about the
# program, and not about the machine.
sub is_whole {
    my ($self) = @_;
    my ($planned) = $self->{text} =~ /^1\.\.(\d+)/m;
    my $said = () = $self->{text} =~ /^(?:not )?ok /mg;
    return defined $planned && $said > 0 && $said == $planned
        && $self->{text} !~ /^Bail out!/m
        && $self->{status} == (keys %{ $self->{failed} } ? 1 : 0);
}

# Sentences, each of which tells what is not as it should be.

sub faults_if_right {
    my ($self) = @_;
    return (
        (map { "it is rejected by \"$_\"" } sort keys %{ $self->{failed} }),
        $self->faults_of_form,
    );
}

sub faults_if_wrong {
    my ($self, $answer) = @_;
    my %failed = %{ $self->{failed} };
    my %named  = map { $_ => 1 } $answer->rejected_by;
    my $said   = join ' ', map { s/\s+/ /gr } values %failed;
    my $lines  = () = $self->{text} =~ /^#   /mg;
    return (
        (%named ? () : 'it does not name the check that must reject it'),
        (map { "\"$_\" does not reject it" }
            grep { !exists $failed{$_} } sort keys %named),
        (map { "\"$_\" rejects it, and is not named" }
            grep { !$named{$_} } sort keys %failed),
        (map { "the diagnostics do not say \"$_\"" }
            grep { index($said, $_) < 0 } $answer->because),
        ($lines <= 12 * keys %failed ? ()
            : "the diagnostics have more than twelve lines a check: $lines"),
        ($answer->{name} eq 'skeleton' && $self->{text} =~ /crashed/
            ? 'it crashes' : ()),
        $self->faults_of_form,
    );
}

sub faults_of_form {
    my ($self) = @_;
    return map { "a line of the report has more than 80 letters: $_" }
        grep { length > 80 } split /\n/, $self->{text};
}

1;
