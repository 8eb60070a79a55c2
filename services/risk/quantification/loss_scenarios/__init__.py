"""Loss scenarios: how a risk leads to loss, estimated as frequency and magnitude."""
