"""Presence of a code at a site, and which challenges are common to all sites, at which threshold, and how firmly."""

from .chances import called_present, false_informant, false_presence, missed
from .common import breaking_points, classify, common_challenges, verdicts
from .errors import coding_errors
from .firmness import leave_one_site_out, sensitivity
from .grid import every_setting, grid
from .leave_out import coder_site, leave_out
from .miscoded import bootstrap_coding_errors
from .operating import operating_characteristics
from .present import LADDER, presence, presence_flags
from .resampled import bootstrap_stability
from .robustness import beyond_sites, robustness

__all__ = [
    "LADDER",
    "beyond_sites",
    "bootstrap_coding_errors",
    "bootstrap_stability",
    "breaking_points",
    "called_present",
    "classify",
    "coder_site",
    "coding_errors",
    "common_challenges",
    "every_setting",
    "false_informant",
    "false_presence",
    "grid",
    "leave_one_site_out",
    "leave_out",
    "missed",
    "operating_characteristics",
    "presence",
    "presence_flags",
    "robustness",
    "sensitivity",
    "verdicts",
]
