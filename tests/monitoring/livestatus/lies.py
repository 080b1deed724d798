"""Every way in which a site's answer is none, and what people are told of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from tests.factories.livestatus import frame
from tests.factories.simulated import Behaviour, Talk

SAYS_NO_LIVESTATUS = "does not speak Livestatus"
UNREADABLE = "cannot be read"
OTHER_TABLE = "not the table that was asked for"
SILENT = "does not answer in time"


def to_questions(lie: Callable[[Talk], Awaitable[None]]) -> Behaviour:
    """Lie to questions; who only asks for the status hears the truth."""

    async def behave(talk: Talk) -> None:
        if talk.is_greeting:
            await talk.send(talk.truth)
        else:
            await lie(talk)

    return behave


def sending(data: bytes) -> Behaviour:
    """Send these bytes for an answer."""

    async def lie(talk: Talk) -> None:
        await talk.send(data)

    return to_questions(lie)


def saying(value: object) -> Behaviour:
    """Answer with this value, properly framed."""
    return sending(frame(200, json.dumps(value).encode()))


@to_questions
async def silence(talk: Talk) -> None:
    await asyncio.Event().wait()


async def silence_from_the_start(talk: Talk) -> None:
    await asyncio.Event().wait()


@to_questions
async def trickle(talk: Talk) -> None:
    for byte in talk.truth * 1000:
        await talk.send(bytes([byte]))
        await asyncio.sleep(0.05)


@to_questions
async def cut_off(talk: Talk) -> None:
    await talk.send(talk.truth[:-3])
    talk.writer.close()


@to_questions
async def reset(talk: Talk) -> None:
    talk.reset()


@to_questions
async def closing(talk: Talk) -> None:
    await talk.send(talk.truth)
    talk.writer.close()


async def closing_at_once(talk: Talk) -> None:
    talk.writer.close()


@to_questions
async def too_short_a_length(talk: Talk) -> None:
    body = talk.truth[16:]
    await talk.send(b"200 %11d\n%s" % (len(body) - 2, body))


@to_questions
async def too_long_a_length(talk: Talk) -> None:
    body = talk.truth[16:]
    await talk.send(b"200 %11d\n%s" % (len(body) + 2, body))


@to_questions
async def a_hundred_megabytes(talk: Talk) -> None:
    await talk.send(b"200 %11d\n" % 100_000_000)
    for _ in range(100):
        await talk.send(b"[" * 1_000_000)


@to_questions
async def a_hundred_megabytes_unframed(talk: Talk) -> None:
    for _ in range(100):
        await talk.send(b"x" * 1_000_000)


@to_questions
async def one_more(talk: Talk) -> None:
    await talk.send(talk.truth + talk.truth)


LIES: dict[str, tuple[Behaviour, str]] = {
    "silence": (silence, SILENT),
    "silence from the start": (silence_from_the_start, SILENT),
    "a byte now and then": (trickle, SILENT),
    "cut off": (cut_off, "broke its answer off"),
    "reset": (reset, "closes the connection"),
    "closed at once": (closing_at_once, "closes the connection without an answer"),
    "a length too short": (too_short_a_length, "sent more than was asked"),
    "a length too long": (too_long_a_length, SILENT),
    "a hundred megabytes": (a_hundred_megabytes, "larger than the question can have"),
    "a hundred megabytes unframed": (a_hundred_megabytes_unframed, SAYS_NO_LIVESTATUS),
    "an answer to what nobody asked": (one_more, "sent more than was asked"),
    "a web server": (sending(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), SAYS_NO_LIVESTATUS),
    "TLS": (sending(b"\x15\x03\x01\x00\x02\x02\x46" + bytes(16)), "speaks TLS"),
    "a length of letters": (sending(b"200        many\n[]"), SAYS_NO_LIVESTATUS),
    "a negative length": (sending(b"200         -10\n[]"), SAYS_NO_LIVESTATUS),
    "no JSON": (sending(frame(200, b"host1;0\nhost2;1\n")), UNREADABLE),
    "Python": (sending(frame(200, b"[['host1', None]]")), UNREADABLE),
    "nothing": (sending(frame(200, b"")), UNREADABLE),
    "deep nesting": (sending(frame(200, b"[" * 200_000 + b"]" * 200_000)), UNREADABLE),
    "not a number": (sending(frame(200, b'[["host1", NaN, []]]')), UNREADABLE),
    "a number of 5,000 digits": (sending(frame(200, b'[["host1", %s, []]]' % (b"9" * 5000))), UNREADABLE),
    "a number no database holds": (saying([["host1", 10**30, []]]), OTHER_TABLE),
    "infinity": (sending(frame(200, b'[["host1", 1e999, []]]')), OTHER_TABLE),
    "an object": (saying({"rows": []}), OTHER_TABLE),
    "null": (saying(None), OTHER_TABLE),
    "rows that are none": (saying(["host1"]), OTHER_TABLE),
    "too wide a row": (saying([["host1", 0, [], "more"]]), OTHER_TABLE),
    "rows of different widths": (saying([["host1", 0, []], ["host1"]]), OTHER_TABLE),
    "a text for a number": (saying([["host1", "up", []]]), OTHER_TABLE),
    "a list for a number": (saying([["host1", [0], []]]), OTHER_TABLE),
    "an object for a text": (saying([[{"name": "host1"}, 0, []]]), OTHER_TABLE),
    "numbers for names": (saying([["host1", 0, [7]]]), OTHER_TABLE),
    "more rows than wanted": (saying([["host1", 0, []]] * 50), OTHER_TABLE),
}
