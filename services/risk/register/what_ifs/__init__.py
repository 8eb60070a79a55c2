"""What-ifs: which risks would be rated higher if some controls failed. Nothing is changed or kept."""
