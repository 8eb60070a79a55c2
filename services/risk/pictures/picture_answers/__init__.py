"""How a picture is answered: as data, as SVG or PNG, or as a page with a table beside it."""
