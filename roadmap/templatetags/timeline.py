"""The rows of a timeline, drawn and told.

Python and not templates: a chart has four hundred of them, and a template takes five times as
long over each. Everything a person wrote is escaped; numbers and dates are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from roadmap.charts.shapes import Bar

register = template.Library()
Line = Mapping[str, Any]
BAR, BASE, AROUND = 9, 4, 13
STYLES = {"tl-critical": "is_critical", "tl-example": "is_illustrative"}


@register.simple_tag
def drawn(line: Line) -> SafeString:
    """Draw an action: icon, name, its bar, under it the bar of the first dates, and what is asked.

    It is a link, so that a keyboard reaches it; the whole name is its title where it is cut.
    """
    styles = [name for name, fact in STYLES.items() if line[fact]]
    style = f' class="{" ".join(styles)}"' if styles else ""
    whole = f"<title>{escape(line['whole'])}</title>" if line["whole"] else ""
    return _safe(
        f'<a href="{line["url"]}"{style} data-signal="{line["signal"]}">{whole}'
        f'<use href="#tl-{line["signal"]}" y="{line["icon_y"]}"/>'
        f'<text x="20" y="{line["text_y"]}">{escape(line["text"])}</text>'
        f"{_rect('base', line['base'], line['base_y'], BASE)}{_now(line)}{_laid_over(line)}</a>"
    )


def _now(line: Line) -> str:
    bar = line["now"]
    if bar is None:
        return _nowhere(line)
    drawn = _rect("", bar, line["bar_y"], BAR)
    if bar.goes_on_before:
        drawn += f'<use class="tl-more" href="#tl-before" y="{line["bar_y"]}"/>'
    if bar.goes_on_after:
        drawn += f'<use class="tl-more" href="#tl-after" x="100%" y="{line["bar_y"]}"/>'
    return drawn


def _nowhere(line: Line) -> str:
    """Say where an action without a bar is: before or after the days shown, or without a date."""
    if line["beyond"] == "after":
        text = f'x="99.5%" y="{line["base_y"]}" text-anchor="end">{escape(line["until"])} ▸'
    else:
        mark = f"◂ {line['until']}" if line["beyond"] else _("no date")
        text = f'x="0.5%" y="{line["base_y"]}">{escape(mark)}'
    return f'<text class="tl-none" {text}</text>'


def _laid_over(line: Line) -> str:
    drawn = _rect("was", line.get("was"), line["was_y"], AROUND)
    if line.get("was_x") is not None:
        drawn += f'<use href="#tl-was" x="{line["was_x"]}%" y="{line["mark_y"]}"/>'
    return drawn + _rect("push", line.get("push"), line["bar_y"], BAR)


def _rect(style: str, bar: Bar | None, y: int, height: int) -> str:
    if bar is None:
        return ""
    named = f' class="tl-{style}"' if style else ""
    return f'<rect{named} x="{bar.x:g}%" y="{y}" width="{bar.width:g}%" height="{height}"/>'


@register.simple_tag
def arrows(found: Iterable[Line]) -> SafeString:
    """Draw what waits for what: down from the one, and across to the other where that is seen."""
    return _safe("".join(_line(one, one["x1"], one["y1"]) + _across(one) for one in found))


def _across(arrow: Line) -> str:
    return "" if arrow["x2"] is None else _line(arrow, arrow["x2"], arrow["y2"])


def _line(arrow: Line, x: float, y: float) -> str:
    ends = f'x1="{arrow["x1"]}%" x2="{x}%" y1="{y}" y2="{arrow["y2"]}"'
    return f"<line{_broken(arrow)} {ends}/>"


def _broken(arrow: Line) -> str:
    return ' class="tl-broken"' if arrow["is_broken"] else ""


@register.simple_tag
def arrow_heads(found: Iterable[Line]) -> SafeString:
    """Draw the heads of the arrows, above all lines."""
    return _safe("".join(_head(one) for one in found if one["x2"] is not None))


def _head(arrow: Line) -> str:
    shape = "broken" if arrow["is_broken"] else "head"
    return f'<use{_broken(arrow)} href="#tl-{shape}" x="{arrow["x2"]}%" y="{arrow["y2"]}"/>'


@register.simple_tag
def marked(line: Line) -> SafeString:
    """Draw the milestones of a workstream, or of the whole roadmap: links too."""
    is_all = line["kind"] == "lane"
    drawn = (_mark(one, line, is_all) for one in line["milestones"] if one["x"] is not None)
    return _safe("".join(drawn))


def _mark(one: Line, line: Line, is_all: bool) -> str:
    x, y = f"{one['x']:g}%", line["mark_y"]
    moved = ", " + _("moved from %(day)s") % {"day": one["old"]} if one["old"] else ""
    told = escape(f"{one['name']}, {one['day']}{moved}")
    shape = "stack" if one["count"] > 1 else "milestone-all" if is_all else "milestone"
    count = f' data-count="{one["count"]}"' if one["count"] > 1 else ""
    return (
        f'{_from_first(one, line)}<a href="{escape(one["url"])}" class="tl-milestone"'
        f' data-signal="{one["signal"]}"{count}><title>{told}</title>'
        f'<use href="#tl-{shape}" x="{x}" y="{y}"/>{_name(one, x, y)}</a>'
    )


def _name(one: Line, x: str, y: int) -> str:
    if one["count"] > 1:
        style = 'class="tl-count" text-anchor="middle"'
        return f'<text {style} x="{x}" y="{y}" dy="4">{one["count"]}</text>'
    if not one["label"]:
        return ""
    text = escape(one["label"])
    return f'<text class="tl-label" x="{x}" y="{y}" dx="11" dy="4">{text}</text>'


def _from_first(one: Line, line: Line) -> str:
    """Draw how far a milestone has moved from its first date."""
    if one.get("first_x") is None:
        return ""
    ends = f'x1="{one["first_x"]:g}%" x2="{one["x"]:g}%"'
    return f'<line class="tl-first" {ends} y1="{line["first_y"]}" y2="{line["first_y"]}"/>'


@register.simple_tag
def told_milestones(line: Line) -> SafeString:
    """Tell the same milestones as rows of the table."""
    return _safe("".join(_milestone(one) for one in line["milestones"]))


def _milestone(one: Line) -> str:
    is_one = one["count"] == 1
    count = "" if is_one else f' data-count="{one["count"]}"'
    name = conditional_escape(one["title"] if is_one else one["name"])
    old = f"<del>{one['old']}</del> " if one["old"] else ""
    first = f"<small><del>{one['first']}</del></small>" if one.get("first") else ""
    stage = escape(str(one["stage"])) if is_one else ""
    if one["signal"]:
        stage = f'<b data-signal="{one["signal"]}">{stage}</b>'
    kind = _("Milestone")
    return (
        f'<tr><td><a href="{escape(one["url"])}"{count}>{name}</a>'
        f"<small>{kind}</small></td><td>{old}{one['day']}{first}</td><td>{stage}</td>"
        "<td></td><td></td></tr>"
    )


@register.simple_tag
def told(line: Line, slip_address: str) -> SafeString:
    """Tell the same action as a row of the table."""
    also = [line["code"], line["lead"], line["owner"]]
    meta = escape(" · ".join(str(one) for one in also if one))
    return _safe(
        f'<tr><td><a href="{line["url"]}">{conditional_escape(line["title"])}</a>'
        f"<small>{meta}</small>{_tags(line)}</td><td>{_dates(line)}</td>"
        f'<td><b data-signal="{line["signal"]}">{escape(line["label"])}</b></td>'
        f"<td>{_waits(line)}</td><td>{_what_if(line, slip_address)}</td></tr>"
    )


def _tags(line: Line) -> str:
    tags = ""
    if line["is_critical"]:
        tags += _tag(_("on the critical chain"))
    if line.get("is_added"):
        tags += _tag(_("added since"))
    return tags


def _dates(line: Line) -> str:
    told = escape(line["dates"])
    if line["is_illustrative"]:
        example = _("example, not an official target")
        told += f' <span class="tag">{example}</span>'
    if line.get("old"):
        before = _("before:")
        told += f"<small>{before} <del>{escape(line['old'])}</del></small>"
    if line["first"]:
        told += f"<small><del>{escape(line['first'])}</del> {line['shift']}</small>"
    if line.get("push_words"):
        words = _("with this slip: %(days)s") % {"days": line["push_words"]}
        told += f"<small><strong>{escape(words)}</strong></small>"
    return told


def _what_if(line: Line, slip_address: str) -> str:
    """Lead to what a slip of this action would push."""
    if not line["may_slip"]:
        return ""
    words = _("What if?")
    return f'<a href="{escape(slip_address)}slip={line["code"]}#slip">{words}</a>'


def _waits(line: Line) -> str:
    early = _tag(_("begins too early"))
    return ", ".join(
        f'<a href="{one["url"]}">{one["code"]}</a>'
        f"{' ' + one['lag'] if one['lag'] else ''}"
        f"{early if one['is_broken'] else ''}"
        for one in line["waits"]
    )


def _tag(words: str) -> str:
    return f' <span class="tag tag-solid">{words}</span>'


def _safe(markup: str) -> SafeString:
    return mark_safe(markup)  # noqa: S308 - every part that was written is escaped above
