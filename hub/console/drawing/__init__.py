"""Drawing the landscape: ``places`` sets systems on a grid, ``lines`` lays lines between them, ``map`` joins both.

Lines run in the channels between rows and columns of the grid and nowhere else, so that none crosses a box.
"""
