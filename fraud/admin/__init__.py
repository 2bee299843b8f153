"""Fraud in the Django admin, one file per noun."""

from fraud.admin.assessments import AssessmentAdmin, FindingAdmin
from fraud.admin.backtests import BacktestAdmin
from fraud.admin.calls import CallTaskAdmin
from fraud.admin.desk_rules import DeskRulesAdmin
from fraud.admin.evidence import EvidencePackAdmin
from fraud.admin.figures import FiguresAdmin
from fraud.admin.lists import ListEntryAdmin
from fraud.admin.log import CallAdmin, DecisionAdmin
from fraud.admin.outgoing import OutgoingMessageAdmin, WebhookEndpointAdmin
from fraud.admin.policies import PolicyAdmin

__all__ = [
    "AssessmentAdmin",
    "BacktestAdmin",
    "CallAdmin",
    "CallTaskAdmin",
    "DecisionAdmin",
    "DeskRulesAdmin",
    "EvidencePackAdmin",
    "FiguresAdmin",
    "FindingAdmin",
    "ListEntryAdmin",
    "OutgoingMessageAdmin",
    "PolicyAdmin",
    "WebhookEndpointAdmin",
]
