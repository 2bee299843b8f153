"""The only functions that change anything in fraud. Pages, tasks and receivers all call these."""

from fraud.services.assess import UnableToAssessOrder, assess_order, current_policy, pick_up_orders
from fraud.services.calls import (
    REVIEWER_REASONS,
    UnableToDecide,
    UnableToRecordCall,
    cancel_after_call,
    record_call,
    release_after_call,
)
from fraud.services.queue import (
    CLAIM_LEASE,
    UnableToClaimCallTask,
    claim_call_task,
    claim_next_call_task,
    close_call_task,
    close_stale_call_tasks,
    let_go,
)

__all__ = [
    "CLAIM_LEASE",
    "REVIEWER_REASONS",
    "UnableToAssessOrder",
    "UnableToClaimCallTask",
    "UnableToDecide",
    "UnableToRecordCall",
    "assess_order",
    "cancel_after_call",
    "claim_call_task",
    "claim_next_call_task",
    "close_call_task",
    "close_stale_call_tasks",
    "current_policy",
    "let_go",
    "pick_up_orders",
    "record_call",
    "release_after_call",
]
