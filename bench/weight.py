"""What a first view of a page weighs, all its assets included, compressed."""

from __future__ import annotations

import re
from typing import Any

LIMIT = 60_000
ASSET = re.compile(r'(?:href|src)="(/static/[^"#]+|/brand\.css)')


def of(client: Any, url: str) -> int:
    """Return the bytes of a page and everything it loads, as they go over the wire."""
    headers = {"Accept-Encoding": "gzip, br"}
    answer = client.get(url, headers=headers)
    page = client.get(url).get_data(as_text=True)
    size = len(answer.get_data())
    for asset in sorted(set(ASSET.findall(page))):
        size += len(client.get(asset, headers=headers).get_data())
    return size
