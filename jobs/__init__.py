"""What Callplan does at night, one recipe a file: each reads like its name.

A job is a module here with a function of the same name that takes a Run and gives a tally.
    nightly            all of these, in this order
    pull               read what changed in the CRM
    refresh_tiers      give every account its tier
    find_signals       say what has moved since the last vintage, once its tiers have passed the guards
    flag_cold          say how long each account has been silent, and flag those going cold
    build_call_lists   order each rep's week
    push               write what differs into the CRM
    book_visits        book committed Tier A visits in the reps' calendars, where the config asks for it
    open_tasks         put one task for each flag before the account's owner, where the config asks for it
A module that begins with _ is no job, but a part of one.
"""
