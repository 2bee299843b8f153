"""Background work: what runs by the clock, what is tried again, and who is at work.

models.py     Schedule (when something runs next, and how it went), Worker (a process that says it is alive), Job
schedules.py  enqueue what is due, once, however many schedulers there are
recovery.py   jobs that failed are tried again, later each time; those of a dead worker at once; some are given up
carried.py    TASKS_BACKEND=rq: Redis carries the ids of jobs to the workers; the rows stay the truth
worker.py     the process: django-tasks-db's worker twice (short jobs, long jobs), and a clock
apart.py      long jobs, each in a process of its own that gives its memory back
"""
