"""The WSGI entry point: `flask --app app …` and the web server load `app` from here."""

from portal import create_app
from portal.config import BadSetting

try:
    app = create_app()
except BadSetting as reason:
    raise SystemExit(f"The portal cannot start: {reason}") from None
