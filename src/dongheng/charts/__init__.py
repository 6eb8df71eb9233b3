"""Charts as SVG: the same bytes everywhere, readable in grey, no label on another, each with an alternative text."""

from dongheng.charts.grids import coverage_matrix, coverage_strip, small_multiples
from dongheng.charts.panel import consensus_strip, importance_plane
from dongheng.charts.rows import dumbbell, index_dots, movers, pairs, rank_dots, rule_dots, waterfall, weight_dots
from dongheng.charts.sheet import Chart, alt_text, label_clashes
