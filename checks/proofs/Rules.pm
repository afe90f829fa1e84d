# SPDX-License-Identifier: MIT
# What every lesson must have, as far as it can be seen without playing it. Each
# complaint says how to mend it. checks/prove-topic asks for all of them.
package Rules;
use strict;
use warnings;
use utf8;
use File::Basename;

use constant { WORDS_MIN => 600, WORDS_MAX => 1800, NAME_MAX => 49, COLUMNS => 80 };

sub slurp {
    my ($file) = @_;
    open my $in, '<:encoding(UTF-8)', $file or return;
    local $/;
    return (<$in> // '') =~ s/\r\n/\n/gr;
}

# A setting of a folder's makefile, as a list of words.
sub setting {
    my ($folder, $name) = @_;
    my ($value) = (slurp("$folder/Makefile") // '') =~ /^\Q$name\E *:= *(.*?) *$/m;
    return split ' ', $value // '';
}

# The notes without their code, and the words in them. A word has a letter: the
# figures of a table are not read aloud.
sub words {
    my $text = $_[0] =~ s/^```.*?^```$//msgr;
    $text =~ s/\[(?:T?\d+|Wine)(?:, ?(?:T?\d+|Wine))*\]//g;    # who knows it
    return scalar(() = $text =~ /\S*\pL\S*/g);
}

# ---- the files ----

sub files_of {
    my ($topic) = @_;
    my $number = substr $topic, 0, 2;
    return "lessons/$topic/Makefile", "lessons/$topic/README.md",
        "lessons/$topic/timeline-$number.svg",
        (map { "exercises/$topic/$_" } qw(Makefile README.md HINTS.md)),
        (map { "solutions/$topic/$_" } qw(Makefile NOTES.md)),
        "checks/$topic.c", "checks/wrong/$topic/skeleton.patch";
}

# All that belongs to a topic and was written by somebody.
sub texts_of {
    my ($topic) = @_;
    return grep { -f && /\.(?:[ch]|md|patch)$|Makefile$/ }
        glob "{lessons,exercises,solutions}/$topic/* checks/$topic.c "
        . "checks/{wrong,right}/$topic/*.patch";
}

sub missing_files {
    my ($topic) = @_;
    my $draw = "make timeline-$topic draws it";
    return map { "$_ is missing: " . (/timeline/ ? $draw
            : 'mk/template/ has what stands in it at first') }
        grep { !-f } files_of($topic);
}

sub unfilled {
    my ($topic) = @_;
    my @found;
    for my $file (texts_of($topic)) {
        my @lines = split /\n/, slurp($file);
        my ($first) = grep { $lines[ $_ - 1 ] =~ /\bFILL IN\b/ } 1 .. @lines;
        push @found, "$file:$first: FILL IN stands there still: write it"
            if defined $first;
    }
    return @found;
}

# ---- the makefiles ----

# Every source is in a program, and every program has its source.
sub makefiles {
    my ($topic) = @_;
    my $lesson = "lessons/$topic";
    my @wrong;
    my @programs = setting($lesson, 'PROGRAMS');
    my %known = map { $_ => 1 } @programs, setting($lesson, 'PARTS');
    for (map { basename($_, '.c') } glob "$lesson/*.c") {
        push @wrong, "$lesson/$_.c is in no program: add $_ to PROGRAMS or "
            . "PARTS in $lesson/Makefile" unless delete $known{$_};
    }
    push @wrong, map { "$lesson/Makefile names $_, and there is no $_.c: write "
            . 'it, or take the name away' } sort keys %known;
    my ($play) = (slurp("$lesson/Makefile") // '') =~ /^PLAY *:= *(.*)$/m;
    push @wrong, "$lesson/Makefile has no PLAY: say what make run plays, as in "
        . 'PLAY := server 1 | client hello' unless defined $play;
    for my $part (split / *\| */, $play // '') {
        my ($program) = $part =~ /^(?:-p +)?([\w-]+)/ or next;
        push @wrong, "$lesson/Makefile: PLAY starts $program, which is not in "
            . 'PROGRAMS: add it' unless grep { $_ eq $program } @programs;
    }
    return @wrong, own_makefiles($topic);
}

# Exercise and solution build the same programs out of the same files.
sub own_makefiles {
    my ($topic) = @_;
    my ($exercise, $solution) = map { "$_/$topic" } qw(exercises solutions);
    my @wrong;
    my %of = map { my $folder = $_;
        $folder => join ' ', sort(setting($folder, 'PROGRAMS')) } $exercise, $solution;
    push @wrong, "PROGRAMS is \"$of{$exercise}\" in $exercise/Makefile and "
        . "\"$of{$solution}\" in $solution/Makefile: let both say the same"
        if $of{$exercise} ne $of{$solution};
    my @edit = setting($exercise, 'EDIT');
    push @wrong, "$exercise/Makefile does not say what the learner edits: "
        . 'EDIT := server.c' unless @edit;
    for my $file (@edit) {
        push @wrong, map { "$_/$file is missing, though EDIT in "
            . "$exercise/Makefile names it: write it, or take the name away" }
            grep { !-f "$_/$file" } $exercise, $solution;
    }
    my @extra = grep { my $file = $_; !grep { $_ eq $file } @edit }
        map { basename($_) } glob "$solution/*.[ch]";
    push @wrong, map { "$solution/$_ is not in EDIT of $exercise/Makefile: add "
        . 'it, or take the file away: it is the lesson\'s then' } @extra;
    return @wrong;
}

# ---- the texts ----

my @SECTIONS = ('A picture', 'Run it', 'Read it', 'What goes wrong', 'Try',
    'On Wine, on Windows', 'Exercise', 'References');

# The sections that a page must have, in their order; others may stand between.
sub sections {
    my ($file, @wanted) = @_;
    my $text = slurp($file) // return;
    my @there = $text =~ /^## (.*?) *$/mg;
    my @wrong;
    my $at = 0;
    for my $section (@wanted) {
        my ($where) = grep { $there[$_] eq $section } 0 .. $#there;
        if (!defined $where) {
            push @wrong, "$file has no section \"$section\": write \"## $section\"";
        }
        elsif ($where < $at) {
            push @wrong, "$file: \"$section\" stands too early: the order is "
                . join ', ', @wanted;
        }
        else { $at = $where }
    }
    return @wrong;
}

sub notes {
    my ($topic) = @_;
    my $file = "lessons/$topic/README.md";
    my $text = slurp($file) // return;
    my $number = substr $topic, 0, 2;
    my @wrong = sections($file, @SECTIONS);
    push @wrong, "$file: its first line is \"# Lesson $number: ...\""
        unless $text =~ /\A# Lesson $number: \S/;
    push @wrong, "$file: its second paragraph begins with **Goal**:"
        unless $text =~ /\A[^\n]*\n\n\*\*Goal\*\*: /;
    my $words = words($text);
    push @wrong, "$file has $words words without its code: a lesson has "
        . WORDS_MIN . ' to ' . WORDS_MAX . ', fifteen minutes: '
        . ($words < WORDS_MIN ? 'tell more of why' : 'leave out or divide')
        if $words < WORDS_MIN || $words > WORDS_MAX;
    push @wrong, "$file quotes no code: quote it in blocks ```c"
        unless $text =~ /^```c\n/m;
    push @wrong, "$file: \"What goes wrong\" has no row \"| 109 "
        . '`ERROR_BROKEN_PIPE` | `ReadFile` | why | what to do |": add one'
        unless $text =~ /^## What goes wrong\n.*?^\| \d+ `\w+` \| (?=.*?^## )/ms;
    push @wrong, "$file does not show timeline-$number.svg: add the picture"
        unless $text =~ /\(timeline-$number\.svg\)/;
    push @wrong, "$file does not lead to its exercise: link "
        . "../../exercises/$topic/README.md in \"Exercise\""
        unless $text =~ m{\(\.\./\.\./exercises/$topic/README\.md\)};
    return @wrong;
}

sub other_pages {
    my ($topic) = @_;
    my $hints = slurp("exercises/$topic/HINTS.md");
    my $task  = slurp("exercises/$topic/README.md");
    my @wrong = (sections("exercises/$topic/README.md", 'The task', 'How it is graded'),
        sections("solutions/$topic/NOTES.md", 'Why it is right',
            'Other right ways', 'Common mistakes'));
    push @wrong, "exercises/$topic/HINTS.md has other hints than 1 2 3: it has "
        . 'the headings "## Hint 1: ...", 2 and 3'
        if defined $hints && join(' ', $hints =~ /^## Hint (\d)/mg) ne '1 2 3';
    my %blocks = map { $_ => 1 } map { (slurp($_) // '') =~ m{/\* TODO\((\d+)\)}g }
        glob "solutions/$topic/*.[ch]";
    push @wrong, "solutions/$topic has no /* TODO(1): ... */: put one, and "
        . '/* END TODO(1) */, around what the learner shall find' unless %blocks;
    for my $n (sort keys %blocks) {
        push @wrong, "exercises/$topic/README.md does not say what TODO($n) must "
            . 'do: give it a row in "The task"'
            if defined $task && index($task, "TODO($n)") < 0;
    }
    return @wrong;
}

# ---- the answers and the checks ----

sub answers {
    my ($topic) = @_;
    my $wrong = grep { !m{/skeleton\.patch$} } glob "checks/wrong/$topic/*.patch";
    my $right = () = glob "checks/right/$topic/*.patch";
    my $how   = "copy solutions/$topic/ to build/answers/SIDE/$topic/NAME/source, "
        . "change it there, and make refresh-answers-" . substr($topic, 0, 2)
        . ' EDITED=1';
    my @wrong;
    push @wrong, "checks/wrong/$topic has $wrong wrong answers beside the "
        . "skeleton: there must be 3: $how" if $wrong < 3;
    push @wrong, "checks/right/$topic has no right answer, another one than the "
        . "solution: $how" if $right < 1;
    return @wrong;
}

sub grader {
    my ($topic) = @_;
    my $file = "checks/$topic.c";
    my $text = slurp($file) // return;
    my @wrong;
    my @names = ($text =~ /\.name = "((?:[^"\\]|\\.)*)"/g,
        $text =~ /^static const char \w+\[\] =\s*"((?:[^"\\]|\\.)*)";/mg);
    push @wrong, map { "$file: the name \"$_\" is longer than ${\NAME_MAX} "
        . 'letters: say it shorter' } grep { length > NAME_MAX } @names;
    return @wrong;
}

# Of what a learner reads; an address can't be broken.
sub columns {
    my ($topic) = @_;
    my @wrong;
    for my $file (grep { m{^[^c].*\.[ch]$} } texts_of($topic)) {
        my $number = 0;
        for (split /\n/, slurp($file)) {
            $number++;
            push @wrong, "$file:$number: over ${\COLUMNS} columns: make format, or "
                . 'break the text' if length > COLUMNS && !m{https?://};
        }
    }
    return @wrong;
}

# ---- what stands elsewhere ----

sub row {
    my ($topic) = @_;
    my $number = substr $topic, 0, 2;
    my $text = slurp('README.md') // return 'README.md is missing';
    return if $text =~ /^\| $number \| \[[^]]+\]\(lessons\/\Q$topic\E\/README\.md\) \| \S.* \|$/m;
    return "README.md has no row of the lesson: | $number | ["
        . substr($topic, 3) . "](lessons/$topic/README.md) | what one learns |";
}

# The pages that are made of all lessons' notes.
my @MADE = (['codes.pl', 'when-a-call-fails.md'], ['calls.pl', 'index-of-calls.md'],
    ['ways.pl', 'which-way-to-wait.md'], ['glossary.pl', 'glossary.md']);

sub made_pages {
    my @wrong;
    for (@MADE) {
        my ($maker, $page) = @$_;
        my $new = `perl docs/$maker 2>&1`;
        my $failed = $?;
        utf8::decode($new);
        push @wrong, $failed ? "docs/$maker: $new"
            : "docs/$page does not say what the lessons say: make -C docs pages"
            if $failed || $new ne (slurp("docs/$page") // '');
    }
    return @wrong;
}

sub layout {
    my ($topic) = @_;
    my ($version) = (`clang-format --version 2>/dev/null` // '') =~ /version (\d+)/;
    return if ($version // 0) != 14;
    return map { "$_ is laid out otherwise: make format" }
        grep { system("clang-format --dry-run --Werror $_ 2>/dev/null") != 0 }
        grep { /\.[ch]$/ } texts_of($topic);
}

# What is asked of one topic: the name of each rule, and its complaints.
sub of_topic {
    my ($topic) = @_;
    return (
        ['all its files are there', missing_files($topic)],
        ['nothing is left to be filled in', unfilled($topic)],
        ['its makefiles know all programs', makefiles($topic)],
        ['the notes have what every lesson has', notes($topic)],
        ['so have exercise and solution', other_pages($topic)],
        ['there are enough answers', answers($topic)],
        ['the names of the checks are short', grader($topic)],
        ['no source is wider than 80 columns', columns($topic)],
    );
}

# What other tests ask of all topics together; make prove-NN asks it at once.
sub around {
    my ($topic) = @_;
    return (
        ['README.md has its row', row($topic)],
        ['the pages made of all lessons are fresh', made_pages()],
        ['its sources are laid out', layout($topic)],
    );
}

1;
