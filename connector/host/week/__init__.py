"""A rep's week to take along: on the terminal, in Excel, in the calendar, on a GPS device, as a map of each day.

visits.py     the nouns: an account, a visit, a day, a week
accounts.py   who is visited, as mirror and plan know them
reading.py    the week as the store's present plan has it
links.py      navigation links, as text
listed.py     `callplan week`: in plain words
export.py     `callplan export week`: which files, and where
workbook.py   Excel, on the screen and in print; sheets.py is what stands on each sheet
ics.py        the calendar: one event a visit, which a later export updates
gpx.py        routes of stops
sketch.py     the map of a day, as SVG; ground.py is the paper under it, labels.py keeps marks and names apart
"""
