"""The functions that change state; views, admin, tasks and commands call nothing else."""
