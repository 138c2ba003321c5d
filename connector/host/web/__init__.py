"""What Callplan answers over HTTP: pages, the CRM's webhooks. One Flask application, beside the scheduler or alone.

app.py        the application, of which each part is a blueprint
site.py       what it stands on
door.py       who comes in: sessions, forms' tokens, headers; who.py is who they are and what they may
address.py    what we are called, and by whom; limits.py is how often somebody may ask
login.py      logging in and out, at the identity provider of provider.py, over wire.py
here.py       what a page stands on: its CRM, who looks, whose accounts they see
pages/        a module a page; templates/ and static/ are how they look
shown.py      how values are shown
failures.py   what cannot be answered
webhooks.py   what a CRM says to look at next
front.py      one door for several organisations
server.py     waitress in a thread, until it is stopped
"""

from connector.host.web.app import make_app
from connector.host.web.server import Serving, start
from connector.host.web.site import Site

__all__ = ["Serving", "Site", "make_app", "start"]
