"""The words of measurement."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ObservationKind(TextChoices):
    BASELINE = "baseline", _("Baseline")
    TARGET = "target", _("Target")
    ACTUAL = "actual", _("Actual")


class Confidence(TextChoices):
    """How sure a sourced fact is; the meanings stand in roadmap/seed/data/README.md."""

    HIGH = "high", _("High confidence")
    MEDIUM = "medium", _("Medium confidence")
    LOW = "low", _("Low confidence")


class Direction(TextChoices):
    """Which way an indicator is meant to go; until somebody says so, no target is judged."""

    HIGHER = "higher", _("Higher is better")
    LOWER = "lower", _("Lower is better")
    NEITHER = "neither", _("Neither higher nor lower is better")


class Measure(TextChoices):
    """What kind of number an indicator is: whether it adds up, and over what."""

    STOCK = "stock", _("State at the end of the period")
    FLOW = "flow", _("Total over the period")
    CUMULATIVE = "cumulative", _("Running total since the start")
    RATE = "rate", _("Share, price or score")
    RANK = "rank", _("Rank")


ADDITIVE = frozenset({Measure.STOCK, Measure.FLOW, Measure.CUMULATIVE})


class Part(TextChoices):
    """The part of a year that a figure covers."""

    YEAR = "Y", _("Whole year")
    H1 = "H1", _("First half")
    H2 = "H2", _("Second half")
    Q1 = "Q1", _("First quarter")
    Q2 = "Q2", _("Second quarter")
    Q3 = "Q3", _("Third quarter")
    Q4 = "Q4", _("Fourth quarter")
    M01 = "M01", _("January")
    M02 = "M02", _("February")
    M03 = "M03", _("March")
    M04 = "M04", _("April")
    M05 = "M05", _("May")
    M06 = "M06", _("June")
    M07 = "M07", _("July")
    M08 = "M08", _("August")
    M09 = "M09", _("September")
    M10 = "M10", _("October")
    M11 = "M11", _("November")
    M12 = "M12", _("December")


class Verdict(TextChoices):
    """What can honestly be said of a target."""

    REACHED = "reached", pgettext_lazy("target", "Reached")
    MISSED = "missed", pgettext_lazy("target", "Missed")
    OPEN = "open", pgettext_lazy("target", "Still open")
    UNMEASURED = "unmeasured", _("No measurement")
    INCOMPARABLE = "incomparable", _("Not comparable")


class Why(TextChoices):
    """Why a target could not be judged."""

    NEVER_MEASURED = "never_measured", _("Nothing was ever measured on the same definition.")
    NO_DIRECTION = "no_direction", _("Nobody has said whether higher or lower is better.")
    OTHER_PERIODS = "other_periods", _("What was measured covers periods of another length.")
    NOT_FOR_PERIOD = "not_for_period", _("Nothing was measured for the target's period.")


class Notation(TextChoices):
    """How a file writes numbers; only the person who brings it knows."""

    COMMA = "comma", _("1.234,5: point for thousands, comma for decimals")
    POINT = "point", _("1,234.5: comma for thousands, point for decimals")


class Fault(TextChoices):
    """What is wrong with a figure or with a cell; each sentence says what to do."""

    MISSING = "missing", _("It is empty; write it.")
    YEAR = "year", _("%(cell)s is no year from 1945 to 2100.")
    PERIOD = (
        "period",
        _("%(cell)s is no period; leave it empty for a whole year, or write H1, Q3 or M07."),
    )
    FUTURE = "future", _("This period has not begun; only a target can lie ahead.")
    NUMBER = "number", _("%(cell)s is not a number.")
    WHICH_NOTATION = (
        "which_notation",
        _("%(cell)s can be read in two ways; choose how this file writes numbers."),
    )
    OTHER_NOTATION = "other_notation", _("%(cell)s is not written as chosen: %(notation)s.")
    TOO_EXACT = "too_exact", _("%(cell)s has more than four decimals; round it.")
    TOO_LARGE = "too_large", _("%(cell)s is too large; is the unit right?")
    NO_RANK = "no_rank", _("%(cell)s is no rank; a rank is a whole number from 1.")
    KIND = "kind", _("%(cell)s is none of: %(words)s.")
    CONFIDENCE = "confidence", _("%(cell)s is none of: %(words)s.")
    INDICATOR = "indicator", _("There is no indicator %(cell)s.")
    SERIES = "series", _("The indicator has no series %(cell)s; it has: %(words)s.")
    UNIT = "unit", _("%(cell)s is not the unit of this indicator: %(words)s.")
    REGION = "region", _("%(cell)s is no province; write its BPS code, such as 32 for Jawa Barat.")
    DAY = "day", _("%(cell)s is no day; write it as 2018-12-31.")
    NOT_KNOWN_YET = "not_known_yet", _("A figure cannot be known from a day to come.")
    TOO_LONG = "too_long", _("It is longer than %(most)s characters; shorten it.")
    CONTROL = "control", _("It holds a control character; write it anew.")
    ADDRESS = "address", _("%(cell)s is no web address; it begins with https://.")
    FORMULA = "formula", _("It holds a formula; paste its value instead.")
    ELSEWHERE = (
        "elsewhere",
        _("Only the secretariat and the lead of its workstream enter this indicator's figures."),
    )
    TOO_MANY_CELLS = (
        "too_many_cells",
        _("The row goes on past the heading; put a number with a comma in quotation marks."),
    )
    COLUMN_UNKNOWN = "column_unknown", _("No such column is read; take it out or rename it.")
    COLUMN_MISSING = "column_missing", _("The column is missing.")
    COLUMN_TWICE = "column_twice", _("The column is there twice.")
    TWICE = "twice", _("The same figure already stands on row %(row)s.")
    STANDS = (
        "stands",
        _("A figure stands here already: %(words)s. Correct it there, or choose another series."),
    )
    STOOD = (
        "stood",
        _("Another figure stood here until %(cell)s; this one is known from then at the earliest."),
    )
    SAME = "same", _("That is the figure as it stands; nothing would change.")
    NO_REASON = "no_reason", _("Say why.")
    CODE_TAKEN = "code_taken", _("This code is taken.")
    UNIT_IN_USE = (
        "unit_in_use",
        _("Figures stand in this unit; make another indicator for another unit."),
    )
