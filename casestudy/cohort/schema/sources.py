"""Tables about what was heard or read: sources, statements taken from them, and what was asked."""

from .model import Column, Table

SOURCES = (
    Table(
        "sources",
        "The unit of evidence: one interview or one document.",
        ("source",),
        (
            Column("source", "Key of the source.", "id", True),
            Column("site", "The alliance it is about; blank if it speaks of several or none.", "id", to="sites"),
            Column("kind", "What it is.", "choice", True, ("interview", "document", "meeting", "survey")),
            Column(
                "group",
                "Stakeholder group of the informant; for documents the kind of publisher. In document cohorts "
                "`alliance` and `funder` at one site count as one voice.",
                "id",
                True,
                to="@groups",
            ),
            Column(
                "informant",
                "The voice behind it: the person interviewed, the same over waves; for documents the publisher. "
                "Two spellings are merged only by an entry under `aliases` in cohort.toml, with a reason.",
                "id",
                True,
            ),
            Column("wave", "Wave of data collection; blank means the first.", "integer"),
            Column("year", "Year of the interview or of publication.", "year"),
            Column("title", "Title of the document, or a short description of the interview."),
            Column("publisher", "Publisher of the document, in full."),
            Column("url", "Address of the document.", "url"),
            Column("licence", "Under what terms the source itself stands."),
            Column("read_extent", "How much was read.", "choice", False, ("full", "opening", "snippet")),
            Column("pages", "Length in pages.", "number"),
            Column("n_words", "Length in words.", "integer"),
            Column("note", "Anything a reader must know about the source."),
        ),
        needed=True,
    ),
    Table(
        "segments",
        "One answer turn of an interview, or one statement taken from a document.",
        ("segment",),
        (
            Column("segment", "Key of the segment.", "id", True),
            Column("source", "The source it comes from.", "id", True, to="sources"),
            Column(
                "site",
                "The alliance the statement is about; blank = advice or context tied to no site, kept outside every "
                "count of sites.",
                "id",
                to="sites",
            ),
            Column("seq", "Running number within the source.", "integer"),
            Column("module", "The question module it answers.", "id", to="modules"),
            Column(
                "speaker",
                "Who speaks; blank means the informant.",
                "choice",
                False,
                ("informant", "interviewer", "other"),
            ),
            Column("text", "The words, or our restatement of them; brought to one form on loading, see above."),
            Column(
                "text_kind",
                "Whose words they are.",
                "choice",
                True,
                ("verbatim", "paraphrase", "synthetic", "withheld"),
            ),
            Column(
                "checked",
                "Verdict of a second reading against the source; blank = not read a second time.",
                "choice",
                False,
                ("supported", "mended", "not_seen"),
            ),
            Column(
                "scope",
                "What it speaks of: the alliance itself, its host, the market around it, or the whole programme.",
                "choice",
                False,
                ("site", "host", "market", "programme"),
            ),
            Column(
                "basis",
                "Whether the source says it outright or we concluded it.",
                "choice",
                False,
                ("explicit", "inferred"),
            ),
            Column("year", "Year of what is stated; blank = undated.", "year"),
            Column("confidence", "How sure the collector was.", "choice", False, ("high", "medium", "low")),
            Column("note", "Anything a reader must know about the segment."),
        ),
        needed=True,
    ),
    Table(
        "modules",
        "The parts of the interview protocol.",
        ("module",),
        (
            Column("module", "Key of the module.", "id", True),
            Column("label", "Its topic.", needed=True),
            Column("order", "Its place in the protocol.", "integer"),
            Column(
                "codes",
                "Codes the module asks about, separated by `;`: who was not asked it could not raise them, unless they "
                "did so unasked.",
                "ids",
                to="codebook",
            ),
        ),
    ),
    Table(
        "asked",
        "Which module was asked in which source: what could have been raised. Absent: everyone was asked everything.",
        ("source", "module"),
        (
            Column("source", "The interview.", "id", True, to="sources"),
            Column("module", "The module that was asked.", "id", True, to="modules"),
        ),
    ),
)
