# SPDX-License-Identifier: MIT
# The picture of `make bench-servers`: called by mk/bench-servers, which sets
# out (the folder), title and modes.
set terminal svg size 904,700 font "DejaVu Sans,13" background "#ffffff" \
    rounded dashlength 0.6
set output out."/servers.svg"
data = out."/servers.dat"
NAMES = '"04 a thread each" "11 events" "12 routines" "13 completion port"'
set linetype 1 lc rgb "#8b99a6" lw 2 pt 5 ps 0.7
set linetype 2 lc rgb "#c8721f" lw 2 pt 9 ps 0.8
set linetype 3 lc rgb "#3b7d54" lw 2 pt 13 ps 0.8
set linetype 4 lc rgb "#2f6fab" lw 2 pt 7 ps 0.7
set border 3 lc rgb "#8b99a6"
set tics nomirror textcolor rgb "#12263a"
set grid ytics lc rgb "#e3e8ed" lt 1
set logscale x 2
set xlabel "clients at the same time"
# Only the numbers of clients that were measured.
set xtics ()
stats data using 3 nooutput
add(n) = sprintf("set xtics add (\"%d\" %d)", n, n)
do for [n in system("cut -d' ' -f3 ".data." | sort -nu")] { eval add(int(n)) }
set xrange [0.8:STATS_max * 1.3]
rows(mode, server) = sprintf("< grep '^%s %s ' %s", mode, server, data)
there(mode) = system(sprintf("grep '^%s ' %s | cut -d' ' -f2 | sort -u " \
    ."| grep -v floor | tr '\\n' ' '", mode, data))
type(server) = server eq "04" ? 1 : server eq "11" ? 2 : server eq "12" ? 3 : 4
name(server) = word(NAMES, type(server))

# Side by side, so that no line hides another.
beside(server) = 1.06 ** (type(server) - 2.5)

set multiplot layout 2,2 title title font ",12" \
    margins 0.08,0.98,0.10,0.90 spacing 0.10,0.16
set yrange [0:*]
set key bottom left reverse Left samplen 2 spacing 1.1
do for [i = 1:2] {
    mode = word(modes, i)
    if (strlen(mode) == 0) { set multiplot next; continue }
    set title "Round trips, floor = 1: ".\
        (mode eq "pinned" ? "all on one processor" : "on any processor")
    plot 1 lc rgb "#b8c4d0" dashtype 2 notitle, \
        for [s in there(mode)] rows(mode, s) \
            using ($3 * beside(s)):4:5:6 with yerrorlines \
            linetype type(s) title (i == 1 ? name(s) : "")
}
unset key
first = word(modes, 1)
set logscale y
set yrange [*:*]
set title "99 % of the round trips end within, ms (one processor)"
plot for [s in there(first)] rows(first, s) \
    using ($3 * beside(s)):7 with linespoints linetype type(s)
set yrange [0.01:*]
if (STATS_max > 1) {
    set title "Resident memory grown by, MB"
    plot for [s in there(first)] rows(first, s) using \
        ($3 > 1 ? $3 * beside(s) : NaN):($8 > 0.01 ? $8 : 0.01) \
        with linespoints linetype type(s)
}
unset multiplot
