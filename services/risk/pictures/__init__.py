"""Pictures: heat map and loss exceedance curve as data, SVG, PNG and as a page with a table.

SVG is written by hand (`drawing`), so that it is the same each time and can be tested as XML. Typst, in a child
process, makes PNG of it with the fonts beside this module. Nothing is told by colour alone.
"""
