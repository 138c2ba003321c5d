"""Drive minutes in: for now an estimate from great-circle distance, always labelled as one.

estimate.py   great-circle miles, times a circuity factor, over a speed that grows with distance
places.py     a point and a county for a ZIP code, or for a town
"""
