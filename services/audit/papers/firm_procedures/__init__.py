"""Firm procedures: the catalogue of procedures from which a firm writes its tests of controls."""
