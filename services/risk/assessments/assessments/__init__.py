"""Risk assessments: what is to be assessed, by whom, until when, and how far it is."""
