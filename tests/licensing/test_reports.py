"""Reports: the real format in all its versions is read; whatever is wrong is said with sample and field."""

from __future__ import annotations

import json
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.errors import Refused
from portal.licensing.usage import reports
from tests.factories import usage as make

DAY = date(2026, 3, 2)
FROM_CHECKMK = (
    b"LQ't#$x~}Qi Qa]_Q[ Q9:DE@CJQi ,LQ:?DE2?460:5Qi Qhbfchd43\\fg7f\\c_5c\\h3d7\\7a4d2g`6ee3gQ[ QD:E6092D9Qi "
    b"QD:E6\\92D9Q[ QG6CD:@?Qi QQ[ Q65:E:@?Qi QQ[ QA=2E7@C>Qi Qp G6CJ =@?8 DEC:?8 H:E9 =6?md_ 56D4C:3:?8 E96 A=2E"
    b"Q[ Q:D04>2Qi 72=D6[ QD2>A=60E:>6Qi `feegaghaf[ QE:>6K@?6Qi QQ[ Q?F>09@DEDQi a[ Q?F>09@DED04=@F5Qi _[ "
    b"Q?F>09@DED0D925@HQi _[ Q?F>09@DED06I4=F565Qi b[ Q?F>0D6CG:46DQi c[ Q?F>0D6CG:46D04=@F5Qi _[ "
    b"Q?F>0D6CG:46D0D925@HQi _[ Q?F>0D6CG:46D06I4=F565Qi d[ Q6IE6?D:@?0?E@AQi ECF6N.N"
)
"""A report of protocol 2.0 as Checkmk's own tests expect it to be written, with a time of our century."""


@pytest.fixture(autouse=True)
def speaking(app: Flask):
    with app.test_request_context("/"):
        yield


def parse(samples: list[Any], **top: Any) -> list[reports.Reported]:
    return reports.parse(json.dumps({"VERSION": "3.1", "history": samples, **top}).encode())


def refusal(raw: bytes) -> str:
    with pytest.raises(Refused) as caught:
        reports.parse(raw)
    assert caught.value.field == "report"
    return str(caught.value)


def of(**values: Any) -> str:
    """Return why a report is refused whose second sample has these values; ... stands for a missing key."""
    second = make.sample(DAY, **values)
    second = {key: value for key, value in second.items() if value is not ...}
    return refusal(json.dumps({"VERSION": "3.1", "history": [make.sample(DAY), second]}).encode())


def counts(sample: reports.Reported) -> dict[str, int]:
    return {name: count for name, count in zip(reports.COLUMNS, sample.counts, strict=True) if count}


def test_what_checkmk_wrote_is_read():
    [sample] = reports.parse(FROM_CHECKMK)
    assert sample.instance_id == uuid.UUID("937495cb-78f7-40d4-9b5f-f2c5a81e66b8")
    assert sample.site_hash == "site-hash"
    assert sample.sampled_at == datetime.fromtimestamp(1766828927, UTC)
    assert counts(sample) == {"hosts": 2, "services": 4, "hosts_excluded": 3, "services_excluded": 5}
    assert sample.platform == "A very long string with len>50 describing the plat"


@pytest.mark.parametrize("rotated", [True, False], ids=["rot47", "plain"])
@pytest.mark.parametrize("version", make.VERSIONS)
def test_every_version_is_read_rotated_and_plain(version: str, rotated: bool):
    raw = make.report([make.sample(DAY, 100, protocol=version)], version=version, rotated=rotated)
    [sample] = reports.parse(b"\n" + raw + b"\n")
    assert counts(sample) == {"hosts": 10, "services": 100}
    assert sample.instance_id == (make.SITE if version >= "1.5" else None)


def test_each_count_lands_in_its_column():
    fields = {field: number for number, field in enumerate(reports.COUNTS["3.1"], 1)}
    [sample] = parse([make.sample(DAY, **fields)])
    assert counts(sample) == {reports.COUNTS["3.1"][field]: number for field, number in fields.items()}


@pytest.mark.parametrize("name", ["num_shadow_hosts", "num_hosts_shadow"])
def test_shadow_hosts_of_1_4_are_read_under_either_name(name: str):
    old = {key: value for key, value in make.sample(DAY, protocol="1.4").items() if key != "num_shadow_hosts"}
    [sample] = parse([old | {name: 7}], VERSION="1.4")
    assert counts(sample)["hosts_shadow"] == 7


def test_the_oldest_name_neither_instance_nor_hash():
    sample = make.sample(DAY, protocol="1.0")
    del sample["site_hash"]
    [read] = parse([sample], VERSION="1.0")
    assert (read.instance_id, read.site_hash) == (None, "")


def test_an_empty_history_and_unknown_keys_are_no_mistake():
    assert parse([], request_id="7f") == []
    assert len(parse([make.sample(DAY, num_active_metric_series=5)])) == 1


def test_400_samples_are_read_and_401_are_not():
    samples = make.history(DAY, [1] * 401)
    assert len(reports.parse(make.report(samples[1:]))) == 400
    assert refusal(make.report(samples)) == "The report has 401 samples; at most 400 are allowed."


