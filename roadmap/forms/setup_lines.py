"""The first hour, many at once: what stands in each part of a line, and what it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from committee import parts
from committee.enums import CommitteeRole, InstitutionKind, Role
from committee.models import Institution, Member, Workstream
from committee.parts import Read, Unreadable, quoted
from committee.rules.permissions import INVITED_BY_SECRETARIAT
from roadmap.forms import pasted
from roadmap.forms.pasted import Column
from roadmap.forms.people import possible_owners
from roadmap.forms.saved import SavedForm, TextField
from roadmap.forms.setup import INVITED, possible_leads
from roadmap.services.setup import action_key

MOST_COMPLAINTS = 20
LONGEST_PASTE = 100_000


class PasteForm(SavedForm):
    """Many lines at once: all of them, or none and a complaint about each that is wrong."""

    text = TextField(label=_("Lines"), rows=10, max_length=LONGEST_PASTE, strip=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs |= {"wrap": "off", "spellcheck": "false"}
        self.institutions = Institution.objects.all()

    def offer_valid(self, today: date) -> None:
        """Know, for something new, only the institutions that exist today."""
        self.institutions = Institution.objects.valid_on(today)

    @cached_property
    def columns(self) -> list[Column]:
        """Name the parts of a line, each with what reads it."""
        raise NotImplementedError

    def known_institution(self) -> Read:
        sentence = _(
            "no institution has the code %(part)s; correct it, or add the institution first."
        )
        return known(self.institutions.in_bulk(field_name="code"), sentence)

    def key(self, values: dict[str, Any]) -> Any:
        """Say what may stand only once, by default the first part; None where it is unreadable."""
        return values.get(self.columns[0].name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "text" in cleaned:
            found = pasted.read(cleaned["text"], self.columns, self.key)
            cleaned["lines"] = [line.values for line in found.lines]
            self._complain(found.complaints)
        return cleaned

    def _complain(self, complaints: list[str]) -> None:
        for one in complaints[:MOST_COMPLAINTS]:
            self.add_error(None, one)
        if number := len(complaints):
            self.add_error("text", self._summary(number))

    def _summary(self, number: int) -> str:
        if number > MOST_COMPLAINTS:
            sentence = gettext("%(number)d things are wrong; the first %(most)d are named by line.")
            return sentence % {"number": number, "most": MOST_COMPLAINTS}
        sentence = ngettext(
            "%(number)d thing is wrong; it is named by line.",
            "%(number)d things are wrong; each is named by line.",
            number,
        )
        return sentence % {"number": number}


class InstitutionsForm(PasteForm):
    @cached_property
    def columns(self) -> list[Column]:
        heads = ("kode", "code"), ("nama", "name", "nama indonesia", "nama (indonesia)")
        kinds, roles = InstitutionKind, CommitteeRole
        return [
            Column("code", _("code"), parts.code(30), heads[0], gettext("such as BI"), True),
            Column("title", _("name"), parts.words(300), heads[1], gettext("in Indonesian"), True),
            Column("title_en", _("English name"), parts.words(300)),
            Column(
                "kind",
                _("kind"),
                parts.one_of(kinds, kinds.OTHER),
                hint=listed(kinds, kinds.OTHER),
            ),
            Column(
                "committee_role",
                _("role in the committee"),
                parts.one_of(roles, roles.NONE),
                hint=listed(roles, roles.NONE),
            ),
        ]


class MembersForm(PasteForm):
    @cached_property
    def columns(self) -> list[Column]:
        heads = ("nama", "name", "nama lengkap"), ("surel", "email", "e-mail", "alamat surel")
        named = gettext("its code; it must be known already")
        return [
            Column("name", _("name"), parts.words(150), heads[0], is_required=True),
            Column("email", _("e-mail"), parts.address, heads[1], is_required=True),
            Column("institution", _("institution"), self.known_institution(), hint=named),
            Column("role", _("role"), invited_role, hint=listed(INVITED, Role.MEMBER)),
        ]

    def key(self, values: dict[str, Any]) -> Any:
        return values.get("email")


class WorkstreamsForm(PasteForm):
    @cached_property
    def columns(self) -> list[Column]:
        heads = ("kode", "code", "pilar"), ("nama", "name", "judul", "title")
        lead = gettext("somebody invited already, by their address")
        named = gettext("its code; it must be known already")
        return [
            Column("code", _("code"), parts.code(10), heads[0], gettext("such as LOG"), True),
            Column("title", _("name"), parts.words(300), heads[1], gettext("in Indonesian"), True),
            Column("title_en", _("English name"), parts.words(300)),
            Column(
                "lead_institution",
                _("lead institution"),
                self.known_institution(),
                hint=named,
            ),
            Column("lead", _("coordinator's e-mail"), known_lead(), hint=lead),
        ]


class ActionsForm(PasteForm):
    @cached_property
    def columns(self) -> list[Column]:
        heads = ("pilar", "workstream", "kode"), ("judul", "title", "rencana aksi")
        owner = gettext("somebody invited already, by their address")
        days = gettext("2026-12-31, 31/12/2026 or 31 Desember 2026")
        place = gettext("its code; it must be known already")
        return [
            Column("workstream", _("workstream"), known_workstream(), heads[0], place, True),
            Column("title", _("title"), parts.words(300), heads[1], gettext("in Indonesian"), True),
            Column("owner", _("owner's e-mail"), known_owner(), hint=owner),
            Column("due_date", _("due date"), pasted.day, hint=days),
        ]

    def key(self, values: dict[str, Any]) -> Any:
        return action_key(values) if {"workstream", "title"} <= values.keys() else None


def listed(choices: Sequence[Any] | type[TextChoices], blank: TextChoices | None = None) -> str:
    """Name the words that may stand in a part, and what it means to leave it empty."""
    words = ", ".join(str(one.label) for one in choices)
    if blank is None:
        return words
    return gettext("%(words)s; empty means: %(word)s") % {"words": words, "word": blank.label}


def known(rows: dict[str, Any], sentence: Any, *, is_code: bool = True) -> Read:
    """Read the name of something that must be there already; empty means none."""

    def read_known(part: str) -> Any:
        if not part:
            return None
        found = rows.get(part.upper() if is_code else part.lower())
        if found is None:
            raise Unreadable(sentence % {"part": quoted(part)})
        return found

    return read_known


def known_workstream() -> Read:
    sentence = _("no workstream has the code %(part)s; correct it, or add the workstream first.")
    return known(Workstream.objects.in_bulk(field_name="code"), sentence)


def known_lead() -> Read:
    sentence = _(
        "%(part)s is nobody who may lead; invite them as a member first, or leave this empty."
    )
    return known(_by_address(possible_leads()), sentence, is_code=False)


def known_owner() -> Read:
    sentence = _(
        "%(part)s is nobody who may own an action; invite them as a member first,"
        " or leave this empty."
    )
    return known(_by_address(possible_owners()), sentence, is_code=False)


def _by_address(people: QuerySet[Member]) -> dict[str, Any]:
    return {one.email: one for one in people}


def invited_role(part: str) -> Any:
    """Read a role the secretariat may give; empty means member."""
    role = parts.one_of(Role, Role.MEMBER)(part)
    if role not in INVITED_BY_SECRETARIAT:
        sentence = gettext(
            "%(role)s is a role only an admin gives; invite them as one of: %(roles)s."
        )
        raise Unreadable(sentence % {"role": role.label, "roles": listed(INVITED)})
    return role
