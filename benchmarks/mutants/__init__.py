"""Faults of one line, planted in `parity` one at a time: do its tests notice them?"""
