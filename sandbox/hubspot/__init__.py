"""A HubSpot on localhost, as a nightly client meets it in late 2026.

app.py          the WSGI application, and direct access for tests
door.py         what is asked before all else: key, scopes, rate; and what every answer carries
keys.py         service keys and access tokens, each with scopes of its own
rates.py        a key's ten seconds, the account's searches and day
oauth.py        the paths by which an app gets in; tokens.py its codes and tokens
routes.py       paths to handlers: dated (2026-03, 2026-09) and legacy alike
account.py      the account's number, zone and usage
owners.py       the people and queues that a record can belong to
lists.py        lists over HTTP, members.py who is in them; segments.py keeps both; paging.py page by page
listfilters.py  which filters a list may have and who passes; operations.py and moments.py one filter, one moment
webhooks.py     telling receivers of changes; signatures.py signed; changes.py what there is to tell
objects.py      records over HTTP, by way of batches.py, answers.py, search.py, conditions.py, shape.py, asking.py
definitions.py  properties and groups over HTTP; defining.py tells what is refused of them
associations.py associations and labels over HTTP; linkbatches.py their batches
tracking.py     how much of what a portal may hold is used
records.py      what the portal holds, and what happens when it changes; tables.py by id and unique value
checking.py     whether a record may be written so; values.py which values a property takes
linking.py      two records together or apart; links.py and linktypes.py hold which and how
rollups.py      what HubSpot counts on accounts by itself
merging.py      two records become one
lag.py          the index behind search, which is some time behind
schema.py       the types, properties and groups of one portal; standard.py what every portal begins with
policy.py       what administrators, the subscription and HubSpot decide: switches
keeping.py      the portal into a file and back
errors.py       how HubSpot says no
seed.py         reps, accounts and logs into owners, companies and engagements
"""

from sandbox.hubspot.app import HubSpot
from sandbox.hubspot.standard import CustomObject

__all__ = ["CustomObject", "HubSpot"]
