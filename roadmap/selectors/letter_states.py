"""What became of letters: a door for each state with its count, and one letter's state in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from committee import gate
from committee.enums import LetterState
from committee.models import Letter
from roadmap.selectors.letters import IN_DOUBT, reason_words

PERMANENT = "permanent: "
# In the order in which somebody looks for what is wrong.
SIGNALS = {
    "": "",
    LetterState.FAILED.value: "late",
    LetterState.HELD.value: "blocked",
    IN_DOUBT: "contradiction",
    LetterState.PENDING.value: "waiting",
    LetterState.SENDING.value: "waiting",
    LetterState.SENT.value: "done",
    LetterState.CANCELLED.value: "cancelled",
}


@dataclass(frozen=True, slots=True)
class Door:
    """A count, and the state whose list it opens."""

    state: str
    label: str
    count: int
    signal: str
    is_here: bool


def doors(counts: Mapping[str, int], chosen: str) -> list[Door]:
    """Name the lists that the counts above the list open."""
    return [
        Door(state, _label(state), counts[state], signal, state == chosen)
        for state, signal in SIGNALS.items()
    ]


def _label(state: str) -> str:
    if state == IN_DOUBT:
        return _("In doubt")
    return str(LetterState(state).label) if state else _("All letters")


def explain(letter: Letter) -> str:
    """Say in sentences where a letter stands, why, and what comes next."""
    sentences = [_state(letter), _doubt(letter)]
    return " ".join(sentence for sentence in sentences if sentence)


def last_answer(letter: Letter) -> str:
    """Give what the mail server last said to a letter it did not take, with its code."""
    if letter.state == LetterState.SENT or letter.last_code is None:
        return ""
    return f"{letter.last_code} {letter.last_error.removeprefix(PERMANENT)}"


def _state(letter: Letter) -> str:
    if letter.state == LetterState.PENDING:
        return _pending(letter)
    if letter.state == LetterState.HELD:
        return _held()
    if letter.state == LetterState.FAILED:
        words = _("%(why)s. Nothing more is tried until the secretariat sends it again.")
        return words % {"why": _because(letter)}
    if letter.state == LetterState.CANCELLED:
        return _("%(why)s. It is not sent.") % {"why": _because(letter)}
    if letter.state == LetterState.SENDING:
        return _("It is being handed to the mail server now.")
    return _("The mail server accepted it.")


def _because(letter: Letter) -> str:
    words = reason_words(letter.last_error)
    return words[:1].upper() + words[1:].rstrip(".")


def _pending(letter: Letter) -> str:
    if letter.not_before <= timezone.now():
        return _("It leaves with the next round of the worker.")
    when = {"at": _moment(letter.not_before)}
    if not letter.last_error:
        return _("It is tried from %(at)s.") % when
    return _("The last try failed; it is tried again from %(at)s.") % when


def _held() -> str:
    """Say why letters are held; one held before the gate opened waits for the same people."""
    found = gate.look()
    if found.held_at is None:
        return _("It is held: nothing leaves until the secretariat has looked.")
    words = _("Letters are held since %(at)s: %(why)s. The secretariat sends or discards them.")
    at, why = _moment(found.held_at), found.get_held_because_display()
    return words % {"at": at, "why": why[:1].lower() + why[1:]}


def _doubt(letter: Letter) -> str:
    """Say what a connection that broke at the worst moment means for the reader."""
    if not letter.in_doubt:
        return ""
    if letter.state == LetterState.SENT:
        return _("It may have arrived twice: a connection broke before the answer came.")
    return _("It may have arrived already: a connection broke before the answer came.")


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y H:i")
