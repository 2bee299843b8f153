"""Policies, lists, assessments, the call queue; one file per noun."""

from fraud.models.assessments import Assessment, Finding
from fraud.models.calls import Call, CallTask
from fraud.models.lists import ListEntry
from fraud.models.policies import Policy

__all__ = ["Assessment", "Call", "CallTask", "Finding", "ListEntry", "Policy"]
