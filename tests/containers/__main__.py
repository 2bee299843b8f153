"""Breaks what the shop leans on, in its hardened containers, and looks whether it holds: `python -m tests.containers [trial …]`.

Wants Docker, root (for `kill -9`), the image `ringback-demo:latest` (`docker build --target demo -t ringback-demo .`) and the
ports 8000 and 8001. Everything runs in a Compose project and a folder of its own, which go at the end: no shop is touched.
Exit code 1 with what was otherwise than it should be.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.containers.stage import SERVICES, Failed, Stage, say
from tests.containers.trials import TRIALS


def main(names: list[str]) -> int:
    """Set the stage, make the trials, clear it away; 1 if one failed."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ringback-trial-") as folder:
        stage = Stage(Path(folder))
        try:
            say(f"all containers healthy after {stage.up(*SERVICES):.0f} s")
            for name in names or TRIALS:
                try:
                    TRIALS[name](stage)
                except Failed as error:
                    failed = 1
                    say(f"{name}: FAILED: {error}\n{stage.compose('logs', '--no-color', '--tail', '15', 'web', 'worker')}")
        finally:
            stage.compose("down", "--volumes", "--timeout", "5", can_fail=True)
            # The secrets belong to the containers' users.
            stage.run(
                "docker",
                "run",
                "--rm",
                "--user",
                "0",
                "--volume",
                f"{folder}:/f",
                "ringback-demo:latest",
                "rm",
                "-rf",
                "/f/secrets",
            )
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
