"""What is written into a meeting: its agenda, its attendance, and corrections of its minutes.

Every form of a meeting is made on top of the whole meeting's version: what somebody else saved
meanwhile is shown beside what was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from committee.enums import AdviceAnswer, MinutesPart, Presence
from committee.models import AgendaItem, Institution, Meeting, Member
from roadmap.forms.saved import Compared, DayField, SavedForm, TextField, fresh
from roadmap.selectors import passages
from roadmap.selectors.meetings import Seated
from roadmap.selectors.passages import Passage
from roadmap.selectors.proposals import Group
from roadmap.services.meetings import AgendaDraft, MeetingDraft, Sitting

LONGEST_MINUTES = 20_000


class MeetingForm(SavedForm):
    """When and where a meeting is held."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=9999)
    date = DayField(label=_("Date"))
    place = forms.CharField(label=_("Place"), max_length=200)


def meeting_draft(cleaned: Mapping[str, Any]) -> MeetingDraft:
    return MeetingDraft(cleaned["number"], cleaned["date"], cleaned["place"])


def meeting_values(meeting: Meeting) -> dict[str, Any]:
    """Give the first values of the form that edits a meeting."""
    named = {"number": meeting.number, "date": meeting.date, "place": meeting.place}
    return fresh(version=meeting.version, **named)


class StatusForm(SavedForm):
    """Opening or closing: nothing to fill in, but somebody may have come first."""

    aim = ""

    def compare(self, current: Meeting) -> list[Compared]:
        return [Compared(gettext("Status"), str(current.get_status_display()), self.aim)]


class AgendaForm(SavedForm):
    """A point of the agenda; `item` is the one that is edited."""

    title = forms.CharField(label=_("Point"), max_length=300)
    presenter = forms.CharField(
        label=_("Presenter"),
        max_length=150,
        required=False,
        help_text=_("Who opens this point, as the invitation names them."),
    )
    minutes = TextField(
        label=_("Minutes"),
        rows=8,
        max_length=LONGEST_MINUTES,
        required=False,
        help_text=_("What was said; decisions are written down as records of their own."),
    )
    order = forms.IntegerField(
        label=_("Place on the agenda"),
        min_value=1,
        max_value=999,
        help_text=_("The points below it move down."),
    )

    item: AgendaItem | None = None

    def compare(self, current: Meeting) -> list[Compared]:
        """Show the point as it now stands; for a new one, the agenda as it now stands."""
        if self.item is None:
            return [_agenda_now(current, self.cleaned_data["title"])]
        now = current.agenda.filter(pk=self.item.pk).first()
        return super().compare(now if now is not None else AgendaItem())


class RemoveForm(SavedForm):
    """Taking a point off the agenda."""

    item: AgendaItem | None = None

    def compare(self, current: Meeting) -> list[Compared]:
        return [_agenda_now(current, gettext("without “%(point)s”") % {"point": self.item})]


def _agenda_now(meeting: Meeting, typed: str) -> Compared:
    titles = [f"{item.order}. {item.title}" for item in meeting.agenda.order_by("order", "pk")]
    return Compared(gettext("Agenda"), "; ".join(titles) or "—", typed)


def agenda_draft(cleaned: Mapping[str, Any]) -> AgendaDraft:
    names = ("title", "order", "presenter", "minutes")
    return AgendaDraft(**{name: cleaned[name] for name in names})


def agenda_values(meeting: Meeting, item: AgendaItem | None = None) -> dict[str, Any]:
    """Give the first values of a point's form; a new one goes to the end."""
    if item is None:
        return fresh(version=meeting.version, order=meeting.agenda.count() + 1)
    named = {"title": item.title, "presenter": item.presenter, "minutes": item.minutes}
    return fresh(version=meeting.version, order=item.order, **named)


class ProposalsForm(SavedForm):
    """Several proposed points, taken onto the agenda at once."""

    about = forms.MultipleChoiceField(
        label=_("Points"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one point."),
            "invalid_choice": _("One of these is settled or on the agenda by now."),
        },
    )

    groups: list[Group]

    def offer(self, groups: list[Group], others: Iterable[Group] = ()) -> None:
        """Offer the proposals shown, and accept `others`, which were shown before."""
        self.groups = groups
        field = self.fields["about"]
        assert isinstance(field, forms.MultipleChoiceField)
        known = [one for group in (*groups, *others) for one in group.proposals]
        field.choices = [(one.about, one.title) for one in known]

    @property
    def ticked(self) -> set[str]:
        return set(self["about"].value() or ())

    def compare(self, current: Meeting) -> list[Compared]:
        field = self.fields["about"]
        assert isinstance(field, forms.MultipleChoiceField)
        names = dict(field.choices)  # type: ignore[arg-type]  # as offer() set them
        typed = [str(names[about]) for about in self.cleaned_data["about"]]
        return [_agenda_now(current, "; ".join(typed))]


@dataclass(frozen=True, slots=True)
class Row:
    """An institution's line of the attendance form."""

    institution: Institution
    presence: forms.BoundField
    people: forms.BoundField


