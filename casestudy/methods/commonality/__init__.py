"""Presence of a code at a site, and which challenges are common to all sites, at which threshold, and how firmly."""

from .common import breaking_points, classify, common_challenges, verdicts
from .firmness import leave_one_site_out, sensitivity
from .present import LADDER, presence
from .resampled import bootstrap_stability

__all__ = [
    "LADDER",
    "bootstrap_stability",
    "breaking_points",
    "classify",
    "common_challenges",
    "leave_one_site_out",
    "presence",
    "sensitivity",
    "verdicts",
]
