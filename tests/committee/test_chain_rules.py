"""The seals of the ledger, without a database: what is sealed, and what breaks the chain."""

from __future__ import annotations

import hashlib
import json

import pytest

from committee.rules import chain

ENTRY = dict.fromkeys(chain.SEALED, "") | {"object_id": "7", "after": {"name": "Bu Ári", "a": 1}}


def ledger(length: int = 3) -> list[dict[str, object]]:
    entries, previous = [], "0" * 64
    for number in range(1, length + 1):
        entry = ENTRY | {"number": number}
        sealed = chain.seal(previous, entry)
        entries.append(entry | {"prev_hash": previous, "hash": sealed})
        previous = sealed
    return entries


def test_one_form_is_sealed_keys_in_order_without_spaces_and_letters_as_they_are():
    assert chain.canonical({"b": [1, 2], "a": "é"}) == '{"a":"é","b":[1,2]}'


def test_every_field_of_an_entry_is_sealed():
    assert set(chain.SEALED) == {
        *("number", "at", "actor", "role", "place", "verb", "object_type", "object_id"),
        *("before", "after", "request_id"),
    }
    plain = chain.seal("", ENTRY)
    for name in chain.SEALED:
        assert chain.seal("", ENTRY | {name: "other"}) != plain, name
    assert chain.seal("", ENTRY | {"hash": "not sealed"}) == plain


def test_a_seal_is_the_sha256_of_the_seal_before_and_the_entry():
    text = "before" + chain.canonical({name: ENTRY[name] for name in chain.SEALED})

    assert chain.seal("before", ENTRY) == hashlib.sha256(text.encode()).hexdigest()


def test_a_chain_begins_with_zeros_and_is_whole():
    assert chain.BEGINNING == "0" * 64
    assert chain.first_broken(ledger()) == ""
    assert chain.first_broken([]) == ""


@pytest.mark.parametrize("field", ["prev_hash", "hash", "verb"])
def test_one_changed_field_breaks_the_entry(field):
    entries = ledger()
    entries[1][field] = "forged"

    assert chain.first_broken(entries) == "entry 2 is not as it was written"


def test_a_missing_entry_is_named():
    entries = ledger()

    assert chain.first_broken([entries[0], entries[2]]) == "entry 2 is missing"
    assert chain.first_broken(entries[1:]) == "entry 1 is missing"


def test_a_known_head_must_be_among_the_seals():
    entries = ledger()

    assert chain.first_broken(entries, str(entries[2]["hash"])) == ""
    assert chain.first_broken(entries, str(entries[0]["hash"])) == ""
    assert chain.first_broken(entries[:2], str(entries[2]["hash"])) == (
        "entry 3 or a later one is missing: the known head is not here"
    )


@pytest.mark.parametrize(
    ("length", "head", "code", "said"),
    [
        (3, (), 0, "every entry is as it was written"),
        (3, ("0" * 64,), 1, "entry 4 or a later one is missing: the known head is not here"),
    ],
)
def test_a_file_is_checked_line_by_line(tmp_path, capsys, length, head, code, said):
    file = tmp_path / "ledger.jsonl"
    lines = (json.dumps(one, ensure_ascii=False) for one in ledger(length))
    file.write_text("\n".join(lines), encoding="utf-8")

    assert chain.main([str(file), *head]) == code
    assert capsys.readouterr().out.strip() == said
