"""The numbers a monitor collects, as text in Prometheus' own format: counts and ages, no names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Case, Count, DurationField, ExpressionWrapper, F, Sum, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from committee.enums import LetterState
from committee.models import Heartbeat, Letter, LetterAttempt
from roadmap.selectors import mail_health, reconciliation

# Lags are of letters sent lately: a bad night of last year is no news.
LATELY = timedelta(days=7)
QUANTILES = (0.5, 0.95, 0.99)
WHY_FAILED = ("permanent", "expired", "poison", "in doubt")
Sample = tuple[str, float]


def text() -> str:
    """Write every number, each name with its type: about ten queries, on any database."""
    return "".join(_lines())


def _lines() -> Iterator[str]:
    now, beats = timezone.now(), {beat.name: beat for beat in Heartbeat.objects.order_by("name")}
    yield from _metric("mail_rows", "gauge", _rows())
    yield from _metric("mail_oldest_due_seconds", "gauge", [("", _oldest(now))])
    yield from _metric("mail_lag_seconds", "summary", _lag())
    doubts = Letter.objects.aggregate(n=Sum("in_doubt"))["n"] or 0
    yield from _metric("mail_in_doubt_total", "counter", [("", doubts)])
    yield from _metric("mail_failed_total", "counter", _failed())
    yield from _metric("mail_attempt_seconds", "summary", _attempts())
    ages = [(f'{{name="{name}"}}', _since(beat.at, now)) for name, beat in beats.items()]
    yield from _metric("heartbeat_age_seconds", "gauge", ages)
    night = beats.get(reconciliation.NAME)
    if night is not None and (line := reconciliation.read(night.note)):
        yield from _metric("reminder_missing", "gauge", [("", line.missing)])


def _metric(name: str, kind: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# TYPE {name} {kind}\n"
    for suffix, value in samples:
        yield f"{name}{suffix} {round(value, 6):g}\n"


def _rows() -> list[Sample]:
    counts = mail_health.counts()
    return [(f'{{state="{state}"}}', counts[state]) for state in LetterState.values]


def _oldest(now: datetime) -> float:
    since = mail_health.due().values_list("not_before", flat=True).first()
    return _since(since, now) if since else 0


def _since(moment: datetime, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds())


def _lag() -> Iterator[Sample]:
    """Give how late letters left: the rank of each quantile, read from the sorted lags."""
    late = ExpressionWrapper(F("sent_at") - F("not_before"), output_field=DurationField())
    sent = Letter.objects.filter(state=LetterState.SENT, sent_at__gte=Now() - LATELY)
    lags = sent.annotate(lag=late).order_by("lag").values_list("lag", flat=True)
    total = sent.aggregate(n=Count("pk"), sum=Sum(late))
    for quantile in QUANTILES if total["n"] else ():
        place = min(int(total["n"] * quantile), total["n"] - 1)
        yield f'{{quantile="{quantile}"}}', max(0.0, lags[place].total_seconds())
    yield "_sum", max(0.0, (total["sum"] or timedelta(0)).total_seconds())
    yield "_count", total["n"]


def _failed() -> list[Sample]:
    """Count what failed by why: what the mail server said is left out, it names people."""
    cases = [When(last_error__startswith=why, then=Value(why)) for why in WHY_FAILED]
    failed = Letter.objects.filter(state=LetterState.FAILED).order_by()
    rows = failed.annotate(why=Case(*cases, default=Value("other"))).values("why")
    found = {row["why"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    return [(f'{{reason="{why}"}}', found.get(why, 0)) for why in (*WHY_FAILED, "other")]


def _attempts() -> list[Sample]:
    took = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    total = LetterAttempt.objects.aggregate(n=Count("pk"), sum=Sum(took))
    seconds = (total["sum"] or timedelta(0)).total_seconds()
    return [("_sum", seconds), ("_count", total["n"])]
