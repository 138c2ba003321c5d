"""`callplan evaluate cold`: a log of visits to what alerts about silent accounts would have been worth.

asked.py     the question, the log, the figures
words.py     what they come to, and what must be known to read them
told.py      as text; data.py as JSON and as a table for spreadsheets
picture.py   as a picture
"""
