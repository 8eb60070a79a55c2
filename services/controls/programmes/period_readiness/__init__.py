"""Period readiness: what operated throughout the period of a programme, and what has gaps on which days. Computed."""
