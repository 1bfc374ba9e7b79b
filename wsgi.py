"""For WSGI servers: `wsgi:app`."""

from jobboard import create_app

app = create_app()
