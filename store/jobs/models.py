"""When something runs next, who is alive, and jobs as staff see them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django_tasks_db.models import DBTaskResult


class Schedule(models.Model):
    """When a task of `settings.SCHEDULES` is due, and how its last run went."""

    name = models.CharField(max_length=40, primary_key=True)
    due_at = models.DateTimeField()
    task_id = models.CharField(max_length=64, blank=True)  # the last one enqueued
    ran_at = models.DateTimeField(null=True)
    report = models.CharField(max_length=300, blank=True, help_text="What the last run said it did.")
    is_good = models.BooleanField(default=True, help_text="Whether the last run did all it should.")

    def __str__(self) -> str:
        """Name the schedule."""
        return self.name


class Worker(models.Model):
    """A worker process. It says every few seconds that it is alive; its jobs are taken over when it does not."""

    name = models.CharField(max_length=40, primary_key=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Name the process."""
        return self.name


class Job(DBTaskResult[Any, Any]):
    """A task of the queue, as staff see it. One that failed for good stays here until somebody tries it again."""

    class Meta:
        proxy = True
        permissions: ClassVar = [("retry_job", "Can have jobs, mails and gateway events tried again")]

    def __str__(self) -> str:
        """Name the job by what it does."""
        return f"{self.task_path.rpartition('.')[2]} {str(self.pk)[:8]}"

    @property
    def tries(self) -> int:
        """How often it was begun."""
        return len(self.worker_ids)
