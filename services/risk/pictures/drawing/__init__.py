"""Drawing: parts of SVG pictures and HTML pages, with escaped text."""
