# Instructions of a call against live blocks: columns are live, malloc mean and worst, free the same.
set logscale x
set xlabel 'live blocks'
set ylabel 'instructions of one call'
set yrange [0:200]
set xrange [8:1300000]
set format x '10^{%L}'
set grid
set key outside below horizontal
data = 'build/bench/heap-growth.txt'
plot data using 1:2 with linespoints lw 2 title 'malloc, mean', \
     data using 1:3 with linespoints lw 2 title 'malloc, worst', \
     data using 1:4 with linespoints lw 2 title 'free, mean', \
     data using 1:5 with linespoints lw 2 title 'free, worst'
