"""What strangers send, as data: one file for each kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def payloads(name: str) -> Any:
    return json.loads(Path(__file__).with_name(f"{name}.json").read_text())
