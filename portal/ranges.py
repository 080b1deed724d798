"""Ranges: what of a file an answer holds: all of it, one part, or nothing because nothing changed (RFC 9110, 13-14)."""

from __future__ import annotations

from flask import Response, request
from werkzeug.http import parse_range_header


def narrow(response: Response, size: int) -> range | None:
    """Give an answer that has its validators the status the request's conditions ask for, and its length.

    Returns which of the `size` bytes it holds; None when it has no content. Several ranges at once, or in another unit
    than bytes, are answered with the whole.
    """
    response.accept_ranges = "bytes"
    response.content_length = size
    response.make_conditional(request.environ)
    if response.status_code != 200:
        response.content_length = 0
        return None
    asked = _asked(response)
    if asked is None or size == 0:
        return range(size)
    start, stop = asked
    if start < 0:
        start, stop = max(0, size + start), size
    stop = size if stop is None else min(stop, size)
    if start >= stop:
        response.status_code = 416
        response.headers["Content-Range"] = f"bytes */{size}"
        response.content_length = 0
        return None
    response.status_code = 206
    response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response.content_length = stop - start
    return range(start, stop)


def _asked(response: Response) -> tuple[int, int | None] | None:
    """Return the one range a GET asks for, as long as what it knows is still what we have."""
    headers = request.headers
    if request.method != "GET" or "Range" not in headers:
        return None
    known = headers.get("If-Range")
    if known is not None and known not in (response.headers.get("ETag"), response.headers.get("Last-Modified")):
        return None
    ranges = parse_range_header(headers["Range"])
    return ranges.ranges[0] if ranges and ranges.units == "bytes" and len(ranges.ranges) == 1 else None