class AttendanceForm(SavedForm):
    """Every institution of the committee on one page."""

    seats: list[Seated]

    def offer(self, seats: list[Seated]) -> None:
        """Make a line of fields for each institution."""
        self.seats = seats
        for seat in seats:
            pk, name = seat.institution.pk, seat.institution.local_title
            self.fields[f"presence_{pk}"] = forms.ChoiceField(
                label=": ".join([name, gettext("Presence")]),
                choices=[("", _("not recorded")), *Presence.choices],
                required=False,
                initial=seat.presence,
            )
            self.fields[f"people_{pk}"] = forms.CharField(
                label=": ".join([name, gettext("Represented by")]),
                max_length=300,
                required=False,
                initial=seat.people,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for seat in self.seats:
            pk = seat.institution.pk
            if cleaned.get(f"people_{pk}") and not cleaned.get(f"presence_{pk}"):
                self.add_error(f"presence_{pk}", _("Say whether they were present."))
        return cleaned

    def rows(self) -> list[Row]:
        return [
            Row(seat.institution, self[f"presence_{pk}"], self[f"people_{pk}"])
            for seat in self.seats
            for pk in [seat.institution.pk]
        ]

    def sittings(self) -> list[Sitting]:
        """Read the attendance out of the valid form."""
        cleaned = self.cleaned_data
        return [
            Sitting(seat.institution, cleaned[f"presence_{pk}"], cleaned[f"people_{pk}"])
            for seat in self.seats
            for pk in [seat.institution.pk]
        ]

    def compare(self, current: Meeting) -> list[Compared]:
        """Show the institutions whose attendance differs; if none does, the first."""
        records = {one.institution_id: one for one in current.attendance.all()}
        rows = [
            Compared(one.institution.local_title, _seated(records.get(one.institution.pk)), typed)
            for one in self.sittings()
            for typed in [_seated(one if one.presence else None)]
        ]
        return [row for row in rows if row.differs] or rows[:1]


def _seated(record: Any) -> str:
    text = passages.attended(record.presence, record.people) if record else ""
    return passages.words(MinutesPart.ATTENDANCE, text)


class CorrectionForm(SavedForm):
    """A correction of one passage; the kind of passage decides what can be typed."""

    what = forms.CharField(widget=forms.HiddenInput, max_length=40)
    new: forms.Field = TextField(label=_("What is right"), rows=8, max_length=LONGEST_MINUTES)
    reason = TextField(label=_("Reason"), rows=2)
    field_order = ("what", "new", "presence", "people", "institution", "responsible", "reason")

    def text(self) -> str:
        """Give what is right, as corrections keep it."""
        return str(self.cleaned_data["new"])

    def compare(self, current: Passage) -> list[Compared]:
        typed = passages.words(current.part, self.text())
        return [Compared(current.label, current.words, typed)]


class DateCorrectionForm(CorrectionForm):
    new = DayField(label=_("What is right"))

    def text(self) -> str:
        return str(self.cleaned_data["new"].isoformat())


class LineCorrectionForm(CorrectionForm):
    new = forms.CharField(label=_("What is right"), max_length=300)


class AttendanceCorrectionForm(CorrectionForm):
    new = None  # type: ignore[assignment]  # Django's way to leave a field out
    presence = forms.ChoiceField(label=_("Presence"), choices=Presence.choices)
    people = forms.CharField(label=_("Represented by"), max_length=300, required=False)

    def text(self) -> str:
        return passages.attended(self.cleaned_data["presence"], self.cleaned_data["people"])


class CarrierCorrectionForm(CorrectionForm):
    """Who carries a decision out; also somebody who has left since."""

    new = None  # type: ignore[assignment]  # Django's way to leave a field out
    institution = forms.ModelChoiceField(
        label=_("Carried out by (institution)"),
        queryset=Institution.objects.order_by("code"),
        required=False,
        empty_label=_("none named"),
        error_messages={"invalid_choice": _("Choose an institution from the list.")},
    )
    responsible = forms.ModelChoiceField(
        label=_("Carried out by (person)"),
        queryset=Member.objects.order_by("name", "pk"),
        required=False,
        empty_label=_("nobody named"),
        error_messages={"invalid_choice": _("Choose a person from the list.")},
    )

    def text(self) -> str:
        chosen = [self.cleaned_data[name] for name in ("institution", "responsible")]
        return passages.carried(*(one.pk if one else None for one in chosen))


class DueCorrectionForm(DateCorrectionForm):
    new = DayField(
        label=_("What is right"),
        required=False,
        help_text=_("Leave it empty where no day was set."),
    )

    def text(self) -> str:
        return super().text() if self.cleaned_data["new"] else ""


class AnswerCorrectionForm(CorrectionForm):
    new = forms.ChoiceField(
        label=_("What is right"), choices=AdviceAnswer.choices, widget=forms.RadioSelect
    )


CORRECTIONS = {
    MinutesPart.DATE: DateCorrectionForm,
    MinutesPart.PLACE: LineCorrectionForm,
    MinutesPart.AGENDA: LineCorrectionForm,
    MinutesPart.ATTENDANCE: AttendanceCorrectionForm,
    MinutesPart.CARRIED_BY: CarrierCorrectionForm,
    MinutesPart.BY_WHEN: DueCorrectionForm,
    MinutesPart.ANSWER: AnswerCorrectionForm,
}


def correction_form(passage: Passage) -> type[CorrectionForm]:
    """Name the form that corrects a passage."""
    return CORRECTIONS.get(passage.part, CorrectionForm)


def correction_values(passage: Passage) -> dict[str, Any]:
    """Give the first values: what stands now, to be mended."""
    presence, _colon, people = passage.text.partition(":")
    values: dict[str, Any] = {"new": passage.text}
    if passage.part == MinutesPart.ATTENDANCE:
        values = {"presence": presence, "people": people}
    if passage.part == MinutesPart.CARRIED_BY:
        institution, person = passages.carriers(passage.text)
        values = {"institution": institution, "responsible": person}
    return fresh(version=passage.version, what=passage.what, **values)
