"""Paper sheets: the items of a paper as a workbook, out for work offline and in again."""