WRONG_AS_A_WHOLE: dict[str, tuple[bytes, str]] = {
    "nothing": (b" \n", "The report is empty."),
    "another rotation": (
        "".join(chr(33 + (ord(c) - 33 + 13) % 94) if "!" <= c <= "~" else c for c in '{"VERSION": "3.1"}').encode(),
        "neither JSON nor JSON in rot47",
    ),
    "rot13": (b'{"IREFVBA": "3.1", "uvfgbel": []}', "names no protocol version"),
    "binary": (b"PK\x03\x04\xff\xfe", "it is not text"),
    "a list": (b"[]", "neither JSON"),
    "no version": (b'{"history": []}', "names no protocol version"),
    "a version that is a number": (b'{"VERSION": 3.1, "history": []}', "names no protocol version"),
    "a version to come": (b'{"VERSION": "4.0", "history": []}', "protocol version 4.0. The portal reads 1.0 to 1.5"),
    "a version that cannot be shown": (b'{"VERSION": "\\u202e", "history": []}', "protocol version ?."),
    "no history": (b'{"VERSION": "3.1"}', "no list of samples"),
    "a history of one": (b'{"VERSION": "3.1", "history": {}}', "no list of samples"),
    "a sample that is none": (b'{"VERSION": "3.1", "history": [7]}', "Sample 1 is no object"),
    "cut off": (b'{"VERSION": "3.1", "history": [', "no valid JSON: line 1, column 32"),
    "a key twice": (b'{"VERSION": "3.1", "VERSION": "2.0"}', "the key “VERSION” twice"),
    "NaN": (b'{"VERSION": NaN}', "NaN, which is no number"),
    "an endless number": (b'{"VERSION": ' + b"9" * 5000 + b"}", "a number that is too long"),
    "deep nesting": (b'{"a":' * 200_000, "nested too deeply"),
    "deep lists": (b'{"a":' + b"[" * 1_000_000, "nested too deeply"),
}


@pytest.mark.parametrize("name", WRONG_AS_A_WHOLE)
def test_what_is_no_report_is_refused(name: str):
    raw, sentence = WRONG_AS_A_WHOLE[name]
    assert sentence in refusal(raw)


def test_50_megabytes_of_nesting_are_refused_at_once():
    raw, start = b"[" * 50_000_000, time.process_time()
    assert refusal(raw) == "The report is larger than 2 MB."
    assert time.process_time() - start < 0.1


def test_a_key_that_stands_twice_behind_many_others_is_found_at_once():
    keys = "".join(f'"{number}":0,' for number in range(150_000))
    start = time.process_time()
    assert "the key “149999” twice" in refusal(("{" + keys + '"149999":1}').encode())
    assert time.process_time() - start < 5


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "missing": ({"num_services": ...}, "Sample 2, num_services: is missing."),
    "missing of its version": ({"num_synthetic_kpis": ...}, "Sample 2, num_synthetic_kpis: is missing."),
    "text": ({"num_services": "100"}, "Sample 2, num_services: is no whole number."),
    "fraction": ({"num_hosts": 1.5}, "Sample 2, num_hosts: is no whole number."),
    "true": ({"num_hosts": True}, "Sample 2, num_hosts: is no whole number."),
    "null": ({"num_hosts_cloud": None}, "Sample 2, num_hosts_cloud: is no whole number."),
    "negative": ({"num_services_excluded": -1}, "Sample 2, num_services_excluded: is negative."),
    "absurd": ({"num_services": 10**9}, "Sample 2, num_services: is larger than any site (100,000,000)."),
    "a time as text": ({"sample_time": "yesterday"}, "Sample 2, sample_time: is no whole number."),
    "a time long ago": ({"sample_time": 1}, "Sample 2, sample_time: lies before the year 2000."),
    "a time to come": ({"sample_time": 10**11}, "Sample 2, sample_time: lies in the future."),
    "no instance": ({"instance_id": None}, "Sample 2, instance_id: is no text."),
    "an instance that is none": ({"instance_id": "0" * 36}, "Sample 2, instance_id: is no UUID."),
    "an instance in braces": ({"instance_id": "{" + str(make.SITE)[:34] + "}"}, "Sample 2, instance_id: is no UUID."),
    "no hash": ({"site_hash": ...}, "Sample 2, site_hash: is missing."),
    "a hash that is none": ({"site_hash": "<b>"}, "Sample 2, site_hash: is no hash."),
    "a long hash": ({"site_hash": "a" * 65}, "Sample 2, site_hash: has more than 64 characters."),
    "a NUL": ({"platform": "a\x00b"}, "Sample 2, platform: holds characters that cannot be shown."),
    "half a character": ({"version": "\ud800"}, "Sample 2, version: holds characters that cannot be shown."),
    "an edition as number": ({"edition": 7}, "Sample 2, edition: is no text."),
    "is_cma as number": ({"is_cma": 0}, "Sample 2, is_cma: is neither true nor false."),
    "a zone as list": ({"timezone": []}, "Sample 2, timezone: is no text."),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_sample_is_named_with_its_field(name: str):
    values, sentence = WRONG[name]
    assert of(**values) == sentence


def test_a_sample_of_tomorrow_is_taken_for_a_clock_that_is_ahead():
    ahead = datetime.now(UTC) + timedelta(hours=20)
    assert len(parse([make.sample(DAY, sample_time=int(ahead.timestamp()))])) == 1
