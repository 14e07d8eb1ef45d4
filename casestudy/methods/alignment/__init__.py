"""Which alliances are most aligned by their survey, how firmly one can say so, and what sets them apart.

Answers become a scale, the scale is averaged per site, sites are put in order, and the factors of the extremes are
compared. After the design of the published alignment study; its items and formula are not public, so the index here is
made in its manner and takes any instrument.
"""

from .aggregation import ENOUGH, ad_m, aggregation, aggregation_overall, icc, rwg_j
from .answers import PART, answers, chosen_scale, no_survey, scores
from .extremes import extremes, leave_out, rank_probabilities, rank_stability
from .factors import PRESENT, classify_factors, factor_gradient, factor_stability, strengths
from .index import VARIANTS, alignment_index, frame_rates, index_variants, variant_correlations
from .scale import LOOSE, cronbach_alpha, item_table, loadings, no_scale, omega_total, scale_reliability

__all__ = [
    "ENOUGH",
    "LOOSE",
    "PART",
    "PRESENT",
    "VARIANTS",
    "ad_m",
    "aggregation",
    "aggregation_overall",
    "alignment_index",
    "answers",
    "chosen_scale",
    "classify_factors",
    "cronbach_alpha",
    "extremes",
    "factor_gradient",
    "factor_stability",
    "frame_rates",
    "icc",
    "index_variants",
    "item_table",
    "leave_out",
    "loadings",
    "no_scale",
    "no_survey",
    "omega_total",
    "rank_probabilities",
    "rank_stability",
    "rwg_j",
    "scale_reliability",
    "scores",
    "strengths",
    "variant_correlations",
]
