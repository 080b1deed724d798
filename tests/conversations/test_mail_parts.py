"""Mails of all shapes and none, taken apart: what they say, what came along, and nothing lost."""

import io
import zipfile
from email.message import EmailMessage
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.conversations.inbound import WHOLE, read
from portal.conversations.plain import text_of
from portal.storage import clean_name

HEAD = b"From: uma@acme.example\r\nMessage-ID: <1@acme.example>\r\nMIME-Version: 1.0\r\n"


def mail(content_type, body, encoding="8bit"):
    return HEAD + f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
        ("windows-1252", "„Grüße“".encode("cp1252"), "„Grüße“"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("us-ascii", "Grüße".encode("latin-1"), "Grüße"),
        ("x-nobody-knows", "Grüße".encode(), "Grüße"),
        ("rot13", b"abc", "abc"),
        ("utf-8", b"a\x00b\x07c", "abc"),
    ],
)
def test_what_it_says_is_read_in_whatever_charset(charset, body, text):
    assert read(mail(f"text/plain; charset={charset}", body)).text == text


def test_flowed_lines_are_put_together():
    body = b"One long \r\nparagraph.\r\n> quoted \r\n> too\r\n-- \r\nUma\r\n"
    assert read(mail("text/plain; format=flowed", body)).text == "One long paragraph.\n> quoted too\n-- \nUma"


def test_html_becomes_text_and_nothing_in_it_runs():
    page = (b"<html><head><title>x</title><style>p{}</style></head><body><p>One <b>bold</b> word</p><script>steal()"
            b"</script><ul><li>first<li>second</ul><p>See <a href='https://acme.example/log'>the log</a> "
            b"<a href='javascript:x()'>this</a></p><pre>a  b\n  c</pre><img onerror=x()></body></html>")  # fmt: skip
    assert read(mail("text/html", page)).text == (
        "One bold word\n\n- first\n- second\n\nSee the log <https://acme.example/log> this\n\na  b\n  c"
    )


@pytest.mark.parametrize(
    "piece", ["<div>", "<blockquote>", "<!--", "<", "<a href=", '<p a="', "<ul><li>", "&", "<svg>"]
)
def test_html_nested_without_end_takes_no_time(piece):
    text_of(piece * (1_000_000 // len(piece)))


def test_links_within_links_and_a_paragraph_of_a_million_lines_take_no_time():
    began = process_time()
    text_of("<a>x" * 150_000 + "</a>" * 150_000)
    read(mail("text/plain; format=flowed", b"a \n" * 1_000_000))
    assert process_time() - began < 10


def test_the_plain_one_of_two_is_read_and_files_in_the_other_are_kept():
    message = EmailMessage()
    message.set_content("Plain words")
    message.add_alternative("<p>Words in HTML</p><img src='cid:p'>", subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<p>", filename="picture.png")
    arrived = read(HEAD + message.as_bytes())
    assert arrived.text == "Plain words"
    assert [file.filename for file in arrived.files] == ["picture.png"]


def test_a_plain_one_that_is_empty_gives_way_to_the_html():
    message = EmailMessage()
    message.set_content("\n")
    message.add_alternative("<p>Words in HTML</p>", subtype="html")
    assert read(HEAD + message.as_bytes()).text == "Words in HTML"


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="..\\\\..\\\\boot.ini"', "boot.ini"),
        ("", "file-1.bin"),
        (f'filename="{"x" * 300}.log"', "x" * 196 + ".log"),
        ("filename*=utf-8''Gr%C3%BC%C3%9Fe.txt", "Grüße.txt"),
        ('filename="=?utf-8?q?Gr=C3=BC=C3=9Fe.txt?="', "Grüße.txt"),
        ("filename*=utf-8''photo%E2%80%AEgpj.exe", "photogpj.exe"),
    ],
)
def test_files_have_clean_names(header, kept):
    disposition = f"Content-Disposition: attachment; {header}\r\n".encode()
    arrived = read(HEAD + disposition + b"Content-Type: application/octet-stream\r\n\r\nabc")
    assert [clean_name(file.filename) for file in arrived.files] == [kept]
    assert arrived.files[0].content.startswith(b"abc")


def test_a_forwarded_mail_is_kept_as_the_file_it_is():
    inner, message = EmailMessage(), EmailMessage()
    inner["Subject"] = "Down/again"
    inner.set_content("Inner words")
    message.set_content("See below")
    message.add_attachment(inner)
    arrived = read(HEAD + message.as_bytes())
    assert (arrived.text, arrived.files[0].filename) == ("See below", "Down again.eml")
    assert b"Inner words" in arrived.files[0].content


def test_a_packed_file_stays_packed():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(50_000_000))
    message = EmailMessage()
    message.set_content("Dump")
    message.add_attachment(packed.getvalue(), "application", "zip", filename="bomb.zip")
    (file,) = read(HEAD + message.as_bytes()).files
    assert file.content == packed.getvalue()
    assert len(file.content) < 100_000


