"""One folder for each CRM, found by its name: `Settings`, and `connect`, which gives the four verbs.

Twins: `diff -r adapters/salesforce adapters/hubspot` reads as the difference between two CRMs. memory is the one
to copy. An adapter sees the contract and the errors, and its vendor's client; nothing else of ours.
"""
