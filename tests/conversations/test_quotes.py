"""What is cut from an answer is what the other mail said; what somebody wrote stays."""

import time

from hypothesis import given
from hypothesis import strategies as st

from portal.conversations.quotes import MARK, trimmed
from tests.conversations.clients import quoted

OURS = f"""{MARK} Answer above this line {MARK}

Hello Uma,

Pat Lindner answered in the ticket T-23456789.

Please send us the file monitoring-core.log and say since when it happens.

See the ticket:
https://portal.example/support/tickets/1

--
Customer Portal
https://portal.example"""
LINE = "On Tue, Jul 1, 2025 at 10:04 AM Portal <portal@vendor.example> wrote:"


def test_the_quote_below_and_the_signature_go():
    text = f"It is here.\n\nSecond paragraph.\n\n-- \nUma\n\n{LINE}\n{quoted(OURS)}\n"
    assert trimmed(text, OURS) == "It is here.\n\nSecond paragraph."


def test_what_is_written_between_quoted_lines_stays_with_them():
    text = f"{LINE}\n> Please send us the file monitoring-core.log and say since when it happens.\n\nSince noon.\n\n" \
           "> See the ticket:\n\nI did."  # fmt: skip
    assert trimmed(text, OURS) == text


def test_what_is_written_into_an_unquoted_copy_stays_with_it():
    copy = OURS.replace("See the ticket:", "### Since noon, and the file is below.\n\nSee the ticket:")
    text = f"See my answer within.\n\nFrom: Portal\nSent: Tuesday\nTo: Uma\nSubject: Re\n\n{copy}"
    assert trimmed(text, OURS) == text.partition("\n\n--\n")[0]


def test_lines_after_a_bracket_that_are_not_ours_stay():
    text = "The console says:\n\n> Connection refused\n> Giving up"
    assert trimmed(text, OURS) == text


def test_a_mail_pasted_into_the_answer_stays():
    pasted = "From: monitoring@acme.example\nTo: ops@acme.example\nSubject: CRIT host db1\n\nHost db1 is down."
    text = f"This is the notification:\n\n{pasted}\n\nFrom: Portal\nSent: Tuesday\nTo: Uma\nSubject: Re\n\n{OURS}"
    assert trimmed(text, OURS) == f"This is the notification:\n\n{pasted}"


def test_the_last_line_of_an_answer_is_no_attribution():
    text = f"Am besten schreibt Ihr mir.\nAm 1. Juli 2025 um 10:04 schrieb Portal:\n{quoted(OURS)}"
    assert trimmed(text, OURS) == "Am besten schreibt Ihr mir."


def test_a_rewrapped_quote_is_recognised():
    wrapped = OURS.replace("monitoring-core.log and say", "monitoring-core.log\nand say")
    assert trimmed(f"Done.\n\n{LINE}\n{quoted(wrapped)}", OURS) == "Done."


def test_a_footer_that_a_company_adds_below_the_quote_keeps_nothing_alive():
    text = f"Done.\n\nFrom: Portal\nSent: Tuesday\nTo: Uma\nSubject: Re\n\n{OURS}\n\nAcme GmbH, Register HRB 1"
    assert trimmed(text, OURS) == "Done."


def test_a_long_ending_after_two_dashes_is_no_signature():
    table = "Result:\n--\n" + "\n".join(f"row {number}" for number in range(30))
    assert trimmed(table, OURS) == table


def test_what_is_nothing_but_a_quote_is_kept():
    text = f"{LINE}\n{quoted(OURS)}"
    assert trimmed(text, OURS) == text


def test_ten_thousand_quoted_lines_take_no_time():
    long = "\n".join(f"line {number} of what was said before" for number in range(10_000))
    start = time.process_time()
    assert trimmed(f"Short.\n\n{LINE}\n{quoted(OURS)}\n{quoted(long)}", OURS) == "Short."
    trimmed(f"Short.\n\nFrom: a\nSent: b\nTo: c\n\n{OURS}\n{long}", OURS)
    trimmed("-----Original Message-----\n" * 15_000 + f"{OURS}\n" * 5_000, OURS)
    assert time.process_time() - start < 4


LINES = st.one_of(
    st.text(max_size=40),
    st.sampled_from([*OURS.split("\n"), *quoted(OURS).split("\n"), LINE, "-- ", "From: a", "To: b"]),
)


@given(st.lists(LINES, max_size=40))
def test_an_answer_is_never_lost(lines):
    """A line that nobody else has said survives, wherever it stands."""
    own = "Zebra crossings everywhere, quoth nobody"
    text = "\n".join([own, *lines])
    assert own in trimmed(text, OURS)
    assert trimmed(text) or not text.strip()
