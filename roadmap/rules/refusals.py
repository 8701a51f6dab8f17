"""The one way to say that a change cannot be made, as things stand."""

from __future__ import annotations

from roadmap.enums import Refusal


class Refused(Exception):
    """Nobody may do this now; `reason.label` is the sentence to show."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason
