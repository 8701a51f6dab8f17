"""What a list of people would do: a row invites somebody, changes something, or is wrong.

The same function answers for the preview and for the change itself, so they cannot differ. An
empty cell of somebody known means "as it is".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from committee.enums import Role, SeatKind
from committee.models import Institution, Member, Seat, Workstream
from committee.parts import UNSEEN, Unreadable, address, printable, quoted, spoken, tidy, words
from committee.rules import permissions
from committee.rules.permissions import INVITED_BY_SECRETARIAT, Actor
from committee.sheets import Sheet

MOST_PEOPLE = 500
NAMES = {
    "email": ("email", "e-mail", "surel", "alamat surel", "email address", "e-mail address"),
    "name": ("name", "nama", "nama lengkap", "full name"),
    "role": ("role", "peran"),
    "institution": ("institution", "instansi", "kode instansi", "institution code"),
    "language": ("language", "bahasa"),
    "workstream": ("workstream", "pilar", "kode pilar", "workstream code"),
    "seat": ("seat", "penugasan"),
}
COLUMN_OF = {name: column for column, names in NAMES.items() for name in names}
LANGUAGES = {
    **dict.fromkeys(("id", "indonesia", "bahasa indonesia", "indonesian"), "id"),
    **dict.fromkeys(("en", "english", "inggris", "bahasa inggris"), "en"),
}
KEPT = ("name", "institution", "language", "role")
SeatOf = tuple[Workstream, SeatKind]


def named(heading: str) -> str | None:
    """Say which column a heading names, in either language."""
    return COLUMN_OF.get(tidy(heading.translate(UNSEEN)).casefold())


@dataclass(frozen=True, slots=True)
class Planned:
    """What one row does: `values` are set, in place of `was`; without a member one is invited."""

    row: int
    email: str
    values: dict[str, Any]
    was: dict[str, Any] = field(default_factory=dict)
    member: Member | None = None
    seat: SeatOf | None = None

    @property
    def name(self) -> str:
        return str(self.values.get("name") or self.member)

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Word what is changed: what it is called, what stood, what will stand."""
        return [
            (_label(name), _worded(name, self.was.get(name)), _worded(name, value))
            for name, value in self.values.items()
        ]

    @property
    def described(self) -> str:
        """Say of somebody to be invited as what, from where, and in which language."""
        said = [_worded(one, self.values[one]) for one in ("role", "institution", "language")]
        return " · ".join(said)

    @property
    def told(self) -> tuple[Any, ...]:
        """Give what was shown of it, in no reader's language."""
        seat = self.seat and (self.seat[0].pk, self.seat[1].value)
        both = [(name, str(self.was.get(name)), str(new)) for name, new in self.values.items()]
        return self.email, self.member and self.member.pk, both, seat


@dataclass(slots=True)
class Plan:
    """What applying a list would do; nothing of it counts while there is a complaint."""

    planned: list[Planned] = field(default_factory=list)
    unchanged: int = 0
    complaints: list[str] = field(default_factory=list)
    # Headings of columns that are not read.
    unread: list[str] = field(default_factory=list)

    @property
    def invited(self) -> list[Planned]:
        return [one for one in self.planned if one.member is None]

    @property
    def changed(self) -> list[Planned]:
        return [one for one in self.planned if one.member is not None]

    @property
    def digest(self) -> str:
        """Give a mark by which the change knows that it does what was shown."""
        told = [one.told for one in self.planned]
        return hashlib.sha256(repr((told, self.unchanged)).encode()).hexdigest()


def plan(sheet: Sheet, actor: Actor, today: date) -> Plan:
    """Say what a list would do, for whoever asks, as things stand now: four queries."""
    made = Plan()
    columns = _columns(sheet.heading, made)
    if len(sheet.rows) > MOST_PEOPLE:
        sentence = _("These are %(number)d lines; send at most %(most)d at a time.")
        made.complaints.append(sentence % {"number": len(sheet.rows), "most": MOST_PEOPLE})
    if made.complaints:
        return made
    rows = [(number, _cells(columns, line)) for number, line in sheet.rows]
    reader = _Reader(_known(rows, today), actor, made, _headings(sheet.heading))
    for number, cells in rows:
        reader.take(number, cells)
    return made


def _headings(heading: list[str]) -> dict[str, str]:
    return {column: text for text in heading if (column := named(text))}


