"""What the secretariat and leads write about figures: a new one, a corrected one, what it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from committee.models import Workstream
from roadmap.forms.codes import ActionsField, CodeField, IndicatorsField, codes_of
from roadmap.forms.evidence import WebAddressField
from roadmap.forms.saved import DayField, ManyField, SavedForm, TextField, fresh
from roadmap.templatetags.roadmap import number
from umkm.enums import Confidence, Direction, Fault, Measure, Notation, ObservationKind, Part
from umkm.models import Challenge, Indicator, Initiative, Observation, Series
from umkm.provinces import PROVINCES
from umkm.rules import numbers
from umkm.rules.cells import LONGEST_ADDRESS, LONGEST_SOURCE, quoted
from umkm.rules.entries import Stated
from umkm.rules.numbers import Unreadable
from umkm.rules.periods import Period
from umkm.rules.refusals import say
from umkm.services.figures import IndicatorLinks

INDICATOR_FIELDS = (
    *("title", "title_en", "unit", "unit_en", "workstream", "direction", "measure"),
    *("headline_order", "what", "what_en", "differs", "differs_en"),
)
SERIES_FIELDS = ("title", "title_en", "definition", "definition_en", "order")
MOST_ORDER = 1000


class FigureForm(SavedForm):
    """One figure with its source; how its number is written is asked, never guessed."""

    series = forms.ModelChoiceField(
        label=_("Series"),
        queryset=Series.objects.none(),
        empty_label=None,
        help_text=_("One counter, one definition. Another way of counting is another series."),
    )
    year = forms.IntegerField(label=_("Year"), min_value=0, max_value=9999)
    part = forms.ChoiceField(label=_("Period"), choices=Part.choices, initial=Part.YEAR)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=ObservationKind.choices, initial=ObservationKind.ACTUAL
    )
    value = forms.CharField(label=_("Value"), max_length=40)
    notation = forms.ChoiceField(
        label=_("How the number is written"),
        choices=Notation.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text=_("Only needed where the number has a point or a comma."),
    )
    region = forms.ChoiceField(label=_("Province"), required=False)
    citation = forms.CharField(label=_("Source"), max_length=LONGEST_SOURCE)
    url = WebAddressField(
        label=_("Web address of the source"),
        max_length=LONGEST_ADDRESS,
        required=False,
        assume_scheme="https",
    )
    confidence = forms.ChoiceField(label=_("Confidence"), choices=Confidence.choices)
    known_from = DayField(
        label=_("Known from"), required=False, help_text=_("Left empty: from today.")
    )

    def offer(self, indicator: Indicator) -> None:
        """Offer the series of an indicator, and the provinces in the reader's language."""
        series = self.fields["series"]
        assert isinstance(series, forms.ModelChoiceField)
        series.queryset = indicator.series.order_by("order", "pk")
        series.label_from_instance = lambda one: one.local_title or one.code  # type: ignore
        region = self.fields["region"]
        assert isinstance(region, forms.ChoiceField)
        named = [(one.code, f"{one.local_title} ({one.code})") for one in PROVINCES.values()]
        region.choices = [("", _("the whole country")), *named]
        self.fields["value"].help_text = indicator.local_unit

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "value" in cleaned and "notation" in cleaned:
            chosen = Notation(cleaned["notation"]) if cleaned["notation"] else None
            try:
                cleaned["number"] = numbers.read(cleaned["value"], chosen)
            except Unreadable as bad:
                words = {"cell": quoted(cleaned["value"])} | bad.words
                is_asked = bad.fault is Fault.WHICH_NOTATION
                self.add_error("notation" if is_asked else "value", say(bad.fault, words))
        return cleaned


class CorrectForm(FigureForm):
    """A figure in the place of another, which stays in the history with the reason."""

    why = TextField(
        label=_("Why it is corrected"),
        rows=2,
        help_text=_("The old figure stays in the history, with this reason."),
    )

    def offer(self, indicator: Indicator) -> None:
        super().offer(indicator)
        # A figure stays in its line; and a correction is known from the day it is made.
        del self.fields["series"], self.fields["known_from"]


class WithdrawForm(SavedForm):
    """Taking a figure off the pages."""

    why = TextField(label=_("Why it is withdrawn"), rows=2)


