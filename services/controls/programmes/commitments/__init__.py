"""Commitments: service commitments and system requirements of a SOC 2 programme, and the criteria they belong to."""
