"""Interface control documents kept true: sections generated from what runs, and the rules that hold them to it.

``sections`` makes them, ``agreement`` refuses a change that makes a document wrong and brings the document along,
``proof`` says what production asks of a document, ``door`` says why an interface may not carry production traffic.
"""
