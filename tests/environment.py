"""Settings for a test run; loaded by `-p tests.environment` before Django reads its settings."""

import os

os.environ.setdefault("ENV_FILE", "tests/test.env")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
