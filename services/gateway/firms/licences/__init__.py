"""Licences: what lets a firm or one of its people examine, declared by the firm and verified by the operator."""
