"""Any bytes on standard input end in one of three ways."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conversations.clients import gmail, thunderbird
from tests.support.mails import answered, opened, receive

CUTS = st.tuples(st.integers(0, 2000), st.integers(0, 2000), st.binary(max_size=60))


@pytest.fixture
def raws(app):
    mail = answered(app, opened(app))
    return [thunderbird(mail, "Fine."), gmail(mail, "Fine, too.")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_bytes_end_well(app, raws, data):
    raw = data.draw(st.one_of(st.sampled_from(raws), st.binary(max_size=300)))
    for at, length, more in data.draw(st.lists(CUTS, max_size=3)):
        raw = raw[:at] + more + raw[at + length :]
    receive(app, raw, code=0 if raw.strip() else 65)
