"""Settings for a test run; loaded by `-p tests.environment` before Django reads its settings."""

import os
from pathlib import Path

os.environ.setdefault("ENV_FILE", "tests/test.env")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
var = Path(os.environ.setdefault("VAR_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test")))
(var / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns without it, and a warning is an error here
