"""What somebody typed into a form that could not be saved, to be copied from the answer.

The wall knows no form. What was sent is read by the form of ours that asks for most of its
names: it says what the reader calls each field, and which of them hold no words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.forms import BaseForm, BooleanField, ChoiceField, Field
from django.forms.utils import pretty_name
from django.http import HttpRequest

MOST_FIELDS = 50
MOST_BYTES = 100_000
OURS = frozenset({"csrfmiddlewaretoken", "version", "token"})
SECRET = "password"  # noqa: S105
ROW = re.compile(r"_\d+\Z")


@dataclass(frozen=True, slots=True)
class Typed:
    """One field as it was filled in; `is_cut` where not all of it is shown."""

    label: str
    text: str
    is_cut: bool = False

    @property
    def rows(self) -> int:
        return min(12, max(1, self.text.count("\n") + 1, len(self.text) // 60 + 1))


def typed_in(request: HttpRequest) -> tuple[list[Typed], bool]:
    """Give what was typed, and whether all of it: there are limits to what is sent back."""
    sent = [(name, "\n".join(request.POST.getlist(name))) for name in request.POST]
    sent += [(name, ", ".join(map(str, request.FILES.getlist(name)))) for name in request.FILES]
    known = _form_of(_own(name) for name, _text in sent)
    told = [
        (_label(name, known), text)
        for name, text in sent
        if text.strip() and _may_show(name, known.get(_own(name)))
    ]
    shown = list(_within(told[:MOST_FIELDS]))
    return shown, len(shown) == len(told) and not any(one.is_cut for one in shown)


def _within(told: Iterable[tuple[str, str]]) -> Iterator[Typed]:
    left = MOST_BYTES
    for label, text in told:
        kept = text.encode()[:left].decode(errors="ignore")
        left -= len(kept.encode())
        if kept:
            yield Typed(label, kept, is_cut=kept != text)


def _may_show(name: str, field: Field | None) -> bool:
    """Tell what somebody typed from what the page added, what was chosen, and what is secret."""
    own = _own(name)
    if own in OURS or own.startswith("_") or SECRET in name.lower():
        return False
    return field is None or not (
        field.widget.is_hidden or isinstance(field, ChoiceField | BooleanField)
    )


def _label(name: str, known: Mapping[str, Field]) -> str:
    field = known.get(_own(name))
    return str(field.label) if field is not None and field.label else pretty_name(_own(name))[:60]


def _own(name: str) -> str:
    """Give a field's name without the prefix of its form and the number of its row."""
    return ROW.sub("", name.rpartition("-")[2])


def _form_of(names: Iterable[str]) -> Mapping[str, Field]:
    """Find the form that asks for most of these names, and for the fewest others."""
    asked = set(names) - OURS
    best: Mapping[str, Field] = {}
    score = (0, 0)
    for form in _every(BaseForm):
        fields: Mapping[str, Field] = getattr(form, "base_fields", {})
        both = len(asked & fields.keys())
        if both and (both, both - len(fields)) > score:
            best, score = fields, (both, both - len(fields))
    return best


def _every(kind: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for one in kind.__subclasses__():
        yield one
        yield from _every(one)
