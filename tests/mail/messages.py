"""Messages written, read back and taken apart."""

import email
from email import policy

import portal.customers.models  # noqa: F401 (the table messages point to)
from portal.database import db
from portal.mail import Mail, send

SECRET = "https://portal.test/invitation/s3cret?a=1&b=2"


def write(app, **changes):
    options = {"to": "uma@acme.test", "name": "Uma Öz", "template": "test", "language": "en"}
    options |= {"secrets": {"link": SECRET}, "paid": 1234.5, "company": "Acme & Söhne <GmbH>"}
    with app.app_context():
        message = send(db.session, **(options | changes))
        db.session.commit()
        return message.id


def read(app, mail_id):
    with app.app_context():
        return db.session.get_one(Mail, mail_id)


def files(app):
    return sorted((app.config["DATA"] / "mail").iterdir())


def parsed(path):
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)


def body(message, kind):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")
