"""The sandbox's manage.py: `DEMO=1 python -m sandbox migrate`, `… check`, `… makemigrations`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"
    execute_from_command_line(sys.argv)