def nested(depth):
    body = b"Content-Type: text/plain\r\n\r\ndeep\r\n"
    for level in range(depth):
        b = f"b{level}".encode()
        body = (
            b'Content-Type: multipart/mixed; boundary="'
            + b
            + b'"\r\n\r\n--'
            + b
            + b"\r\n"
            + body
            + b"\r\n--"
            + b
            + b"--\r\n"
        )
    return HEAD + body


def many(count):
    message = EmailMessage()
    message.set_content("Many")
    for number in range(count):
        message.add_attachment(b"x", "text", "plain", filename=f"{number}.txt")
    return HEAD + message.as_bytes()


@pytest.mark.parametrize(
    "raw",
    [nested(40), nested(2000), many(40), mail("multipart/mixed; boundary=b", b"--b\r\n\r\nx\r\n" * 30_000),
     mail("text/plain", b"word " * 300_000), mail("multipart/mixed", b"no boundary")[: len(HEAD) + 60]],
    ids=["deep", "deeper", "many files", "many parts", "long", "broken"],
)  # fmt: skip
def test_what_cannot_be_taken_apart_is_kept_whole(raw):
    arrived = read(raw)
    assert arrived.sender == "uma@acme.example"
    assert len(arrived.files) <= 20
    if len(raw) > len(HEAD) + 100:
        assert (arrived.files[-1].filename, arrived.files[-1].content) == (WHOLE, raw)


def test_headers_without_end_take_no_time():
    arrived = read(b"From: " + b"a b <" * 200_000 + b"\r\nReferences: " + b"<x@y> " * 100_000 + b"\r\n\r\nx")
    assert arrived.sender == ""
    assert len(arrived.answers) <= 55


@pytest.mark.parametrize(
    ("header", "ids"),
    [
        ("In-Reply-To: <a@b>\r\nReferences: <x@b> <y@b>", ["a@b", "y@b", "x@b"]),
        ("In-Reply-To: <a@\r\n b>", ["a@b"]),
        ("In-Reply-To: a@b", ["a@b"]),
        ("In-Reply-To: your mail of Monday <a@b>", ["a@b"]),
        ("References: <a@b><c@b>", ["c@b", "a@b"]),
        ("Subject: none", []),
    ],
)
def test_what_it_answers_is_read_however_it_is_written(header, ids):
    assert read(f"From: a@b\r\n{header}\r\n\r\nx".encode()).answers == ids


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=2000), st.binary(max_size=500).map(lambda more: HEAD + more)))
def test_any_bytes_are_read(raw):
    arrived = read(raw)
    assert arrived.id
    assert arrived.text.encode() is not None


PIECES = st.sampled_from([
    b"From: ", b"To: x\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: text/html; charset=",
    b"Content-Type: message/rfc822\r\n", b"Content-Transfer-Encoding: base64\r\n", b"--b\r\n", b"--b--\r\n", b"\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%", b"=?utf-8?q?=?= ", b"<", b">", b"@", b";", b'"', b"\xff",
    b"Message-ID: <", b"In-Reply-To: <", b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
    b"Content-Type: message/delivery-status\r\n", b"a", b" ", b"\n\t", b"\x00", b"(", b"\\",
])  # fmt: skip


@settings(max_examples=500)
@given(st.lists(PIECES, max_size=40).map(b"".join))
def test_any_pieces_of_mail_are_read(raw):
    assert read(raw).id
