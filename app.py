"""The WSGI entry point: `flask --app app …` and the web server load `app` from here."""

from portal import create_app

app = create_app()
