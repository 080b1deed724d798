"""HTML plumbing that knows no feature: forms, navigation, headers, failures."""
