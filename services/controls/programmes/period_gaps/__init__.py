"""Period gaps: the days of a programme's period on which a control is not shown to have worked. Computed."""
