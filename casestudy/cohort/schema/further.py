"""Optional tables, each read by one of the deeper notebooks."""

from .model import Column, Table


def _id(name: str, means: str, to: str = "", needed: bool = True) -> Column:
    return Column(name, means, "id", needed, to=to)


FURTHER = (
    Table(
        "axes",
        "Trade-offs on which sites take a position.",
        ("axis",),
        (
            _id("axis", "Key of the axis."),
            _id("code", "The trade-off code that carries it.", "codebook"),
            Column("pole_a", "Left pole.", needed=True),
            Column("pole_b", "Right pole.", needed=True),
            _id(
                "attribute",
                "Documented attribute to compare with: the first of its allowed values stands for the left pole, the "
                "second for the right one, any other for a place between.",
                "attributes",
                False,
            ),
        ),
    ),
    Table(
        "predictions",
        "What a theory, or a rival to it, expects to go with a choice of governance.",
        ("prediction",),
        (
            _id("prediction", "Key of the prediction."),
            Column("theory", "Name of the theory or rival.", needed=True),
            _id("attribute", "The attribute.", "attributes"),
            Column("value_high", "The value at which more (or less) is expected.", needed=True),
            _id("code", "The code expected to differ.", "codebook"),
            Column("direction", "Expected sign.", "choice", True, ("+", "-", "0")),
            Column("source", "Where the prediction comes from."),
        ),
    ),
    Table(
        "search_terms",
        "Words to search for, per domain or code. Only informants' own words are searched (`segments.text_kind` "
        "verbatim or synthetic); how a term is written stands above.",
        ("domain", "code", "term"),
        (
            Column("domain", "Domain the term belongs to, as in the codebook; blank = that of the code."),
            _id("code", "Code the term belongs to.", "codebook", False),
            Column("term", "Word or phrase; `*`, `?`, `;` and `NEAR/5` as above.", needed=True),
            Column(
                "pattern",
                "Python regular expression that is searched instead of the term, whatever the case. One that is faulty "
                "or could run away is refused, with row and place.",
            ),
            Column(
                "exclude",
                "Another term, or a regular expression: a hit that overlaps a match of it does not count.",
            ),
            Column("note", "Remark."),
        ),
    ),
    Table(
        "codebook_events",
        "History of the codebook: what happened to which codes between one version and the next. Codes that are no "
        "longer in use stay in codebook.csv with `active` = no.",
        ("event_id",),
        (
            _id("event_id", "Key of the event."),
            Column("from_version", "Version before; blank only where the first version creates codes."),
            Column("to_version", "Version after. The versions form one line, first to last.", needed=True),
            Column(
                "event",
                "What happened.",
                "choice",
                True,
                ("create", "rename", "redefine", "merge", "split", "move", "retire"),
            ),
            Column("from_codes", "Codes before, separated by `;`.", "ids"),
            Column("to_codes", "Codes after, separated by `;`.", "ids"),
            Column("date", "When.", "date"),
            Column("decided_by", "Coders who decided, separated by `;`.", "ids"),
            Column("rationale", "Why."),
            _id("memo", "Memo that records it.", "memos", False),
        ),
    ),
    Table(
        "memos",
        "Analytic notes.",
        ("memo",),
        (
            _id("memo", "Key of the memo."),
            _id("coder", "Author.", "", False),
            _id("code", "Code it is about.", "codebook", False),
            _id("site", "Site it is about.", "sites", False),
            Column("version", "Version of the codebook, one of those in codebook_events.csv."),
            Column("date", "When.", "date"),
            Column("text", "The note.", needed=True),
        ),
    ),
    Table(
        "links",
        "A statement that one challenge acts on another.",
        ("link",),
        (
            _id("link", "Key of the link."),
            _id("coder", "Who coded it."),
            _id("segment", "Where it is said.", "segments"),
            _id("from_code", "The challenge that acts.", "codebook"),
            _id("to_code", "The challenge acted on.", "codebook"),
            Column("relation", "How.", "choice", True, ("worsens", "enables", "trades_off")),
        ),
    ),
    Table(
        "memberships",
        "Organisations that joined and left.",
        ("member",),
        (
            _id("member", "Key of the membership."),
            _id("site", "The alliance.", "sites"),
            Column("organisation", "The member organisation."),
            _id("group", "Stakeholder group.", "@groups"),
            Column("seat", "Seat held.", "choice", False, ("board", "committee", "general")),
            Column("joined", "Date of joining.", "date"),
            Column("left", "Date of leaving.", "date"),
            Column("recruited_by", "Who won the member."),
        ),
    ),
    Table(
        "factors",
        "Factors judged per site.",
        ("factor",),
        (
            _id("factor", "Key of the factor."),
            Column("label", "Name in words.", needed=True),
            Column("theme", "Theme."),
            Column("definition", "What it covers."),
        ),
    ),
    Table(
        "site_factors",
        "Strength of a factor at a site.",
        ("site", "factor", "rater"),
        (
            _id("site", "The alliance.", "sites"),
            _id("factor", "The factor.", "factors"),
            _id("rater", "Who judged it.", "", False),
            Column("strength", "0 to 3.", "choice", True, ("0", "1", "2", "3")),
            Column("segments", "Evidence, separated by `;`.", "ids", to="segments"),
        ),
    ),
    Table(
        "survey_items",
        "Questions of a survey.",
        ("item",),
        (
            _id("item", "Key of the question."),
            _id("scale", "Scale it belongs to."),
            Column("text", "Wording."),
            Column("reverse", "Whether a high answer means little of the scale.", "yes_no"),
            Column("min", "Lowest answer.", "integer", True),
            Column("max", "Highest answer.", "integer", True),
        ),
    ),
    Table(
        "survey_frame",
        "Whom the survey was sent to.",
        ("site", "wave", "group"),
        (
            _id("site", "The alliance.", "sites"),
            Column("wave", "Wave.", "integer"),
            _id("group", "Stakeholder group.", "@groups"),
            Column("invited", "How many were invited.", "integer", True),
            Column("responded", "How many answered.", "integer", True),
        ),
    ),
    Table(
        "survey_respondents",
        "Who answered.",
        ("respondent",),
        (
            _id("respondent", "Key of the respondent in one wave."),
            _id("site", "The alliance.", "sites"),
            Column("wave", "Wave.", "integer"),
            _id("group", "Stakeholder group.", "@groups"),
            _id("panel", "Key of the same person over waves.", "", False),
        ),
    ),
    Table(
        "survey_responses",
        "Their answers.",
        ("respondent", "item"),
        (
            _id("respondent", "The respondent.", "survey_respondents"),
            _id("item", "The question.", "survey_items"),
            Column("value", "The answer; blank = not answered.", "number"),
        ),
    ),
    Table(
        "role_statements",
        "Hopes and fears by role.",
        ("statement",),
        (
            _id("statement", "Key of the statement."),
            _id("source", "Where it was said.", "sources", False),
            _id("group", "The role.", "@groups"),
            Column("theme", "What it is about.", needed=True),
            Column("valence", "Hope or fear.", "choice", True, ("hope", "fear")),
            Column("paraphrase", "The statement in our words.", needed=True),
            _id("evidence", "Rows that rest on one and the same statement share this id.", "", False),
        ),
    ),
)
