"""What of a present state is to be told, after what was told last."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portal.database import now
from portal.monitoring.notifications.changes import Known, Present, compare, first
from portal.monitoring.notifications.periods import is_open


def present(state: int, service: str = "CPU", **values: bool) -> Present:
    return Present("web1", service, state, now(), **values)


class TestCompare:
    @pytest.mark.parametrize(
        ("known", "now_", "told", "after"),
        [
            (Known(0), present(2), ["crit"], Known(2)),
            (Known(1), present(2), ["crit"], Known(2)),
            (Known(2), present(2), [], Known(2)),
            (Known(2), present(0), ["ok"], Known(0)),
            (Known(0), present(1, ""), ["down"], Known(1)),
            (Known(1), present(2, ""), ["unreachable"], Known(2)),
            (Known(2), present(0, ""), ["up"], Known(0)),
            (Known(0), present(77), ["unknown"], Known(77)),
        ],
    )
    def test_a_state_is_told_when_it_is_another_one_than_was_told_last(self, known, now_, told, after):
        assert compare(known, now_) == (told, after)

    @pytest.mark.parametrize("why", ["is_soft", "is_held", "is_acknowledged", "in_downtime"])
    def test_a_problem_that_is_held_back_is_told_when_that_ends_if_it_is_still_there(self, why):
        events, after = compare(Known(0), present(2, **{why: True}))
        assert after.state == 0
        assert "crit" not in events
        assert "crit" in compare(after, present(2))[0]
        assert "ok" not in compare(after, present(0))[0]

    def test_that_it_is_over_waits_for_the_end_of_a_downtime(self):
        events, after = compare(Known(2, in_downtime=True), present(0, in_downtime=True))
        assert (events, after) == ([], Known(2, in_downtime=True))
        assert compare(after, present(0)) == (["downtime_end", "ok"], Known(0))

    def test_acknowledgements_and_downtimes_are_events_of_their_own(self):
        assert compare(Known(2), present(2, is_acknowledged=True)) == (["acknowledgement"], Known(2, True))
        assert compare(Known(2, True), present(2)) == ([], Known(2))
        assert compare(Known(0), present(0, in_downtime=True)) == (["downtime_start"], Known(0, False, True))

    def test_where_the_site_switched_notifications_off_nothing_is_told_not_even_later(self):
        assert compare(Known(0), present(2, is_silenced=True)) == ([], Known(2))

    def test_what_is_met_as_it_is_counts_as_told(self):
        assert compare(first(present(2)), present(2)) == ([], Known(2))
        assert first(present(2, is_soft=True)) == Known(0)


WORK = {"monday": [["09:00", "12:00"], ["13:00", "24:00"]], "exceptions": [{"date": "2026-12-21", "ranges": []}]}


@pytest.mark.parametrize(
    ("day", "hour", "minute", "expected"),
    [(23, 7, 59, False), (23, 8, 0, True), (23, 11, 0, False), (23, 22, 59, True), (24, 10, 0, False)],
)
def test_a_time_period_is_one_of_the_providers_time_zone(day, hour, minute, expected):
    assert is_open(WORK, datetime(2026, 11, day, hour, minute, tzinfo=UTC), "Europe/Berlin") is expected


def test_on_an_exceptional_date_its_own_times_count():
    assert not is_open(WORK, datetime(2026, 12, 21, 9, tzinfo=UTC), "Europe/Berlin")
