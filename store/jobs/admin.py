"""Jobs in the admin: what waits, what failed, and a button to have it tried again."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django_tasks_db.models import get_date_max

from store.jobs.models import Job
from store.jobs.recovery import retry_now
from store.read_only import ReadOnly


@admin.register(Job)
class JobAdmin(ReadOnly, admin.ModelAdmin[Job]):
    """The queue. Arguments are ids, and errors hold no values, so all of it may be shown."""

    list_display = ("task_path", "status", "tries", "error", "next_try_at", "enqueued_at", "queue_name")
    list_filter = ("status", "queue_name")
    ordering = ("-enqueued_at",)
    show_full_result_count = False
    actions = ("try_again",)
    fields = (
        "task_path",
        "args_kwargs",
        "status",
        "queue_name",
        "tries",
        "enqueued_at",
        "started_at",
        "finished_at",
        "next_try_at",
        "exception_class_path",
        "traceback",
    )
    readonly_fields = ("tries", "next_try_at")

    @admin.display(description="Error")
    def error(self, job: Job) -> str:
        return job.exception_class_path.rpartition(".")[2]

    @admin.display(description="Not before", empty_value="—")
    def next_try_at(self, job: Job) -> object:
        return None if job.run_after == get_date_max() else job.run_after

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Who only looks on starts nothing."""
        return request.user.has_perm("store.retry_job")

    @admin.action(description="Try again now", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Put the chosen jobs back into the queue."""
        done = sum(retry_now(job) for job in queryset)
        messages.success(request, f"{done} put back into the queue. Jobs that have not failed were left alone.")
