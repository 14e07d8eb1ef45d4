"""The claim ledger: what a cohort's findings say, and the statements for and against each."""

from .model import Column, Table

CLAIM_KINDS = ("reach", "none_common", "one_sided", "group")
VERDICTS = ("common", "widespread", "mixed", "site_specific", "absent", "none_common", "one_sided", "more", "less")
CONFIDENCE = ("high", "moderate", "low", "very_low")

CLAIMS = (
    Table(
        "claims",
        "The claim ledger: every finding that is reported, how it is computed, and how firmly it is held. Drafted by "
        "`python -m casestudy.report.claims FOLDER`; what a person decides in it is kept.",
        ("claim",),
        (
            Column("claim", "Key of the claim.", "id", True),
            Column(
                "kind",
                "What is claimed: how many sites a challenge reaches, that none is common, that enough voices but too "
                "few groups raise it, or that one group raises it more or less than the others.",
                "choice",
                True,
                CLAIM_KINDS,
            ),
            Column("reading", "The one reading that the claim is about.", "choice", True, ("difficulty", "documented")),
            Column("code", "The challenge it is about; blank = all challenges.", "id", to="codebook"),
            Column("group", "For a claim about a group: the group.", "id"),
            Column(
                "template",
                "The sentence. Every number and every name in it is a `$placeholder`; no number is typed.",
                needed=True,
            ),
            Column(
                "computed_from",
                "Where each placeholder comes from: `placeholder=table:row:column`, separated by `;`. The parts of a "
                "row's key are joined by `/`: `k_star=common_challenges:difficulty/money:k_star`.",
            ),
            Column("scope", "What it holds for: the cohort, the wave, and the rule of the plan it was written under."),
            Column("sites", "The sites it names, separated by `;`.", "ids", to="sites"),
            Column(
                "verdict",
                "What was found when the claim was written; `withdrawn` if it is no longer made: then `reason` says "
                "why.",
                "choice",
                True,
                (*VERDICTS, "withdrawn"),
            ),
            Column(
                "confidence_suggested",
                "Confidence that was suggested when the claim was written.",
                "choice",
                False,
                CONFIDENCE,
            ),
            Column("confidence_final", "Confidence that a person set; blank until then.", "choice", False, CONFIDENCE),
            Column("reason", "Why that confidence, or why the claim was withdrawn; needed with either."),
            Column("decided_by", "Who decided."),
            Column("date", "When.", "date"),
        ),
    ),
    Table(
        "claim_evidence",
        "The statements for and against each claim.",
        ("claim", "segment"),
        (
            Column("claim", "The claim.", "id", True, to="claims"),
            # No reference to segments: a statement that is gone is told as what it does to the claim
            Column("segment", "The statement. `casestudy check` says which claims cite one that is gone.", "id", True),
            Column("stance", "Which way it speaks.", "choice", True, ("for", "against", "context")),
        ),
    ),
)
