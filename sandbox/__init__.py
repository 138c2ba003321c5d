"""A Salesforce and a HubSpot on localhost, honest about what the vendors refuse.

Each is one WSGI application that serves in process and over HTTP alike, behind a `Wire` that counts calls and fails
on request. Filled with a sample territory, or with accounts from a CSV. It imports nothing of ours, so that what it
says about our adapters is a second opinion.

    python -m sandbox sample FOLDER                 write the sample claims
    python -m sandbox serve --providers FILE.csv    serve both CRMs
"""
