"""Cost summaries: budget, actual and their difference by programme and year, with what drives the costs beside."""
