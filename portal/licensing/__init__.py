"""Licensing: what the right "Download & License Checkmk" opens: credentials, usage, verification, releases."""
