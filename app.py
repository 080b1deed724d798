"""The entry points: `flask --app app …` and any WSGI server load `app` from here, `serve` loads `front`."""

from portal import create_app
from portal.config import BadSetting
from portal.front import Front

try:
    app = create_app()
except BadSetting as reason:
    raise SystemExit(f"The portal cannot start: {reason}") from None

front = Front(app, threads=app.config["WEB_THREADS"])
