"""What tests of figures and tables look with."""


def texts(ax):
    """Return the texts drawn in an axes."""
    return [text.get_text().strip() for text in ax.texts]


def tick_labels(axis):
    """Return the labels along an axis."""
    return [label.get_text() for label in axis.get_ticklabels()]


def row(table, **where):
    """Return the one row of a table in which each column holds the value given."""
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]
