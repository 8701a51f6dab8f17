"""What the filter of the action list makes of an address: values, and words about the rest.

No Django form: its widgets would cost more than the fifty rows below it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.enums import Signal, Status
from roadmap.selectors.actions import (
    INSIDE_ONLY,
    NO_CHALLENGE,
    NO_LEAD,
    OWED,
    SORTS,
    STILL_OPEN,
    ActionQuery,
    Choices,
    Option,
    Part,
    Watch,
)
from roadmap.templatetags.roadmap import day

TEXT_LIMIT = 200
SERVED = ("challenge", "initiative")
NAMES = ("workstream", "institution", "status", "signal", "owner", "sort", "part", *SERVED)
DAYS = ("due_from", "due_to")


@dataclass(frozen=True, slots=True)
class Field:
    """A select of the filter, ready to be drawn."""

    name: str
    label: str
    every: str
    options: list[Option]
    chosen: str
    more: list[Option]
    more_label: str = ""
    is_cut: bool = False  # more could be chosen than is offered


@dataclass(frozen=True, slots=True)
class Tag:
    """A filter in force: what it says, and the parameters without which it is gone."""

    label: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """The address, read: what is asked, what was ignored, and the controls that show it."""

    query: ActionQuery
    fields: list[Field]
    ignored: list[str]
    chosen: list[Tag]
    explanation: str
    page: str
    # Parameters without a control of their own, which the form sends on.
    kept: dict[str, str]


def read(params: QueryDict, *, choices: Choices, inside: bool) -> Filters:
    """Read a query string; what it does not know is named and ignored, never an error."""
    offered = _offered(choices, inside)
    wanted = {name: _clean(params.get(name, "")) for name in NAMES}
    ignored = [
        _ignored(name, value) for name, value in wanted.items() if value not in offered[name]
    ]
    known = {name: value for name, value in wanted.items() if value in offered[name]}
    if known.get("part") and known.get("institution", "") in ("", NO_LEAD):
        ignored.append(_part_of_nobody(known.pop("part")))
    query = _between(_query(dict(known), _clean(params.get("q", ""))), params, ignored)
    fields = _fields(choices, inside, known)
    return Filters(
        query=query,
        fields=fields,
        ignored=ignored,
        chosen=_chosen(fields, query),
        explanation=explain(query.signal),
        page=params.get("page", "1"),
        kept=_kept(query),
    )


def owner_asked(params: QueryDict) -> str:
    """Give whose actions are asked for, which may be somebody the filter does not offer."""
    return _clean(params.get("owner", ""))


def served_asked(params: QueryDict) -> list[str]:
    """Say whether a challenge or an initiative is asked for."""
    return [name for name in SERVED if _clean(params.get(name, ""))]


def _between(query: ActionQuery, params: QueryDict, ignored: list[str]) -> ActionQuery:
    """Add the first and the last due date asked for."""
    days: dict[str, date | None] = dict.fromkeys(DAYS)
    for name in DAYS:
        text = _clean(params.get(name, ""))
        try:
            days[name] = date.fromisoformat(text) if text else None
        except ValueError:
            ignored.append(_ignored(name, text))
    return replace(query, due_from=days["due_from"], due_to=days["due_to"])


def _kept(query: ActionQuery) -> dict[str, str]:
    sent = {name: getattr(query, name) for name in ("part", *DAYS)}
    return {name: str(value) for name, value in sent.items() if value}


def explain(signal: str) -> str:
    """Say what a signal counts, with its threshold."""
    silent = {"days": _days(settings.SILENT_AFTER_DAYS)}
    soon = {"days": _days(settings.DUE_SOON_DAYS)}
    sentences: dict[str, str] = {
        Signal.DONE: _("Verified, and submitted by the due date."),
        Signal.DONE_LATE: _("Verified, but submitted after the due date."),
        Signal.WAITING: _("Submitted and not yet verified; not counted as late."),
        Signal.LATE: _("The due date has passed without a submission; some are silent too."),
        Signal.BLOCKED: _("An obstacle is open. Late ones are counted as late, not here."),
        Signal.NOT_REPORTED: _(
            "Never reported, %(days)s or more after it began. Late and blocked ones are not here."
        )
        % silent,
        Signal.SILENT: _("Last report %(days)s ago or more. Late and blocked ones are not here.")
        % silent,
        Signal.DUE_SOON: _("Due within %(days)s, and nothing more urgent.") % soon,
        Signal.ON_TRACK: _("None of the other signals applies."),
        Watch.SILENT: _("Last report %(days)s ago or more; some are late or blocked too.") % silent,
        Watch.BLOCKED: _("An obstacle is open; some are late too."),
        Watch.CONTRADICTION: _(
            "The owner says “on time”, but it is late, silent, or holds up a milestone "
            "whose date has passed."
        ),
        Watch.ORPHAN: _("Unfinished, and nobody answers for it."),
        OWED: _(
            "Last report %(days)s ago or more, or never since it began as long ago; "
            "some are late or blocked too."
        )
        % silent,
    }
    return sentences.get(signal, "")


def _days(number: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", number) % {"days": number}


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:TEXT_LIMIT]


def _signals(inside: bool) -> list[Option]:
    found = [Option(value, str(label)) for value, label in Watch.choices if _open(value, inside)]
    return [*found, Option(OWED, _("Report owed"))]


def _open(watch: str, inside: bool) -> bool:
    return inside or watch not in INSIDE_ONLY


def _offered(choices: Choices, inside: bool) -> dict[str, set[str]]:
    return {
        "workstream": {"", *(option.value for option in choices.workstreams)},
        "institution": {"", NO_LEAD, *(option.value for option in choices.institutions)},
        "status": {"", STILL_OPEN, *Status.values},
        "part": {"", *Part.values},
        "signal": {"", *Signal.values, *(option.value for option in _signals(inside))},
        "owner": {"", *(option.value for option in choices.owners)},
        "sort": {"", *SORTS, *(f"-{name}" for name in SORTS)},
        "challenge": {"", NO_CHALLENGE, *(option.value for option in choices.challenges)},
        "initiative": {"", *(option.value for option in choices.initiatives)},
    }


def _ignored(name: str, value: str) -> str:
    labels = {
        "workstream": _("workstream"),
        "institution": _("institution"),
        "status": _("status"),
        "signal": _("signal"),
        "owner": _("owner"),
        "sort": _("order"),
        "part": _("part"),
        "challenge": _("challenge"),
        "initiative": _("initiative"),
        "due_from": _("earliest due date"),
        "due_to": _("latest due date"),
    }
    if (name == "owner" and value.isdecimal()) or value in INSIDE_ONLY:
        return _("Only members can filter by this; it was ignored. Sign in to use it.")
    return _("“%(value)s” is no known %(name)s; it was ignored.") % {
        "value": value[:40],
        "name": labels[name],
    }


def unknown(value: str) -> str:
    """Say that something asked for is not known on a page, and was ignored."""
    return _("“%(value)s” is not known here; it was ignored.") % {
        "value": value.replace("\x00", "")[:40]
    }


def choose(
    params: QueryDict, known: Mapping[str, Collection[str]]
) -> tuple[dict[str, str], list[str]]:
    """Read what is chosen from lists, empty where nothing is; the rest is named and ignored."""
    asked = {name: params.get(name, "").strip() for name in known}
    chosen = {name: value if value in known[name] else "" for name, value in asked.items()}
    return chosen, [unknown(value) for name, value in asked.items() if value != chosen[name]]


def _part_of_nobody(part: str) -> str:
    sentence = _("“%(value)s” is said of an institution, and none is chosen; it was ignored.")
    return sentence % {"value": Part(part).label}


def _query(known: dict[str, str], text: str) -> ActionQuery:
    owner, order = known.pop("owner", ""), known.pop("sort", "")
    query = ActionQuery(owner=int(owner) if owner else None, text=text)
    query = replace(query, **known)  # type: ignore[arg-type]  # all of them texts
    return replace(query, sort=order) if order else query


def _fields(choices: Choices, inside: bool, known: dict[str, str]) -> list[Field]:
    plain = [
        ("workstream", _("Workstream"), _("All workstreams"), choices.workstreams),
        ("signal", _("Signal"), _("All signals"), _options(Signal)),
        ("status", _("Status"), _("All but cancelled"), _options(Status)),
        ("institution", _("Institution"), _("All institutions"), choices.institutions),
    ]
    if inside:
        plain.append(("owner", _("Owner"), _("All owners"), choices.owners))
    plain += _served_fields(choices)
    more = {
        "signal": (_("May overlap"), _signals(inside)),
        "status": (_("Together"), [Option(STILL_OPEN, _("Not finished: planned or in progress"))]),
        "institution": (_("Nobody"), [Option(NO_LEAD, _("No lead institution"))]),
        "challenge": (_("None of them"), [Option(NO_CHALLENGE, _("Names no challenge"))]),
    }
    return [
        Field(
            *(name, label, every, options, known.get(name, ""), *_more(more, name)),
            is_cut=name == "owner" and choices.are_more_owners,
        )
        for name, label, every, options in plain
    ]


def _served_fields(choices: Choices) -> list[tuple[str, str, str, list[Option]]]:
    """Give the selects that are there only where one of their values is asked for."""
    fields = [
        ("challenge", _("Challenge"), _("All challenges"), choices.challenges),
        ("initiative", _("Initiative"), _("All initiatives"), choices.initiatives),
    ]
    return [one for one in fields if one[-1]]


def _more(more: dict[str, tuple[str, list[Option]]], name: str) -> tuple[list[Option], str]:
    label, options = more.get(name, ("", []))
    return options, label


def _options(words: type[Signal] | type[Status]) -> list[Option]:
    return [Option(value, str(label)) for value, label in words.choices]


def _chosen(fields: list[Field], query: ActionQuery) -> list[Tag]:
    """Name the filters in force, as tags above the list."""
    named = [
        Tag(f"{field.label}: {_said(field, option, query)}", _names(field))
        for field in fields
        for option in field.options + field.more
        if field.chosen and option.value == field.chosen
    ]
    return named + [Tag(label, (name,)) for name, label in _typed(query).items()]


def _said(field: Field, option: Option, query: ActionQuery) -> str:
    is_part = field.name == "institution" and query.part
    return f"{option.label} ({Part(query.part).label})" if is_part else option.label


def _names(field: Field) -> tuple[str, ...]:
    return ("institution", "part") if field.name == "institution" else (field.name,)


def _typed(query: ActionQuery) -> dict[str, str]:
    """Word what was not chosen from a list."""
    words = {}
    if query.text:
        words["q"] = _("Text: %(text)s") % {"text": query.text[:60]}
    if query.due_from:
        words["due_from"] = _("Due from %(day)s") % {"day": day(query.due_from)}
    if query.due_to:
        words["due_to"] = _("Due by %(day)s") % {"day": day(query.due_to)}
    return words
