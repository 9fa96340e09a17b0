"""Kaiku's command line in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def run(*words: str, folder: Path = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "KAIKU_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env=environment | settings,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