def _columns(heading: list[str], made: Plan) -> dict[str, int]:
    """Find the place of each column; complain of one that stands twice, and of no addresses."""
    columns: dict[str, int] = {}
    for place, text in enumerate(heading):
        name = named(text)
        if name is None:
            made.unread += [text] if text else []
        elif name in columns:
            made.complaints.append(_sentence(1, text, _("it stands twice; keep one.")))
        else:
            columns[name] = place
    if "email" not in columns:
        made.complaints.append(_sentence(1, _label("email"), _("this column is missing.")))
    return columns


def _sentence(row: int, column: str, reason: str) -> str:
    place = {"row": row, "column": column, "reason": reason}
    return _("Row %(row)d, column “%(column)s”: %(reason)s") % place


def _cells(columns: dict[str, int], line: list[Any]) -> dict[str, str]:
    found = {name: line[place] for name, place in columns.items() if place < len(line)}
    parts = {name: tidy(str(cell).translate(UNSEEN)) for name, cell in found.items()}
    return dict.fromkeys(NAMES, "") | parts


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows may name, read at once."""

    today: date
    members: dict[str, Member]
    institutions: dict[str, Institution]
    workstreams: dict[str, Workstream]
    seats: set[tuple[int, int, str]]


def _known(rows: list[tuple[int, dict[str, str]]], today: date) -> _Known:
    asked = {cells["email"].lower() for _number, cells in rows}
    members = Member.objects.filter(email__in=asked).select_related("institution")
    held = Seat.objects.held_on(today).filter(member__email__in=asked)
    return _Known(
        today=today,
        members={one.email: one for one in members},
        institutions=Institution.objects.select_related("successor").in_bulk(field_name="code"),
        workstreams=Workstream.objects.in_bulk(field_name="code"),
        seats=set(held.values_list("member", "workstream", "kind")),
    )


class _Reader:
    """Takes one row after another, and remembers which addresses came."""

    def __init__(self, known: _Known, actor: Actor, made: Plan, headings: dict[str, str]) -> None:
        self._known, self._actor, self._made, self._headings = known, actor, made, headings
        self._first: dict[str, int] = {}
        self._readers: dict[str, Callable[[str], Any]] = {
            "email": address,
            "name": words(150),
            "role": _one_of(Role),
            "institution": self._institution,
            "language": _language,
            "workstream": self._workstream,
            "seat": _one_of(SeatKind),
        }

    def take(self, number: int, cells: dict[str, str]) -> None:
        """Plan one row, or complain of each of its cells that is wrong."""
        before = len(self._made.complaints)
        said = {name: self._read(number, name, part) for name, part in cells.items() if part}
        email = said.get("email")
        if not cells["email"]:
            self._complain(number, "email", _("it is missing; write it on this line."))
        elif email and self._first.setdefault(email, number) != number:
            sentence = _("it repeats line %(line)d; keep one.")
            self._complain(number, "email", sentence % {"line": self._first[email]})
        if len(self._made.complaints) > before:
            return
        member = self._known.members.get(str(email))
        made = self._invited(number, said) if member is None else self._kept(number, said, member)
        if len(self._made.complaints) > before:
            return
        if made.member is None or made.values or made.seat:
            self._made.planned.append(made)
        else:
            self._made.unchanged += 1

    def _complain(self, number: int, name: str, reason: str) -> None:
        heading = self._headings.get(name) or _label(name)
        self._made.complaints.append(_sentence(number, heading, reason))

    def _read(self, number: int, name: str, part: str) -> Any:
        try:
            if part.startswith("="):
                raise Unreadable(_("it holds a formula; write its value."))
            return self._readers[name](printable(part))
        except Unreadable as unreadable:
            self._complain(number, name, str(unreadable))
        return None

    def _institution(self, part: str) -> Institution:
        found = self._known.institutions.get(part.upper())
        if found is None:
            sentence = _(
                "no institution has the code %(part)s; correct it, or add the institution first."
            )
            raise Unreadable(sentence % {"part": quoted(part)})
        return found

    def _workstream(self, part: str) -> Workstream:
        found = self._known.workstreams.get(part.upper())
        if found is None:
            sentence = _(
                "no workstream has the code %(part)s; correct it, or add the workstream first."
            )
            raise Unreadable(sentence % {"part": quoted(part)})
        return found

    def _invited(self, number: int, said: dict[str, Any]) -> Planned:
        """Plan an invitation; who speaks for an institution must name it."""
        values: dict[str, Any] = {"role": Role.MEMBER, "institution": None, "language": "id"}
        values |= {name: said[name] for name in KEPT if name in said}
        if "name" not in values:
            self._complain(number, "name", _("it is missing; write it on this line."))
        if not permissions.may_invite(self._actor, values["role"]):
            roles = ", ".join(str(one.label) for one in Role if one in INVITED_BY_SECRETARIAT)
            sentence = _(
                "%(role)s is a role only an admin gives; invite them as one of: %(roles)s."
            )
            shown = {"role": values["role"].label, "roles": roles}
            self._complain(number, "role", sentence % shown)
        if values["institution"] is not None:
            self._check_exists(number, values["institution"])
        elif values["role"] == Role.MEMBER:
            sentence = _("a member speaks for an institution; write its code.")
            self._complain(number, "institution", sentence)
        seat = self._seat(number, said, None)
        return Planned(number, said["email"], values, seat=seat)

    def _kept(self, number: int, said: dict[str, Any], member: Member) -> Planned:
        """Plan what changes of somebody known."""
        was = {name: getattr(member, name) for name in KEPT}
        values = {name: said[name] for name in KEPT if name in said and said[name] != was[name]}
        if not member.is_active:
            sentence = _("this account is closed; open it on its page, or leave this line out.")
            self._complain(number, "email", sentence)
        if "role" in values:
            self._check_role(number, member)
        if values.keys() - {"role"} and not permissions.may_invite(self._actor, Role(member.role)):
            sentence = _("%(name)s is %(role)s; only an admin changes this account.")
            shown = {"name": member.name, "role": member.get_role_display()}
            self._complain(number, "email", sentence % shown)
        if "institution" in values:
            self._check_exists(number, values["institution"])
        seat = self._seat(number, said, member)
        return Planned(number, member.email, values, was, member, seat)

    def _check_role(self, number: int, member: Member) -> None:
        if member.pk == self._actor.id:
            self._complain(number, "role", _("nobody changes their own role; leave it empty."))
        elif not permissions.may_change_role(self._actor, member.pk):
            sentence = _("%(name)s is %(role)s, and only an admin changes a role; leave it empty.")
            shown = {"name": member.name, "role": member.get_role_display()}
            self._complain(number, "role", sentence % shown)

    def _check_exists(self, number: int, institution: Institution) -> None:
        if institution.is_valid_on(self._known.today):
            return
        heir = institution.successor
        sentence = _("%(code)s does not exist today; write the code of another.")
        if heir is not None:
            sentence = _("%(code)s does not exist today; it became %(heir)s.")
        shown = {"code": institution.code, "heir": heir.code if heir else ""}
        self._complain(number, "institution", sentence % shown)

    def _seat(self, number: int, said: dict[str, Any], member: Member | None) -> SeatOf | None:
        """Plan a seat from today; one that is held already stays as it is."""
        missing = [name for name in ("workstream", "seat") if name not in said]
        if len(missing) == 1:
            sentence = _("workstream and seat go together; write both, or neither.")
            self._complain(number, missing[0], sentence)
        if missing:
            return None
        place, kind = said["workstream"], said["seat"]
        if member is not None and (member.pk, place.pk, kind) in self._known.seats:
            return None
        if not permissions.may_manage_seats(self._actor):
            sentence = _("seats are the secretariat's to give; leave it empty.")
            self._complain(number, "seat", sentence)
        return place, kind


def _one_of(kinds: type[Role] | type[SeatKind]) -> Callable[[str], Any]:
    """Read a word of a list, by its code or as it is called in either language."""

    def read(part: str) -> Any:
        found = spoken(kinds).get(part.casefold())
        if found is None:
            shown = {"part": quoted(part), "words": ", ".join(str(one.label) for one in kinds)}
            raise Unreadable(_("%(part)s is none of: %(words)s.") % shown)
        return found

    return read


def _language(part: str) -> str:
    found = LANGUAGES.get(part.casefold())
    if found is None:
        shown = {"part": quoted(part), "words": "id, en"}
        raise Unreadable(_("%(part)s is none of: %(words)s.") % shown)
    return found


def _label(name: str) -> str:
    """Name a column in the reader's language."""
    labels = {
        "email": _("e-mail"),
        "name": _("name"),
        "role": _("role"),
        "institution": _("institution"),
        "language": _("language"),
        "workstream": _("workstream"),
        "seat": _("seat"),
    }
    return labels[name]


def _worded(name: str, value: Any) -> str:
    """Write a value as a person reads it."""
    if value is None:
        return "—"
    if name == "role":
        return str(Role(value).label)
    if name == "language":
        return str(dict(Member._meta.get_field("language").flatchoices)[value])
    return value.code if isinstance(value, Institution) else str(value)
