"""What an asset is exposed to: the controls that protect it, with their health, and its risks, the worst first."""
