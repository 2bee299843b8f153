"""Fraud in the Django admin, one file per noun."""

from fraud.admin.assessments import AssessmentAdmin, FindingAdmin
from fraud.admin.calls import CallAdmin, CallTaskAdmin
from fraud.admin.policies import PolicyAdmin

__all__ = ["AssessmentAdmin", "CallAdmin", "CallTaskAdmin", "FindingAdmin", "PolicyAdmin"]
