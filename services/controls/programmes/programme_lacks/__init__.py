"""Programme lacks: what the programme itself lacks of what its standard asks, apart from requirements and controls."""
