"""A HubSpot on localhost, as a nightly client meets it in late 2026.

app.py          the WSGI application, and direct access for tests
routes.py       paths to handlers: dated (2026-03, 2026-09) and legacy alike
batches.py      batch read, create, update, upsert, archive
search.py       filters, limits, the 10,000 wall, the lagging index
records.py      what the portal holds, and what happens when it changes
properties.py   the schema: which properties there are, and which values they take
rates.py        the ten-second bucket, the search limit, the day's quota
errors.py       how HubSpot says no
seed.py         reps, accounts and logs into owners, companies and engagements
"""

from sandbox.hubspot.app import HubSpot

__all__ = ["HubSpot"]
