"""The heat map as it is answered: as data, as a picture, or as a page with tables beside it."""
