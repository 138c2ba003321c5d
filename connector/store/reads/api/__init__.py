"""What the API asks of the store: pages of rows, each beginning where the one before ended.

runs.py       of one CRM, the newest first
flags.py      those that are open, in the order in which they were raised
lists.py      stops of the present call lists, in each rep's order
accounts.py   what is planned for one account
"""
