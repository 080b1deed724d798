"""Forms about a site: how it is reached, a new one, another customer for it, authorities it is to trust."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from ...customers.sites import EDITABLE, Site
from ...monitoring.livestatus import address
from ...setup.certificates import read_certificates
from ...web.forms import Form, Plain, VersionedForm
from .customers import TOO_LONG
from .refusals import as_error

TIMEOUT = 2000
"""Milliseconds, where nobody says otherwise."""
LARGEST_PEM = 200_000


def _line(label: Any, length: int, *validators: Any) -> StringField:
    return StringField(label, validators=[*validators, Plain(), Length(max=length, message=TOO_LONG)])


class SiteForm(VersionedForm):
    """How a site is called and reached."""

    alias = _line(_l("Alias"), 200, InputRequired(_l("Give an alias.")))
    livestatus = _line(_l("Livestatus connection"), 300, InputRequired(_l("Say where the site answers.")))
    timeout = IntegerField(_l("Timeout, in milliseconds"), validators=[Optional()], default=TIMEOUT)
    tls_ca = TextAreaField(
        _l("Certificates trusted for TLS"),
        validators=[Optional(), Length(max=LARGEST_PEM, message=TOO_LONG)],
        render_kw={"rows": 4, "spellcheck": "false"},
    )
    status_site_id = _line(_l("Site of the status host"), 64, Optional())
    status_host = _line(_l("Status host"), 200, Optional())
    gui_url = _line(_l("Address of its user interface"), 300, Optional())
    is_disabled = BooleanField(_l("Disabled"))

    def validate_livestatus(self, field: StringField) -> None:
        """Raise ValidationError when no site may be reached there."""
        with as_error():
            address.check(field.data or "")

    def validate_tls_ca(self, field: TextAreaField) -> None:
        """Raise ValidationError for what is no certificate, and keep only what is."""
        with as_error():
            field.data = "".join(one.pem for one in read_certificates(field.data or ""))

    @property
    def values(self) -> dict[str, Any]:
        """Return what a site keeps of it."""
        found = {name: self[name].data for name in EDITABLE}
        texts = {name: found[name] or "" for name in ("alias", "livestatus", "tls_ca", "status_host", "gui_url")}
        return found | texts | {
            "timeout": TIMEOUT if found["timeout"] is None else found["timeout"],
            "status_site_id": found["status_site_id"] or None,
        }  # fmt: skip

    def rows(self, site: Site) -> list[tuple[Any, Any, Any]]:
        """Return each field's label with what was typed and what is stored now, for a comparison."""
        return [(self[name].label.text, mine, getattr(site, name)) for name, mine in self.values.items()]


class NewSiteForm(SiteForm):
    """The same with what is fixed once the site is made: its ID, and whose it is."""

    id = _line(_l("ID"), 64, InputRequired(_l("A site needs an ID.")))
    alias = _line(_l("Alias"), 200, Optional())
    customer = _line(_l("Customer"), 64, InputRequired(_l("Choose a customer.")))


class OwnerForm(VersionedForm):
    """To which customer a site goes."""

    customer = _line(_l("Customer"), 64, InputRequired(_l("Choose a customer.")))


class AuthorityForm(Form):
    """Certificates of authorities, pasted or in a file."""

    pem = TextAreaField(
        _l("Certificate"), validators=[Optional(), Length(max=LARGEST_PEM, message=TOO_LONG)],
        render_kw={"rows": 6, "spellcheck": "false"},
    )  # fmt: skip
    file = FileField(_l("Or a file"), render_kw={"accept": ".pem,.crt,.cer"})

    @property
    def text(self) -> str:
        """Return what was pasted, else what the file holds; bytes that are no text become text that is no PEM."""
        if self.pem.data or not getattr(self.file.data, "filename", ""):
            return self.pem.data or ""
        return str(self.file.data.read(LARGEST_PEM).decode("ascii", "replace")) or "-"
