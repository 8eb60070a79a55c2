"""Quantification: annual loss in money, estimated as ranges and simulated. FAIR-style, not certified.

A loss scenario belongs to a risk and has an estimate, a tree of factors (`estimates`) that ends in ranges (`ranges`).
Its mean and standard deviation follow without simulation (`moments`). A loss simulation draws from the estimates in a
child process (`draws`, `losses`, `figures`, `simulation`; only there is numpy imported) and keeps what came of it as
loss results. A treatment return compares estimates before and after a treatment by the same random numbers.

The terms are those of Open FAIR (The Open Group standards O-RT and O-RA); nothing here is their text.
"""
