from datetime import date
from pathlib import Path

import portal.demo
from portal.demo.dates import ANCHOR, Shifted, shifted
from portal.erp.rows import Broken, Record
from portal.erp.source import Folder

EXPORT = Path(portal.demo.__file__).parent / "export"


def test_dates_move_with_today_and_nothing_else_does():
    record = Record(
        "sale.order.json",
        2,
        {"id": 1, "name": "S00001", "date_order": "2026-01-14 10:15:00", "validity_date": "2026-02-28"}
        | {"signed_on": False, "note": "<p>As of 2026-01-14</p>", "order_line": [1], "amount_total": 12.5},
    )
    broken = Broken("sale.order.json", 3, "why")
    moved, same = shifted([record, broken], date(2028, 2, 29))
    assert moved.values == record.values | {"date_order": "2028-02-28 10:15:00", "validity_date": "2028-04-13"}
    assert record.get("validity_date") == "2026-02-28"
    assert same is broken


def test_on_the_day_of_the_anchor_the_export_is_itself():
    folder = Folder(EXPORT)
    source = Shifted(folder, ANCHOR)
    assert (source.name, source.models()) == (folder.name, folder.models())
    for model in source.models():
        assert list(source.records(model)) == list(folder.records(model))
