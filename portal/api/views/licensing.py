"""Licensing for sites: report usage, ask what is licensed, learn the key that signs the answer."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, jsonify, request

from ... import signing
from ...access.guard import by_secret, public
from ...database import db
from ...errors import Refused
from ...licensing import questions, verification
from ...licensing.usage import intake as usage
from ...licensing.usage import reports
from .. import basic, bodies
from ..problems import Problem

bp = Blueprint("licensing_api", __name__, url_prefix="/api/v1/licensing")
LICENSING_CREDENTIAL = "licensing credential"
AN_HOUR = "public, max-age=3600"


@bp.post("/usage")
@by_secret(LICENSING_CREDENTIAL)
def report() -> Response:
    """Keep the licence usage that a site reports."""
    credential = basic.credential()
    raw = bodies.raw(most=reports.LARGEST)
    try:
        kept = usage.keep(db.session(), credential.subscription, raw, by=credential)
    except Refused as refused:
        raise Problem(422, refused.sentence) from None
    db.session.commit()
    return jsonify(samples=kept.samples, new=kept.new, known=kept.known)


@bp.get("/verification")
@by_secret(LICENSING_CREDENTIAL)
def verify() -> Response:
    """Say, signed, what the subscription allows."""
    credential = basic.credential()
    try:
        asked = questions.asked(request.args.get("request_id"), request.args.get("instance_id"))
    except Refused as refused:
        raise Problem(422, refused.sentence) from None
    said = verification.document(
        db.session(), credential.subscription, asked, licensing_id=credential.licensing_id
    )  # fmt: skip
    return Response(verification.sign(said), mimetype="application/json")


@bp.get("/key")
@public
def key() -> Response:
    """Name the key that signs verifications."""
    found = signing.public()
    answer = jsonify(
        algorithm="Ed25519", key_id=signing.id_of(found), pem=signing.pem(found),
        raw=base64.b64encode(signing.raw(found)).decode(),
    )  # fmt: skip
    answer.headers["Cache-Control"] = AN_HOUR
    return answer


@bp.get("/key.pem")
@public
def key_file() -> Response:
    """Give that key as the file that openssl takes."""
    return Response(
        signing.pem(signing.public()), mimetype="application/x-pem-file", headers={"Cache-Control": AN_HOUR}
    )
