"""Tables about interpretation: the codebook, who coded, and what they coded."""

from .model import Column, Table

VALENCES = ("challenge", "barrier", "strategy", "facilitator", "neutral", "not_here")
KINDS = ("challenge", "factor", "practice", "aspect", "tradeoff")
ROUND = Column(
    "round",
    "Round of coding: `independent` (or blank), `consensus`, `search_hits` (only what a search returned was read), or "
    "the name of an earlier version of the codebook.",
    "id",
)

CODING = (
    Table(
        "codebook",
        "The codes in use. The order of the rows is the order of every table and figure.",
        ("code",),
        (
            Column("code", "Key of the code.", "id", True),
            Column("label", "Name in words.", needed=True),
            Column("kind", "What sort of idea it is.", "choice", True, KINDS),
            Column("domain", "Top-level group of codes."),
            Column("parent", "The code this one is a part of.", "id", to="codebook"),
            Column("definition", "What it covers."),
            Column("use_when", "When to give it."),
            Column("not_when", "When to give another code instead, and which."),
            Column("example_segment", "A typical segment.", "id", to="segments"),
            Column("pole_a", "For a trade-off: the first pole."),
            Column("pole_b", "For a trade-off: the second pole."),
            Column(
                "origin",
                "Whether it was brought to the data or found in them.",
                "choice",
                False,
                ("deductive", "emergent"),
            ),
            Column(
                "active", "Whether it is in use; blank means yes. Codes of earlier versions stay, with `no`.", "yes_no"
            ),
        ),
        needed=True,
    ),
    Table(
        "codings",
        "One code given to one segment by one coder.",
        ("segment", "code", "coder", "round", "start"),
        (
            Column("segment", "The segment.", "id", True, to="segments"),
            Column("code", "The code.", "id", True, to="codebook"),
            Column("coder", "Who gave it.", "id", True, to="coders"),
            ROUND,
            Column(
                "start",
                "First character of the coded passage, counted from 0 in the text as loaded; blank = the whole "
                "segment. Where it is given, the passage is quoted instead of the whole answer.",
                "integer",
            ),
            Column("end", "Character after the last one of the coded passage.", "integer"),
            Column(
                "valence",
                "What the segment says of the code: challenge and barrier are difficulties, every value but not_here "
                "documents it.",
                "choice",
                True,
                VALENCES,
            ),
            Column("about_group", "Whom the statement concerns, separated by `;`.", "ids", to="@about_groups"),
            Column("is_primary", "Whether it is the coder's main code for the segment.", "yes_no"),
            Column("pole", "For a trade-off: the pole described.", "choice", False, ("A", "B", "both")),
            Column("exemplar", "Whether the coder marked it as a typical passage.", "yes_no"),
        ),
        needed=True,
    ),
    Table(
        "coders",
        "Who coded.",
        ("coder",),
        (
            Column("coder", "Key of the coder.", "id", True),
            Column("label", "Name to show.", needed=True),
            Column("kind", "What sort of reader.", "choice", True, ("human", "model", "synthetic")),
            Column("model", "For model coders: which model, if recorded."),
            Column("date", "When the coding was done.", "date"),
            Column("instructions", "What the coder was given."),
            Column("blind", "Whether the coder had no part in collecting the data.", "yes_no"),
            Column("note", "Anything a reader must know about the coder."),
        ),
    ),
    Table(
        "assignments",
        "Who could have coded what. Absent: a coder is taken to have read every source in which they coded anything.",
        ("coder", "source", "round"),
        (
            Column("coder", "The coder.", "id", True, to="coders"),
            Column(
                "source",
                "A source the coder read: whole, or in the round `search_hits` what a search returned.",
                "id",
                True,
                to="sources",
            ),
            ROUND,
        ),
    ),
)
