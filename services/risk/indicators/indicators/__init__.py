"""Indicators: what is measured for which risks, from which values on it is amber or red, and how it stands."""
