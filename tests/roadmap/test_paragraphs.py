"""The paragraph to paste: what it says in either language, and what it never says."""

import pytest

from roadmap.paragraphs import Subject, paragraphs
from roadmap.selectors.actions import known
from roadmap.selectors.standing import MOST, standing, tally_of
from tests import factories
from tests.factories import TODAY, days, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    return factories.workstream("LOG", title="Logistik", title_en="Logistics")


@pytest.fixture
def bi(db):
    return factories.institution("BI", title="Bank Indonesia", title_en="Bank of Indonesia")


def worded(subject, language="en", **filters):
    """Word the paragraph about the actions that fit."""
    tally = tally_of(lambda day: known(day).filter(**filters), TODAY)
    facts = standing(actions=lambda day: known(day).filter(**filters), today=TODAY, tally=tally)
    return {one.language: one.text for one in paragraphs(subject, facts)}[language]


def of_bi(bi, language="en", supported=0):
    return worded(Subject(bi, supported), language, lead_institution=bi.pk)


def test_names_the_day_the_numbers_and_the_late_ones(place, bi):
    led = {"workstream": place, "lead_institution": bi}
    factories.action("LOG-81", due_date=days(-12), progress=20, **led)
    factories.action("LOG-82", due_date=days(-1), progress=40, due_basis="illustrative", **led)
    factories.action("LOG-83", due_date=days(5), verified=True, **led)

    text = of_bi(bi, supported=4)

    assert text.startswith(
        "As of 24 September 2018, Bank of Indonesia leads 3 actions of Indonesia's e-commerce "
        "roadmap; actions it supports: 4. Weighted progress: 53% claimed, 33% verified, "
    )
    assert "Late: LOG-81 (12 days), LOG-82 (1 day, example date)." in text
    assert "As the system sees them: 2 late, 1 done." in text
    assert "1 due date is an example, not an official target." in text
    assert text.endswith("Source: Peta Jalan, the record of the roadmap.")


def test_says_what_moved_in_thirty_days(place, bi):
    action = factories.action("LOG-81", workstream=place, lead_institution=bi, progress=70)
    factories.update(action, at=moment(days(-60)), progress=10)
    factories.update(action, at=moment(days(-5)))
    factories.slip(action, on=days(-30), old_date=days(40), new_date=days(60))
    factories.slip(action, on=days(-29), old_date=days(60), new_date=days(90))

    text = of_bi(bi)

    assert "70% claimed" in text
    assert "30 days earlier: 10% claimed, 0% verified." in text
    assert "In the last 30 days 1 action was reported on." in text
    assert "Due dates moved in that time: LOG-81 (+30 days)." in text


def test_says_what_is_next(place, bi):
    led = {"workstream": place, "lead_institution": bi}
    factories.action("LOG-81", due_date=days(98), due_precision="quarter", **led)

    assert "Next due: LOG-81, quarter IV 2018." in of_bi(bi)

    factories.action("LOG-82", due_date=TODAY, due_basis="illustrative", **led)

    assert "Next due: LOG-82, 24 September 2018 (example date)." in of_bi(bi)
    assert "No action is late. In" in of_bi(bi)
    assert "No due date was moved in that time." in of_bi(bi)


def test_names_ten_late_ones_and_counts_the_rest(place, bi):
    factories.actions(13, workstream=place, lead_institution=bi, late=True)

    text = of_bi(bi)

    assert text.count("(10 days)") == MOST == 10
    assert "and 3 more." in text


def test_speaks_indonesian_whatever_the_reader_reads(place, bi):
    factories.action("LOG-81", workstream=place, lead_institution=bi, due_date=days(-12))

    text = of_bi(bi, "id")

    assert "Bank Indonesia" in text
    assert "24 September 2018" in text
    assert "terlambat" in text


def test_of_a_workstream_says_what_it_holds(place, bi):
    factories.action(workstream=place, lead_institution=bi)

    text = worded(Subject(place), workstream=place.pk)

    assert "the workstream “Logistics” of Indonesia's e-commerce roadmap holds 1 action." in text
    assert "supports" not in text


def test_of_who_leads_nothing_is_two_sentences(bi):
    assert of_bi(bi, supported=3) == (
        "As of 24 September 2018, Bank of Indonesia leads 0 actions of Indonesia's e-commerce "
        "roadmap; actions it supports: 3. Source: Peta Jalan, the record of the roadmap."
    )


def test_leaves_out_what_is_cancelled(place, bi):
    led = {"workstream": place, "lead_institution": bi}
    gone = factories.action("LOG-81", cancelled=True, due_date=days(-9), **led)
    factories.slip(gone)
    factories.action("LOG-82", **led)

    assert "LOG-81" not in of_bi(bi)


def test_says_nothing_that_is_not_for_the_public(place, bi):
    owner = factories.member(name="Ibu Rahasia")
    action = factories.action(
        workstream=place, lead_institution=bi, owner=owner, late=True, outlook="on_time"
    )
    factories.obstacle(action, needed="Izin Rahasia")

    for language in ("id", "en"):
        text = of_bi(bi, language)
        assert "Rahasia" not in text
        assert "<" not in text
