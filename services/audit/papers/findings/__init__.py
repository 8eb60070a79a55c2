"""Findings: deficiencies of controls, communicated to the client, which responds to each.

A draft is the firm's alone. What is communicated the client sees from then on, and it stands in both chains.
"""
