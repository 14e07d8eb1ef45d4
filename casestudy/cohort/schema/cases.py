"""Tables about the sites themselves: who they are and what is documented of them."""

from .model import Column, Table

THEMES = ("governance", "leadership", "participation", "context", "outcome")

CASES = (
    Table(
        "sites",
        "One row per alliance. The order of the rows is the order of every table and figure.",
        ("site",),
        (
            Column("site", "Key of the alliance, used in every table.", "id", True),
            Column("name", "Name as readers know it.", needed=True),
            Column("region", "Region of the country."),
            Column(
                "same_as",
                "The same organisation under another programme or cohort, as `cohort/site`; several with `;`.",
                "links",
            ),
            Column("note", "What a reader must know about this site's evidence."),
        ),
        needed=True,
    ),
    Table(
        "attributes",
        "What can be recorded about a site, one row per attribute.",
        ("attribute",),
        (
            Column("attribute", "Key of the attribute.", "id", True),
            Column("label", "Name in words.", needed=True),
            Column("theme", "The comparison it belongs to.", "choice", True, THEMES),
            Column(
                "type",
                "What its values are.",
                "choice",
                True,
                ("text", "category", "year", "number", "yes_no"),
            ),
            Column("allowed", "The permitted values of a category, separated by `;`.", "text"),
            Column("note", "For recoded attributes the rule that turned the wording into the value."),
        ),
    ),
    Table(
        "site_attributes",
        "One documented fact about one site. Conflicting facts are variants, and analyses show each.",
        ("site", "attribute", "wave", "rater", "variant"),
        (
            Column("site", "The alliance.", "id", True, to="sites"),
            Column("attribute", "The attribute.", "id", True, to="attributes"),
            Column("wave", "Wave of data collection; blank means the first.", "integer"),
            Column("rater", "Who judged it, if several did.", "id"),
            Column("variant", "`a`, `b`, ... when documents disagree; blank if they do not.", "id"),
            Column("value", "The value, as documented or recoded.", needed=True),
            Column(
                "basis",
                "Whether the source says it outright or we concluded it.",
                "choice",
                False,
                ("explicit", "inferred"),
            ),
            Column("year", "Year, or span of years, the fact refers to.", "years"),
            Column("source_refs", "Sources of the fact, separated by `;`.", "ids", to="sources"),
            Column("note", "How the value was read or computed."),
        ),
    ),
)
