"""Surveys of any instrument: from a long sheet of answers to the survey tables of a cohort."""

from .adding import add_survey, report_survey
from .reading import read_survey

__all__ = ["add_survey", "read_survey", "report_survey"]
