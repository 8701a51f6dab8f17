"""The one way to say that a figure cannot be saved, as things stand."""

from __future__ import annotations

from umkm.enums import Fault


class Refused(Exception):
    """Nobody may save this; `field` names what is wrong with it, `sentence` says what to do."""

    def __init__(self, field: str, fault: Fault, **words: str) -> None:
        super().__init__(fault.value)
        self.field = field
        self.fault = fault
        self.words = words

    @property
    def sentence(self) -> str:
        return say(self.fault, self.words)


def say(fault: Fault, words: dict[str, str]) -> str:
    """Put a fault into words, in the reader's language."""
    label = str(fault.label)
    return label % words if words else label
