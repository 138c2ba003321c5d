"""What Callplan answers over HTTP: the CRM's webhooks. One Flask application, beside the scheduler or alone.

app.py        the application, of which each part is a blueprint
site.py       what it stands on
webhooks.py   what a CRM says to look at next
server.py     waitress in a thread, until it is stopped
"""

from connector.host.web.app import make_app
from connector.host.web.server import Serving, start
from connector.host.web.site import Site

__all__ = ["Serving", "Site", "make_app", "start"]
