"""Colours, sizes and fills of every chart."""

RISE = "#0A355E"  # this year, and what adds: 12:1 on white
FALL = "#D36A00"  # 3.6:1 on white; never by colour alone, always with a shape or a hatch and △
PAST = "#767676"  # earlier years, as hollow rings
RANGE = "#6A8DB5"  # intervals
BASE = "#3D3D3D"  # base line, zero line, small print
PALE = "#D9D9D9"  # the rest, inside a dark edge

# How a line is drawn: colour, width, pattern, order. Guides carry no meaning; the base line is dotted.
GUIDE, BASE_LINE = ("#E3E3E3", 0.6, "-", 0), (BASE, 1.2, (0, (1.2, 2)), 2)

# How a bar or a square is filled: face, hatch, colour of the hatch, edge.
UP = (RISE, None, RISE, RISE)
DOWN = (FALL, "////", "white", FALL)
REST = (PALE, "||||", BASE, BASE)
HALF = ("white", "////", RISE, RISE)
HOLLOW = ("white", None, PAST, PAST)

WIDTH = 482.0  # points: 170 mm, the text width of an A4 page, so that the sizes below are the sizes in print
SIZE, SMALL = 11.5, 10.5
LINE, ROW, GAP = 16.0, 25.0, 9.0
