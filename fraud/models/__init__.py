"""Policies, lists, assessments, the call queue; one file per noun."""

from fraud.models.assessments import Assessment, Finding
from fraud.models.backtests import Backtest
from fraud.models.call_log import Call
from fraud.models.calls import CallTask
from fraud.models.case_files import CaseFile
from fraud.models.decisions import Decision, EscalationReason, ReleaseReason
from fraud.models.desk import DeskRules, Looking
from fraud.models.evidence import EvidencePack
from fraud.models.figures import Figures
from fraud.models.lists import ListEntry
from fraud.models.outgoing import OutgoingMessage, WebhookEndpoint
from fraud.models.policies import Policy

__all__ = [
    "Assessment",
    "Backtest",
    "Call",
    "CallTask",
    "CaseFile",
    "Decision",
    "DeskRules",
    "EscalationReason",
    "EvidencePack",
    "Figures",
    "Finding",
    "ListEntry",
    "Looking",
    "OutgoingMessage",
    "Policy",
    "ReleaseReason",
    "WebhookEndpoint",
]
