"""A live server's exchanges, on the shapes Odoo 18 answers with, from a server on this machine."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portal.erp import odoo
from portal.erp.fields import FIELDS
from portal.erp.imports import import_from
from portal.erp.odoo import Server
from portal.erp.rows import Broken
from portal.errors import Refused


def fault(name, message):
    data = {"name": name, "debug": "Traceback (most recent call last): …", "message": message}
    data |= {"arguments": [message], "context": {}}
    return {"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": data}}


UNKNOWN_MODEL = fault("odoo.exceptions.UserError", "Object project.task doesn't exist")
NO_ACCESS = fault(
    "odoo.exceptions.AccessError", "You are not allowed to access 'Journal Entry' (account.move) records."
)
ACCESS_DENIED = fault("odoo.exceptions.AccessDenied", "Access Denied")
NO_DATABASE = fault("psycopg2.OperationalError", 'FATAL:  database "nothere" does not exist\n')


class Erp:
    """What the server holds and how it behaves; `asked` keeps every call as (model, method, options)."""

    def __init__(self):
        self.records = {}
        self.fields = {}
        self.answers = {}
        self.asked = []
        self.raw = None
        self.delay = 0.0

    def answer(self, parameters):
        service, method, arguments = parameters["service"], parameters["method"], parameters["args"]
        if service == "common":
            assert method == "authenticate"
            return self.answers.get("authenticate", 7 if arguments[:3] == ["erp", "portal", "key"] else False)
        database, uid, key, model, method, arguments, options = arguments
        assert (database, uid, key) == ("erp", 7, "key")
        self.asked.append((model, method, arguments, options))
        if (model, method) in self.answers:
            return self.answers[model, method]
        if model not in self.records:
            return UNKNOWN_MODEL
        if method == "fields_get":
            return {name: {"type": "char"} for name in self.fields.get(model, ["id", "name", "unheard_of"])}
        assert method == "search_read"
        (domain,) = arguments
        after = next(value for field, operator, value in domain if (field, operator) == ("id", ">"))
        rows = [row for row in self.records[model] if row["id"] > after]
        return [{name: row[name] for name in options["fields"]} for row in rows[: options["limit"]]]


@pytest.fixture
def erp():
    return Erp()


@pytest.fixture
def address(erp, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(erp.delay)
            if erp.raw:
                status, headers, content = erp.raw
            else:
                assert self.path == "/jsonrpc"
                result = erp.answer(body["params"])
                if not (isinstance(result, dict) and "error" in result):
                    result = {"jsonrpc": "2.0", "id": body["id"], "result": result}
                status, headers, content = 200, {"Content-Type": "application/json"}, json.dumps(result).encode()
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):  # the reader leaves early where an answer is too large or too late
                self.wfile.write(content)

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def connect(address, **options):
    return Server(address, **({"database": "erp", "user": "portal", "key": "key"} | options))


def test_models_are_those_the_server_has(erp, address):
    erp.records = {"sale.order": [], "res.partner": [], "crm.lead": []}
    assert connect(address).models() == ["res.partner", "sale.order"]


def test_a_server_with_none_of_them_is_refused(address):
    with pytest.raises(Refused, match="right database"):
        connect(address).models()


def test_records_come_in_pages_by_id_archived_ones_too(erp, address, monkeypatch):
    monkeypatch.setattr(odoo, "PAGE", 2)
    erp.records["res.partner"] = [{"id": number, "name": f"Partner {number}"} for number in (1, 3, 4, 8, 9)]
    rows = list(connect(address).records("res.partner"))
    assert [row.key for row in rows] == [1, 3, 4, 8, 9]
    assert (rows[2].file, rows[2].line) == ("res.partner", 3)
    pages = [(arguments, options) for _, method, arguments, options in erp.asked if method == "search_read"]
    assert [arguments for arguments, _ in pages] == [[[["id", ">", 0]]], [[["id", ">", 3]]], [[["id", ">", 8]]]]
    assert all(options["context"] == {"active_test": False} and options["order"] == "id" for _, options in pages)


def test_only_known_fields_are_asked_for_and_the_others_have_no_value(erp, address):
    erp.records["res.partner"] = [{"id": 1, "name": "Acme"}]
    (record,) = connect(address).records("res.partner")
    assert erp.asked[-1][3]["fields"] == ["id", "name"]
    assert record.get("name") == "Acme"
    assert record.get("commercial_partner_id") is False


def test_of_journal_items_only_what_a_customer_reads_is_asked_for(erp, address):
    erp.records["account.move.line"] = []
    list(connect(address).records("account.move.line"))
    domain = erp.asked[-1][2][0]
    assert ["display_type", "in", ["product", "line_section", "line_note"]] in domain
    assert ["move_id.move_type", "in", ["out_invoice", "out_refund", "in_invoice", "in_refund"]] in domain


def test_a_model_the_server_does_not_have_gives_nothing(address):
    assert list(connect(address).records("project.task")) == []


def test_a_broken_row_is_told_of(erp, address):
    erp.records["res.partner"] = []
    erp.answers["res.partner", "search_read"] = [{"id": 1, "name": "Acme"}, "nonsense", {"name": "nobody"}]
    assert [isinstance(row, Broken) for row in connect(address).records("res.partner")] == [False, True, True]


def test_wrong_credentials_are_refused_without_naming_them(address):
    with pytest.raises(Refused, match="does not accept") as raised:
        connect(address, key="wrong-key").models()
    assert "wrong-key" not in raised.value.sentence


def test_an_unknown_database_is_refused_in_the_servers_words(erp, address):
    erp.answers["authenticate"] = NO_DATABASE
    with pytest.raises(Refused, match='database "nothere" does not exist') as raised:
        connect(address).models()
    assert "Traceback" not in raised.value.sentence
    assert "\n" not in raised.value.sentence


def test_a_model_the_user_may_not_read_is_refused(erp, address):
    erp.records["account.move"] = []
    erp.answers["account.move", "search_read"] = NO_ACCESS
    with pytest.raises(Refused, match="refuses to give account.move: You are not allowed"):
        list(connect(address).records("account.move"))
    erp.answers["account.move", "fields_get"] = NO_ACCESS
    with pytest.raises(Refused, match="refuses to give account.move"):
        connect(address).models()


def test_a_key_withdrawn_meanwhile_is_refused(erp, address):
    erp.answers["res.company", "fields_get"] = ACCESS_DENIED
    with pytest.raises(Refused, match="no longer accepts"):
        connect(address).models()


def test_a_server_that_never_comes_to_an_end_is_refused(erp, address, monkeypatch):
    monkeypatch.setattr(odoo, "PAGE", 1)
    erp.records["res.partner"] = []
    erp.answers["res.partner", "search_read"] = [{"id": 5, "name": "Acme"}]
    with pytest.raises(Refused, match="same records"):
        list(connect(address).records("res.partner"))


@pytest.mark.parametrize("method", ["fields_get", "search_read"])
def test_a_result_of_another_shape_is_refused(erp, address, method):
    erp.records["res.partner"] = []
    erp.answers["res.partner", method] = 42
    with pytest.raises(Refused, match="something else"):
        list(connect(address).records("res.partner"))


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ((200, {}, b"<!doctype html><title>Hello</title>"), "not JSON"),
        ((200, {}, b"[" * 200_000), "not JSON"),
        ((200, {}, b'["a list"]'), "External API"),
        ((200, {}, b'{"jsonrpc": "2.0", "error": "text"}'), "External API"),
        (
            (200, {}, b'{"jsonrpc": "2.0", "error": {"code": 100, "message": "Odoo Session Expired"}}'),
            "Session Expired",
        ),
        ((200, {"Content-Length": "1000"}, b'{"jsonrpc"'), "cannot be reached|not JSON"),
        ((301, {"Location": "https://other.example/jsonrpc"}, b""), "another address"),
        ((307, {"Location": "file:///etc/passwd"}, b""), "another address"),
        ((404, {}, b"not found"), "status 404"),
        ((502, {}, b"bad gateway"), "status 502"),
    ],
)
def test_what_is_no_answer_of_the_api_is_refused_in_a_sentence(erp, address, raw, why):
    erp.raw = raw
    with pytest.raises(Refused, match=why):
        connect(address).models()


def test_too_large_an_answer_is_refused(erp, address):
    erp.raw = (200, {}, b'{"result": "' + b"x" * 100_000 + b'"}')
    with pytest.raises(Refused, match="too large"):
        connect(address, largest=10_000).models()


def test_a_server_that_does_not_answer_is_refused_in_time(erp, address):
    erp.delay = 1.0
    begun = time.monotonic()
    with pytest.raises(Refused, match="in time"):
        connect(address, seconds=0.2).models()
    assert time.monotonic() - begun < 0.9


def test_a_server_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(Refused, match="cannot be reached"):
        connect("http://127.0.0.1:1").models()


def test_a_server_and_its_export_bring_the_same_and_one_knows_the_others_rows(app, erp, address, export):
    for number in (1, 2):
        export.document("sale.order", number, 10, lines=2)
    assert export.run(app).counts["sale.order"]["new"] == 2
    erp.records = {model: list(records.values()) for model, records in export.models.items() if records}
    erp.fields = {model: list(FIELDS[model]) for model in erp.records}
    app.config.update(ERP_DATABASE="erp", ERP_USER="portal", ERP_KEY="key")
    try:
        with app.app_context():
            run = import_from(address)
            erp.records["sale.order"] = erp.records["sale.order"][:1]
            later = import_from(address)
            erp.answers["sale.order", "search_read"] = NO_ACCESS
            refused = import_from(address)
    finally:
        app.config.update(ERP_DATABASE="", ERP_USER="", ERP_KEY="")
    assert (run.state, run.counts["sale.order"]["unchanged"], run.counts["sale.order"]["new"]) == ("finished", 2, 0)
    assert later.counts["sale.order"]["archived"] == 1
    assert refused.state == "failed"
    assert "refuses to give sale.order" in refused.error
