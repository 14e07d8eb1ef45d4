"""Do the coders apply the codebook alike, and where do they part?

Statistics on `ratings` (a DataFrame of units x coders, missing where a coder did not rate) come first, then tables
on a cohort. A unit of a cohort is a segment that two or more coders were assigned to read in the round `independent`
of the plan's wave; a coder *gave* a code by coding the segment with it, whatever the valence."""

from .claims_level import informant_agreement, matrix_agreement, single_coder_verdicts
from .coefficients import (
    DISTANCES,
    LEVELS,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
    set_alpha,
    specific_agreement,
)
from .tables import agreement_by_code, coder_pairs, confusions, disagreements, valence_agreement
from .units import code_ratings

__all__ = [
    "DISTANCES",
    "LEVELS",
    "agreement_by_code",
    "code_ratings",
    "coder_pairs",
    "cohen_kappa",
    "confusions",
    "disagreements",
    "fleiss_kappa",
    "gwet_ac1",
    "informant_agreement",
    "krippendorff_alpha",
    "matrix_agreement",
    "percent_agreement",
    "set_alpha",
    "single_coder_verdicts",
    "specific_agreement",
    "valence_agreement",
]
