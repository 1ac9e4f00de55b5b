"""The demonstration: a small pharmaceutical company whose systems are real files and real databases.

content/        what there is, as YAML and SQL: systems, mappings, interfaces, persons, words, mistakes
content.py      reads it
places.py       where the systems live, under HUB_HOME/demo
records.py      makes one record of a source from the words; the same number gives the same record
sources.py      puts records where the source keeps them: a file, a row, an event
history.py      the systems and what they hold to begin with, wrong records among them
configuration.py, people.py    everything governed, through the same doors as anybody's
load.py         all of it in order; a second time changes nothing
feeder.py       new records all the time, while the embedded hub runs; rhythm.py says how many an hour
past.py         the days before it was opened: the same records, moved by the real engine under a moved clock
clock.py, decisions.py    that clock, and what persons decided in those days
"""
