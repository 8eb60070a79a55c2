"""Report renderings: a report as files, in every form, of the same tree of blocks."""
