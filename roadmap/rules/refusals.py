"""The one way to say that a change cannot be made, as things stand."""

from __future__ import annotations

from roadmap.enums import Refusal


class Refused(Exception):
    """Nobody may do this now; `sentence` is what to show, with the words it speaks of."""

    def __init__(self, reason: Refusal, **words: str) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.words = words

    @property
    def sentence(self) -> str:
        label = str(self.reason.label)
        return label % self.words if self.words else label
