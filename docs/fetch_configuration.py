"""Fetch a site's configuration from the portal: python3 fetch_configuration.py PORTAL SITE TOKEN_FILE KEY.pem FOLDER

Needs Python 3.9 and nothing else. KEY.pem is the portal's public key (PORTAL/api/v1/key.pem), got once on a way you
trust. What is whole and signed by that key for this site, and not older than what is there, is written to
FOLDER/configuration.json at once, and the portal is told; what is not stays away, the portal is told why, and this ends
with 1. With everything there already it changes nothing and ends with 0.
"""

import base64
import hashlib
import json
import os
import sys
import urllib.error
import urllib.request
import zlib
from pathlib import Path

CONTEXT = b"portal: site configuration, 1\0"
MOST_BYTES = 512 * 1024 * 1024

# Ed25519 (RFC 8032, 5.1 and 6), to verify only: nothing here is secret, so it need not take the same time for all.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(one, other):
    """Add two points in extended coordinates."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    """Return a multiple of a point."""
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = add(found, point)
        point, number = add(point, point), number >> 1
    return found


def point_of(data):
    """Return the point that 32 bytes stand for; raises ValueError."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("no point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def is_signed(key, signature, text):
    """Tell whether the signature over a text is that of the key."""
    base = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    number = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or number >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    one, other = times(number, base), add(point_of(signature[:32]), times(challenge, point_of(key)))
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


def canonical(value):
    """Return the one form in which the portal hashes and signs."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def key_of(pem):
    """Return the 32 bytes of a public key in PEM: the last ones of it."""
    lines = [line for line in pem.strip().splitlines() if not line.startswith("-----")]
    data = base64.b64decode("".join(lines), validate=True)
    if len(data) != 44:
        raise ValueError("this is no public key of the kind Ed25519")
    return data[-32:]


def verify(content, key, site):
    """Return the manifest of a document; raises ValueError with the reason."""
    try:
        found = json.loads(content)
        manifest, parts = found["manifest"], found["parts"]
        signature = base64.b64decode(found["signature"], validate=True)
        if not is_signed(key, signature, CONTEXT + canonical(manifest)):
            raise ValueError("the signature does not hold")
        if manifest["type"] != "site configuration" or manifest["site"] != site:
            raise ValueError("this is not the configuration of this site")
        named = {part["sha256"] for part in manifest["parts"]}
        if named != set(parts) or any(hashlib.sha256(canonical(parts[name])).hexdigest() != name for name in named):
            raise ValueError("a part is not the one that was signed")
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"not as the portal writes it ({type(error).__name__})") from None
    return manifest


class Straight(urllib.request.HTTPRedirectHandler):
    """Follow nobody elsewhere: the token is for the portal alone."""

    def redirect_request(self, *_arguments):
        """Say that there is nothing to follow."""
        return


def ask(url, token, headers=None, body=None):
    """Return status, headers and content of an answer."""
    if not url.startswith(("https://", "http://")):
        raise ValueError("the portal's address begins with https://")
    sent = {"Accept-Encoding": "gzip", **(headers or {}), "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, body, sent)  # noqa: S310 - the scheme is checked above
    try:
        with urllib.request.build_opener(Straight).open(request, timeout=60) as answer:
            return answer.status, answer.headers, unpacked(answer.read(MOST_BYTES), answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.headers, unpacked(error.read(64 * 1024), error.headers)


def unpacked(content, headers):
    """Return the content of an answer as it was before it was compressed; raises ValueError."""
    if headers.get("Content-Encoding") != "gzip":
        return content
    packed = zlib.decompressobj(31)
    try:
        content = packed.decompress(content, MOST_BYTES)
    except zlib.error:
        raise ValueError("the answer is broken") from None
    if packed.unconsumed_tail or not packed.eof:
        raise ValueError("the answer is too large or cut off")
    return content


def write(path, content):
    """Replace a file at once, readable by its owner alone; who is interrupted leaves what was there."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def report(url, token, **said):
    """Tell the portal what became of a snapshot."""
    body = json.dumps(said).encode()
    status, _headers, _content = ask(f"{url}/report", token, {"Content-Type": "application/json"}, body)
    if status != 204:
        sys.stderr.write(f"the report was not taken: {status}\n")


def present(target):
    """Return the number of what is there; 0 when nothing is."""
    return json.loads(target.read_bytes())["manifest"]["number"] if target.exists() else 0


def number_in(content):
    """Return the number that a document says it has, whether it is whole or not; 0 for none."""
    try:
        number = json.loads(content)["manifest"]["number"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return 0
    return number if type(number) is int and number > 0 else 0


def main(portal, site, token_file, key_file, folder):
    """Fetch, verify, write and report; returns what to end with."""
    url = f"{portal.rstrip('/')}/api/v1/sites/{site}"
    token, key = Path(token_file).read_text().strip(), key_of(Path(key_file).read_text())
    target, tag = Path(folder) / "configuration.json", Path(folder) / "configuration.etag"
    known = {"If-None-Match": tag.read_text()} if tag.exists() and target.exists() else {}
    status, headers, content = ask(f"{url}/configuration", token, known)
    if status == 304:
        return 0
    if status != 200:
        raise ValueError(f"the portal answers {status}: {content.decode(errors='replace').strip()}")
    try:
        manifest = verify(content, key, site)
        if manifest["number"] < present(target):
            raise ValueError("this is older than what is here")
        write(target, content)
        write(tag, headers.get("ETag", "").encode())
    except (OSError, ValueError) as reason:
        if number := number_in(content):
            said = "".join(letter if letter.isprintable() else " " for letter in str(reason))
            report(url, token, snapshot=number, state="failed", reason=said[:500])
        raise
    report(url, token, snapshot=manifest["number"], state="applied")
    sys.stdout.write(f"snapshot {manifest['number']} is here\n")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    try:
        sys.exit(main(*sys.argv[1:]))
    except (TypeError, OSError, ValueError) as reason:
        sys.exit(f"refused: {reason}")
