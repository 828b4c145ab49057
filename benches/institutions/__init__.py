"""Three made-up Korean public institutions whose spending exports measure detection.

Comes in: a size, a seed and a layout (`generate.py`). Goes out: exports as an ERP would write them, and which rows are
planted. Refuses: to be fitted to the detectors: each institution plants by its own rules and none of them knows a score.
"""
