"""Where Callplan meets the machine: the command, its files and folders, the clock on the wall, the demo.

cli.py        the command `callplan`; every heavy import is inside a command, so that --help is quick
discover.py   adapters and jobs by folder name, starter files in the wheel or the tree
open.py       config to Run: checks everything that can be checked before the first call
check.py      `callplan check`: all that can be known to be wrong before the night
show.py       plan, status and explain in plain words or JSON
evaluate.py   `callplan evaluate tiers`: files and groups to the back-test; evaluation.py says it, plot.py draws it
cold/         `callplan evaluate cold`: a log of visits to what alerts about silent accounts were worth
territories.py `callplan territories`: the ground; alignment.py says how it is, proposal.py how it should be cut
week/         `callplan week` and `callplan export week`: a rep's week in words, Excel, calendar, GPX and maps
undo.py       `callplan undo`: what a run wrote, taken back
log.py        one line an event: logfmt for people, JSON for machines; bars on a terminal
playground.py both sandbox CRMs, and a folder that reaches them
demo.py       `callplan demo`: a whole night on sample data, twice
story.py      what the demo tells, in the words of a manager
"""
