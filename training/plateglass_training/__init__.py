"""Makes Plateglass's two nets: the plate detector and the plate reader.

Every stage is a subcommand of ``python -m plateglass_training`` and can be
stopped and taken up again; see ``training/README.md``.
"""
