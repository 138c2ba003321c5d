"""How far a call plan was carried out, for managers.

figures.py    the figures by the field's names: what each is, in a sentence, and how it is written
reported.py   one report: whose it is, which cycle, what must be known of it
stored.py     from what Callplan keeps of a CRM
logged.py     from a log of visits in a file
told.py       on the terminal, and for machines
workbook.py   as an Excel workbook
page.py       as a page
"""
