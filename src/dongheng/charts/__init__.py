"""Charts as SVG: the same bytes everywhere, readable in grey, no label on another, each with an alternative text."""

from dongheng.charts.beside import coverage_matrix, rank_dots
from dongheng.charts.index import coverage_strip, dumbbell, index_dots, rule_dots, waterfall
from dongheng.charts.panel import consensus_strip, importance_plane, weight_dots
from dongheng.charts.sheet import Chart, alt_text, label_clashes