class IndicatorForm(SavedForm):
    """What an indicator is."""

    title = forms.CharField(label=_("Title (Indonesian)"), max_length=300)
    title_en = forms.CharField(label=_("Title (English)"), max_length=300, required=False)
    unit = forms.CharField(label=_("Unit (Indonesian)"), max_length=40)
    unit_en = forms.CharField(label=_("Unit (English)"), max_length=40, required=False)
    workstream = forms.ModelChoiceField(
        label=_("Workstream"),
        queryset=Workstream.objects.order_by("order"),
        required=False,
        empty_label=_("the whole roadmap"),
        help_text=_("Its lead enters figures too."),
    )
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=Direction.choices,
        initial=Direction.NEITHER,
        help_text=_("Until somebody says which way is better, no target is judged."),
    )
    measure = forms.ChoiceField(
        label=_("Kind of number"), choices=Measure.choices, initial=Measure.RATE
    )
    headline_order = forms.IntegerField(
        label=_("Place among the headlines"), min_value=1, max_value=MOST_ORDER, required=False
    )
    what = TextField(label=_("What it measures (Indonesian)"), rows=2, required=False)
    what_en = TextField(label=_("What it measures (English)"), rows=2, required=False)
    differs = TextField(label=_("Why figures differ (Indonesian)"), rows=2, required=False)
    differs_en = TextField(label=_("Why figures differ (English)"), rows=2, required=False)


class NewIndicatorForm(IndicatorForm):
    code = CodeField(40)
    field_order = ("code",)


class SeriesForm(SavedForm):
    """One counter, one definition."""

    title = forms.CharField(label=_("Name (Indonesian)"), max_length=300)
    title_en = forms.CharField(label=_("Name (English)"), max_length=300, required=False)
    definition = TextField(label=_("Definition (Indonesian)"), rows=2, required=False)
    definition_en = TextField(label=_("Definition (English)"), rows=2, required=False)
    order = forms.IntegerField(
        label=_("Order among the series"), min_value=0, max_value=MOST_ORDER, initial=1
    )


class NewSeriesForm(SeriesForm):
    code = CodeField(30)
    field_order = ("code",)


class IndicatorLinksForm(SavedForm):
    """What an indicator tells of, what is to move it, and what to read beside it."""

    challenges = ManyField(
        label=_("Challenges it tells of"),
        queryset=Challenge.objects.order_by("pk"),
        required=False,
    )
    initiatives = ManyField(
        label=_("Initiatives it tells of"),
        queryset=Initiative.objects.order_by("code"),
        required=False,
    )
    actions = ActionsField(
        label=_("Actions meant to move it"),
        required=False,
        help_text=_("Codes of actions, such as CYB-01, LOG-04. Each one's history tells of it."),
    )
    beside = IndicatorsField(label=_("Other definitions, to be read beside it"), required=False)

    def stands(self, current: Any, bound: forms.BoundField) -> str | None:
        if bound.name in ("actions", "beside"):
            return codes_of(getattr(current, bound.name).all()) or "—"
        return super().stands(current, bound)


def stated_of(cleaned: Mapping[str, Any]) -> Stated:
    """Read a figure out of a valid form."""
    return Stated(
        period=Period(cleaned["year"], cleaned["part"]),
        kind=ObservationKind(cleaned["kind"]),
        value=cleaned["number"],
        citation=cleaned["citation"],
        confidence=Confidence(cleaned["confidence"]),
        region=cleaned["region"],
        url=cleaned["url"],
        known_from=cleaned.get("known_from"),
    )


def values_of(figure: Observation) -> dict[str, Any]:
    """Give the first values of the form that corrects a figure, written as its reader writes."""
    notation = Notation.POINT if get_language() == "en" else Notation.COMMA
    return fresh(
        year=figure.year,
        part=figure.part,
        kind=figure.kind,
        value=number(figure.value),
        notation=notation,
        region=figure.region,
        citation=figure.source.citation,
        url=figure.source.url,
        confidence=figure.confidence,
    )


def described(thing: Indicator | Series) -> dict[str, Any]:
    """Give the first values of the form that edits what is written about one of them."""
    names = INDICATOR_FIELDS if isinstance(thing, Indicator) else SERIES_FIELDS
    return fresh(version=thing.version, **{name: getattr(thing, name) for name in names})


def linked(indicator: Indicator) -> dict[str, Any]:
    """Give the first values of the form of an indicator's links."""
    return fresh(
        version=indicator.version,
        challenges=list(indicator.challenges.all()),
        initiatives=list(indicator.initiatives.all()),
        actions=codes_of(indicator.actions.all()),
        beside=codes_of(indicator.beside.all()),
    )


def links_of(cleaned: Mapping[str, Any]) -> IndicatorLinks:
    return IndicatorLinks(cleaned["challenges"], cleaned["initiatives"], cleaned["beside"])
