"""Performance data: whatever plug-ins print is read as far as it can be, and drawn with words beside it."""

from __future__ import annotations

import time

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from portal.monitoring.tables import charts, perf
from portal.monitoring.tables.perf import Metric, Range


def only(text: str) -> Metric:
    [metric] = perf.parse(text)
    return metric


class TestReading:
    def test_value_unit_and_limits(self):
        assert only("time=3.2s;1;5;0;10") == Metric("time", 3.2, "s", Range(0.0, 1.0), Range(0.0, 5.0), 0.0, 10.0)

    def test_labels_may_be_quoted_and_hold_blanks_quotes_and_equal_signs(self):
        assert [m.label for m in perf.parse("'C:\\ used %'=3 'it''s = so'=4 /=5")] == ["C:\\ used %", "it's = so", "/"]

    def test_u_is_a_figure_that_was_not_measured(self):
        assert only("load=U;1;2") == Metric("load", None)
        assert charts.figure(only("load=U")) == "not measured"

    @pytest.mark.parametrize(
        ("text", "value", "alerts"),
        [("10", 11, True), ("10", 10, False), ("10", -1, True), ("10:", 9, True), ("10:", 11, False),
         ("~:10", -99, False), ("~:10", 11, True), ("10:20", 9, True), ("10:20", 15, False), ("@10:20", 15, True),
         ("@10:20", 9, False), ("@10:20", 20, True)],
    )  # fmt: skip
    def test_ranges_alert_as_the_guidelines_say(self, text, value, alerts):
        metric = only(f"x={value};{text}")
        assert metric.level == ("warn" if alerts else "good")

    def test_limits_may_carry_the_unit_and_decimal_commas(self):
        assert only("m=1,5GB;2GB;3GB").warn == Range(0.0, 2.0)
        assert only("m=1,5GB").value == 1.5

    @pytest.mark.parametrize(
        "text", [None, 7, [], "", "no figures", "=5", "a=", "a=b", "a=1;;;;;;", "x=1e999", "a=nan"]
    )
    def test_what_cannot_be_read_is_left_out(self, text):
        assert [m for m in perf.parse(text) if m.label != "a" or m.value != 1] == []

    def test_odd_limits_are_no_limits(self):
        metric = only("a=1;x:y;@;q")
        assert (metric.warn, metric.crit, metric.low) == (None, None, None)

    def test_a_critical_level_below_the_warning_means_too_little(self):
        assert [only(f"days={days};30;14").level for days in (40, 20, 10)] == ["good", "warn", "bad"]

    def test_there_are_never_too_many(self):
        assert len(perf.parse(" ".join(f"a{n}=1" for n in range(5000)))) == perf.MOST

    @pytest.mark.parametrize("text", ["a" * 30_000, "'" * 30_000, "'" + "''" * 15_000, "'a " * 10_000, "\x1b[" * 9_000])
    def test_what_has_no_figures_is_given_up_at_once(self, text):
        began = time.process_time()
        assert perf.parse(text) == []
        assert time.process_time() - began < 0.5

    @given(st.text())
    def test_nothing_breaks_it(self, text):
        for metric in perf.parse(text):
            share = metric.share
            assert share is None or 0 <= share <= 1

    @given(st.lists(st.floats(allow_nan=False), min_size=5, max_size=5))
    def test_every_figure_can_be_drawn_and_said(self, app_context, numbers):
        value, warn, crit, low, high = numbers
        for metric in perf.parse(f"a={value}B;{warn};{crit};{low};{high}"):
            assert charts.said(metric)
            drawn = str(charts.bar(metric))
            assert "nan" not in drawn
            assert "inf" not in drawn.replace("infinity", "")


@pytest.fixture(scope="module")
def app_context(house):
    with house.app.test_request_context("/"):
        yield


@pytest.mark.usefixtures("app_context")
class TestDrawing:
    def test_a_bar_says_in_words_what_it_draws_and_marks_its_limits(self):
        svg = BeautifulSoup(str(charts.bar(only("time=3.2s;1;5"))), "html.parser").svg
        assert svg["aria-label"] == "time: 3.2 s, warning above 1 s, critical above 5 s"
        assert svg["role"] == "img"
        assert [mark["class"] for mark in svg.find_all("path")] == [["mark", "warn"], ["mark", "bad"]]
        assert svg.find("rect", class_="level")["class"] == ["level", "warn"]
        assert not svg.find_all(style=True)

    def test_a_label_cannot_leave_its_place(self):
        svg = str(charts.bar(only("'\"><script>alert(1)</script>'=5%")))
        assert "<script" not in svg

    def test_without_a_scale_there_are_words_alone(self):
        assert charts.bar(only("requests=5c")) == ""
        assert "5 c" in charts.meter(perf.parse("requests=5c"))

    @pytest.mark.parametrize(
        ("text", "said"),
        [("a=96%", "96 %"), ("a=1200MB", "1.2 GB"), ("a=0.0032s", "3.2 ms"), ("a=12", "12"), ("a=0.00001s", "10 µs"),
         ("a=123456789", "123 M"), ("a=-3.5", "−3.5"), ("a=1e300", "1e+300")],
    )  # fmt: skip
    def test_figures_read_as_people_write_them(self, text, said):
        assert charts.figure(only(text)) == said

    def test_ranges_in_words(self):
        assert charts.limits(only("a=5;10:20;@3:4")) == ("warning below 10 or above 20, critical from 3 to 4")
