from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.erp import values
from portal.erp.rows import Record
from portal.erp.values import Bad


def test_many2one_is_id_and_name():
    assert values.many2one({"partner_id": [10, "Acme GmbH"]}, "partner_id") == (10, "Acme GmbH")


@pytest.mark.parametrize("reader", [values.text, values.date, values.moment, values.many2one])
@pytest.mark.parametrize("record", [{"x": False}, {}])
def test_false_and_a_missing_field_are_no_value(reader, record):
    assert reader(record, "x") is None


def test_no_ids_are_an_empty_list():
    assert values.ids({"x": False}, "x") == values.ids({}, "x") == values.ids({"x": []}, "x") == []
    assert values.ids({"x": [3, 1]}, "x") == [3, 1]


def test_blank_text_is_none_and_other_text_stays_as_it_came():
    assert values.text({"name": "  \n"}, "name") is None
    assert values.text({"name": " Müller & Söhne\n"}, "name") == " Müller & Söhne\n"


def test_moments_are_utc():
    assert values.moment({"x": "2026-01-31 09:30:00"}, "x") == datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
    assert values.date({"x": "2026-01-31"}, "x") == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.1, "0.1"), (622.27, "622.27"), (1e-7, "0.0000001"), (-22.5, "-22.5"), (7, "7"), (33333.333333, "33333.333333")],
)
def test_floats_become_exactly_the_number_that_was_written(value, expected):
    assert values.decimal({"x": value}, "x") == Decimal(expected)


def test_defaults_stand_in_for_no_value_only():
    assert values.decimal({"x": False}, "x", default=Decimal(0)) == 0
    assert values.decimal({}, "x", default=Decimal(0)) == 0
    assert values.flag({}, "x", default=True) is True
    assert values.flag({"x": False}, "x", default=True) is False
    with pytest.raises(Bad):
        values.decimal({"x": "3"}, "x", default=Decimal(0))


def test_whole_numbers():
    assert values.whole({"sequence": 10}, "sequence") == values.whole({"sequence": 10.0}, "sequence") == 10
    with pytest.raises(Bad):
        values.whole({"sequence": 10.5}, "sequence")


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (values.text, 5),
        (values.text, True),
        (values.text, ["a"]),
        (values.text, "nul\x00"),
        (values.text, "half \ud800 pair"),
        (values.text, "x" * (values.LONGEST + 1)),
        (values.date, "2026-02-30"),
        (values.date, "2026-01-31 00:00:00"),
        (values.date, "2026-W01-1"),
        (values.date, "31.01.2026"),
        (values.date, "0001-01-01"),
        (values.date, 20260131),
        (values.date, True),
        (values.moment, "2026-01-31"),
        (values.moment, "2026-01-31 25:00:00"),
        (values.moment, "2026-01-31T09:30:00+02:00"),
        (values.moment, "9999-01-31 09:30:00"),
        (values.decimal, None),
        (values.decimal, False),
        (values.decimal, True),
        (values.decimal, "12"),
        (values.decimal, float("nan")),
        (values.decimal, float("inf")),
        (values.decimal, 1e15),
        (values.decimal, 10**400),
        (values.flag, None),
        (values.flag, 1),
        (values.flag, "yes"),
        (values.many2one, 10),
        (values.many2one, [10]),
        (values.many2one, [10, False]),
        (values.many2one, ["10", "Acme"]),
        (values.many2one, [True, "Acme"]),
        (values.many2one, [0, "Acme"]),
        (values.many2one, [2**31, "Acme"]),
        (values.many2one, [10, "Acme\x00"]),
        (values.many2one, True),
        (values.ids, 5),
        (values.ids, ["5"]),
        (values.ids, [[5, "a"]]),
        (values.ids, [5, -1]),
    ],
)
def test_a_wrong_type_is_bad_and_names_the_field(reader, value):
    with pytest.raises(Bad) as raised:
        reader({"x_field": value}, "x_field")
    assert raised.value.field == "x_field"
    assert str(raised.value).startswith("x_field: ")
    assert raised.value.why.endswith(".")


def test_readers_take_records_of_a_source():
    record = Record("res.partner.json", 2, {"id": 10, "name": "Acme"})
    assert values.text(record, "name") == "Acme"
    assert record.key == 10
