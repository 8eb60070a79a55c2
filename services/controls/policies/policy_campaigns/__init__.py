"""Campaigns: people are asked to acknowledge a published version of a policy by a day."""
