"""Settings for a test run; loaded by `-p tests.environment` before Django reads its settings."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("ENV_FILE", "tests/test.env")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if "VAR_DIR" not in os.environ:  # once for a run: xdist's workers inherit it
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="ringback-tests-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
# Whitenoise warns when there is no such folder, and a warning is an error here.
(Path(os.environ["VAR_DIR"]) / "static").mkdir(parents=True, exist_ok=True)
