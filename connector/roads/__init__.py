"""Drive minutes and miles in: from a routing engine, from a table, or estimated, and always labelled as what they are.

drives.py     how long it takes from each place to each other: what a run asks
asked.py      the engine as one run asks it: what is kept from earlier nights first
engines.py    from the config to the engine
osrm.py       OSRM, as a server or in this process
valhalla.py   a Valhalla server, which has polygons too
table.py      a table of yours
estimate.py   great-circle miles, times a circuity factor, over a speed that grows with distance
legs.py       what an engine says, and what it must be able to do
server.py     one question over HTTP
reach.py      what can be reached in 30, 60 or 90 minutes: a polygon, or a cut of the matrix
build.py      an OpenStreetMap extract made into what OSRM reads
places.py     a point and a county for a ZIP code, or for a town
"""
