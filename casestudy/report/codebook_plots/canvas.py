"""What both figures are drawn on: heights are counted in lines of text, so that every label has its room."""

from __future__ import annotations

WIDTH = 10.5  # inches
LINE = 0.165  # inches a line of text takes


def canvas(width: float, lines: float):
    """Return figure and axes whose units are inches across and lines down."""
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(width, lines * LINE))
    fig.subplots_adjust(0, 0, 1, 1)
    ax.set(xlim=(0, width), ylim=(lines, 0))
    ax.axis("off")
    return fig, ax
