import json

import pytest

from portal.erp.fields import FIELDS
from portal.erp.odoo import Server
from portal.erp.rows import Broken, Record
from portal.erp.source import Folder, open_source
from portal.errors import Refused

CONFIG = {"ERP_DATABASE": "erp", "ERP_USER": "portal", "ERP_KEY": "key"}
PARTNERS = [{"id": 1, "name": "Acme"}, {"id": 2, "name": "Müller, [Söhne]"}, {"id": 3, "name": "Gamma"}]


def lines_of(records):
    return "[\n" + ",\n".join(json.dumps(record, ensure_ascii=False) for record in records) + "\n]\n"


@pytest.fixture
def read(tmp_path):
    """Return what a folder gives whose partners' file holds the text or bytes."""

    def read(content):
        file = tmp_path / "res.partner.json"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(Folder(tmp_path).records("res.partner"))

    return read


@pytest.mark.parametrize(
    "content",
    [
        lines_of(PARTNERS),
        "\ufeff" + lines_of(PARTNERS).replace("\n", "\r\n"),
        "\n\n" + lines_of(PARTNERS),
        json.dumps(PARTNERS),
        json.dumps(PARTNERS, indent=2),
        json.dumps(PARTNERS, indent=None, separators=(",\n", ":")),
    ],
    ids=["a record a line", "from Windows", "blank lines first", "one line", "indented", "odd line ends"],
)
def test_every_layout_of_a_list_is_read(read, content):
    assert [row.values for row in read(content)] == PARTNERS


def test_a_record_says_where_it_stands(read):
    assert [(row.file, row.line, row.key) for row in read(lines_of(PARTNERS))] == [
        ("res.partner.json", 2, 1),
        ("res.partner.json", 3, 2),
        ("res.partner.json", 4, 3),
    ]


@pytest.mark.parametrize(
    ("line", "key", "why"),
    [
        (b'{"id": 2, "name": "cut of', 2, "not JSON"),
        (b'{"id": 2, "name": "M\xfcller"}', 2, "not UTF-8"),
        (b'{"id": 2, "name": NaN}', 2, "number that is none"),
        (b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b', "id": 2}', 2, "nested too deeply"),
        (b'{"id": 2, "x": 1' + b"0" * 5000 + b"}", 2, "number that is none"),
        (b'"just text"', None, "not a record"),
        (b'{"name": "nobody"}', None, "no id"),
        (b'{"id": "2"}', None, "no id"),
        (b'{"id": true}', None, "no id"),
        (b'{"id": 99999999999}', None, "no id"),
        (b'{"id": 1, "name": "again"}', 1, "was there before"),
        (b"][", None, "not JSON"),
    ],
)
def test_a_broken_row_is_told_of_and_the_rest_goes_on(read, line, key, why):
    rows = read(b'[\n{"id": 1},\n' + line + b',\n{"id": 3}\n]\n')
    assert [type(row) for row in rows] == [Record, Broken, Record]
    assert (rows[1].file, rows[1].line, rows[1].key) == ("res.partner.json", 3, key)
    assert why in rows[1].why
    assert rows[2].key == 3


def test_a_broken_first_row_is_only_one_row(read):
    rows = read('[\n{"id": 1, "na,\n{"id": 2}\n]\n')
    assert [type(row) for row in rows] == [Broken, Record]


def test_a_file_that_was_cut_off_says_so_after_what_it_holds(read):
    rows = read(lines_of(PARTNERS).removesuffix("]\n"))
    assert [type(row) for row in rows] == [Record, Record, Record, Broken]
    assert "not complete" in rows[-1].why


def test_something_after_the_list_is_told_of(read):
    rows = read(lines_of(PARTNERS) + '{"id": 9}\n')
    assert [type(row) for row in rows] == [Record, Record, Record, Broken]


@pytest.mark.parametrize("content", ["", "{}", "nonsense", '{"id": 1}', "[", "<html></html>", "[[1]]", b"\xff\xfe"])
def test_a_file_that_holds_no_list_of_records_is_one_broken_row(read, content):
    (row,) = read(content)
    assert isinstance(row, Broken)


@pytest.mark.parametrize("content", ["[]", "[\n]\n"])
def test_an_empty_list_is_no_record(read, content):
    assert read(content) == []


def test_a_folder_names_the_models_it_has_in_the_order_they_build_on_each_other(tmp_path):
    for name in ("sale.order.json", "res.partner.json", "notes.json", "res.users.csv"):
        (tmp_path / name).write_text("[]")
    folder = Folder(tmp_path)
    assert folder.models() == ["res.partner", "sale.order"]
    assert list(folder.records("account.move")) == []


def test_a_folder_that_is_none_or_holds_nothing_is_refused(tmp_path):
    with pytest.raises(Refused, match="There is no folder"):
        open_source(str(tmp_path / "nowhere"), CONFIG)
    with pytest.raises(Refused, match="holds no ERP export"):
        open_source(str(tmp_path), CONFIG)
    with pytest.raises(Refused, match="No ERP source"):
        open_source("  ", CONFIG)


def test_a_folder_has_one_name_however_it_is_written(tmp_path, monkeypatch):
    (tmp_path / "res.partner.json").write_text("[]")
    monkeypatch.chdir(tmp_path)
    assert open_source(".", CONFIG).name == open_source(str(tmp_path) + "/", CONFIG).name


def test_an_address_is_a_server():
    source = open_source("https://ERP.example/odoo/", CONFIG)
    assert isinstance(source, Server)
    assert source.name == "https://erp.example/odoo/jsonrpc"
    assert open_source("https://erp.example/odoo/jsonrpc", CONFIG).name == source.name


@pytest.mark.parametrize(
    "address",
    [
        "ftp://erp.example",
        "file:///etc/passwd",
        "unix://var/run",
        "https://",
        "https://erp.example:port",
        "https://erp.example:99999",
        "https://erp.example/?db=x",
        "https://erp.example/#top",
        "https://erp.example/a b",
        "https://erp.example/\r\nHost: other",
        "https://portal:secret@erp.example",
    ],
)
def test_an_address_that_is_no_servers_is_refused(address):
    with pytest.raises(Refused) as raised:
        open_source(address, CONFIG)
    assert "secret" not in raised.value.sentence


@pytest.mark.parametrize("missing", CONFIG)
def test_a_server_needs_credentials(missing):
    with pytest.raises(Refused, match="PORTAL_ERP_"):
        open_source("https://erp.example", CONFIG | {missing: ""})


def test_fields_name_the_id_of_every_model_and_none_twice():
    for model, fields in FIELDS.items():
        assert fields[0] == "id", model
        assert len(set(fields)) == len(fields), model
