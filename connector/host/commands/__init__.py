"""What can be typed after `callplan`, a module a group of commands; connector/host/cli.py brings them together.

Every import that costs time stands inside the command that needs it.
    options.py    what several commands take
    evaluate.py   `callplan evaluate tiers` and `callplan evaluate cold`
    first.py      `callplan init`
    flags.py      who is going cold, and a manager's dismissal
    matches.py    `callplan matches`
    tokens.py     `callplan tokens`
"""
