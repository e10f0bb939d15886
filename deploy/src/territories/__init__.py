"""The makers of the territory set that ships with `partners`: not part of what runs, run once a vintage by hand."""
