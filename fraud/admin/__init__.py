"""Fraud in the Django admin, one file per noun."""

from fraud.admin.assessments import AssessmentAdmin, FindingAdmin
from fraud.admin.calls import CallAdmin, CallTaskAdmin
from fraud.admin.figures import FiguresAdmin
from fraud.admin.lists import ListEntryAdmin
from fraud.admin.policies import PolicyAdmin

__all__ = ["AssessmentAdmin", "CallAdmin", "CallTaskAdmin", "FiguresAdmin", "FindingAdmin", "ListEntryAdmin", "PolicyAdmin"]
