"""What Callplan and its sandbox assume of HubSpot, question by question.

A question is a function: its docstring asks, what it returns was seen, and beside it stands what is assumed.

portal.py       the calls: one host, a pause before each, a limit waited out
workshop.py     what is made for the questions
made.py         what was made, or may have been, and how it is all taken away again
questions.py    what a question is, and what came of asking it
conform.py      all of them, one line each
asked.py        the command, tools/conform-hubspot
account.py, records.py, writing.py, keys.py, batches.py, definitions.py, links.py, merging.py, searching.py, segments.py
"""
