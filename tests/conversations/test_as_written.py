"""What came by mail is shown as it was written; what was written in the portal is Markdown."""

from portal.conversations.messages import Source
from portal.conversations.text import html_of

LOG = "# uptime of __init__\nNAME     STATE\n----     -----\n*a* <b>\n\n> quoted\n"


def test_a_log_in_a_mail_keeps_its_signs_and_its_columns():
    shown = html_of(LOG, Source.MAIL)
    assert "# uptime of __init__<br>" in shown
    assert "NAME\N{NO-BREAK SPACE}" in shown.replace("&nbsp;", "\N{NO-BREAK SPACE}")
    assert "----" in shown
    assert "*a* &lt;b&gt;" in shown
    assert "<blockquote>\n<p>quoted</p>" in shown
    assert "<h" not in shown


def test_the_same_written_in_the_portal_is_markdown():
    shown = html_of(LOG, Source.PORTAL)
    assert "<h3>" in shown
    assert "<em>a</em>" in shown


def test_nothing_in_a_mail_becomes_an_element():
    assert "<script" not in html_of("<script>x()</script> [a](javascript:x) ![x](https://spy.example)", Source.MAIL)
