"""The only functions that change anything in fraud. Pages, tasks and receivers all call these."""

from fraud.services.assess import UnableToAssessOrder, assess_order, current_policy, pick_up_orders
from fraud.services.calls import UnableToRecordCall, begin_call, record_call
from fraud.services.decisions import (
    REVIEWER_REASONS,
    SecondPersonNeeded,
    UnableToDecide,
    cancel_after_call,
    correct_decision,
    escalate_case,
    is_confirmed,
    object_to_release,
    propose_release,
    release_after_call,
)
from fraud.services.desk_rules import NewRules, UnableToChangeDeskRules, change_desk_rules, current_desk_rules
from fraud.services.queue import (
    CLAIM_LEASE,
    UnableToClaimCallTask,
    claim_call_task,
    claim_next_call_task,
    close_call_task,
    close_stale_call_tasks,
    forget_looks,
    let_go,
    look_in,
)
from fraud.services.readdressing import readdress_case
from fraud.services.unreached import give_up_unreached

__all__ = [
    "CLAIM_LEASE",
    "REVIEWER_REASONS",
    "NewRules",
    "SecondPersonNeeded",
    "UnableToAssessOrder",
    "UnableToChangeDeskRules",
    "UnableToClaimCallTask",
    "UnableToDecide",
    "UnableToRecordCall",
    "assess_order",
    "begin_call",
    "cancel_after_call",
    "change_desk_rules",
    "claim_call_task",
    "claim_next_call_task",
    "close_call_task",
    "close_stale_call_tasks",
    "correct_decision",
    "current_desk_rules",
    "current_policy",
    "escalate_case",
    "forget_looks",
    "give_up_unreached",
    "is_confirmed",
    "let_go",
    "look_in",
    "object_to_release",
    "pick_up_orders",
    "propose_release",
    "readdress_case",
    "record_call",
    "release_after_call",
]
