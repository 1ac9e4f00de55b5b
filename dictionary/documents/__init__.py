"""The interface control document as people read it.

Its *written* parts are content like any other. Its *generated* parts follow from what runs (routes, mappings,
connections, retry, objectives): a higher floor makes them, and each revision of a document freezes those that it was
agreed with. What is generated now, beside what was frozen, shows where document and configuration disagree.
"""
