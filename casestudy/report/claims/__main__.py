"""For maintainers: draft the claim ledger of a cohort, or draft it again.

python -m casestudy.report.claims data/af4q
"""

import argparse
import sys

from ...cohort.cohort import load_cohort
from ...cohort.problems import CohortError
from .checking import check_claims, tell_claims
from .redraft import redraft, write_ledger


def main(words: list[str] | None = None) -> int:
    """Draft and write the ledger; return 0 if every claim in it holds, 2 if the cohort or a claim is at fault."""
    parser = argparse.ArgumentParser(prog="python -m casestudy.report.claims", description="Draft a claim ledger.")
    parser.add_argument("cohort", help="name of a cohort, or path of its folder")
    name = parser.parse_args(words).cohort
    try:
        cohort = load_cohort(name)
    except CohortError as error:
        print(error, file=sys.stderr)
        return 2
    claims, evidence, notes = redraft(cohort)
    try:
        write_ledger(cohort, claims, evidence)
    except OSError as error:
        print(f"The ledger of {cohort.id} cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    print(f"{cohort.folder.name}: {len(claims)} claims, {len(evidence)} statements cited.", *notes, sep="\n")
    problems = check_claims(load_cohort(cohort.folder))
    if len(problems):
        print(tell_claims(problems), file=sys.stderr)
    return 2 if len(problems) else 0


if __name__ == "__main__":
    sys.exit(main())
