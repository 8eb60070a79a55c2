"""Known commitments: what the controls service announced of service commitments and system requirements."""
