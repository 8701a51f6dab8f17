"""Letters that hurt whoever renders them, for members of certain names."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from typing import Any

from roadmap import emails

BYTES = 2 * 1024**3


def dose(poisons: dict[str, str]) -> None:
    """Make the letters of some members (by name) raise, exit, or eat memory when rendered."""
    if not poisons:
        return
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    original = emails.reminder_letter

    def tasting(contents: emails.Contents) -> Any:
        if kind := poisons.get(contents.recipient.name):
            KINDS[kind]()
        return original(contents)

    emails.reminder_letter = tasting


def _raise() -> None:
    raise ValueError("poison")


def _exit() -> None:
    os._exit(9)


def _eat() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(64 * 1024**2))


KINDS: dict[str, Callable[[], None]] = {"raises": _raise, "exits": _exit, "eats": _eat}
